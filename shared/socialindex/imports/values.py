"""Reading the cells of people's tables: dates, counts, ratings and addresses as Korean and English exports write them.

A value that cannot be read raises ``InvalidInput`` that says what is wrong and what to write instead; a cell that says
"nothing here" is ``None``.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final

from socialindex import counts
from socialindex.errors import InvalidInput

SEOUL: Final = "Asia/Seoul"
EARLIEST: Final = 1990
"""As everywhere: an earlier date is a mistake."""
_ABSENT: Final = frozenset({"", "-", "--", "n/a", "na", "#n/a", "nan", "null", "none", "없음"})

_LOOSE: Final = re.compile(
    r"""(?P<year>\d{4}|\d{2}) \s*[-./년]\s* (?P<month>\d{1,2}) \s*[-./월]\s* (?P<day>\d{1,2}) \s*[일.]?
    (?: \s* \(? [월화수목금토일] (?:요일)? \)? )?
    (?: [\sT]*
        (?P<half>오전|오후|[AaPp]\.?[Mm]\.?)? \s*
        (?P<hour>\d{1,2}) \s*(?::|시)\s* (?P<minute>\d{1,2})? \s*분? \s*
        (?: :? \s* (?P<second>\d{1,2}) (?:\.\d+)? \s*초? )?
        (?P<after>[AaPp]\.?[Mm]\.?)?
    )?""",
    re.VERBOSE,
)
_MONTH_OR_DAY_FIRST: Final = re.compile(r"\d{1,2}[-./]\d{1,2}[-./]\d{4}\b.*", re.DOTALL)
_SHORT: Final = re.compile(r"\s*(?:0?[1-9]|1[0-2])/\d{1,2}/\d{2}(?!\d)")
"""What spreadsheets of the US write for 5 November 2026 (11/5/26), and others for 26 May 2011."""
_OFFSET: Final = re.compile(r"(?<=:\d\d)(\.\d{1,9})?\s*(?:UTC|GMT|([+-]\d{2}:?\d{2}))\Z", re.IGNORECASE)
_MAILED: Final = re.compile(  # RFC 5322, section 3.3
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun),\s*)?\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\s+\d{4}"
    r"\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s*(?:utc|gmt|[+-]\d{4}))?",
    re.IGNORECASE,
)
_DIGITS: Final = {14: "%Y%m%d%H%M%S", 12: "%Y%m%d%H%M", 8: "%Y%m%d"}
_UNIX_SECONDS, _UNIX_MS = 10, 13
_AFTERNOON: Final = frozenset({"오후", "pm"})
_NOON: Final = 12

_RATING: Final = re.compile(
    r"(?P<number>[0-9]+(?:[.,][0-9]+)?)\s*(?:점|stars?)?\s*(?:/\s*(?P<scale>[0-9]+(?:\.[0-9]+)?)\s*점?)?", re.IGNORECASE
)
_STARS: Final = re.compile(r"[★⭐☆\ufe0f\s]+")
STARS: Final = 5.0
"""The scale of a post's rating."""

_LONGEST: Final = 64
"""Characters of a date or rating; what is longer is none, and no work for a regular expression."""
_DATE_REMEDY: Final = "write it as 2026-11-28 14:05 or 2026-11-28T14:05:00+09:00"


def is_absent(text: str) -> bool:
    """Whether a cell of figures, dates, addresses or ids says that there is nothing."""
    return text.strip().casefold() in _ABSENT


def moment_of(text: str, zone: tzinfo) -> tuple[datetime, bool] | None:
    """A date in UTC, and whether it named no time zone, so that ``zone`` was taken.

    Raises:
        InvalidInput: the text is no date, or one that can be read in two ways.
    """
    text = text.strip()
    if is_absent(text):
        return None
    try:
        moment = _parsed(text)
        naive = moment.tzinfo is None
        moment = moment.replace(tzinfo=zone).astimezone(UTC) if naive else moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidInput("this is no date that we can read", remedy=_DATE_REMEDY) from error
    if moment.year < EARLIEST:
        raise InvalidInput(f"this date is before {EARLIEST}", remedy=_DATE_REMEDY)
    return moment, naive


def check_order(text: str) -> None:
    """Pass a date that is read in one way, or none at all.

    Raises:
        InvalidInput: its year has two digits, and may as well be a month.
    """
    if _SHORT.match(text):
        raise InvalidInput("year and month of this date can be told apart by nobody", remedy=_DATE_REMEDY)


def count_of(text: str) -> int | None:
    """A count: ``1,234``, ``12.0``, ``1.2만``, ``3k``, ``15회``.

    Raises:
        InvalidInput: the text is no whole number from 0 up.
    """
    if is_absent(text):
        return None
    number = counts.count_of(text)
    if number is None:
        raise InvalidInput("this is no count", remedy="write a whole number from 0 up, such as 1234")
    return number


def rating_of(text: str, scale: float) -> float | None:
    """Stars from 0 to 5: ``4``, ``4.5/5``, ``8/10``, ``★★★★☆``, ``9점``; ``scale`` is the best mark of bare numbers.

    Raises:
        InvalidInput: the text is no rating, or beyond its scale.
    """
    text = text.strip()
    if is_absent(text):
        return None
    if len(text) <= _LONGEST and _STARS.fullmatch(text):
        return min(STARS, float(text.count("★") + text.count("⭐")))
    match = _RATING.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        raise InvalidInput("this is no rating", remedy="write a number such as 4 or 4.5")
    number, best = float(match["number"].replace(",", ".")), float(match["scale"] or scale)
    if not 0 <= number <= best:
        raise InvalidInput(f"this is beyond the scale of {best:g}", remedy="set rating_max to the best possible mark")
    return round(number / best * STARS, 2) if best else None


def url_of(text: str) -> str | None:
    """A canonical http(s) address.

    Raises:
        InvalidInput: the text is none.
    """
    if is_absent(text):
        return None
    from socialindex.text import canonical_url  # noqa: PLC0415 - it brings lxml, and most callers never come here

    url = canonical_url(text)
    if url is None:
        raise InvalidInput("this is no web address", remedy="write it whole, such as https://shop.example.com/1")
    return url


def _parsed(text: str) -> datetime:
    """A date, naive where it names no zone.

    Raises:
        ValueError: it is none.
    """
    if len(text) > _LONGEST:
        raise ValueError(len(text))
    if text.isdecimal() and text.isascii():
        return _of_digits(text)
    if _MONTH_OR_DAY_FIRST.fullmatch(text):
        raise InvalidInput("day and month of this date can be told apart by nobody", remedy=_DATE_REMEDY)
    match = _LOOSE.fullmatch(text)
    return _of_parts(match) if match else _international(text)


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


def _of_parts(match: re.Match[str]) -> datetime:
    year = int(match["year"])
    numbers = [int(match[name] or 0) for name in ("month", "day", "hour", "minute", "second")]
    half = (match["half"] or match["after"] or "").replace(".", "").lower()
    if half:
        if not 1 <= numbers[2] <= _NOON:
            raise ValueError(half)
        numbers[2] = numbers[2] % _NOON + (_NOON if half in _AFTERNOON else 0)
    month, day, hour, minute, second = numbers
    year += 0 if year > 99 else 2000  # noqa: PLR2004 - two digits
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - naive is what it is
