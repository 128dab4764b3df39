"""Addresses of a KBoard board: it lives on a page of a WordPress site, and all that it shows has that page's address.

``?mod=document&uid=12`` is a document, ``?pageid=2`` a page of the list; the plugin keeps in its links whatever else
the query has, so that one document is linked to in many forms. Its number (``uid``) comes from one sequence for the
whole site. Identity is the page's address with mode and number alone. The plugin's own short form, with
``kboard_content_redirect=``, says less: sites that share a host, in folders of their own, give the same numbers, and
nothing on a page tells for sure which folder a number is from.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from socialindex.sources._families.boards.host import path_on
from socialindex.sources._families.boards.rows import Address

_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_ESCAPED = re.compile("&(?:#0?38|amp);")
"""What is left of ``&`` in the links of themes that escape them twice."""
_NAMING: Final = ("page_id", "kboard_id", "view_iframe")
"""What names the page where the path does not: WordPress's own number, and the plugin's for a board in a frame."""
_CATEGORIES: Final = ("category1", "category2")
_MOST_CHARACTERS: Final = 60
"""Of a category's name."""


class Board(NamedTuple):
    """A page with a board, or with one of its categories."""

    page: str
    """The page's address, with nothing but what names the page."""
    category: tuple[tuple[str, str], ...] = ()
    """Field and name of a category; a document has the same identity in it as in the whole board."""

    @property
    def url(self) -> str:
        """Address of the list."""
        return _with(self.page, *self.category)

    def page_url(self, page: int) -> str:
        """Address of a page of the list."""
        return _with(self.url, ("mod", "list"), ("pageid", str(page))) if page > 1 else self.url

    def post_uri(self, number: int) -> str:
        """A document's identity, and its address."""
        return _with(self.page, ("mod", "document"), ("uid", str(number)))

    def asked_url(self, address: Address) -> str:
        """Address under which a document is asked for."""
        return self.post_uri(int(address.key))

    def address(self, href: str, at: str) -> Address | None:
        """The document of this board that a link on the page ``at`` leads to, or ``None``."""
        own = urlsplit(self.page)
        found = path_on(f"{own.scheme}://{own.netloc}", _ESCAPED.sub("&", href), at) if "uid=" in href else None
        if found is None or _path(found.path) != _path(own.path):
            return None
        fields, naming = parse_qs(found.query), parse_qs(own.query)
        number = fields.get("uid", [""])[0]
        is_ours = fields.get("mod") == ["document"] and all(fields.get(n) == naming.get(n) for n in _NAMING)
        return Address(number, self.post_uri(int(number))) if is_ours and _NUMBER.fullmatch(number) else None


@lru_cache(maxsize=256)
def board_of(url: str) -> Board | None:
    """The board, or its category, that an address of a page belongs to; ``None`` where it is no page's address."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return None
    fields = parse_qs(parts.query)
    naming = [(name, value) for name in _NAMING for value in fields.get(name, [])[:1] if _NUMBER.fullmatch(value)]
    named = [(name, value.strip()) for name in _CATEGORIES for value in fields.get(name, [])[:1]]
    page = f"{parts.scheme}://{parts.netloc}{parts.path or '/'}"
    return Board(_with(page, *naming), tuple(pair for pair in named if 0 < len(pair[1]) <= _MOST_CHARACTERS))


def _path(path: str) -> str:
    """A path as it is compared: WordPress writes Korean ones in lower-case escapes, with or without the last slash."""
    return unquote(path).rstrip("/")


def _with(url: str, *fields: tuple[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(fields, quote_via=quote, safe='')}" if fields else url
