"""Addresses of a Gnuboard board: one identity for each post, whichever form the site shows.

``bbs/board.php?bo_table=free&wr_id=12`` works on every installation. Since 5.4 a site may show ``/free/12`` or
``/free/words-of-the-title/`` instead (``lib/uri.lib.php``); the long form keeps working beside them.
Gnuboard 6, which is written anew in Python, has ``/board/free/12`` alone (``bbs/board.py``).
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

from socialindex.sources._families.boards.host import Path, path_on
from socialindex.sources._families.boards.rows import Address
from socialindex.text import canonical_url

BOARD_SCRIPT = "/bbs/board.php"
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_TABLE = re.compile(r"[0-9A-Za-z_]{1,40}")
_SHORT_POST = re.compile(rf"/(?P<table>{_TABLE.pattern})/{_NUMBER.pattern}")
"""A post; the short address of a list could be any page's."""
_OTHERS = frozenset({"content", "faq", "group", "page", "rss", "shop"})
"""What else has a number in a short address: pages, questions and groups of boards, and goods of Youngcart."""
_SIX = re.compile(rf"(?P<folder>.*)/board/(?P<table>{_TABLE.pattern})(?:/{_NUMBER.pattern})?/?")


class Board(NamedTuple):
    """One board of one installation, or one of its categories (분류)."""

    base: str
    """Scheme, host and folder of the installation, without a slash at the end."""
    table: str
    """What Gnuboard calls ``bo_table``."""
    category: str | None = None
    """What Gnuboard calls ``sca``; a post has the same identity in its category as in the whole board."""
    is_six: bool = False
    """Whether the installation is of Gnuboard 6."""

    @property
    def home(self) -> str:
        """Address of the whole board's list."""
        return f"{self.base}/board/{self.table}" if self.is_six else f"{self.base}{BOARD_SCRIPT}?bo_table={self.table}"

    @property
    def url(self) -> str:
        """Address of the list."""
        return _with(self.home, f"sca={quote(self.category, safe='')}") if self.category else self.home

    def page_url(self, page: int) -> str:
        """Address of a page of the list."""
        return _with(self.url, f"page={page}") if page > 1 else self.url

    def post_uri(self, number: int) -> str:
        """A post's identity."""
        return f"{self.home}/{number}" if self.is_six else f"{self.home}&wr_id={number}"

    def author_id(self, member: str) -> str:
        """A member's identity: the address of the profile's page, so that members of two sites are never one."""
        profile = "/bbs/profile/" if self.is_six else "/bbs/profile.php?mb_id="
        return f"{self.base}{profile}{quote(member)}"

    def asked_url(self, address: Address) -> str:
        """Address under which a post is asked for."""
        return address.url if address.number is None else self.post_uri(address.number)

    def address(self, href: str, at: str) -> Address | None:
        """The post of this board that a link on the page ``at`` leads to, or ``None``."""
        if self.table not in href or (found := path_on(self.base, href, at)) is None:
            return None
        if self.is_six:
            number = found.path.removeprefix(f"/board/{self.table}/")
            return Address(number, self.post_uri(int(number))) if _NUMBER.fullmatch(number) else None
        return self._long(found.query) if found.path == BOARD_SCRIPT else self._short(found.path)

    def _long(self, query: str) -> Address | None:
        fields = parse_qs(query)
        number = fields.get("wr_id", [""])[0]
        if fields.get("bo_table") != [self.table] or not _NUMBER.fullmatch(number):
            return None
        return Address(number, self.post_uri(int(number)))

    def _short(self, path: str) -> Address | None:
        words = path.removeprefix(f"/{self.table}/")
        if words == path:
            return None
        if _NUMBER.fullmatch(words):
            return Address(words, self.base + path)
        url = canonical_url(self.base + path)
        if not re.fullmatch(r"[^/]+/", words) or url is None:
            return None
        return Address("~" + hashlib.blake2s(url.encode(), digest_size=4).hexdigest(), url)


@lru_cache(maxsize=256)
def board_of(url: str) -> Board | None:
    """The board that a channel's address belongs to, or ``None`` where it is no such address.

    That is a long address or one of Gnuboard 6: the short ones of Gnuboard 5 say too little.
    """
    parts = urlsplit(url)
    if not parts.path.endswith(BOARD_SCRIPT):
        return six_of(url)
    table = parse_qs(parts.query).get("bo_table", [""])[0]
    base = f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix(BOARD_SCRIPT)}"
    return Board(base, table, category_in(url)) if is_table(table) else None


def six_of(url: str) -> Board | None:
    """The board of Gnuboard 6 that the address of a list or a post belongs to, or ``None``."""
    parts = urlsplit(url)
    match = _SIX.fullmatch(parts.path)
    if match is None:
        return None
    return Board(f"{parts.scheme}://{parts.netloc}{match['folder']}", match["table"], category_in(url), is_six=True)


def category_in(url: str) -> str | None:
    """The category that a list is of, by its address in either form."""
    return next(iter(parse_qs(urlsplit(url).query).get("sca", ())), None)


def is_table(name: str) -> bool:
    """Whether a board can have this name."""
    return bool(_TABLE.fullmatch(name))


def _with(url: str, field: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{field}"


def led_to(found: Path, base: str, *, is_six: bool) -> Board | None:
    """The board that a link on a page of the site at ``base`` leads to, to its list or to one of its posts."""
    if is_six:
        board = six_of(base + found.path)
        return board and board._replace(category=None)
    if found.path == BOARD_SCRIPT:
        table = parse_qs(found.query).get("bo_table", [""])[0]
        return Board(base, table) if is_table(table) else None
    match = _SHORT_POST.fullmatch(found.path)
    if match is None or match["table"].isdecimal() or match["table"] in _OTHERS:
        return None
    return Board(base, match["table"])
