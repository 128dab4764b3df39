"""What answers say in their headers: when to come back, what they are, and what may be done with them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from socialindex.errors import Discarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_DIGITS = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,9})?")
_TEXT = re.compile(
    r"text/.+"
    r"|application/(?:json|jsonl|x-ndjson|ndjson|xml|rss|atom|x-rss|x-atom|xhtml)"
    r"|application/[^/]+\+(?:json|xml)"
    r"|application/(?:x-)?gzip"  # sitemaps, which are compressed as files (sitemaps.org)
)
_PARAMETER = re.compile(r"\b([a-z]+)=([0-9]+)")
_POLICY = re.compile(r'\s*"([^"]*)"')
_BOT = re.compile(r"[a-z*][\w.*-]*")
_WITH_VALUES = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
_EXPIRES = "unavailable_after"
_WEEKDAY = re.compile(rf"({_EXPIRES}\s*:\s*[a-z]+),")
_NO: Final = {"noindex": "noindex", "none": "noindex", "noarchive": "noarchive"}
_REMAINING_AND_RESET: Final = [
    (f"{prefix}-remaining", f"{prefix}-reset") for prefix in ("x-ratelimit", "x-rate-limit", "ratelimit")
]
_EPOCH_FROM = 1_000_000_000  # a reset in seconds is below, a Unix time above
_MILLISECONDS_FROM = 100_000_000_000  # a Unix time in seconds is below, in milliseconds above


def folded(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers as ``Response`` has them: names in lower case, repeated ones joined by a comma (RFC 9110, section 5.3).

    Cookies are left out: we keep none, and theirs is the one header that cannot be joined.
    """
    headers: dict[str, str] = {}
    for name, value in raw:
        key = name.decode("latin-1").lower()
        if key != "set-cookie":
            headers[key] = f"{headers[key]}, {_text(value)}" if key in headers else _text(value)
    return headers


def is_text(content_type: str) -> bool:
    """Whether a Content-Type is one that posts are read from; an absent one is, since many servers name none."""
    media_type = content_type.partition(";")[0].strip().lower()
    return not media_type or _TEXT.fullmatch(media_type) is not None


def retry_after(headers: Mapping[str, str], now: datetime, *, at_most: float) -> float | None:
    """Seconds that ``Retry-After`` asks us to wait (RFC 9110, section 10.2.3), from 0 to ``at_most``.

    None where the header is absent or says neither seconds nor a date.
    """
    value = headers.get("retry-after", "").strip()
    seconds = float(value) if _DIGITS.fullmatch(value) else _seconds_until(_http_date(value), now)
    return None if seconds is None else min(max(seconds, 0.0), at_most)


def rate_hint(headers: Mapping[str, str], now: datetime, *, at_most: float) -> float | None:
    """Seconds to leave between requests so that the server's announced limit is never hit; None where it has none.

    The rest of the time window, divided by the requests that are left in it and one more: with none left, the whole
    rest. Reads ``X-RateLimit-*`` (Mastodon gives the reset as a date, GitHub as Unix time, others in milliseconds,
    Reddit in seconds, with fractions of requests), ``RateLimit-*`` and both structured forms of the IETF's
    draft-ietf-httpapi-ratelimit-headers (7, and since 8 with ``RateLimit-Policy``). Discourse says ``Retry-After``.
    """
    waits = [wait / (remaining + 1) for remaining, wait in _windows(headers, now)]
    return min(max(0.0, *waits), at_most) if waits else None


def until_reset(headers: Mapping[str, str], now: datetime, *, at_most: float) -> float | None:
    """Seconds until a limit that is used up is lifted; None where the headers that ``rate_hint`` reads tell of none."""
    waits = [wait for remaining, wait in _windows(headers, now) if remaining < 1]
    return min(max(0.0, *waits), at_most) if waits else None


def robots_tags(values: Iterable[str], token: str, now: datetime) -> frozenset[str]:
    """Directives of ``X-Robots-Tag`` headers that are meant for everybody or for the crawler called ``token``.

    ``unavailable_after`` with a date that is past counts as ``noindex``, which is what it means then.

    Args:
        values: one string per header: a crawler's name holds until the end of its own header.
        token: our product token.
        now: the time by which a date is past.
    """
    found: set[str] = set()
    for value in values:
        found.update(_directives(_whole_dates(value.lower()), token.lower(), now))
    return frozenset(found - {""})


def _directives(parts: Iterable[str], token: str, now: datetime) -> Iterator[str]:
    bot = "*"
    for part in parts:
        name, colon, rest = (piece.strip() for piece in part.partition(":"))
        if colon and name not in _WITH_VALUES and _BOT.fullmatch(name):
            bot = name
            name, _, rest = (piece.strip() for piece in rest.partition(":"))
        if bot in {"*", "robots", token}:
            yield "noindex" if name == _EXPIRES and _is_past(rest, now) else name


def _whole_dates(value: str) -> Iterator[str]:
    """The directives of a header: a comma behind a weekday ends none."""
    return (part.replace("\0", ",") for part in _WEEKDAY.sub(r"\1\0", value).split(","))


def _is_past(date: str, now: datetime) -> bool:
    """Dates come as RFC 822, RFC 850 or ISO 8601 have them; one that cannot be read forbids nothing."""
    when = _http_date(date) or _iso_date(date.upper())
    return when is not None and when <= now


def obey_robots_tags(tags: Iterable[str]) -> None:
    """Refuse to keep what its ``X-Robots-Tag`` or ``meta robots`` directives forbid to index or to archive.

    Raises:
        Discarded: ``noindex`` or ``noarchive``.
    """
    verdicts = {_NO[tag] for tag in tags if tag in _NO}
    if verdicts:
        raise Discarded(max(verdicts), "the answer itself asks not to be indexed or archived")


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _http_date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _seconds_until(date: datetime | None, now: datetime) -> float | None:
    return None if date is None else (date - now).total_seconds()


def _windows(headers: Mapping[str, str], now: datetime) -> Iterator[tuple[float, float]]:
    """Requests left and seconds until that number is reset, for each limit that an answer names in full."""
    for remaining, reset in _limits(headers):
        wait = _until(reset.strip(), now)
        if wait is not None and _DIGITS.fullmatch(remaining.strip()):
            yield float(remaining), wait


def _limits(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for remaining, reset in _REMAINING_AND_RESET:
        if remaining in headers:
            yield headers[remaining], headers.get(reset, "")
    if "ratelimit" not in headers:
        return
    windows = _policy_windows(headers.get("ratelimit-policy", ""))
    for policy in _policies(headers["ratelimit"]):
        values = dict(_PARAMETER.findall(policy))
        reset = values.get("t") or values.get("reset") or windows.get(_policy_name(policy), "")
        yield values.get("r") or values.get("remaining", ""), reset


def _policy_windows(value: str) -> dict[str, str]:
    """Seconds of each policy's window: until a limit is reset that does not say when, it can take so long."""
    policies = ((_policy_name(policy), dict(_PARAMETER.findall(policy))) for policy in value.split(","))
    return {name: values["w"] for name, values in policies if name and "w" in values}


def _policy_name(policy: str) -> str:
    name = _POLICY.match(policy)
    return name[1] if name else ""


def _policies(value: str) -> list[str]:
    """The limits in a ``RateLimit`` header: until draft 7 one, written as a dictionary; since then a list."""
    return [value] if "remaining=" in value else value.split(",")


def _until(reset: str, now: datetime) -> float | None:
    if not _DIGITS.fullmatch(reset):
        return _seconds_until(_iso_date(reset) or _http_date(reset), now)
    number = float(reset)
    seconds = number / 1000 if number >= _MILLISECONDS_FROM else number
    return seconds - now.timestamp() if seconds >= _EPOCH_FROM else seconds


def _iso_date(value: str) -> datetime | None:
    try:
        date = datetime.fromisoformat(value)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
