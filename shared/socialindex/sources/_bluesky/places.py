"""Places that a person can paste the address of, and the identities that stand behind them."""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple, Self
from urllib.parse import unquote, urlsplit

from socialindex.text import canonical_url

POST: Final = "app.bsky.feed.post"
INVALID_HANDLE: Final = "handle.invalid"
"""What stands in a handle's place where its domain does not point back to the account (atproto.com/specs/handle)."""
DID_PATTERN: Final = r"did:[a-z]+:[A-Za-z0-9._:%-]{0,500}[A-Za-z0-9._-]"
"""https://atproto.com/specs/did, shorter than it allows."""
URI_PATTERN: Final = rf"at://{DID_PATTERN}/[A-Za-z0-9.-]{{3,317}}/[A-Za-z0-9._:~-]{{1,300}}"
"""https://atproto.com/specs/at-uri-scheme, of a record; NSIDs and record keys as in their own specifications."""

_DID: Final = re.compile(DID_PATTERN)
_HANDLE: Final = re.compile(
    r"(?=.{3,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_RECORD_KEY: Final = re.compile(r"[A-Za-z0-9._:~-]{1,300}")
_URI: Final = re.compile(URI_PATTERN)

Kind = Literal["profile", "list", "feed", "post"]
_SEGMENTS: Final[dict[str, Kind]] = {"lists": "list", "feed": "feed", "post": "post"}
_PATHS: Final = {kind: segment for segment, kind in _SEGMENTS.items()}
_COLLECTIONS: Final[dict[Kind, str]] = {
    "list": "app.bsky.graph.list",
    "feed": "app.bsky.feed.generator",
    "post": POST,
}


class Service(NamedTuple):
    """An AppView (``api``) and the web application that shows what is in it (``web``), as origins."""

    api: str
    web: str

    @classmethod
    def at(cls, origin: str) -> Service:
        """The service at an origin; only Bluesky's own has its two halves at different hosts."""
        return BLUESKY if origin in BLUESKY else cls(origin, origin)

    def profile(self, did: str, handle: str) -> str:
        """A profile's address: by handle, as the web application itself shares it, unless the handle is invalid."""
        return f"{self.web}/profile/{did if handle in {'', INVALID_HANDLE} else handle}"

    def post(self, did: str, handle: str, record_key: str) -> str:
        """A post's address."""
        return f"{self.profile(did, handle)}/post/{record_key}"


BLUESKY: Final = Service("https://public.api.bsky.app", "https://bsky.app")


class AtUri(NamedTuple):
    """The address of a record, which is a post's identity wherever it is read."""

    did: str
    collection: str
    record_key: str

    @classmethod
    def parse(cls, uri: str) -> Self | None:
        """The parts of an AT URI; ``None`` where it names no record by its account's DID."""
        return cls(*uri.removeprefix("at://").split("/")) if _URI.fullmatch(uri) else None

    def __str__(self) -> str:
        return f"at://{self.did}/{self.collection}/{self.record_key}"


class Place(NamedTuple):
    """A profile, or one of a profile's lists, feed generators or posts; ``actor`` is a handle or a DID."""

    service: Service
    kind: Kind
    actor: str
    record_key: str = ""

    @property
    def url(self) -> str:
        """The canonical address, which opens in the web application."""
        path = f"/{_PATHS[self.kind]}/{self.record_key}" if self.record_key else ""
        return f"{self.service.web}/profile/{self.actor}{path}"

    @property
    def did(self) -> str | None:
        """The account's DID, where the address names it by that."""
        return self.actor if self.actor.startswith("did:") else None

    def uri(self, did: str) -> str:
        """The AT URI of the list, the feed generator or the post."""
        return str(AtUri(did, _COLLECTIONS[self.kind], self.record_key))


def place_of(url: str) -> Place | None:
    """The place that an address leads to, or ``None`` where it leads to none.

    Pages below a place, such as who liked a post, lead to it. Handles are case-insensitive: lower case is canonical.
    """
    parts = urlsplit(canonical_url(url) or "")
    path = [unquote(segment) for segment in parts.path.split("/") if segment]
    match path:
        case ["profile", name, *rest] if parts.netloc and (actor := _actor(name)):
            kind, record_key = _below(rest)
            return Place(Service.at(f"{parts.scheme}://{parts.netloc}"), kind, actor, record_key)
    return None


def _actor(name: str) -> str | None:
    if _DID.fullmatch(name):
        return name
    handle = name.removeprefix("@").lower()
    return handle if _HANDLE.fullmatch(handle) else None


def _below(path: list[str]) -> tuple[Kind, str]:
    match path:
        case [segment, record_key, *_] if segment in _SEGMENTS and _RECORD_KEY.fullmatch(record_key):
            return _SEGMENTS[segment], record_key
    return "profile", ""
