"""Reading the dates of people's tables, as Korean and English exports write them.

What can be read in two ways is refused, unless the plan says in which order its parts stand.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, Literal

from socialindex.errors import InvalidInput
from socialindex.imports.values import LONGEST, is_absent

if TYPE_CHECKING:
    from collections.abc import Iterable

DateOrder = Literal["month-first", "day-first"]
"""What dates begin with that end in their year: 11/28/2026 or 28.11.2026."""

SEOUL: Final = "Asia/Seoul"
EARLIEST: Final = 1990
"""As everywhere: an earlier date is a mistake."""
_REMEDY: Final = "write it as 2026-11-28 14:05 or 2026-11-28T14:05:00+09:00"
_ORDER: Final = "say what dates begin with: date_order month-first or day-first"
_ORDER_REMEDY: Final = f"write it as 2026-11-28, or {_ORDER}"

_TIME: Final = r"""
    (?: [\sT,]* (?:at\s+)?
        (?P<half>오전|오후|[AaPp]\.?[Mm]\.?)? \s*
        (?P<hour>\d{1,2}) \s*(?::|시)\s* (?P<minute>\d{1,2})? \s* 분? \s*
        (?: :? \s* (?P<second>\d{1,2}) (?:\.\d+)? \s*초? )?
        (?P<after>[AaPp]\.?[Mm]\.?)?
    )?"""
_LOOSE: Final = re.compile(
    r"""(?P<year>\d{4}|\d{2}) \s*[-./년]\s* (?P<month>\d{1,2}) \s*[-./월]\s* (?P<day>\d{1,2}) \s*[일.]?
    (?: \s* \(? [월화수목금토일] (?:요일)? \)? )?"""
    + _TIME,
    re.VERBOSE,
)
_YEAR_LAST: Final = re.compile(
    r"(?P<first>\d{1,2}) \s*[-./]\s* (?P<other>\d{1,2}) \s*[-./]\s* (?P<year>\d{4}|\d{2}) (?!\d)" + _TIME, re.VERBOSE
)
_ZONE: Final = re.compile(
    r"\s*(?P<zone>KST|\(KST\)|UTC|GMT|(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2}))\Z", re.IGNORECASE
)
_MONTH_OR_DAY_FIRST: Final = re.compile(r"\d{1,2}[-./]\d{1,2}[-./]\d{4}\b.*", re.DOTALL)
_SHORT: Final = re.compile(r"\s*(?:0?[1-9]|1[0-2])/\d{1,2}/\d{2}(?!\d)")
"""What spreadsheets of the US write for 5 November 2026 (11/5/26), and others for 26 May 2011."""
_TWO_DIGITS: Final = re.compile(r"\s*\d{1,2}\s*[-./]\s*\d{1,2}\s*[-./]\s*\d{2}(?!\d)")
_OFFSET: Final = re.compile(r"(?<=:\d\d)(\.\d{1,9})?\s*(?:UTC|GMT|([+-]\d{2}:?\d{2}))\Z", re.IGNORECASE)
_KST: Final = re.compile(r"\s*(?:KST|\(KST\))\Z", re.IGNORECASE)
_KOREA: Final = timezone(timedelta(hours=9))
"""What KST stands for: no other zone of the time zone database has this abbreviation, as others have IST or CST."""
_MAILED: Final = re.compile(  # RFC 5322, section 3.3
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun),\s*)?\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\s+\d{4}"
    r"\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s*(?:utc|gmt|[+-]\d{4}))?",
    re.IGNORECASE,
)
_MONTHS: Final = "January February March April May June July August September October November December".lower().split()
_NAMED: Final = re.compile(
    r"""(?: (?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]*\s+ )?
    (?: (?P<day>\d{1,2}) [-\s./]+ (?P<month>[a-z]{3,9}) | (?P<month_first>[a-z]{3,9}) [-\s./]+ (?P<day_next>\d{1,2}) )
    [-\s./,]+ (?P<year>\d{4}|(?<=[a-z]-)\d{2}) (?!\d)"""
    + _TIME,
    re.VERBOSE | re.IGNORECASE,
)
"""With the month's name in English, before the day or behind it: 28-Nov-2026 01:05PM, November 28, 2026, and what Excel
makes of that, 28-Nov-26."""
_SERIAL: Final = re.compile(r"[3-6]\d{4}(?:[.,]\d+)?")
"""Days since 1900 or 1904, and nobody knows which: what spreadsheets show of a date in a column of plain numbers."""
_HAS_TIME: Final = re.compile(r"\d\s*[:시]|\d\s*[AaPp]\.?[Mm]|\A(?:\d{10}|\d{12,14})\Z")
_MIDNIGHT: Final = re.compile(r"[\sT]+(?:00?:00(?::00(?:\.0+)?)?|오전\s*12:00(?::00)?|12:00(?::00)?\s*AM)\Z")
_JOINED_DAY: Final = re.compile(r"\A(\d{4})(\d{2})(\d{2})\Z")
_DIGITS: Final = {14: "%Y%m%d%H%M%S", 12: "%Y%m%d%H%M", 8: "%Y%m%d"}
_UNIX_SECONDS, _UNIX_MS = 10, 13
_AFTERNOON: Final = frozenset({"오후", "pm"})
_NOON: Final = 12
_LAST_MONTH: Final = 12


def moment_of(text: str, zone: tzinfo, order: DateOrder | None = None) -> tuple[datetime, bool] | None:
    """A date in UTC, and whether it named no time zone, so that ``zone`` was taken.

    Args:
        text: the cell.
        zone: of dates that name none.
        order: what dates begin with whose year is at their end; ``None`` where nobody knows, so that they are refused.

    Raises:
        InvalidInput: the text is no date, or one that can be read in two ways.
    """
    text = text.strip()
    if is_absent(text):
        return None
    try:
        moment = _parsed(text, order)
        naive = moment.tzinfo is None
        moment = moment.replace(tzinfo=zone).astimezone(UTC) if naive else moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidInput("this is no date that we can read", remedy=_REMEDY) from error
    if moment.year < EARLIEST:
        raise InvalidInput(f"this date is before {EARLIEST}", remedy=_REMEDY)
    return moment, naive


def at_time(day: str, time: str) -> str:
    """A day and a time of day, which two columns hold, as one text that ``moment_of`` reads.

    A day that has a time of its own keeps it, unless that is the midnight which databases add.

    Raises:
        InvalidInput: the text is no time of day.
    """
    if not is_time(time):
        raise InvalidInput("this is no time of day", remedy="write it as 14:05 or 2:05 PM")
    day = _MIDNIGHT.sub("", day.strip())
    if _HAS_TIME.search(day):
        return day
    return f"{_with_dashes(day)} {time.strip()}"


def is_time(text: str) -> bool:
    """Whether a cell is a time of day, and no date."""
    if len(text) > LONGEST or not _HAS_TIME.search(text):
        return False
    try:
        moment_of(f"2026-11-28 {text.strip()}", UTC)
    except InvalidInput:
        return False
    return True


def _with_dashes(day: str) -> str:
    return _JOINED_DAY.sub(r"\1-\2-\3", day)


def check_order(text: str) -> None:
    """Pass a date that is read in one way, or none at all.

    Raises:
        InvalidInput: its year has two digits, and may as well be a month.
    """
    if _SHORT.match(text):
        raise InvalidInput("year and month of this date can be told apart by nobody", remedy=_ORDER_REMEDY)


def check_past(text: str, moment: datetime, until: datetime) -> None:
    """Pass a moment that is not later than ``until``.

    Raises:
        InvalidInput: it is. A year of two digits was taken from the beginning then, and may stand at the end.
    """
    if moment > until:
        also = f", or {_ORDER}" if _TWO_DIGITS.match(text) else ""
        raise InvalidInput(
            "this date is in the future", remedy=f"check the date, and the time zone of the import{also}"
        )


def order_of(cells: Iterable[str]) -> DateOrder | None:
    """What a column's dates begin with, where their year is at the end and some have a number that is no month.

    ``None`` where none says so, or some say the one and some the other. A short 26/11/28 says nothing: it may begin
    with its year.
    """
    found = [match for cell in cells if len(cell) <= LONGEST and (match := _year_last(cell.strip())[0])]
    day_first = any(int(match["first"]) > _LAST_MONTH and len(match["year"]) > 2 for match in found)  # noqa: PLR2004
    month_first = any(int(match["other"]) > _LAST_MONTH for match in found)
    if day_first is month_first:
        return None
    return "day-first" if day_first else "month-first"


def _parsed(text: str, order: DateOrder | None) -> datetime:
    """A date, naive where it names no zone.

    Raises:
        ValueError: it is none.
    """
    if len(text) > LONGEST:
        raise ValueError(len(text))
    if text.isdecimal() and text.isascii() and not _SERIAL.fullmatch(text):
        return _of_digits(text)
    if korean := _KST.search(text):
        return _in_korea(_plain(text[: korean.start()], order))
    return _plain(text, order)


def _year_last(text: str) -> tuple[re.Match[str] | None, re.Match[str] | None]:
    """The parts of a date that ends in its year, if it is one, and the zone behind its time, if it names one."""
    zone = _ZONE.search(text)
    match = _YEAR_LAST.fullmatch(text, 0, zone.start()) if zone else None
    return (match, zone) if match and match["hour"] else (_YEAR_LAST.fullmatch(text), None)


def _plain(text: str, order: DateOrder | None) -> datetime:
    """A date that names its zone by a number, UTC or not at all."""
    match, zone = _year_last(text) if order else (None, None)
    if match:
        month, day = (match["first"], match["other"]) if order == "month-first" else (match["other"], match["first"])
        return _of_parts(match, int(month), int(day)).replace(tzinfo=_zone_of(zone) if zone else None)
    if order is None and _MONTH_OR_DAY_FIRST.fullmatch(text):
        raise InvalidInput("day and month of this date can be told apart by nobody", remedy=_ORDER_REMEDY)
    if _SERIAL.fullmatch(text):
        raise InvalidInput("this is a spreadsheet's number of a day", remedy="format the column as dates, then save it")
    if match := _LOOSE.fullmatch(text):
        return _of_parts(match, int(match["month"]), int(match["day"]))
    if match := _NAMED.fullmatch(text):
        return _of_parts(match, _month(match["month"] or match["month_first"]), int(match["day"] or match["day_next"]))
    return _international(text)


def _zone_of(match: re.Match[str]) -> tzinfo:
    """A zone that is named behind a time; ``ValueError`` where it is a day or more from UTC."""
    if match["sign"]:
        offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"]))
        return timezone(-offset if match["sign"] == "-" else offset)
    return _KOREA if "K" in match["zone"].upper() else UTC


def _in_korea(moment: datetime) -> datetime:
    if moment.tzinfo:
        raise ValueError(moment)
    return moment.replace(tzinfo=_KOREA)


def _month(name: str) -> int:
    """The number of a month by its English name or the first letters of it; 0 where it is none."""
    return next((number for number, month in enumerate(_MONTHS, 1) if month.startswith(name.lower())), 0)


def _international(text: str) -> datetime:
    """ISO 8601, as databases write its offset, too; and the dates of mails and feeds."""
    if _MAILED.fullmatch(text):
        return parsedate_to_datetime(text)
    return datetime.fromisoformat(_OFFSET.sub(lambda match: (match[1] or "") + (match[2] or "+00:00"), text))


def _of_digits(text: str) -> datetime:
    if len(text) in {_UNIX_SECONDS, _UNIX_MS}:
        seconds = int(text) / (1 if len(text) == _UNIX_SECONDS else 1000)
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return datetime.strptime(text, _DIGITS.get(len(text), "not a date"))  # noqa: DTZ007 - naive is what it is


def _of_parts(match: re.Match[str], month: int, day: int) -> datetime:
    year = int(match["year"])
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    half = (match["half"] or match["after"] or "").replace(".", "").lower()
    if half:
        if not 1 <= hour <= _NOON:
            raise ValueError(half)
        hour = hour % _NOON + (_NOON if half in _AFTERNOON else 0)
    year += 0 if year > 99 else 2000  # noqa: PLR2004 - two digits
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - naive is what it is
