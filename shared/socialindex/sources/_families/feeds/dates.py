"""Dates in the many forms that feeds write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

from socialindex.sources._families.times import in_digits

MAX_CHARACTERS: Final = 100
EARLIEST_YEAR: Final = 1990
"""Before the web there were no posts: such a date is a program's way to say that it has none (0001-01-01, 1970)."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONE_HOURS: Final = (
    {"z": 0, "ut": 0, "utc": 0, "gmt": 0}
    | {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}  # RFC 822, section 5.1
    | {"kst": 9, "jst": 9, "hkt": 8, "sgt": 8, "wet": 0, "bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3}
)

_COMPACT = re.compile(r"\A(\d{4})(\d\d)(\d\d)(?:[T ]?(\d\d)(\d\d)(\d\d)?)?(?!\d)")
_YEAR_FIRST = re.compile(
    r"(?<!\d)(?P<year>\d{4}|\d\d)\s?[-./년]\s?(?P<month>\d{1,2})\s?[-./월]\s?(?P<day>\d{1,2})(?!\d)"
)
_NAME = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*"
_DAY_FIRST = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})[\s-]+(?:{_NAME}|(?P<month>\d{{1,2}})월)\.?,?[\s-]+(?P<year>\d{{4}}|\d\d)(?![\d:])",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"\b{_NAME}\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?:\S+\s+){{0,3}}?(?P<year>\d{{4}})(?!\d)", re.IGNORECASE
)
_TIME = re.compile(r"(?<![\d+])(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,6})\d*)?)?")
_ZONE = re.compile(r"\s*(?:[AaPp]\.?[Mm]\.?(?![A-Za-z]))?\s*(?:GMT|UTC)?(?:([+-])(\d{1,2}):?(\d\d)?|([A-Za-z]{1,5}))")
_AFTERNOON = re.compile(r"오후|午後|\d\s*[Pp]\.?[Mm]\b")
_MORNING = re.compile(r"오전|午前|\d\s*[Aa]\.?[Mm]\b")


def parse_date(text: str, zone: tzinfo = UTC) -> datetime | None:
    """The moment that a date means, in UTC, or ``None`` where it is none.

    Takes RFC 822 with and without weekday, seconds, century and zone; ISO 8601 and what looks like it
    (``2026.11.20 09:15``, ``20261120091500``); asctime; and Korean forms (``2026년 11월 20일 오후 3:15``,
    ``15시 15분``). Two-digit years below 50 are of this century (RFC 2822, section 4.3). Without a time, the day's
    first moment is meant.

    Args:
        text: the date as it was written.
        zone: that of dates which name none, or one that nobody knows.
    """
    text = text[:MAX_CHARACTERS].strip()
    return _iso(text, zone) or _any_form(text, zone)


def _iso(text: str, zone: tzinfo) -> datetime | None:
    """The quick way for ISO 8601, which Atom and JSON Feed demand; what it does not know has another."""
    try:
        moment = datetime.fromisoformat(text)
        known = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return known.astimezone(UTC) if moment.year >= EARLIEST_YEAR else None
    except (ValueError, OverflowError):
        return None


def _any_form(text: str, zone: tzinfo) -> datetime | None:
    text = in_digits(_COMPACT.sub(_expand, text, count=1))
    found = next(filter(None, (form.search(text) for form in (_YEAR_FIRST, _DAY_FIRST, _MONTH_FIRST))), None)
    if not found:
        return None
    time = _TIME.search(text)
    try:
        day = _day(found)
        moment = _at(day, time, text).replace(tzinfo=_zone(text[time.end() :], zone) if time else zone)
        return moment.astimezone(UTC) if day.year >= EARLIEST_YEAR else None
    except (ValueError, OverflowError):  # 31 November, 25:00, the year 9999 west of Greenwich
        return None


def _expand(match: re.Match[str]) -> str:
    year, month, day, hour, minute, second = match.groups()
    return f"{year}-{month}-{day}" + (f" {hour}:{minute}:{second or '00'}" if hour else "")


def _day(match: re.Match[str]) -> datetime:
    groups = match.groupdict()
    year = int(groups["year"])
    if len(groups["year"]) == 2:  # noqa: PLR2004 - two digits
        year += 2000 if year < 50 else 1900  # noqa: PLR2004 - RFC 2822, section 4.3
    month = groups.get("month") or _MONTHS.index(groups["name"].lower()) + 1
    return datetime(year, int(month), int(groups["day"]))  # noqa: DTZ001 - the caller knows the zone


def _at(day: datetime, time: re.Match[str] | None, text: str) -> datetime:
    if not time:
        return day
    hour, minute, second, fraction = time.groups(default="0")
    return day.replace(
        hour=_hour(int(hour), text),
        minute=int(minute),
        second=min(int(second), 59),  # a leap second
        microsecond=int(fraction.ljust(6, "0")),
    )


def _hour(hour: int, text: str) -> int:
    if hour == 12 and _MORNING.search(text):  # noqa: PLR2004 - 12 am is midnight
        return 0
    return hour + 12 if hour < 12 and _AFTERNOON.search(text) else hour  # noqa: PLR2004 - 12 pm is noon


def _zone(after: str, default: tzinfo) -> tzinfo:
    match = _ZONE.match(after)
    if not match:
        return default
    sign, hours, minutes, name = match.groups()
    if name:
        known = _ZONE_HOURS.get(name.lower())
        return default if known is None else timezone(timedelta(hours=known))
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-offset if sign == "-" else offset)
