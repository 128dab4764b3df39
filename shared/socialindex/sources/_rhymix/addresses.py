"""Addresses of an XpressEngine or Rhymix board: one identity for each document, whichever form the site shows.

``/index.php?mid=free&document_srl=12`` works on every installation, ``/free/12`` where the server rewrites addresses;
Rhymix may have it rewrite those of lists as well: ``/free/page/2``, ``/free/category/35``.
Numbers (``srl``) come from one sequence for the whole site, and a document keeps its own when it is moved to another
board. So identity is ``/index.php?document_srl=12``, without the board: both softwares lead from there to the document.
Asked for, and shown to people, are the addresses that the site itself shows, which its robots.txt will name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from socialindex.sources._families.boards.host import Path, path_on
from socialindex.sources._families.boards.rows import Address

_SCRIPTS = frozenset({"/", "/index.php"})
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_MID = re.compile(r"[A-Za-z][0-9A-Za-z_-]{0,39}")
_SHORT = re.compile(rf"/(?:(?P<mid>{_MID.pattern})/)?(?P<number>{_NUMBER.pattern})(?:/[^/]*)?")
_IN_LIST = rf"(?:/category/(?P<category>{_NUMBER.pattern}))?(?:/page/(?P<page>[1-9][0-9]{{0,5}}))?"
"""What Rhymix writes behind the board where it shortens all of its addresses (``modules/board/conf/module.xml``)."""
_SHORT_LIST = re.compile(rf"(?P<folder>.*)/(?P<mid>{_MID.pattern}){_IN_LIST}/?")


class Board(NamedTuple):
    """One board of one installation, or one of its categories."""

    base: str
    """Scheme, host and folder of the installation, without a slash at the end."""
    mid: str
    """The board's name in addresses."""
    is_short: bool = False
    """Whether the site shows ``/free/12``."""
    category: str | None = None
    """A category's number; a document has the same identity in it as in the whole board."""

    @property
    def url(self) -> str:
        """Address of the list."""
        if self.category:
            return f"{self.base}/index.php?mid={self.mid}&category={self.category}"
        return f"{self.base}/{self.mid}" if self.is_short else f"{self.base}/index.php?mid={self.mid}"

    def page_url(self, page: int) -> str:
        """Address of a page of the list."""
        return _with(self.url, "page", page) if page > 1 else self.url

    def post_uri(self, number: int) -> str:
        """A document's identity."""
        return f"{self.base}/index.php?document_srl={number}"

    def asked_url(self, address: Address) -> str:
        """Address under which a document is asked for."""
        return self.document_url(int(address.key))

    def document_url(self, number: int) -> str:
        """Address of a document in the form that the site shows."""
        if self.is_short:
            return f"{self.base}/{self.mid}/{number}"
        return f"{self.base}/index.php?mid={self.mid}&document_srl={number}"

    def comments_url(self, number: int, page: int) -> str:
        """Address of a page of a document's comments."""
        return _with(self.document_url(number), "cpage", page)

    def author_id(self, member: str) -> str:
        """A member's identity: the address of the member's page, so that members of two sites are never one."""
        return f"{self.base}/index.php?act=dispMemberInfo&member_srl={member}"

    def address(self, href: str, at: str) -> Address | None:
        """The document of this board that a link on the page ``at`` leads to, or ``None``."""
        if (found := path_on(self.base, href, at)) is None:
            return None
        key = self._long(found.query) if found.path in _SCRIPTS else self._short(found.path)
        return Address(key, self.document_url(int(key))) if key else None

    def list_page(self, href: str, at: str) -> int:
        """The page of this board's list that a short link leads to (``/free/page/2``); zero for any other link."""
        found = path_on(self.base, href, at) if "/page/" in href else None
        match = _SHORT_LIST.fullmatch(found.path) if found else None
        return int(match["page"] or 0) if match and (match["folder"], match["mid"]) == ("", self.mid) else 0

    def _long(self, query: str) -> str | None:
        fields = parse_qs(query)
        number = fields.get("document_srl", [""])[0]
        is_ours = fields.get("mid", [self.mid]) == [self.mid] and "act" not in fields
        return number if is_ours and _NUMBER.fullmatch(number) else None

    def _short(self, path: str) -> str | None:
        match = _SHORT.fullmatch(path)
        return match["number"] if match and match["mid"] in {None, self.mid} else None


@lru_cache(maxsize=256)
def board_of(url: str) -> Board | None:
    """The board that a list's address belongs to, in either form, or ``None`` where it is no such address."""
    parts = urlsplit(url)
    origin, fields = f"{parts.scheme}://{parts.netloc}", parse_qs(parts.query)
    mid, category = (fields.get(name, [""])[0] for name in ("mid", "category"))
    if parts.path.endswith(("/", "/index.php")) and is_mid(mid):
        folder = parts.path.removesuffix("index.php").rstrip("/")
        return Board(origin + folder, mid, category=category if _NUMBER.fullmatch(category) else None)
    match = _SHORT_LIST.fullmatch(parts.path)
    if match is None:
        return None
    return Board(origin + match["folder"], match["mid"], is_short=not match["category"], category=match["category"])


def led_to(found: Path, base: str) -> Board | None:
    """The board of the document that a link on a page of the site at ``base`` leads to: other links may be pages'."""
    if found.path in _SCRIPTS:
        fields = parse_qs(found.query)
        mid, number = (fields.get(name, [""])[0] for name in ("mid", "document_srl"))
        return Board(base, mid) if is_mid(mid) and _NUMBER.fullmatch(number) and "act" not in fields else None
    match = _SHORT.fullmatch(found.path)
    if match is None or match["mid"] in {None, "files", "page"}:
        return None
    return Board(base, match["mid"], is_short=True)


def is_mid(name: str) -> bool:
    """Whether a board can have this name."""
    return bool(_MID.fullmatch(name))


def _with(url: str, name: str, value: int) -> str:
    return f"{url}{'&' if '?' in url else '?'}{name}={value}"
