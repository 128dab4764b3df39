"""Change points by ruptures: counts in, buckets out (JSON). A program of its own, for ruptures brings numpy and scipy.

The last two days, by half hours, as square roots (which makes counts' noise even) without the mean of the same half
hour of the two weeks before, are cut into segments of one mean each by PELT (Killick and others, 2012) at a penalty of
``PENALTY * sigma ** 2 * log n``. It speaks where the last segment began within two hours and lies higher.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Final

import numpy as np  # type: ignore[import-not-found]
import ruptures  # type: ignore[import-not-found]

STEP: Final = 6
DAY: Final = 48
PENALTY: Final = 6.0
_LOOK: Final = 2 * DAY
_NEWS: Final = 4
_HISTORY: Final = 14 * DAY


def alarms(counts: list[int]) -> list[int]:
    """Numbers of five-minute buckets after which the series has just risen."""
    halves = np.sqrt(np.array(counts[: len(counts) // STEP * STEP], dtype=float).reshape(-1, STEP).sum(axis=1))
    usual = _usual(halves)
    residuals = halves - usual
    ends = range(_HISTORY + _LOOK, len(halves) + 1)
    return [end * STEP - 1 for end in ends if _rises(residuals[end - _LOOK : end])]


def _usual(halves: Any) -> Any:  # noqa: ANN401 - numpy is not installed where types are checked
    """The mean of the same half hour of the 14 days before."""
    usual = np.zeros_like(halves)
    for place in range(_HISTORY, len(halves)):
        usual[place] = halves[place - _HISTORY : place : DAY].mean()
    return usual


def _rises(residuals: Any) -> bool:  # noqa: ANN401 - as above
    sigma = max(np.median(np.abs(np.diff(residuals))) / 0.954, 0.3)
    cut = ruptures.KernelCPD(kernel="linear", min_size=2).fit(residuals.reshape(-1, 1))
    ends = cut.predict(pen=PENALTY * sigma**2 * np.log(len(residuals)))
    if len(ends) < 2 or len(residuals) - ends[-2] > _NEWS:  # noqa: PLR2004 - one end is the series' own
        return False
    before = ends[-3] if len(ends) > 2 else 0  # noqa: PLR2004 - as above
    return bool(residuals[ends[-2] :].mean() > residuals[before : ends[-2]].mean())


if __name__ == "__main__":
    json.dump(alarms(json.load(sys.stdin)), sys.stdout)
