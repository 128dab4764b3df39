"""Schedule expressions of EventBridge Scheduler: ``rate(5 minutes)`` and ``cron(0 3 * * ? *)``.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from socialindex.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\(([^()]+)\)")
_ITEM = re.compile(r"(?:[*?]|([A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?)(?:/([1-9][0-9]*))?")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}


class _Field(NamedTuple):
    name: str
    least: int
    most: int
    words: tuple[str, ...] = ()


_FIELDS: Final = (
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("day-of-month", 1, 31),
    _Field("month", 1, 12, ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")),
    _Field("day-of-week", 1, 7, ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")),
    _Field("year", 1970, 2199),
)


class Rate(msgspec.Struct, frozen=True):
    """Every so many seconds."""

    seconds: int

    def first(self, start: datetime) -> datetime:
        """At once."""
        return start

    def after(self, moment: datetime) -> datetime:
        """The next time."""
        return moment + timedelta(seconds=self.seconds)


class Cron(msgspec.Struct, frozen=True):
    """At the minutes that all six fields allow, in a time zone; ``weekdays`` counts from Sunday as 1."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    years: frozenset[int]
    timezone: str

    def first(self, start: datetime) -> datetime | None:
        """The first time at or after ``start``."""
        return self.after(start - timedelta(microseconds=1))

    def after(self, moment: datetime) -> datetime | None:
        """The first time after ``moment``, in UTC; ``None`` where there is none until 2199."""
        return next((time for time in self._times(moment) if time > moment), None)

    def _times(self, start: datetime) -> Iterator[datetime]:
        """From the day of ``start``; local times that a change of clocks skips are left out."""
        zone = ZoneInfo(self.timezone)
        for day in self._days(start.astimezone(zone)):
            for hour in sorted(self.hours):
                for minute in sorted(self.minutes):
                    local = day.replace(hour=hour, minute=minute)
                    moment = local.astimezone(UTC)
                    if moment.astimezone(zone).hour == hour:
                        yield moment

    def _days(self, start: datetime) -> Iterator[datetime]:
        day = start.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        while day.year <= max(self.years):
            if self._falls_on(day):
                yield day
            day += timedelta(days=1)

    def _falls_on(self, day: datetime) -> bool:
        weekday = day.isoweekday() % 7 + 1
        return day.year in self.years and day.month in self.months and day.day in self.days and weekday in self.weekdays


def parse(expression: str, timezone: str, at: str) -> Rate | Cron:
    """The schedule that an expression says; ``at`` is its place in the template, for errors.

    Raises:
        InvalidInput: another form, a value out of range, or one of cron's ``L``, ``W`` and ``#``.
    """
    if found := _RATE.fullmatch(expression):
        return _rate(int(found[1]), found[2], at)
    if found := _CRON.fullmatch(expression):
        return _cron(found[1].split(), timezone, at)
    raise _invalid(expression, at, "Use rate(5 minutes) or cron(0 3 * * ? *); at() is not run locally.")


def _rate(value: int, unit: str, at: str) -> Rate:
    if value < 1:
        raise _invalid(f"rate({value} {unit}s)", at, "Use a rate of at least 1.")
    return Rate(value * _SECONDS[unit])


def _cron(texts: list[str], timezone: str, at: str) -> Cron:
    whole = f"cron({' '.join(texts)})"
    if len(texts) != len(_FIELDS):
        raise _invalid(whole, at, "It takes six fields: minutes hours day-of-month month day-of-week year.")
    if (texts[2] == "?") == (texts[4] == "?"):
        raise _invalid(whole, at, "Exactly one of day-of-month and day-of-week must be ?.")
    minutes, hours, days, months, weekdays, years = (
        _values(text, field, at) for text, field in zip(texts, _FIELDS, strict=True)
    )
    return Cron(minutes, hours, days, months, weekdays, years, _zone(timezone, at))


def _zone(timezone: str, at: str) -> str:
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise _invalid(timezone, at, "Use a time zone's name, such as Asia/Seoul.") from error
    return timezone


def _values(text: str, field: _Field, at: str) -> frozenset[int]:
    values = {value for item in text.split(",") for value in _item(item, field, at)}
    if not values or min(values) < field.least or max(values) > field.most:
        raise _invalid(f"{field.name} {text}", at, f"It must be from {field.least} to {field.most}.")
    return frozenset(values)


def _item(item: str, field: _Field, at: str) -> range:
    """The values of ``*``, ``?``, ``5``, ``5-8``, ``*/10``, ``5/10`` (from 5 on) or ``5-30/10``; names are numbers."""
    found = _ITEM.fullmatch(item)
    if found is None:
        raise _invalid(f"{field.name} {item}", at, "Use numbers, names, *, -, / and commas; L, W and # are not run.")
    first, last, step = found.groups()
    if first is None:
        return range(field.least, field.most + 1, int(step or 1))
    start = _number(first, field, at)
    end = _number(last, field, at) if last else field.most if step else start
    return range(start, end + 1, int(step or 1))


def _number(text: str, field: _Field, at: str) -> int:
    if text.upper() in field.words:
        return field.words.index(text.upper()) + 1
    if not text.isdecimal():
        raise _invalid(f"{field.name} {text}", at, f"Use numbers from {field.least} to {field.most}.")
    return int(text)


def _invalid(what: str, at: str, remedy: str) -> InvalidInput:
    return InvalidInput(f"{at}: the schedule expression {what} is not understood", field=at, remedy=remedy)
