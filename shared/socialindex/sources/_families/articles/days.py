"""Sitemaps of which an index says a day alone: they may change all that day, and nothing tells when.

So they are read again, once in ``AGAIN`` at most, until the day is over everywhere. An index that answers "not
modified" says no more than that: the cursor keeps the addresses, a few hundred bytes of it.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from socialindex.sources._families.articles.sitemaps import Listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

AGAIN: Final = timedelta(minutes=30)
"""From one reading of such sitemaps to the next. They cannot be asked for conditionally, as the first address of a poll
is, and may be large."""
_IS_OVER: Final = timedelta(hours=36)
"""After the day's first moment, in a zone that may have been guessed up to half a day wrong."""
_MAX_BYTES: Final = 200
"""Of an address that a cursor keeps; of longer ones the next whole answer tells again."""

_READ = "days"
"""The cursor's entry for when such sitemaps were last read."""
_LISTED = "daily"
"""The cursor's entry for those that are to be read again, a line each with date and address."""
ENTRIES: Final = (_READ, _LISTED)


def is_time(cursor: Mapping[str, str], now: datetime) -> bool:
    """Whether sitemaps whose date is a day may be read again."""
    read = cursor.get(_READ)
    return read is None or now - datetime.fromisoformat(read) >= AGAIN


def lasting(entries: Iterable[Listed], zone: tzinfo, now: datetime) -> list[Listed]:
    """The sitemaps that changed on a day which is not over, at a time that nothing tells, in their order."""
    recent = (e for e in entries if e.modified and now - e.modified < _IS_OVER)
    return [e for e in recent if e.modified and any(e.modified.astimezone(at).time() == time() for at in (zone, UTC))]


def read_at(cursor: Mapping[str, str], now: datetime) -> dict[str, str]:
    """The cursor once such sitemaps are asked for."""
    return {**cursor, _READ: now.isoformat(timespec="seconds")}


def listing(cursor: Mapping[str, str], days: Iterable[Listed], at_most: int) -> dict[str, str]:
    """The cursor with the first sitemaps whose date is a day, in place of those that it had."""
    short = (f"{stamp(entry)} {entry.url}" for entry in days if len(entry.url.encode()) <= _MAX_BYTES)
    lines = "\n".join(islice(short, at_most))
    kept = {key: value for key, value in cursor.items() if key != _LISTED}
    return {**kept, _LISTED: lines} if lines else kept


def listed(cursor: Mapping[str, str]) -> list[Listed]:
    """The sitemaps that ``listing`` put into a cursor."""
    lines = (line.partition(" ") for line in cursor.get(_LISTED, "").splitlines())
    return [Listed(url, modified=datetime.fromisoformat(at)) for at, _, url in lines]


def stamp(entry: Listed) -> str:
    """The date of a sitemap, for a cursor; an empty string where it has none."""
    return entry.modified.astimezone(UTC).isoformat(timespec="seconds") if entry.modified else ""
