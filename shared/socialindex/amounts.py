"""Amounts as people are told them, the same wherever one is told: in alerts, letters, reports and tables.

What is there is never told as nothing, and what is not all of it never as all.
"""

from __future__ import annotations

from typing import Final, Literal

_FEW: Final = 0.1
"""A share below which a tenth of a percent tells something, ..."""
_MOST: Final = 0.99
"""... and above which it does again."""
_LEAST: Final = 0.001
_WHOLE: Final = 10
"""From here on two digits tell enough."""
_BEYOND: Final = {"en": ("under 0.1%", "over 99.9%"), "ko": ("0.1% 미만", "99.9% 이상")}


def percent(share: float, language: Literal["en", "ko"] = "en") -> str:
    """A share of a whole, from 0 to 1: to the percent, and to a tenth of it below 10% and above 99%.

    In Korean no particle may follow that depends on the sound before it.
    """
    under, over = _BEYOND[language]
    if 0 < share < _LEAST / 2:
        return under
    if 1 - _LEAST / 2 <= share < 1:
        return over
    digits = int(share < _FEW or share > _MOST)
    return f"{100 * share:.{digits}f}".removesuffix(".0") + "%"


def changed(change: float, language: Literal["en", "ko"] = "en") -> str:
    """By how much a number grew or shrank, as a part of what it was before; -1 is all of it."""
    return percent(-change, language) if change < 0 else f"{change:,.0%}"


def figure(number: float) -> str:
    """A number that is no count, such as how many times as usual: with a tenth of it where it is small."""
    return f"{number:,.0f}" if round(number, 1) >= _WHOLE else f"{number:.1f}".removesuffix(".0")
