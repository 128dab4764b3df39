"""Why the API refuses, from the error in its answer (https://developers.google.com/youtube/v3/docs/errors).

Searches have a quota of their own, which is used up while others are not, and is told by 429 with the same reason as
the limits of a minute: only the words tell which of the two it is.
"""

from __future__ import annotations

from typing import Final

from socialindex.errors import Discarded, ParseError
from socialindex.sources._families.typed_json import Entity, read

_REASONS: Final = {
    "commentsDisabled": "comments_disabled",
    "quotaExceeded": "quota",
    "dailyLimitExceeded": "quota",
    "rateLimitExceeded": "quota",
    "userRateLimitExceeded": "quota",
    "keyInvalid": "bad_credentials",
    "keyExpired": "bad_credentials",
    "accessNotConfigured": "bad_credentials",
    "ipRefererBlocked": "bad_credentials",
    "API_KEY_INVALID": "bad_credentials",  # those in capitals: of google.rpc.ErrorInfo, beside a mere badRequest
    "API_KEY_SERVICE_BLOCKED": "bad_credentials",
    "API_KEY_IP_ADDRESS_BLOCKED": "bad_credentials",
    "API_KEY_HTTP_REFERRER_BLOCKED": "bad_credentials",
    "SERVICE_DISABLED": "bad_credentials",
    "videoNotFound": "gone",
    "playlistNotFound": "gone",
    "commentNotFound": "gone",
    "channelNotFound": "gone",
}
"""Reasons of the API, and the words that we count them under; any other is ``forbidden``."""
_PER_MINUTE: Final = "per minute"
"""In the name of a limit, which the message tells: ``Queries per minute per user``, ``Search Queries per day``."""


class _Detail(Entity, frozen=True, kw_only=True):
    reason: str = ""


class _Error(Entity, frozen=True, kw_only=True):
    message: str = ""
    errors: list[_Detail] = []
    details: list[_Detail] = []


class _Refusal(Entity, frozen=True, kw_only=True):
    error: _Error


def refusal(body: bytes) -> Discarded:
    """The verdict of an answer that is an error."""
    try:
        error = read(body, _Refusal).error
    except ParseError:
        return Discarded("forbidden")
    reasons = (_REASONS.get(detail.reason) for detail in (*error.details, *error.errors))
    reason = next((reason for reason in reasons if reason), "forbidden")
    return Discarded("throttled" if reason == "quota" and _PER_MINUTE in error.message else reason)
