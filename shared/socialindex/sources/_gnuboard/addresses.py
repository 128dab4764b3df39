"""Addresses of a Gnuboard board: one identity for each post, whichever form the site shows.

``bbs/board.php?bo_table=free&wr_id=12`` works on every installation. Since 5.4 a site may show ``/free/12`` or
``/free/words-of-the-title/`` instead (``lib/uri.lib.php``); the long form keeps working beside them.
"""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple
from urllib.parse import parse_qs, urljoin, urlsplit

from socialindex.text import canonical_url

BOARD_SCRIPT = "/bbs/board.php"
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_TABLE = re.compile(r"[0-9A-Za-z_]{1,40}")


class Address(NamedTuple):
    """Where a post is, as a page shows it."""

    key: str
    """The post's number, or ``~`` and a digest where the address has words instead."""
    url: str
    """Absolute, on the board's own host, without what a list adds (page, category, search)."""

    @property
    def number(self) -> int | None:
        return None if self.key.startswith("~") else int(self.key)


class Board(NamedTuple):
    """One board of one installation."""

    base: str
    """Scheme, host and folder of the installation, without a slash at the end."""
    table: str
    """What Gnuboard calls ``bo_table``."""

    @property
    def url(self) -> str:
        return f"{self.base}{BOARD_SCRIPT}?bo_table={self.table}"

    def page_url(self, page: int) -> str:
        return f"{self.url}&page={page}" if page > 1 else self.url

    def post_uri(self, number: int) -> str:
        return f"{self.url}&wr_id={number}"

    def address(self, href: str, at: str) -> Address | None:
        """The post of this board that a link on the page ``at`` leads to, or ``None``.

        A link to the ``www.`` twin of the host counts as the board's own, for a site's configured address and the one
        that answers often differ by it.
        """
        try:
            parts = urlsplit(urljoin(at, href))
        except ValueError:  # such as an open bracket in the host
            return None
        own = urlsplit(self.base)
        folder = own.path
        if _without_www(parts.netloc) != _without_www(own.netloc) or not parts.path.startswith(f"{folder}/"):
            return None
        path = parts.path.removeprefix(folder)
        return self._long(parts.query) if path == BOARD_SCRIPT else self._short(path)

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


def board_of(url: str) -> Board | None:
    """The board that a long address belongs to, or ``None`` where it is no such address."""
    parts = urlsplit(url)
    table = parse_qs(parts.query).get("bo_table", [""])[0]
    if not parts.path.endswith(BOARD_SCRIPT) or not is_table(table):
        return None
    return Board(f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix(BOARD_SCRIPT)}", table)


def is_table(name: str) -> bool:
    """Whether a board can have this name."""
    return bool(_TABLE.fullmatch(name))


def _without_www(host: str) -> str:
    return host.lower().removeprefix("www.")
