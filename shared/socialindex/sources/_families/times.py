"""Times as platforms' APIs and Korean pages give them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_WORDED = re.compile(r"(?<!\d)(\d{1,2})시\s?(\d{1,2})분(?:\s?(\d{1,2})초)?")


def in_utc(time: datetime | None) -> datetime | None:
    """In UTC, which a time without an offset is taken to be in; absent where UTC has no such year."""
    if time is None or time.tzinfo is UTC:
        return time
    try:
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except OverflowError:
        return None


def from_unix(seconds: float | None) -> datetime | None:
    """A Unix time; absent where it is zero, or of a year that no calendar has."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None


def in_digits(text: str) -> str:
    """A text with its Korean clocks in digits: "15시 5분" is "15:05"."""
    return _WORDED.sub(lambda clock: ":".join(number.zfill(2) for number in clock.groups() if number), text)
