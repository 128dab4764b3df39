"""What a benchmark finds: a value beside a baseline that was measured in the same run."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_DIGITS = 3


class Spread(NamedTuple):
    """The lowest and the highest of what the repetitions found."""

    low: float
    high: float


class Figure(NamedTuple):
    """One line of a benchmark's table.

    ``ratio`` is value to baseline: above 1 is good for a rate, below 1 for a time. Only ratios compare across machines.
    ``spread`` is that of the ratio, or of the value where there is no baseline.
    """

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    spread: Spread | None = None

    def as_dict(self) -> dict[str, str | float | None]:
        """The figure as its line of JSON; a missing baseline is null."""
        return {name: value for name, value in self._asdict().items() if name != "spread"}


def compared(name: str, unit: str, rounds: Sequence[tuple[float, float]]) -> Figure:
    """The medians of rounds that each measured (value, baseline), and the median of the rounds' own ratios.

    A round's two numbers were measured one after the other, so that its ratio is free of the machine's slower moods.
    """
    values, baselines = zip(*rounds, strict=True)
    ratios = [value / baseline for value, baseline in rounds]
    return Figure(
        name,
        rounded(statistics.median(values)),
        unit,
        rounded(statistics.median(baselines)),
        rounded(statistics.median(ratios)),
        Spread(rounded(min(ratios)), rounded(max(ratios))),
    )


def rounded(number: float) -> float:
    """To three significant digits: more would claim what no repetition confirms."""
    return float(f"{number:.{_DIGITS}g}")
