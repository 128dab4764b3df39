"""Posts of a list page, found by what their links have around them: no two skins draw a list alike."""

from __future__ import annotations

import re
from itertools import islice, pairwise, takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.sources._families.boards.markup import attribute, elements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from lxml.etree import _Element as Element

    from socialindex.sources._families.boards.page import Page

_LISTS: Final = frozenset({"ul", "ol"})
_MOST_LINKS: Final = 1_000
"""Links of a list that are looked at: far more than any skin has."""
_PAGE: Final = re.compile(r"[?&]page=([0-9]{1,6})\b")


class Address(NamedTuple):
    """Where a post is, as a page shows it."""

    key: str
    """The post's number, or ``~`` and a digest where the address has words instead."""
    url: str
    """Absolute, on the board's own host, without what a list adds (page, category, search)."""

    @property
    def number(self) -> int | None:
        return None if self.key.startswith("~") else int(self.key)


class Row(NamedTuple):
    """One post in a list."""

    address: Address
    comments: int
    """Zero where the list shows no number: boards leave a zero out."""
    notice: bool = False
    secret: bool = False
    nofollow: bool = False
    """The operator marked the link to this post ``rel="nofollow"``."""
    context: Mapping[str, str] = {}
    """What the list tells of the post and its own page may not; handed on with the request for it."""

    @property
    def is_open(self) -> bool:
        """Whether the post may be asked for."""
        return not (self.secret or self.nofollow)


class Listing(NamedTuple):
    """A list page."""

    rows: list[Row]
    """Posts in the list's order, each once."""
    last_page: int
    """The highest page that the pager leads to; zero where there is none."""
    carry: Mapping[str, str] = {}
    """What the next page needs to know of this one."""
    by_date: str = ""
    """What the list's address takes to have the newest posts first; empty where they are, by what the page shows."""
    older: str = ""
    """What it takes to show older posts than it has pages for; empty where there are none."""


class Found(NamedTuple):
    """The links to one post, and what is around them and no other post's."""

    address: Address
    links: list[Element]
    row: Element


def posts_in(container: Element, address_of: Callable[[str], Address | None]) -> Iterator[Found]:
    """Posts that a list links to, in its order.

    Args:
        container: the element that holds the list.
        address_of: the post that a link's ``href`` leads to.
    """
    links: dict[str, list[Element]] = {}
    addresses: dict[str, Address] = {}
    for address, tag in islice(_links(container, address_of), _MOST_LINKS):
        links.setdefault(address.key, []).append(tag)
        addresses.setdefault(address.key, address)
    around = _around(container, links)
    for key, tags in links.items():
        alone = [tags[0], *(parent for parent in _parents(tags[0], container) if len(around[parent]) == 1)]
        yield Found(addresses[key], tags, _outermost(alone))


def last_page(page: Page, number: re.Pattern[str] = _PAGE) -> int:
    """The highest page number that a link of the page leads to, as the first group of a pattern finds it in links."""
    numbers = (number.search(attribute(tag, "href")) for tag in page.named("a"))
    return max((int(found[1]) for found in numbers if found), default=0)


def rises(rows: Iterable[Row]) -> int:
    """How many posts stand below an older one, by their numbers; notices and answers have places of their own."""
    numbers = [row.address.number or 0 for row in rows if not row.notice and "answers" not in row.context]
    return sum(below > above for above, below in pairwise(numbers))


def is_nofollow(link: Element) -> bool:
    """Whether a link is marked ``rel="nofollow"``."""
    return "nofollow" in attribute(link, "rel").lower().split()


def _links(container: Element, address_of: Callable[[str], Address | None]) -> Iterator[tuple[Address, Element]]:
    anchors = (tag for tag in elements(container) if tag.tag == "a")
    found = ((address_of(attribute(tag, "href")), tag) for tag in anchors)
    return ((address, tag) for address, tag in found if address)


def _around(container: Element, links: Mapping[str, list[Element]]) -> dict[Element, set[str]]:
    """The posts that each element between the container and a link holds."""
    keys: dict[Element, set[str]] = {}
    for key, tags in links.items():
        for tag in tags:
            for parent in _parents(tag, container):
                keys.setdefault(parent, set()).add(key)
    return keys


def _parents(tag: Element, container: Element) -> Iterator[Element]:
    return takewhile(lambda parent: parent is not container, tag.iterancestors())


def _outermost(parents: list[Element]) -> Element:
    """The row itself: with a single post in the list, what surrounds it alone may be more than that."""
    return next(filter(_is_row, reversed(parents)), parents[-1])


def _is_row(tag: Element) -> bool:
    """Whether it is a row of a table, or an item of a list: the Rebuilder has items without a list within its rows."""
    parent = tag.getparent()
    return tag.tag == "tr" or (tag.tag == "li" and parent is not None and parent.tag in _LISTS)
