"""XRPC queries and what their answers mean (https://atproto.com/specs/xrpc)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from socialindex.errors import Discarded, ParseError
from socialindex.sources._families.typed_json import Entity, read
from socialindex.sources.base import Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from socialindex.sources.base import Priority, Response

JSON: Final = {"Accept": "application/json"}
PROFILE: Final = "app.bsky.actor.getProfile"
RESOLVE: Final = "com.atproto.identity.resolveHandle"
POSTS: Final = "app.bsky.feed.getPosts"
THREAD: Final = "app.bsky.feed.getPostThread"

_OK: Final = 200
_GONE: Final = frozenset(("NotFound", "UnknownFeed", "UnknownList", "AccountTakedown", "AccountDeactivated"))
_GONE_STATUSES: Final = frozenset((404, 410))
_GONE_MESSAGE: Final = re.compile(r"not found|could not (?:find|locate)|unable to resolve handle", re.IGNORECASE)
"""An AppView says ``InvalidRequest`` of profiles, lists and handles that it does not have; only the message tells."""
_FORBIDDEN: Final = frozenset(
    (
        "AuthMissing",
        "AuthenticationRequired",
        "ExpiredToken",
        "InvalidToken",
        "Forbidden",
        "BlockedActor",
        "BlockedByActor",
    )
)
_FORBIDDEN_STATUSES: Final = frozenset((401, 403))
_SHOWN: Final = 200


BATCH: Final = 25
"""Posts that one query may ask for, by the lexicon."""
_MAX_ADDRESS: Final = 4_000
"""Characters of a query's address; DIDs may be long."""


class Error(Entity, frozen=True, kw_only=True):
    """The body of an error answer."""

    error: str = ""
    message: str = ""


def query(api: str, method: str, parameters: Sequence[tuple[str, str]]) -> str:
    """The address of a query; parameters without a value are left out."""
    given = [(name, value) for name, value in parameters if value]
    return f"{api}/xrpc/{method}?{urlencode(given)}"


def ask_for(api: str, uris: Iterable[str], priority: Priority, context: dict[str, str]) -> list[Request]:
    """Queries for posts, as few as the AppView allows."""
    batches: list[list[str]] = []
    for uri in dict.fromkeys(uris):
        longer = [*batches[-1], uri] if batches else [uri]
        if batches and len(longer) <= BATCH and len(_posts(api, longer)) <= _MAX_ADDRESS:
            batches[-1] = longer
        else:
            batches.append([uri])
    return [
        Request(url=_posts(api, batch), kind="posts", priority=priority, context=context, headers=JSON)
        for batch in batches
    ]


def asked_for(request: Request) -> list[str]:
    """The posts that a query of ``ask_for`` names."""
    return parse_qs(urlsplit(request.url).query).get("uris", [])


def check(response: Response) -> None:
    """Pass an answer that is not an error.

    Raises:
        Discarded: ``gone``: the account, the list, the feed or the post is not there (any more). ``forbidden``: it is
            not for anonymous readers.
        ParseError: any other error, such as ``InvalidRequest``, ``RateLimitExceeded`` or ``UpstreamFailure``.
    """
    if response.status == _OK:
        return
    error = _error(response.body)
    if error.error in _GONE or response.status in _GONE_STATUSES or _GONE_MESSAGE.search(error.message):
        raise Discarded("gone", _said(error))
    if error.error in _FORBIDDEN or response.status in _FORBIDDEN_STATUSES:
        raise Discarded("forbidden", _said(error))
    raise ParseError(f"status {response.status}: {_said(error)}")


def _posts(api: str, uris: list[str]) -> str:
    return query(api, POSTS, [("uris", uri) for uri in uris])


def _error(body: bytes) -> Error:
    try:
        return read(body, Error)
    except ParseError:
        return Error()


def _said(error: Error) -> str:
    return f"{error.error or 'no XRPC error'}: {error.message}"[:_SHOWN]
