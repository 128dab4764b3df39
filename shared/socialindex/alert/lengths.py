"""Lengths of time as people are told them, the same wherever one is told: in an alert's explanation and in letters."""

from __future__ import annotations

from typing import Final

_HOUR: Final = 60
_DAY: Final = 24 * _HOUR


def units(minutes: float) -> tuple[int, int, int]:
    """A length of time as days, hours and minutes: to the minute below a day, and to the hour above.

    What lasted less than a minute is told as one: nothing that was, was within no time.
    """
    days, rest = divmod(max(1, round(minutes)), _DAY)
    hours, rest = divmod(rest, _HOUR)
    return days, hours, 0 if days else rest
