"""Errors as problem details (RFC 9457): one place decides status, type and words."""

from __future__ import annotations

from typing import Any, NamedTuple

from socialindex.errors import (
    Conflict,
    Discarded,
    ExpiredCursor,
    Forbidden,
    InvalidInput,
    InvalidQuery,
    InvalidSettings,
    NotFound,
    SocialIndexError,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)
from socialindex.search.http import Answer
from socialindex.search.listing import remedy_for

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER = "5"
"""Seconds after which asking a part that was down again makes sense."""


class _Kind(NamedTuple):
    status: int
    slug: str
    title: str


_UNEXPECTED = _Kind(500, "internal", "Something went wrong on our side")
_KINDS: dict[type[SocialIndexError], _Kind] = {
    InvalidSettings: _UNEXPECTED,  # whose input it is: the operator's
    InvalidQuery: _Kind(400, "invalid-query", "The query cannot be read"),
    ExpiredCursor: _Kind(410, "offset-expired", "The stream cannot be gone on with from there"),
    InvalidInput: _Kind(400, "invalid-input", "The request cannot be taken"),
    Unauthorized: _Kind(401, "unauthorized", "An API key is needed"),
    Forbidden: _Kind(403, "forbidden", "The API key does not allow this"),
    NotFound: _Kind(404, "not-found", "There is no such thing"),
    Conflict: _Kind(409, "conflict", "The request contradicts what is there"),
    TooManyRequests: _Kind(429, "quota-exceeded", "The plan grants no more for now"),
    Discarded: _Kind(422, "refused", "The address cannot be crawled"),
    Unavailable: _Kind(503, "unavailable", "A part of the service does not answer"),
}
_HIDDEN = frozenset({500, 503})
"""Statuses whose inner words say something about us and nothing to the caller."""
_AGAIN = "ask again after the seconds that Retry-After says; if it stays so, ask for less at once"
"""What a caller can do where a part of ours is busy or down."""
_GONE = {
    "board_gone": "the site says that it has no such board; see in a browser that the address is right",
    "gone": "the site says that nothing is there, or no longer; see in a browser that the address is right",
}
"""Verdicts of a page that forbid nothing: who mistypes an address meets them, too."""


def problem(error: Exception, request_id: str, route: str = "") -> Answer:
    """The answer to a request that failed with ``error``; what is unexpected tells nothing of our insides."""
    kind = next((_KINDS[cls] for cls in type(error).__mro__ if cls in _KINDS), _UNEXPECTED)
    body: dict[str, Any] = {"type": f"urn:socialindex:problem:{kind.slug}", "title": kind.title, "status": kind.status}
    if kind.status not in _HIDDEN:
        body |= {"detail": _words(error), **_particulars(error, route)}
    elif isinstance(error, Unavailable):
        body["remedy"] = _AGAIN
    body["request_id"] = request_id
    return Answer(kind.status, body, _headers(error, kind.status), CONTENT_TYPE)


def _words(error: Exception) -> str:
    """What is said to the caller; a bare verdict is made a sentence."""
    if isinstance(error, Discarded) and str(error) == error.reason:
        forbids = f"this address says that it must not be crawled: {error.reason.replace('_', ' ')}"
        return _GONE.get(error.reason, forbids)
    return str(error)


def _particulars(error: Exception, route: str) -> dict[str, Any]:
    particulars: dict[str, Any] = {}
    if isinstance(error, InvalidInput):
        particulars = {name: value for name in ("field", "remedy") if (value := getattr(error, name))}
    if isinstance(error, InvalidQuery):
        particulars["position"] = error.position
    if isinstance(error, NotFound) and (remedy := remedy_for(error.of, route)):
        particulars["remedy"] = remedy
    if isinstance(error, Discarded):
        particulars["reason"] = error.reason
    if isinstance(error, TooManyRequests):  # the name is that of draft-ietf-httpapi-ratelimit-headers
        particulars["violated-policies"] = [error.policy]
    return particulars


def _headers(error: Exception, status: int) -> dict[str, str]:
    if isinstance(error, TooManyRequests):
        return {"Retry-After": str(error.retry_after)}
    if status == 401:  # noqa: PLR2004 - RFC 9110, section 15.5.2 asks for the challenge
        return {"WWW-Authenticate": "Bearer"}
    return {"Retry-After": RETRY_AFTER} if status == 503 else {}  # noqa: PLR2004 - RFC 9110, section 15.6.4
