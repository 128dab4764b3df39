"""What an answer's status and headers decide, before its body is read."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from socialindex.crawl.headers import is_text, obey_robots_tags, retry_after, robots_tags, until_reset
from socialindex.crawl.transient import Transient
from socialindex.errors import Discarded

if TYPE_CHECKING:
    from datetime import datetime

    from socialindex.crawl.exchange import Head
    from socialindex.crawl.settings import Expect, FetchSettings

GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""Statuses that are an answer, not a failure: what was there is there no more."""

UNAUTHORIZED: Final = "unauthorized"
"""The reason of a verdict that other credentials might change."""

EXPLAINED: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})
"""Statuses with which platforms' APIs say something in the body that decides what becomes of a request. YouTube says
429 both to who asks too fast and to who has asked for all that a day holds of one kind of request."""

_VERDICTS: Final[dict[int, str]] = {
    HTTPStatus.UNAUTHORIZED: UNAUTHORIZED,
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: "legal",
}
_OTHERS: Final = "client_error"
REFUSALS: Final = frozenset({*_VERDICTS.values(), _OTHERS})
"""Verdicts on a request that its host has answered with no."""
LATER: Final = frozenset(
    {HTTPStatus.ACCEPTED, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)
"""Statuses that are about the moment, not about the request. 202 is no answer yet (RFC 9110, section 15.3.3): firewalls
say so to robots, with a script to run in the place of whatever was asked for (AWS WAF's Challenge)."""
_BRIEF: Final = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})


def is_redirect(status: int) -> bool:
    """Whether a status sends us elsewhere. 304 does not, and 300, 305 and 306 leave nothing to follow."""
    return status in {301, 302, 303, 307, 308}


def wants_body(head: Head, expect: Expect, settings: FetchSettings, now: datetime) -> bool:
    """Whether the body is to be read.

    Raises:
        Transient: the host asks us to come back later: 202, 408, 425, 429, any 5xx, or a refusal for a limit that is
            used up.
        Discarded: ``unauthorized`` (401), ``forbidden`` (403), ``legal`` (451), ``client_error`` (other 4xx),
            ``bad_redirect`` (what is left of 3xx), ``content_type``, ``noindex`` or ``noarchive``.
    """
    if is_redirect(head.status) or head.status == HTTPStatus.NOT_MODIFIED:
        return False
    if head.status in LATER or head.status >= HTTPStatus.MULTIPLE_CHOICES:
        _check_failure(head, expect, settings, now)
        return expect.explained and head.status in EXPLAINED
    if head.robots_tags and not expect.noindex:
        obey_robots_tags(robots_tags(head.robots_tags, settings.token, now))
    content_type = head.headers.get("content-type", "")
    if not expect.any_type and not is_text(content_type):
        raise Discarded("content_type", f"{content_type[:80]}: only text is read")
    return True


def _check_failure(head: Head, expect: Expect, settings: FetchSettings, now: datetime) -> None:
    """Return where the failure is an answer that the caller wants to see."""
    status = head.status
    wait = _asked_wait(head, settings, now)
    # GitHub and Reddit say so with 403: it is the limit that forbids, and says until when.
    limited = status == HTTPStatus.FORBIDDEN and wait is not None
    explains = expect.explained and status in EXPLAINED
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or limited or (status in LATER and not (explains and wait is None)):
        raise _transient(status, wait)
    if status < HTTPStatus.BAD_REQUEST:
        raise Discarded("bad_redirect", f"status {status} with nothing to follow")
    if explains:
        return
    if status not in GONE and not expect.any_client_error:
        raise Discarded(_VERDICTS.get(status, _OTHERS), f"status {status}")


def _transient(status: int, wait: float | None) -> Transient:
    throttled = status < HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.SERVICE_UNAVAILABLE
    reason = "throttled" if throttled else "server_error"
    brief = status in _BRIEF and wait is None
    return Transient(reason, f"status {status}", status=status, retry_after=wait, brief=brief)


def _asked_wait(head: Head, settings: FetchSettings, now: datetime) -> float | None:
    """How long the host wants to be left alone: its Retry-After, or the reset of a limit that is used up."""
    at_most = settings.retry_after_max_seconds
    wait = retry_after(head.headers, now, at_most=at_most)
    return until_reset(head.headers, now, at_most=at_most) if wait is None else wait
