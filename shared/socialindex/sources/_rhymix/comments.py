"""Comments below a document, as a tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from socialindex.errors import Discarded, ParseError
from socialindex.model import Draft, Media, Metrics
from socialindex.sources._families.boards.figures import NUMBER, number_in
from socialindex.sources._families.boards.markup import attribute, classes, elements, markup_of, nodes, text_of
from socialindex.sources._families.boards.reading import Comment
from socialindex.sources._rhymix.authors import author_in, name_tag
from socialindex.sources._rhymix.labels import Head, votes
from socialindex.sources._rhymix.pages import asks_password, is_comment
from socialindex.text import html_to_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from lxml.etree import _Element as Element

    from socialindex.sources._rhymix.addresses import Board
    from socialindex.sources._rhymix.pages import BoardPage

_DELETED = re.compile(r"\W*(?:(?:작성자|관리자)(?:가|에 의해) )?삭제(?:된|한) 댓글\s*입니다\W*")
_SECRET = re.compile(r"\W*비밀 ?(?:글|댓글)\s*입니다\W*")
_MARGIN = re.compile(r"(?:margin|padding)-left\s*:\s*([0-9]{1,5}(?:\.[0-9]{1,3})?)")
"""2 % a level in sketchbook5."""
_DEPTH = re.compile(r"(?:indent|depth)[-_]?([0-9]{1,3})")
"""``indent1`` in XpressEngine's default skin and in xedition."""
_MEMBER = re.compile("[0-9]{1,18}")
_PARENTS: Final = ("data-parent-srl", "data-parent_srl", "data-parent", "data-comment-parent")
_VOTES: Final = "vote"
_NUMBER = re.compile(f"({NUMBER})")
_PAGE = re.compile(r"[?&](?:[0-9]{1,18}_)?cpage=([0-9]{1,4})\b")
_MOST_PAGES: Final = 20


def comments(page: BoardPage, board: Board, number: int) -> list[Comment]:
    """Comments of a document in the page's order; ``Discarded`` for secret ones, ``ParseError`` for unreadable ones."""
    found = list(_tree(page, board.post_uri(number)))
    every = frozenset(tag for tag, _ in found)
    return [Comment(attribute(tag, "id"), _comment(tag, every - {tag}, page, board, known)) for tag, known in found]


def comment_pages(page: BoardPage, board: Board, number: int) -> list[str]:
    """Addresses of the pages of a document's comments that this one does not show, the newest first.

    Without ``cpage`` both softwares show the last page, or the first where the board is set so.
    """
    shown, last = _pages(page)
    return [board.comments_url(number, other) for other in range(last, 0, -1) if other != shown][:_MOST_PAGES]


def last_comments(page: BoardPage, board: Board, number: int) -> str | None:
    """The address of the last page of a document's comments, where this is one before it.

    A board of Rhymix can be set to show the first (``default_page`` in ``commentModel::getCommentList``).
    """
    shown, last = _pages(page)
    return board.comments_url(number, last) if shown is not None and shown < last else None


def _pages(page: BoardPage) -> tuple[int | None, int]:
    """The page of comments that is shown, and the last one that is linked to; zero without links."""
    links = [(match, tag) for tag in page.named("a") if (match := _PAGE.search(attribute(tag, "href")))]
    if not links:
        return None, 0
    return _shown_page(links[0][1]), max(int(match[1]) for match, _ in links)


def _shown_page(link: Element) -> int | None:
    """The page of a pager that is no link, but bold."""
    pager = link.getparent()
    bold = () if pager is None else (tag for tag in elements(pager) if tag.tag in {"strong", "b", "em"})
    return next((int(text) for text in map(text_of, bold) if text.isdecimal()), None)


def _tree(page: BoardPage, thread: str) -> Iterator[tuple[Element, Draft]]:
    """Each comment's element and its place in the conversation, as the skin names it or shows it.

    A comment answers the one that it names, or that it lies in, or the last one above that is less indented.
    """
    above: list[tuple[float, str]] = []
    for tag in page.comments:
        uri, depth = f"{thread}#{tag.get('id')}", _depth(tag)
        while above and above[-1][0] >= depth:
            above.pop()
        named = _named_parent(tag) or _outer(tag)
        answered = f"{thread}#{named}" if named else above[-1][1] if above else thread
        yield tag, Draft(uri=uri, kind="comment", in_reply_to=answered, thread=thread)
        above.append((depth, uri))


def _depth(tag: Element) -> float:
    if match := _MARGIN.search(attribute(tag, "style")) or _DEPTH.search(attribute(tag, "class")):
        return float(match[1])
    depth = attribute(tag, "data-depth")
    return float(depth) if depth.isdecimal() else 0


def _named_parent(tag: Element) -> str | None:
    numbers = (attribute(tag, name) for name in _PARENTS)
    return next((f"comment_{number}" for number in numbers if re.fullmatch(r"[1-9][0-9]{0,17}", number)), None)


def _outer(tag: Element) -> str | None:
    ids = (attribute(parent, "id") for parent in tag.iterancestors())
    return next(filter(is_comment, ids), None)


def _comment(
    tag: Element, others: frozenset[Element], page: BoardPage, board: Board, known: Draft
) -> Draft | Exception:
    text = _text(tag)
    head = Head.of(tag, text, without=others)
    if text is None:
        return _without_text(tag, head, known)
    read = html_to_text(markup_of(text), base_url=page.url)
    if _SECRET.fullmatch(read.text):
        return Discarded("secret")
    if _DELETED.fullmatch(read.text):
        return Draft(uri=known.uri, kind="comment", deleted=True)
    name = name_tag(head.tags, bare=True)
    head = head if name is None else Head.of(tag, text, without={name, *others})
    return replace(
        known,
        text=read.text or None,
        author=None if name is None else author_in(name, board),
        published_at=head.written_at(page.received_at),
        links=read.links,
        media=[Media(kind="image", url=url, description=alt) for url, alt in read.images],
        metrics=_metrics(tag, {text, *others}, page.received_at),
    )


def _text(tag: Element) -> Element | None:
    """The comment's text, by the class that the software writes (``commentItem::getContent``)."""
    own = f"{attribute(tag, 'id')}_"
    named = ((inner, name) for inner in elements(tag) for name in classes(inner) if name.startswith(own))
    return next((inner for inner, name in named if _MEMBER.fullmatch(name, len(own))), None)


def _metrics(tag: Element, others: Collection[Element], read_at: datetime) -> Metrics | None:
    tags = [node for node in nodes(tag, without=others) if not isinstance(node, str)]
    likes = votes(tags, "procCommentVoteUp")
    likes = _shown_votes(tags) if likes is None else likes
    return None if likes is None else Metrics(likes=likes, read_at=read_at)


def _shown_votes(tags: list[Element]) -> int | None:
    """Votes where a skin shows them and no button, as XpressEngine's and Rhymix's default ones do."""
    shown = next((tag for tag in tags if _VOTES in classes(tag)), None)
    return None if shown is None else number_in(_NUMBER, text_of(shown))


def _without_text(tag: Element, head: Head, known: Draft) -> Draft | Exception:
    """A comment whose place only is left, or that is for others; the software writes the words, the skin the rest."""
    if "deleted" in {name for inner in head.tags for name in classes(inner)} or _DELETED.search(head.line):
        return Draft(uri=known.uri, kind="comment", deleted=True)
    if asks_password(tag) or any(map(_SECRET.fullmatch, head.pieces)):
        return Discarded("secret")
    return ParseError(f"{tag.get('id')} has no text where the software writes it")
