"""Whole numbers as people and sites write them. Not in ``text``, which brings lxml: imports read cells without it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_COUNT: Final = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>[천만억kKmM]?)\s*[회개명건번점표]?")
_UNITS: Final = {"": 1, "천": 10**3, "k": 10**3, "만": 10**4, "m": 10**6, "억": 10**8}
_SEPARATORS: Final = re.compile(r"(?<=\d)[,\u00a0\u202f' ](?=\d{3}(?!\d))")
_LONGEST: Final = 64
"""Characters of a count; what is longer is none, and no work for a regular expression."""
_MOST: Final = 2**63
"""Beyond what the index holds."""


def count_of(text: str) -> int | None:
    """A count: ``1,234``, ``12.0``, ``1.2만``, ``3k``, ``15회``; ``None`` where a text is no whole number from 0 up."""
    match = _COUNT.fullmatch(_SEPARATORS.sub("", text.strip())) if len(text) <= _LONGEST else None
    if match is None:
        return None
    # A float is not exact: 16.1 times 1,000 would be no whole number.
    number = Decimal(match["number"]) * _UNITS[match["unit"].lower()]
    return int(number) if number < _MOST and number == int(number) else None
