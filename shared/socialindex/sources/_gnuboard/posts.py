"""A board's post page, without its comments."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from bs4 import Tag
from bs4.element import NavigableString

from socialindex.errors import LayoutChanged
from socialindex.model import Draft, Media, Metrics
from socialindex.sources._gnuboard.authors import author_in, name_tag
from socialindex.sources._gnuboard.dates import any_date, full_date
from socialindex.sources._gnuboard.pages import classes, elements, text_of, with_class
from socialindex.text import html_to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from socialindex.sources._gnuboard.addresses import Board
    from socialindex.sources._gnuboard.pages import Page

_CUT = "…"
"""What Gnuboard's ``cut_str`` puts where it cut a title or an address off."""
_TITLE_END = re.compile(r"\s[>|]\s")
_ICONS: Final = {
    "fa-eye": "조회",
    "bi-eye": "조회",
    "fa-comment": "댓글",
    "fa-commenting-o": "댓글",
    "bi-chat-dots": "댓글",
    "fa-thumbs-up": "추천",
    "bi-hand-thumbs-up": "추천",
    "fa-thumbs-down": "비추천",
    "bi-hand-thumbs-down": "비추천",
    "fa-clock-o": "작성일",
}
"""Labels that the newer basic skins, Amina's and Nariya's draw as icons."""
_NUMBERS = re.compile(r"(?P<label>조회|댓글|(?<!비)추천)수?\W{0,12}(?P<number>[0-9][0-9,]{0,12})")
_WRITTEN_AT = re.compile(r"작성일\D{0,12}(?P<date>\d.{0,30})")
_FILE_SIZE = re.compile(r"\s*\([0-9.,]+\s?[A-Za-z]{0,5}\)[^()]*$")
_MOST_ATTACHED: Final = 100
_ADDRESS = re.compile(r"https?://\S+")


def post(page: Page, board: Board, number: int) -> Draft:
    """The post that a page shows; ``board`` and ``number`` are its identity.

    Raises:
        LayoutChanged: the title or the body is not where any skin that we know has it.
    """
    uri = board.post_uri(number)
    info = _info(page)
    read = html_to_text("".join(map(str, _shown(page))), base_url=page.url)
    labels = _label_text(filter(None, (info, page.ids.get("bo_v_act"))))
    return Draft(
        uri=uri,
        url=_own_address(page, board, number),
        title=_title(page),
        text=read.text or None,
        author=author_in(info, board) if info else None,
        published_at=labelled_date(labels, page.received_at),
        thread=uri,
        hashtags=_tags(page),
        links=list(dict.fromkeys([*_without_viewers(read.links), *_related(page)])),
        media=[*(Media(kind="image", url=url, description=alt) for url, alt in read.images), *_files(page)],
        metrics=_metrics(labels, page.received_at),
    )


def number_of(page: Page, board: Board) -> int:
    """The post's number where its address does not tell: the form for comments and other links carry it.

    Raises:
        LayoutChanged: nothing on the page tells it.
    """
    hrefs = (str(tag.get("href", "")) for tag in page.named("a"))
    links = (re.search(r"\bwr_id=([0-9]+)", href) for href in hrefs if f"bo_table={board.table}&" in href)
    told = (page.field("wr_id"), *(link[1] for link in links if link))
    number = next((number for number in told if re.fullmatch(r"[1-9][0-9]{0,17}", number)), None)
    if number is None:
        raise LayoutChanged("the page does not tell the post's number")
    return int(number)


def labelled_date(text: str, received_at: datetime) -> datetime | None:
    """The date behind 작성일, in whichever form; without the label only a date with a year is taken for one."""
    labelled = _WRITTEN_AT.search(text)
    return any_date(labelled["date"], received_at) if labelled else full_date(text)


def _info(page: Page) -> Tag | None:
    return page.ids.get("bo_v_info") or (with_class(page.article, "view-head") if page.article else None)


def _shown(page: Page) -> list[Tag]:
    """Attached images and the body; Nariya's body lies in another of the same id, with the images beside it."""
    if outer := page.ids.get("bo_v_con"):
        body = next((tag for tag in elements(outer) if tag.get("id") == "bo_v_con"), outer)
        return [*filter(None, [page.ids.get("bo_v_img")]), body]
    article = page.article
    text = with_class(article, "view-content") if article else None
    if article is None or text is None:
        raise LayoutChanged("the post has no body")
    return [*filter(None, [with_class(article, "view-img")]), text]


def _title(page: Page) -> str:
    shown = _shown_title(page)
    _, bar, behind_category = shown.partition(" | ")
    if bar and _stem(shown) not in page.title and _stem(behind_category) in page.title:
        shown = behind_category  # the older skins print "분류 | 제목"; <title> has no category
    return _uncut(shown, page.title) if shown.endswith(_CUT) else shown


def _shown_title(page: Page) -> str:
    heading = page.ids.get("bo_v_title")
    if heading and (shown := text_of(with_class(heading, "bo_v_tit") or heading)):
        return shown
    headlines = elements(page.article) if page.article else ()
    found = (str(tag.get("content", "")).strip() for tag in headlines if tag.get("itemprop") == "headline")
    if title := next(filter(None, found), ""):
        return title
    raise LayoutChanged("the post has no title")


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


def _own_address(page: Page, board: Board, number: int) -> str | None:
    """The address that the site itself prefers, where it is another than the identity."""
    canonical = (str(tag.get("href", "")) for tag in page.named("link") if "canonical" in tag.get_attribute_list("rel"))
    for address in (board.address(href, page.url) for href in canonical):
        if address and address.number in {number, None} and address.url != board.post_uri(number):
            return address.url
    return None


def _label_text(parts: Iterable[Tag]) -> str:
    """Labels and values on one line: icons as words, the author's name left out, for it can say anything."""
    return " ".join(" ".join(piece for part in parts for piece in _labels(part)).split())


def _labels(part: Tag) -> Iterator[str]:
    name = name_tag(part)
    unread = {id(text) for text in name.strings} if name else set()
    for node in part.descendants:
        if isinstance(node, Tag):
            yield from (_ICONS[icon] for icon in classes(node) if icon in _ICONS)
            if node.get("itemprop") == "datePublished":
                yield str(node.get("content", ""))
        elif type(node) is NavigableString and id(node) not in unread:
            yield node


def _metrics(labels: str, read_at: datetime) -> Metrics | None:
    numbers: dict[str, int] = {}
    for match in _NUMBERS.finditer(labels):
        numbers.setdefault(match["label"], int(match["number"].replace(",", "")))
    if not numbers:
        return None
    likes, replies, views = (numbers.get(label) for label in ("추천", "댓글", "조회"))
    return Metrics(likes=likes, replies=replies, views=views, read_at=read_at)


def _tags(page: Page) -> list[str]:
    """Amina's tags, the only ones that a skin shows beside the text."""
    shown = with_class(page.article, "view-tag") if page.article else None
    words = (text_of(link).lstrip("#") for link in elements(shown) if link.name == "a") if shown else ()
    return list(filter(None, words))


def _without_viewers(links: list[str]) -> list[str]:
    """Links of the text; an image's enlargement (``get_view_thumbnail``) is none."""
    return [link for link in links if "/view_image.php?" not in link]


def _related(page: Page) -> Iterator[str]:
    """관련링크: they lead through a counter, so that the address is what they show, unless it was cut."""
    links = (tag for tag in page.named("a") if "/link.php?" in str(tag.get("href", "")))
    shown = (_ADDRESS.search(text_of(tag)) for tag in islice(links, _MOST_ATTACHED))
    return (address[0] for address in shown if address and not address[0].endswith(_CUT))


def _files(page: Page) -> Iterator[Media]:
    """첨부파일: names only, for downloading costs a session and often points."""
    links = (tag for tag in page.named("a") if "view_file_download" in classes(tag))
    names = (_file_name(tag) for tag in islice(links, _MOST_ATTACHED))
    return (Media(kind="file", description=name) for name in names if name)


def _file_name(link: Tag) -> str:
    strong = next((tag for tag in elements(link) if tag.name == "strong"), None)
    return text_of(strong) if strong else _FILE_SIZE.sub("", _own_text(link))


def _own_text(tag: Tag) -> str:
    """Text of an element itself, without that of its children: Amina and Nariya print date and count in spans."""
    return " ".join("".join(node for node in tag.children if type(node) is NavigableString).split())
