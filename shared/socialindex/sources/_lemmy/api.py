"""Addresses of the API.

v3 pages by number; lists of posts also by a cursor, ``next_page`` (0.19). v4 pages by cursor only. v4 writes the values
of parameters in lower case, and a server's own period for lists must be told not to count. Without ``type_`` a server
lists what its operator prefers, which may be local communities alone.

A server moves on to 1.0 one day. What it then answers to v3 has neither people nor single comments, and calls every
community public, so that a channel which was added before is read by v4 from then on: its cursor says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple
from urllib.parse import urlencode, urlsplit

from socialindex.errors import InvalidInput, ParseError
from socialindex.sources._families.typed_json import read_each
from socialindex.sources._lemmy.entities import Written

if TYPE_CHECKING:
    from collections.abc import Iterable

    import msgspec

    from socialindex.sources._lemmy.places import Place
    from socialindex.sources.base import Channel

Version = Literal["3", "4"]
Of = Literal["posts", "comments", "content"]
"""What is listed: ``content`` is a person's posts and comments."""

JSON: Final = {"Accept": "application/json"}
PAGE: Final = 50
"""Items of a page: the most that either version gives."""
_PATHS: Final[dict[Of, str]] = {"posts": "post/list", "comments": "comment/list", "content": "person/content"}
_DEPTH: Final = 50
_OPTION: Final = "api"
"""Also in the cursor, where the channel was added before its server had v4."""


class Api(NamedTuple):
    """The API of one server in one version."""

    origin: str
    version: Version

    def listed(self, place: Place, of: Of, token: str = "") -> str:
        """A page of the newest of a place; ``token`` is ``name=value`` of the page, empty for the first."""
        asked = [*self._asked(place, of), ("limit", str(PAGE))]
        name, _, value = token.partition("=")
        path = "user" if of == "content" and self.version == "3" else _PATHS[of]
        return self._url(path, [*asked, (name, value)] if token else asked)

    def single(self, kind: Literal["post", "comment"], number: str) -> str:
        """One post or one comment."""
        return self._url(kind, [("id", number)])

    def tree(self, post: str) -> str:
        """The comments of a post: asked for a depth, v3 gives up to 300, and takes neither limit nor page."""
        return self._url("comment/list", [*self._all(), ("post_id", post), ("max_depth", str(_DEPTH))])

    def found(self, place: Place) -> str:
        """The document that proves that a place is there."""
        if place.kind == "local":
            return self._url("site", [])
        if place.kind == "community":
            return self._url("community", [("name", place.name)])
        if place.kind == "user":
            return self._url("user" if self.version == "3" else "person", [("username", place.name)])
        return self._url("post", [("id" if place.kind == "post" else "comment_id", place.name)])

    def _asked(self, place: Place, of: Of) -> list[tuple[str, str]]:
        if of == "content":
            return [*self._sorted(), ("username", place.name)] if self.version == "3" else [("username", place.name)]
        if place.kind == "local":
            return [("type_", self._word("Local")), *self._sorted()]
        name = "community_name" if place.kind == "community" else "post_id"
        return [*self._all(), (name, place.name)]

    def _all(self) -> list[tuple[str, str]]:
        return [("type_", self._word("All")), *self._sorted()]

    def _sorted(self) -> list[tuple[str, str]]:
        ever = [("time_range_seconds", "0")] if self.version == "4" else []
        return [("sort", self._word("New")), *ever]

    def _word(self, value: str) -> str:
        return value if self.version == "3" else value.lower()

    def _url(self, path: str, asked: list[tuple[str, str]]) -> str:
        query = f"?{urlencode(asked, safe='@:')}" if asked else ""
        return f"{self.origin}/api/v{self.version}/{path}{query}"


def api_of(channel: Channel, place: Place) -> Api:
    """The API that a channel is read by.

    Raises:
        InvalidInput: the option ``api`` names none.
    """
    version = channel.cursor.get(_OPTION) or channel.options.get(_OPTION, "3")
    if version not in {"3", "4"}:
        raise InvalidInput(f"no version of the API: {version!r}", field="api", remedy="send 3 or 4")
    return Api(place.origin, "4" if version == "4" else "3")


def is_superseded(rows: Iterable[msgspec.Raw]) -> bool:
    """Whether views are what 1.0 answers to v3, which tell no wish of a community."""
    found = (row for row in read_each(rows, Written) if not isinstance(row, ParseError))
    return any(row.creator.instance_id == 0 for row in found)


def turned(channel: Channel, url: str) -> dict[str, str]:
    """The cursor that has a channel read by v4 where an address of v3 led nowhere, else as it was when it was added."""
    others = {name: value for name, value in channel.cursor.items() if name != _OPTION}
    return {**others, _OPTION: "4"} if urlsplit(url).path.startswith("/api/v3/") else others
