"""A board's list page, whichever skin draws it."""

from __future__ import annotations

import re
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.errors import LayoutChanged
from socialindex.sources._gnuboard.pages import classes, elements, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bs4 import Tag

    from socialindex.sources._gnuboard.addresses import Address, Board
    from socialindex.sources._gnuboard.pages import Page

_ROWS: Final = frozenset({"tr", "li"})
_BADGES: Final = frozenset({"cnt_cmt", "wr-comment", "count", "count-plus"})
"""What shows the number of comments: the basic skins', Amina's and Nariya's classes."""
_COUNT = re.compile(r"댓글\s*[(\[+]?\s*([0-9,]{1,9})")
_NUMBER = re.compile(r"[0-9][0-9,]{0,8}")
_MOST_LINKS: Final = 1_000
_MOST_IN_ROW: Final = 300
"""Links of a list and elements of a row that are looked at: far more than any skin has."""
_EMPTY = re.compile(r"(?:게시물|게시글|자료|글)이? ?(?:없습니다|존재하지 않습니다)")
_PAGE = re.compile(r"[?&]page=([0-9]{1,6})\b")


class Row(NamedTuple):
    """One post in a list."""

    address: Address
    comments: int
    """Zero where the list shows no number: Gnuboard leaves a zero out."""
    notice: bool
    secret: bool


def rows(page: Page, board: Board) -> list[Row]:
    """Posts of a list page, in its order, each once.

    Raises:
        LayoutChanged: the list shows no posts and does not say that it is empty.
    """
    container = page.listing
    if container is None:
        raise LayoutChanged("the page has no board list")
    found = list(_rows(container, _links(container, board, page.url)))
    if not found and not _EMPTY.search(text_of(container)):
        raise LayoutChanged("the list has no posts and does not say that it is empty")
    return found


def has_page_after(page: Page, number: int) -> bool:
    """Whether the list has a page with a higher number, by the links of its pager."""
    links = (_PAGE.search(str(tag.get("href", ""))) for tag in page.named("a"))
    return any(int(link[1]) > number for link in links if link)


def _links(container: Tag, board: Board, at: str) -> list[tuple[Address, Tag]]:
    anchors = ((tag, str(tag.get("href", ""))) for tag in elements(container) if tag.name == "a")
    found = ((board.address(href, at), tag) for tag, href in anchors if board.table in href)
    return list(islice(((address, tag) for address, tag in found if address), _MOST_LINKS))


def _rows(container: Tag, links: list[tuple[Address, Tag]]) -> Iterator[Row]:
    """A row is what surrounds the links to one post and to no other."""
    around = {id(tag): list(takewhile(lambda parent: parent is not container, tag.parents)) for _, tag in links}
    keys: dict[int, set[str]] = {}
    for address, tag in links:
        for parent in around[id(tag)]:
            keys.setdefault(id(parent), set()).add(address.key)
    first = {address.key: (address, tag) for address, tag in reversed(links)}
    for key in dict.fromkeys(address.key for address, _ in links):
        address, tag = first[key]
        alone = [tag, *(parent for parent in around[id(tag)] if len(keys[id(parent)]) == 1)]
        yield _row(address, _outermost(alone))


def _outermost(parents: list[Tag]) -> Tag:
    """The row itself: with a single post in the list, what surrounds it alone may be more than that."""
    return next((parent for parent in reversed(parents) if parent.name in _ROWS), parents[-1])


def _row(address: Address, row: Tag) -> Row:
    tags = [row, *islice(elements(row), _MOST_IN_ROW)]
    marks = " ".join(_marks(tags))
    return Row(address, _comments(tags), "notice" in marks, "secret" in marks or "fa-lock" in marks)


def _marks(tags: Iterable[Tag]) -> Iterator[str]:
    """Words that say what a row is: classes, the icons' file names, and the gallery's bare 공지."""
    for tag in tags:
        yield from classes(tag)
        if tag.name == "img":
            yield from re.findall(r"/icon_\w+", str(tag.get("src", "")))  # not the members' own icons
        elif tag.name == "strong" and tag.string and tag.string.strip() == "공지":
            yield "notice"


def _comments(tags: list[Tag]) -> int:
    badge = next((tag for tag in tags if not _BADGES.isdisjoint(classes(tag))), None)
    matches = (
        _NUMBER.search(text_of(badge, _MOST_IN_ROW)) if badge else None,
        _COUNT.search(text_of(tags[0], _MOST_IN_ROW)),
    )
    return next((int(re.sub(r"\D", "", match[0])) for match in matches if match), 0)
