"""The window of time that figures are about, and the buckets that it falls into, by a time zone's days."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Annotated, Final, Literal, NamedTuple

import msgspec

from socialindex.errors import InvalidInput
from socialindex.search.selection import Selection
from socialindex.zones import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Interval = Literal["hour", "day", "week", "month"]
Wanted = Literal["auto", "hour", "day", "week", "month"]

DAYS: Final = 30
"""Length of a window whose beginning is not given."""
MOST_DAYS: Final = 3_660
EARLIEST, LATEST = 1990, 2100
"""Years that a window may touch: what is beyond is a mistake, and near the calendar's ends zones cannot be reckoned."""
MOST_BUCKETS: Final = 1_000
_STEPS: Final[dict[Interval, timedelta]] = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=28),
}
_AUTO: Final[tuple[tuple[Interval, timedelta], ...]] = (
    ("hour", timedelta(days=3)),
    ("day", timedelta(days=100)),
    ("week", timedelta(days=700)),
)
"""The finest interval that makes about a hundred buckets at most."""


class Windowed(Selection, frozen=True, kw_only=True):
    """A selection that figures are made of: posts that were published within a window of time.

    Without ``to`` the window ends with the current day, without ``from`` it begins thirty days before its end, both in
    ``time_zone``.
    """

    time_zone: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] = "UTC"
    """An IANA name, such as ``Asia/Seoul``: whose days, weeks and months are meant."""


class Window(NamedTuple):
    """From ``since`` on until before ``until``, both in UTC."""

    since: datetime
    until: datetime
    zone: tzinfo
    time_zone: str


def window_of(asked: Windowed, now: datetime) -> Window:
    """The window that a request means.

    Raises:
        InvalidInput: there is no such time zone, or the window is empty, too long or beyond the calendar.
    """
    asked.check()
    zone = zone_of(asked.time_zone)
    for field, moment in (("from", asked.since), ("to", asked.until)):
        if moment and not EARLIEST <= moment.year < LATEST:
            remedy = f"use a year from {EARLIEST} to {LATEST - 1}"
            raise InvalidInput(f"{field} is in the year {moment.year}", field=field, remedy=remedy)
    until = asked.until or _midnight(now.astimezone(zone).date() + timedelta(days=1), zone)
    since = asked.since or _midnight(until.astimezone(zone).date() - timedelta(days=DAYS), zone)
    if since >= until:
        raise InvalidInput("from is later than now", field="from", remedy="give to as well, or an earlier from")
    if until - since > timedelta(days=MOST_DAYS):
        raise InvalidInput(f"the window is longer than {MOST_DAYS} days", field="from", remedy="use a shorter one")
    return Window(since, until, zone, asked.time_zone)


def interval_of(wanted: Wanted, window: Window) -> Interval:
    """The interval that was asked for, or the one that suits the window.

    Raises:
        InvalidInput: it would make too many buckets.
    """
    length = window.until - window.since
    if wanted == "auto":
        return next((interval for interval, longest in _AUTO if length <= longest), "month")
    if length / _STEPS[wanted] > MOST_BUCKETS:
        remedy = f"use a longer interval or a shorter window: at most {MOST_BUCKETS} buckets"
        raise InvalidInput(f"{wanted}s make too many buckets of this window", field="interval", remedy=remedy)
    return wanted


def edges(window: Window, interval: Interval) -> list[datetime]:
    """Where the buckets begin, and where the last one ends, in UTC: they cover the window and may stand out of it.

    A day is from midnight to midnight on the zone's clocks, 23 or 25 hours where they change; weeks begin on Monday.
    """
    starts = _hours(window) if interval == "hour" else _days(window, interval)
    found: list[datetime] = []
    for start in starts:
        if start not in found[-1:]:  # a day that a zone has left out, when it moved over the date line
            found.append(start)
        if start >= window.until:
            break
    return found


def first_day(day: date, interval: Interval) -> date:
    """The first day of the week or month that a day is in; the day itself where days are counted."""
    if interval == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if interval == "month" else day


def next_day(day: date, interval: Interval) -> date:
    """The first day of the next day, week or month."""
    return (day + timedelta(days=31)).replace(day=1) if interval == "month" else day + _STEPS[interval]


def _hours(window: Window) -> Iterator[datetime]:
    first = _hour_of(window)
    return (first + number * _STEPS["hour"] for number in itertools.count())


def _hour_of(window: Window) -> datetime:
    """The hour that the window begins in; in some zones hours begin at the half hour of UTC."""
    local = window.since.astimezone(window.zone)
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return window.since - past


def _days(window: Window, interval: Interval) -> Iterator[datetime]:
    day = first_day(window.since.astimezone(window.zone).date(), interval)
    while True:
        yield _midnight(day, window.zone)
        day = next_day(day, interval)


def _midnight(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day, also where clocks jump over midnight (PEP 495: they are read as before the jump)."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
