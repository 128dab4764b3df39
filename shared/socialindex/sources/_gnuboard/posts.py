"""A board's post page, without its comments."""

from __future__ import annotations

import re
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Final

from socialindex.errors import LayoutChanged
from socialindex.model import Draft, Media, Metrics
from socialindex.sources._families.boards.dates import STARTS, any_date, full_date
from socialindex.sources._families.boards.figures import NUMBER, count
from socialindex.sources._families.boards.markup import (
    attribute,
    classes,
    elements,
    markup_of,
    nodes,
    text_of,
    with_class,
)
from socialindex.sources._gnuboard.authors import author_in, menu_author, name_tag, with_menu
from socialindex.sources._gnuboard.files import files
from socialindex.sources._gnuboard.own_skins import drawn
from socialindex.text import html_to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from lxml.etree import _Element as Element

    from socialindex.sources._gnuboard.addresses import Board
    from socialindex.sources._gnuboard.pages import BoardPage

_CUT = "…"
"""What Gnuboard's ``cut_str`` puts where it cut a title or an address off; Gnuboard 6 puts three points."""
_TITLE_END = re.compile(r"\s[>|]\s")
_ICONS: Final = {
    "fa-eye": "조회",
    "bi-eye": "조회",
    "fa-comment": "댓글",
    "fa-comment-o": "댓글",
    "fa-comment-dots": "댓글",
    "fa-commenting-o": "댓글",
    "fa-comments": "댓글",
    "fa-comments-o": "댓글",
    "bi-chat-dots": "댓글",
    "fa-thumbs-up": "추천",
    "bi-hand-thumbs-up": "추천",
    "fa-thumbs-down": "비추천",
    "bi-hand-thumbs-down": "비추천",
    "fa-clock-o": "작성일",
    "fa-clock": "작성일",
    "bi-clock": "작성일",
    "info-box-bottom": "작성일",
}
"""Labels that the newer basic skins, Amina's, Nariya's and Eyoom's draw as icons; Eyoom's date has its place only."""
_PICTURES: Final = {"ico_eye": "조회", "ico_comm": "댓글"}
"""Labels that the Rebuilder (rb.basic) draws as pictures, by their file names."""
_PICTURE = re.compile(r"/(ico_[a-z]{1,20})\.svg")
_NUMBERS = re.compile(rf"(?P<label>조회|댓글|(?<!비)추천)(?:수|해요|하기)?\W{{0,12}}(?P<number>{NUMBER})")
_WRITTEN_AT = re.compile(rf"작성일\D{{0,12}}?(?P<date>(?:{STARTS}).{{0,30}})")
_NEXT_LABEL = re.compile(r"\s*(?:조회|댓글|비?추천).*")
_INFO = re.compile(r"작성일|조회")
_MOST_ABOVE: Final = 8
"""Elements above a body that are looked at."""
_TITLE_START: Final = 30
"""Characters of a title that are looked for: skins cut what is longer, at their own length."""
_MOST_LINKS: Final = 100
_MOST_AROUND: Final = 5
"""Elements around a body that are looked at: Baechu's skins for 5 have four."""
_ADDRESS = re.compile(r"https?://\S+")
_COUNTED = re.compile(r"/link\.php\?|/board/\w{1,40}/[0-9]{1,18}/link/[0-9]")
"""Where links lead that count who follows them, in Gnuboard 5 and 6."""


def post(page: BoardPage, board: Board, number: int, told: Mapping[str, str]) -> Draft:
    """The post that a page shows.

    Args:
        page: the page.
        board: with ``number`` the post's identity.
        number: the post's number on the board.
        told: what the list told of it, and its own page may not: the post that it ``answers``, the first of the
            ``thread``, its ``likes``.

    Raises:
        LayoutChanged: the title or the body is not where any skin that we know has it.
    """
    uri = board.post_uri(number)
    info, shown = _info_and_text(page, board)
    read = html_to_text("".join(map(markup_of, shown)), base_url=page.url)
    labels = label_text(part for part in (info, page.first_id("bo_v_act", "good_button")) if part is not None)
    return Draft(
        uri=uri,
        url=_own_address(page, board, number),
        title=_title(page),
        text=read.text or None,
        author=None if info is None else author_in(info, board) or menu_author(info),
        published_at=labelled_date(labels, page.received_at),
        in_reply_to=told.get("answers", told.get("thread")),
        thread=told.get("thread", uri),
        hashtags=_tags(page),
        links=list(dict.fromkeys([*_without_viewers(read.links), *_related(page)])),
        media=[*(Media(kind="image", url=url, description=alt) for url, alt in read.images), *files(page)],
        metrics=_metrics(labels, told.get("likes"), page.received_at),
    )


def number_of(page: BoardPage, board: Board) -> int:
    """The post's number where its address does not tell: the form for comments and other links carry it.

    Raises:
        LayoutChanged: nothing on the page tells it.
    """
    hrefs = (attribute(tag, "href") for tag in page.named("a"))
    links = (re.search(r"\bwr_id=([0-9]+)", href) for href in hrefs if f"bo_table={board.table}&" in href)
    told = (page.field("wr_id"), *(link[1] for link in links if link))
    number = next((number for number in told if re.fullmatch(r"[1-9][0-9]{0,17}", number)), None)
    if number is None:
        raise LayoutChanged("the page does not tell the post's number")
    return int(number)


def labelled_date(text: str, received_at: datetime) -> datetime | None:
    """The date behind 작성일, in whichever form; without the label only a date with a year is taken for one."""
    labelled = _WRITTEN_AT.search(text)
    return any_date(_NEXT_LABEL.sub("", labelled["date"]), received_at) if labelled else full_date(text)


def label_text(parts: Iterable[Element]) -> str:
    """Labels and values on one line: icons as words, without name and titles, for these can say anything.

    Bootstrap's lines below a title are headings as well, of the lowest levels.
    """
    return " ".join(" ".join(piece for part in parts for piece in _labels(part)).split())


def icons(tag: Element) -> Iterator[str]:
    """The labels that an element is drawn for."""
    yield from (_ICONS[icon] for icon in classes(tag) if icon in _ICONS)
    if tag.tag == "img" and (match := _PICTURE.search(attribute(tag, "src"))):
        yield from filter(None, [_PICTURES.get(match[1])])


def _info_and_text(page: BoardPage, board: Board) -> tuple[Element | None, list[Element]]:
    """What has the post's date, figures and author, if anything does, and its text with attached images."""
    if shown := _shown(page):
        return _info(page), shown
    if (own := drawn(page, board)) is None:
        raise LayoutChanged("the post has no body")
    return own.info, own.parts


def _info(page: BoardPage) -> Element | None:
    if page.eyoom is not None:
        return page.first_class("board-view-info")
    info = page.ids.get("bo_v_info")
    info = _in_article(page, "view-head") if info is None else info
    return _above(page) if info is None else info


def _above(page: BoardPage) -> Element | None:
    """What stands above the body and has figures or a date: skins of one's own keep no name but the body's.

    Right above it, or where it lies in other elements, in what stands above these together with the title.
    """
    body, title = page.ids.get("bo_v_con"), page.title.rpartition(" > ")[0][:_TITLE_START].strip()
    around = () if body is None else takewhile(lambda tag: tag.tag != "body", body.iterancestors())
    for tag in () if body is None else (body, *islice(around, _MOST_AROUND)):
        parts = list(islice(tag.itersiblings(preceding=True), _MOST_ABOVE))
        if tag is not body and not (title and any(title in text_of(part) for part in parts)):
            continue
        if (found := next((part for part in parts if _INFO.search(label_text([part]))), None)) is not None:
            return found
    return None


def _in_article(page: BoardPage, name: str) -> Element | None:
    return None if page.article is None else with_class(page.article, name)


def _shown(page: BoardPage) -> list[Element]:
    """Attached images and the body; Nariya's body lies in another of the same id, with the images beside it.

    Nothing where a skin names neither.
    """
    if (outer := page.ids.get("bo_v_con")) is not None:
        body = next((tag for tag in elements(outer) if tag.get("id") == "bo_v_con"), outer)
        images = page.ids.get("bo_v_img")
    elif page.eyoom is not None:
        body, images = page.eyoom, page.ids.get("bo_v_img")
    elif (text := _in_article(page, "view-content")) is not None:
        body, images = text, _in_article(page, "view-img")
    else:
        return []
    return [body] if images is None else [images, body]


def _title(page: BoardPage) -> str:
    shown = _shown_title(page)
    _, bar, behind_category = shown.partition(" | ")
    if bar and _stem(shown) not in page.title and _stem(behind_category) in page.title:
        shown = behind_category  # the older skins print "분류 | 제목"; <title> has no category
    return _uncut(shown, page.title) if shown.endswith(_CUT) else shown


def _shown_title(page: BoardPage) -> str:
    heading = page.ids.get("bo_v_title") if page.eyoom is None else _eyoom_heading(page.eyoom)
    if heading is not None:
        inner = with_class(heading, "bo_v_tit")
        if shown := text_of(heading if inner is None else inner):
            return shown
    headlines = () if page.article is None else elements(page.article)
    found = (attribute(tag, "content").strip() for tag in headlines if tag.get("itemprop") == "headline")
    if title := next(filter(None, found), ""):
        return title
    if title := page.title.rpartition(" > ")[0].strip():
        return title  # of any skin: ``bbs/board.php`` writes "제목 > 게시판"
    raise LayoutChanged("the post has no title")


def _eyoom_heading(text: Element) -> Element | None:
    """The title in the first heading of Eyoom's post, where the category stands beside it."""
    article = next(text.iterancestors("article"), None)
    heading = None if article is None else next(article.iter("h1", "h2", "h3", "h4", "h5"), None)
    return None if heading is None else next(heading.iter("strong"), heading)


def _stem(title: str) -> str:
    return title.removesuffix(_CUT).strip()


def _uncut(shown: str, document_title: str) -> str:
    """A title that the skin cut at 70 characters, as ``<title>`` has it: "제목 > 게시판 | 사이트"."""
    stem = _stem(shown)
    start = document_title.find(stem)
    if start < 0:
        return shown
    end = _TITLE_END.search(document_title, start + len(stem))
    return document_title[start : end.start() if end else None].strip()


def _own_address(page: BoardPage, board: Board, number: int) -> str | None:
    """The address that the site itself prefers, where it is another than the identity."""
    address = board.address(page.canonical, page.url) if page.canonical else None
    if address and address.number in {number, None} and address.url != board.post_uri(number):
        return address.url
    return None


def _labels(part: Element) -> Iterator[str]:
    name = name_tag(part)
    written = {*part.iter("h1", "h2", "h3", "h4"), *(() if name is None else (with_menu(name),))}
    for node in nodes(part, without=written):
        if isinstance(node, str):
            yield node
            continue
        yield from icons(node)
        if node.get("itemprop") == "datePublished":
            yield attribute(node, "content")


def _metrics(labels: str, listed_likes: str | None, read_at: datetime) -> Metrics | None:
    numbers: dict[str, int] = {}
    for match in _NUMBERS.finditer(labels):
        if (number := count(match["number"])) is not None:
            numbers.setdefault(match["label"], number)
    if listed_likes is not None:
        numbers.setdefault("추천", int(listed_likes))
    if not numbers:
        return None
    likes, replies, views = (numbers.get(label) for label in ("추천", "댓글", "조회"))
    return Metrics(likes=likes, replies=replies, views=views, read_at=read_at)


def _tags(page: BoardPage) -> list[str]:
    """Amina's and Eyoom's tags, the only ones that a skin shows beside the text."""
    shown = _in_article(page, "view-tag") if page.eyoom is None else page.first_class("board-view-tag")
    links = () if shown is None else (tag for tag in elements(shown) if tag.tag == "a")
    return list(filter(None, (text_of(link).lstrip("#") for link in links)))


def _without_viewers(links: list[str]) -> list[str]:
    """Links of the text; an image's enlargement (``get_view_thumbnail``) is none."""
    return [link for link in links if "/view_image.php?" not in link]


def _related(page: BoardPage) -> Iterator[str]:
    """관련링크: they lead through a counter, so that the address is what they show, unless it was cut."""
    links = (tag for tag in page.named("a") if _COUNTED.search(attribute(tag, "href")))
    shown = (_ADDRESS.search(text_of(tag)) for tag in islice(links, _MOST_LINKS))
    return (address[0] for address in shown if address and not address[0].endswith((_CUT, "...")))
