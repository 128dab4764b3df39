"""Addresses of a server's places, as people paste them: an instance, a community, a person, a post or a comment."""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from socialindex.text import canonical_url

PlaceKind = Literal["local", "community", "user", "post", "comment"]

_NAMED: Final = re.compile(r"/(?P<kind>c/|u/|@)(?P<name>\w{1,255})(?:@(?P<host>[\w.-]{1,255}(?::\d{1,5})?))?/?")
_NUMBERED: Final = re.compile(r"/(?P<kind>post|comment)/(?P<number>\d{1,18})(?:/(?P<comment>\d{1,18}))?/?")
_FRONT: Final = frozenset({"", "/", "/home"})
_LOCAL: Final = "/?listingType=Local"
_PREFIXES: Final[dict[str, PlaceKind]] = {"c/": "community", "u/": "user", "@": "user"}


class Place(NamedTuple):
    """A part of a server.

    ``name`` is a community's or a person's, with ``@host`` where another server is theirs, or a post's number at this
    server; of the local posts it is empty. A comment is a place only until its post is known.
    """

    origin: str
    kind: PlaceKind
    name: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.origin).netloc

    @property
    def url(self) -> str:
        """The canonical address, which opens in a browser."""
        if self.kind == "local":
            return self.origin + _LOCAL
        prefix = {"community": "c", "user": "u"}.get(self.kind, self.kind)
        return f"{self.origin}/{prefix}/{quote(self.name, safe='@:')}"


def place_of(url: str) -> Place | None:
    """The place that an address leads to; ``None`` where its path is none of a server's."""
    parts = urlsplit(canonical_url(url) or "")
    if not parts.netloc:
        return None
    origin, path = f"{parts.scheme}://{parts.netloc}", unquote(parts.path)
    if path in _FRONT:
        return Place(origin, "local")
    if match := _NAMED.fullmatch(path):
        at = match["host"]
        elsewhere = f"@{at.lower()}" if at and at.lower() != parts.netloc else ""
        return Place(origin, _PREFIXES[match["kind"]], match["name"] + elsewhere)
    if match := _NUMBERED.fullmatch(path):
        comment = match["comment"] or (match["number"] if match["kind"] == "comment" else None)
        return Place(origin, "comment", comment) if comment else Place(origin, "post", match["number"])
    return None


def number_of(origin: str, uri: str) -> tuple[Literal["post", "comment"], str] | None:
    """What a server's own post or comment is, and its number there; ``None`` for other servers' addresses."""
    path = uri.removeprefix(origin)
    match = _NUMBERED.fullmatch(path) if path != uri else None
    if match is None or match["comment"]:
        return None
    return ("post" if match["kind"] == "post" else "comment"), match["number"]
