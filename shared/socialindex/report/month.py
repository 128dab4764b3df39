"""The month that a report is of, by a time zone's calendar, and the month before it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.errors import InvalidInput
from socialindex.search.analytics.window import EARLIEST, LATEST, Window, edges
from socialindex.zones import zone_of

if TYPE_CHECKING:
    from datetime import tzinfo

_MONTH: Final = re.compile("([0-9]{4})-(0[1-9]|1[0-2])")
_DAY: Final = timedelta(days=1)


class Month(NamedTuple):
    """A month as far as it has gone. Times are in UTC."""

    first: date
    """Its first day."""
    since: datetime
    until: datetime
    """Its end, or the present minute where it is not over."""
    is_over: bool
    before_since: datetime
    before_until: datetime
    """Of the month before: as far into it as the month has gone, its end at most."""
    zone: tzinfo
    time_zone: str

    @property
    def name(self) -> str:
        """Such as ``2026-11``."""
        return f"{self.first:%Y-%m}"

    @property
    def times_before(self) -> float:
        """How many times as long it is as what it is compared with: months have 28 to 31 days."""
        return (self.until - self.since) / (self.before_until - self.before_since)


def month_of(name: str | None, time_zone: str, now: datetime) -> Month:
    """The month with this name; without one, the last that is over.

    Raises:
        InvalidInput: there is no such time zone, it is no month, or one that has not begun.
    """
    zone = zone_of(time_zone)
    first = _named(name) if name else _before(now.astimezone(zone).date())
    since, end = _edges(first, zone, time_zone)
    if since >= now:
        remedy = "use a month that has begun, or leave it out for the last one that is over"
        raise InvalidInput(f"{first:%Y-%m} has not begun", field="month", remedy=remedy)
    until = min(end, now.replace(second=0, microsecond=0) + timedelta(minutes=1))
    before, is_over = _edges(_before(first), zone, time_zone)[0], end <= now
    return Month(
        first=first,
        since=since,
        until=until,
        is_over=is_over,
        before_since=before,
        before_until=since if is_over else min(since, before + (until - since)),
        zone=zone,
        time_zone=time_zone,
    )


def _named(name: str) -> date:
    found = _MONTH.fullmatch(name)
    if not found or not EARLIEST <= int(found[1]) < LATEST:
        remedy = f"write it as 2026-11, with a year from {EARLIEST} to {LATEST - 1}"
        raise InvalidInput(f"{name[:20]!r} is no month", field="month", remedy=remedy)
    return date(int(found[1]), int(found[2]), 1)


def _before(day: date) -> date:
    """The first day of the month before a day's."""
    return (day.replace(day=1) - _DAY).replace(day=1)


def _edges(first: date, zone: tzinfo, time_zone: str) -> list[datetime]:
    """Where a month begins and ends on the zone's clocks: its middle is in it, whatever the zone."""
    middle = datetime(first.year, first.month, 15, tzinfo=UTC)
    return edges(Window(middle, middle + _DAY, zone, time_zone), "month")
