"""Times as platforms' APIs give them."""

from __future__ import annotations

from datetime import UTC, datetime


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
