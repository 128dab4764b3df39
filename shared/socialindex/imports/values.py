"""Reading the cells of people's tables as Korean and English exports write them: counts, ratings, addresses, languages.

A value that cannot be read raises ``InvalidInput`` that says what is wrong and what to write instead; a cell that says
"nothing here" is ``None``.
"""

from __future__ import annotations

import re
from typing import Final

from socialindex import counts
from socialindex.errors import InvalidInput
from socialindex.languages import asked

_ABSENT: Final = frozenset({"", "-", "--", "n/a", "na", "#n/a", "nan", "null", "none", "없음"})

_MARK: Final = r"[0-9]+(?:[.,][0-9]+)?"
_RATING: Final = re.compile(
    rf"""(?:별점?|[★⭐])? \s* (?P<number>{_MARK}) \s* (?:점|개|stars?)? \s*
    (?: (?:/|out\s+of) \s* (?P<scale>{_MARK}) \s* (?:점|개|stars?)? )?""",
    re.IGNORECASE | re.VERBOSE,
)
_OF_BEST: Final = re.compile(rf"(?P<scale>{_MARK})점\s*만점에?\s*(?P<number>{_MARK})점?")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_REMARK: Final = re.compile(r"(?<=\w) ?\(.*\Z", re.DOTALL)
"""What is said of a language's name behind it: English (US), Chinese (Simplified)."""
_NO_LANGUAGE: Final = frozenset({"unknown", "other", "undefined", "기타", "미상"})
"""What listening tools write where they could not tell."""
_STARS: Final = re.compile(r"[★⭐☆\ufe0f\s]+")
STARS: Final = 5.0
"""The scale of a post's rating."""

LONGEST: Final = 64
"""Characters of a date or rating; what is longer is none, and no work for a regular expression."""


def is_absent(text: str) -> bool:
    """Whether a cell of figures, dates, addresses or ids says that there is nothing."""
    return text.strip().casefold() in _ABSENT


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
    """Stars from 0 to 5: ``4``, ``8/10``, ``4.0 out of 5``, ``★★★★☆``, ``9점``, ``별 4개``.

    Args:
        text: the cell.
        scale: the best mark of bare numbers.

    Raises:
        InvalidInput: the text is no rating, or beyond its scale.
    """
    text = text.strip()
    if is_absent(text):
        return None
    if len(text) <= LONGEST and _STARS.fullmatch(text):
        return min(STARS, float(text.count("★") + text.count("⭐")))
    match = (_RATING.fullmatch(text) or _OF_BEST.fullmatch(text)) if len(text) <= LONGEST else None
    if match is None:
        raise InvalidInput("this is no rating", remedy="write a number such as 4 or 4.5")
    number, best = (float(mark.replace(",", ".")) for mark in (match["number"], match["scale"] or str(scale)))
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


def language_of(text: str) -> str | None:
    """The primary subtag of a language's tag, or the code of a name.

    Raises:
        InvalidInput: the text is neither.
    """
    text = text.strip()
    if is_absent(text) or text.casefold() in _NO_LANGUAGE:
        return None
    if _LANGUAGE.fullmatch(text):
        return text.split("-")[0].lower()
    try:
        return asked(_REMARK.sub("", text))
    except ValueError as error:
        raise InvalidInput("this is no language", remedy="write it as ko, en or English") from error
