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
_AGO = re.compile(
    r"(?:약\s?)?(?P<number>\d{1,3}|한|하루)\s?(?P<unit>초|분|시간|일|seconds?|min(?:ute)?s?|hours?|days?|)\s?(?:전|ago)"
)
_HOURS_AGO = re.compile(r"(?P<hours>\d{1,2})시간\s?(?P<minutes>\d{1,2})분(?P<gap>\s?)전")
_HALF_AN_HOUR: Final = 30
_JUST_NOW = re.compile(r"방금(?:\s?전)?|몇\s?초\s?전")
_MOMENTS = timedelta(minutes=5)
"""What 방금 is: a minute on most boards, a few on some."""
_DAY = re.compile(rf"(?P<day>오늘|어제|그제|그저께)(?:\s*{_CLOCK})?")
_DAYS_BACK: Final = {"오늘": 0, "어제": 1, "그제": 2, "그저께": 2}
STARTS: Final = r"\d|오[전후]\s?\d|약\s?\d|오늘|어제|그제|그저께|방금|몇\s?초|하루|한\s?시간"
"""What a date in any of these forms begins with."""
_UNITS: Final = {
    "초": timedelta(seconds=1),
    "분": timedelta(minutes=1),
    "시간": timedelta(hours=1),
    "일": timedelta(days=1),
    "하루": timedelta(days=1),
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
    clocks as ``오후 3:15`` and ``15시 15분`` and weekdays in parentheses, too. ``어제 11:39`` is that moment, ``어제``
    the midnight before it; ``3시간 전``, ``3시간 20분전`` and ``방금`` are the earliest moment that each can mean: the
    full date that a board shows later is never before it, so that the post that has it is the newer one.

    What is vaguer than a day is no date: thousands of posts of a board's history would be of one moment, weeks or years
    from their own (``3주 전``, ``2년 전``).
    """
    text = _in_digits(text.strip())
    if match := _FULL.match(text):
        return full_date(match[0])
    forms = (_time_since, _named_day, _date_of_this_year, _time_of_today)
    return next(filter(None, (form(text, received_at) for form in forms)), None)


def _in_digits(text: str) -> str:
    """A text with clocks as they are read below: "오후 3:15", "3:15 PM" and "15시 15분" are "15:15"."""
    return _HALVED.sub(_of_the_day, in_digits(text))


def _of_the_day(match: re.Match[str]) -> str:
    half, hour = (match["before"] or match["after"] or "").lower(), int(match["hour"])
    if not half or hour > _NOON:
        return f"{match['hour']}{match['rest']}"
    return f"{hour % _NOON + _NOON * (half in _AFTERNOON)}{match['rest']}"


def _time_since(text: str, received_at: datetime) -> datetime | None:
    since = _MOMENTS if _JUST_NOW.fullmatch(text) else _hours_ago(text) or _ago(text)
    return None if since is None else (received_at - since).replace(microsecond=0)


def _hours_ago(text: str) -> timedelta | None:
    """Hours with minutes. Eyoom rounds both: two hours and forty minutes are "3시간 40분전" (``date_time``)."""
    if not (match := _HOURS_AGO.match(text)):
        return None
    hours, minutes = int(match["hours"]), int(match["minutes"])
    rounded = not match["gap"] and minutes > _HALF_AN_HOUR
    return timedelta(hours=hours - rounded, minutes=minutes + 1)


def _ago(text: str) -> timedelta | None:
    """One unit. Nothing counts minutes above an hour: older versions of Nariya print seconds as such (``na_date``)."""
    match = _AGO.match(text)
    name = "" if match is None else match["unit"] or match["number"]
    unit = _UNITS.get(name) or _UNITS.get(name[:1])
    if match is None or unit is None:
        return None
    number = int(match["number"]) if match["number"].isdecimal() else 1
    return None if unit == _UNITS["분"] and number > 60 else (number + 1) * unit  # noqa: PLR2004 - minutes of an hour


def _named_day(text: str, received_at: datetime) -> datetime | None:
    if not (match := _DAY.fullmatch(text)):
        return None
    day = received_at.astimezone(SEOUL) - timedelta(days=_DAYS_BACK[match["day"]])
    moment = _moment(match, day.year, day.month, day.day)
    return moment - timedelta(days=1) if moment is not None and moment > received_at + _SKEW else moment


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
