"""Comments below a post, as a tree: Gnuboard prints them in order and shows depth by indenting.

Where a skin has neither the ids nor the classes of those that we know, what it hides tells: each comment's text as it
was typed (``view_comment.php``), so that what shows just that is the text.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from msgspec.structs import replace

from socialindex.errors import Discarded, ParseError
from socialindex.model import Draft, Media
from socialindex.sources._families.boards.dates import any_date, full_date
from socialindex.sources._families.boards.figures import NUMBER, number_in
from socialindex.sources._families.boards.host import path_on
from socialindex.sources._families.boards.markup import (
    attribute,
    classes,
    detach,
    elements,
    markup_of,
    nodes,
    own_text,
    text_of,
    with_class,
)
from socialindex.sources._families.boards.reading import Comment
from socialindex.sources._gnuboard.authors import author_in, menu_author
from socialindex.sources._gnuboard.posts import label_text, labelled_date
from socialindex.text import html_to_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from lxml.etree import _Element as Element

    from socialindex.sources._gnuboard.addresses import Board
    from socialindex.sources._gnuboard.pages import BoardPage

_ID = re.compile(r"c_([1-9][0-9]{0,17})")
_MARGIN = re.compile(r"(?:margin|padding)-left\s*:\s*([0-9]{1,5}(?:\.[0-9]{1,3})?)")
"""20, 50 or 15 px a level in the basic skins (desktop before and since 5.4, mobile), 1 rem in Nariya."""
_SAVED = re.compile(r"save_comment_([1-9][0-9]{0,17})")
"""The hidden field with the text as it was typed, which the form to edit it needs: skins keep it that keep no more."""
_COMMENT_PAGE = re.compile(r"\b(?:na|apms)_page\('\w*comment\w*',\s*'([^']{1,500})'")
_POST = re.compile(r"[?&]wr_id=([0-9]+)\b")
_MOST_PAGES: Final = 20
_MOST_COMMENTS: Final = 5_000
_MOST_IN_COMMENT: Final = 60
"""Elements of a comment that are looked at for its text: more than any skin has before it."""
_MOST_PIECES: Final = 200
_MOST_CHARACTERS: Final = 65_535
"""Between two tags: Gnuboard keeps no more of a text."""
_BODIES: Final = ("cmt_contents", "comment-content", "media-content", "comment-item-content")
"""The basic skins', Nariya's, Amina's and Eyoom's; before 5.3 a bare paragraph."""
_CONVERTED: Final = ("na-convert", "na-content", "comment-cont-wrap")
"""Nariya's and Eyoom's text proper, which buttons and prizes follow."""
_BELOW: Final = frozenset({"first-comment", "bomb-comment", "lucky-comment", "p_times", "comment-reactions"})
"""What stands in the same element below a text: what Eyoom before version 4 writes where a comment won points, the
Rebuilder's date and buttons."""
_DATES: Final = ("p_times", "comment-time", "bo_vc_hdinfo")
"""Places of dates without a label: the Rebuilder's exact one, Eyoom's, and the Rebuilder's ``3시간 전``."""
_WRAP: Final = "cm_wrap"
"""What the Rebuilder indents in place of the comment."""
_BEST: Final = "cmt-best"
"""The class of comments that Eyoom shows a second time above all others."""
_TOTAL = re.compile(f"({NUMBER})")
_DELETED = re.compile(r"\W*(?:(?:작성자|관리자)(?:가|에 의해|에의해) )?삭제(?:된|한) 댓글\s*입니다\W*")
_SECRET = re.compile(r"\W*(?:비밀(?:글|댓글)\s*입니다|댓글내용 확인|블라인드 처리된 댓글입니다)\W*")


def comments(page: BoardPage, board: Board, number: int) -> list[Comment]:
    """Comments of a post in the page's order; ``Discarded`` for secret ones, ``ParseError`` for unreadable ones.

    Takes them out of the page, the last first, so that none holds another, however badly a skin closes its elements.
    """
    tree = list(_tree(page, board.post_uri(number)))
    read = [Comment(mark, _comment(detach(tag), mark, page, board, known)) for tag, mark, known in reversed(tree)]
    return read[::-1]


def comment_pages(page: BoardPage, board: Board, number: int) -> list[str]:
    """Addresses of further pages of a post's comments: Amina and Nariya fetch them by script, and name them there.

    Eyoom's scripts follow a link to the next page, and it shows the oldest comments first.
    """
    if page.eyoom is not None:
        return _eyoom_pages(page, board, number)
    calls = (attribute(tag, "onclick") for tag in page.named("a"))
    found = (urljoin(page.url, match[1]) for match in map(_COMMENT_PAGE.search, calls) if match)
    urls = (url for url in found if path_on(board.base, url, page.url) and str(number) in _POST.findall(url))
    return list(islice(dict.fromkeys(urls), _MOST_PAGES))


def _eyoom_pages(page: BoardPage, board: Board, number: int) -> list[str]:
    """Pages behind the first one, the last first, as many as the comments' number is that of those shown."""
    pager, heading = page.ids.get("infinite_pagination"), page.first_class("view-comment-heading")
    shown = sum(1 for _ in _marked(page))
    if pager is None or heading is None or not shown:
        return []
    pages = -(-(number_in(_TOTAL, text_of(heading)) or 0) // shown)
    newest = range(pages, 1, -1)[:_MOST_PAGES]
    return [f"{board.post_uri(number)}&cpage={other}" for other in newest]


def _marked(page: BoardPage) -> Iterator[tuple[Element, str, float]]:
    """Each comment's element, mark and indentation, once."""
    ids = ((tag, _ID.fullmatch(name)) for tag in page.tags if (name := tag.get("id")))
    found = [(tag, match[0], _indent(tag)) for tag, match in ids if match and _BEST not in classes(tag)]
    yield from found or _without_ids(page)


def _without_ids(page: BoardPage) -> Iterator[tuple[Element, str, float]]:
    """Comments of skins made with Bootstrap: what holds one's field and neither another's nor the post's text.

    Such skins have lists in lists in place of margins.
    """
    ids = ((tag, _SAVED.fullmatch(name)) for tag in page.tags if (name := tag.get("id")))
    fields = [(tag, match[1]) for tag, match in ids if match][:_MOST_COMMENTS]
    post = page.ids.get("bo_v_con")
    apart = [tag for tag, _ in fields] if post is None else [post, *(tag for tag, _ in fields)]
    holds = Counter(parent for tag in apart for parent in tag.iterancestors())
    for tag, number in fields:
        around = list(takewhile(lambda parent: holds[parent] == 1, tag.iterancestors()))
        depth = sum(1 for _ in tag.iterancestors())
        yield (around or [tag])[-1], f"c_{number}", depth + sum(map(_margin, around))


def _tree(page: BoardPage, thread: str) -> Iterator[tuple[Element, str, Draft]]:
    """Each comment's element and its place in the conversation: it answers the last one above with less margin."""
    above: list[tuple[float, str]] = []
    for tag, mark, margin in _marked(page):
        uri = f"{thread}#{mark}"
        while above and above[-1][0] >= margin:
            above.pop()
        yield tag, mark, Draft(uri=uri, kind="comment", in_reply_to=above[-1][1] if above else thread, thread=thread)
        above.append((margin, uri))


def _comment(tag: Element, mark: str, page: BoardPage, board: Board, known: Draft) -> Draft | Exception:
    if _is_marked_secret(mark, page):
        return Discarded("secret")
    shown_at = _date(tag, page.received_at)
    body = _body(tag, _take_typed(mark, page))
    if body is None:
        return ParseError(f"comment {mark} has no text where any skin that we know has it")
    read = html_to_text(markup_of(body), base_url=page.url)
    if _has_secret_icon(body) or _SECRET.fullmatch(read.text):
        return Discarded("secret")
    if _DELETED.fullmatch(read.text):
        return Draft(uri=known.uri, deleted=True)
    pictures = {url for url, _ in read.images}
    return replace(
        known,
        text=read.text or None,
        author=author_in(tag, board) or menu_author(tag),
        published_at=shown_at or _date_beside(tag, body, page.received_at),
        links=[link for link in read.links if link not in pictures],
        media=[Media(kind="image", url=url, description=alt) for url, alt in read.images],
    )


def _indent(tag: Element) -> float:
    return _margin(tag) or sum(_margin(child) for child in tag if _WRAP in classes(child))


def _margin(tag: Element) -> float:
    match = _MARGIN.search(attribute(tag, "style"))
    return float(match[1]) if match else 0


def _body(tag: Element, typed: str) -> Element | None:
    found = with_class(tag, *_BODIES)
    if found is None or not (len(found) or text_of(found)):
        drawn = _drawn(tag, typed)
        return next(tag.iterchildren("p"), None) if drawn is None else drawn
    for part in [inner for inner in elements(found) if not _BELOW.isdisjoint(classes(inner))]:
        detach(part)
    converted = with_class(found, *_CONVERTED)
    return found if converted is None else converted


def _take_typed(mark: str, page: BoardPage) -> str:
    """What a comment's field holds, which is taken out of the page: nobody sees it."""
    field = page.ids.get(f"save_comment_{mark.removeprefix('c_')}")
    return "" if field is None else attribute(field, "value") or text_of(detach(field))


def _drawn(tag: Element, typed: str) -> Element | None:
    """The innermost element that shows what was typed and nothing else; ``None`` where a skin shows other words."""
    words = "".join(typed.split())
    inside = [inner for inner in islice(elements(tag), _MOST_IN_COMMENT) if words and own_text(inner)]
    return next((inner for inner in reversed(inside) if _shows(inner, words)), None)


def _shows(element: Element, words: str) -> bool:
    at = 0
    for piece in islice((node for node in nodes(element) if isinstance(node, str)), _MOST_PIECES):
        shown = "".join(piece.split()) if len(piece) <= _MOST_CHARACTERS else piece
        if not words.startswith(shown, at):
            return False
        at += len(shown)
    return at == len(words)


def _is_marked_secret(mark: str, page: BoardPage) -> bool:
    """Gnuboard keeps the mark in a hidden field beside the comment."""
    field = page.ids.get(f"secret_comment_{mark.removeprefix('c_')}")
    return field is not None and field.get("value") == "secret"


def _has_secret_icon(body: Element) -> bool:
    inner = list(elements(body))
    sources = (attribute(image, "src") for image in inner if image.tag == "img")
    return any("/icon_secret." in source for source in sources) or any("na-secret" in classes(mark) for mark in inner)


def _date(tag: Element, received_at: datetime) -> datetime | None:
    """What the reader sees, where it has a year; else the attribute, else the label's text completed."""
    times = [inner for inner in elements(tag) if inner.tag == "time"]
    attributes = (attribute(inner, "datetime") for inner in times)
    spelled = (full_date(text) for text in (*map(text_of, times), *attributes))
    return next(filter(None, spelled), None) or labelled_date(_head(tag), received_at) or _placed_date(tag, received_at)


def _placed_date(tag: Element, received_at: datetime) -> datetime | None:
    places = (with_class(tag, name) for name in _DATES)
    dates = (any_date(text_of(place), received_at) for place in places if place is not None)
    return next(filter(None, dates), None)


def _date_beside(tag: Element, body: Element, received_at: datetime) -> datetime | None:
    """The date in a skin that marks none, among whatever a comment has beside its text."""
    if body is not tag:
        detach(body)
    return labelled_date(label_text([tag]), received_at)


def _head(tag: Element) -> str:
    head = next((inner for inner in elements(tag) if inner.tag == "header"), None)
    return "" if head is None else text_of(head)
