"""Dates as Korean boards print them: Seoul's clock, often without century, year or day."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from socialindex.sources._families.times import in_digits

SEOUL = timezone(timedelta(hours=9), "Asia/Seoul")
"""A fixed offset: Korea has had no daylight saving time since 1988, before there were boards."""
_SKEW = timedelta(hours=1)
"""How far a board's clock may be ahead of ours before "today" must mean yesterday."""

_HALVED = re.compile(
    r"(?:(?P<before>오전|오후|[AP]M)\s?)?(?<![\d:])(?P<hour>\d{1,2})(?P<rest>:\d{2}(?::\d{2})?)(?!\d)"
    r"(?:\s?(?P<after>[AP]M)\b)?",
    re.IGNORECASE,
)
_AFTERNOON: Final = frozenset({"오후", "pm"})
_NOON: Final = 12
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
_GAP = r"(?:\s*\([월화수목금토일](?:요일)?\)\s*|\s+)"
"""What stands between a date and a clock: space, or the day of the week, with space around it or without."""
# "KST" and "T" stand between date and clock in attributes, such as Amina's "2014-01-28KST11:39:05"
_FULL = re.compile(
    r"(?<!\d)(?P<year>\d{4}|\d{2})\s?(?:[-./]|년)\s?(?P<month>\d{1,2})\s?(?:[-./]|월)\s?(?P<day>\d{1,2})"
    rf"(?:[.일]?(?:{_GAP}|T|KST){_CLOCK})?(?!\d)"
)
_WITHOUT_YEAR = re.compile(rf"(?<![\d.-])(?P<month>\d{{1,2}})[-.](?P<day>\d{{1,2}})(?:{_GAP}{_CLOCK})?(?![\d.-])")
_TODAY = re.compile(rf"(?<![\d:]){_CLOCK}(?![\d:])")
_AGO = re.compile(r"(?P<number>\d{1,3})\s?(?P<unit>초|분|시간|일|seconds?|min(?:ute)?s?|hours?|days?)\s?(?:전|ago)")
_UNITS: Final = {
    "초": timedelta(seconds=1),
    "분": timedelta(minutes=1),
    "시간": timedelta(hours=1),
    "일": timedelta(days=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}


def full_date(text: str) -> datetime | None:
    """The first date with a year in a text, in UTC; midnight in Seoul where no time stands beside it."""
    match = _FULL.search(_in_digits(text))
    return _moment(match, _year(int(match["year"])), int(match["month"]), int(match["day"])) if match else None


def any_date(text: str, received_at: datetime) -> datetime | None:
    """The date that a text begins with, in UTC; what it leaves out makes it the latest one before ``received_at``.

    Takes ``14-01-28 11:39``, ``2014-01-28 11:39:05``, ``2014.01.28``, ``01-28``, ``01.28 11:39``, ``11:39``, with
    clocks as ``오후 3:15`` and ``15시 15분`` and weekdays in parentheses, too, and ``3시간 전``, which is the earliest
    moment that it can mean: the full date that a board shows later is never before it, so that the post that has it is
    the newer one.
    """
    text = _in_digits(text.strip())
    if match := _FULL.match(text):
        return full_date(match[0])
    return _time_since(text, received_at) or _date_of_this_year(text, received_at) or _time_of_today(text, received_at)


def _in_digits(text: str) -> str:
    """A text with clocks as they are read below: "오후 3:15", "3:15 PM" and "15시 15분" are "15:15"."""
    return _HALVED.sub(_of_the_day, in_digits(text))


def _of_the_day(match: re.Match[str]) -> str:
    half, hour = (match["before"] or match["after"] or "").lower(), int(match["hour"])
    if not half or hour > _NOON:
        return f"{match['hour']}{match['rest']}"
    return f"{hour % _NOON + _NOON * (half in _AFTERNOON)}{match['rest']}"


def _time_since(text: str, received_at: datetime) -> datetime | None:
    if not (match := _AGO.match(text)):
        return None
    unit = _UNITS.get(match["unit"]) or _UNITS[match["unit"][0]]
    return (received_at - (int(match["number"]) + 1) * unit).replace(microsecond=0)


def _date_of_this_year(text: str, received_at: datetime) -> datetime | None:
    if not (match := _WITHOUT_YEAR.match(text)):
        return None
    year, month, day = received_at.astimezone(SEOUL).year, int(match["month"]), int(match["day"])
    moment = _moment(match, year, month, day)
    if moment is None or moment > received_at + _SKEW:  # 29 February exists in one year and not in the next
        moment = _moment(match, year - 1, month, day)
    return moment


def _time_of_today(text: str, received_at: datetime) -> datetime | None:
    if not (match := _TODAY.match(text)):
        return None
    today = received_at.astimezone(SEOUL)
    moment = _moment(match, today.year, today.month, today.day)
    if moment is not None and moment > received_at + _SKEW:
        moment -= timedelta(days=1)
    return moment


def _year(year: int) -> int:
    """Two digits are of this century, save for those of the years before the first Korean boards."""
    if year >= 100:  # noqa: PLR2004 - the first number that two digits cannot write
        return year
    return year + (1900 if year >= 90 else 2000)  # noqa: PLR2004 - boards began about 1999; imports reach further back


def _moment(match: re.Match[str], year: int, month: int, day: int) -> datetime | None:
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=SEOUL).astimezone(UTC)
    except (ValueError, OverflowError):  # such as 14-13-45, or the year 0001 that lies before UTC's first day
        return None
