"""What alerts usually stand on: mean and three sigma, a z-score by hour of the week, and a library's change points.

Each looks at deduplicated mentions of the last hour every five minutes (the change points: every half hour), which is
better than most dashboards do. None is told of outages.
"""

from __future__ import annotations

import json
import math
import subprocess
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Final

from infra.bench.mentions.usual import BUCKETS
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HOUR: Final = 12
_HISTORY: Final = 14 * BUCKETS
_WEEK: Final = 7 * BUCKETS
_SIGMAS: Final = 3.0
_MANY: Final = 5
"""Mentions of an hour below which no rival speaks: without it the smallest topics ring at the second mention."""
_SECONDS: Final = 300
_ROOT: Final = Path(__file__).parents[3]


def three_sigma(counts: Sequence[int]) -> Iterator[int]:
    """Buckets after which the last hour is above mean + 3 sigma of all hours of the last 14 days."""
    hours: deque[int] = deque()
    total = squares = 0
    for number, hour in enumerate(_hours(counts)):
        if len(hours) == _HISTORY:
            mean = total / _HISTORY
            if hour >= _MANY and hour > mean + _SIGMAS * math.sqrt(max(squares / _HISTORY - mean**2, 0)):
                yield number
            old = hours.popleft()
            total, squares = total - old, squares - old**2
        hours.append(hour)
        total, squares = total + hour, squares + hour**2


def hourly(counts: Sequence[int]) -> Iterator[int]:
    """Buckets after which the last hour is three sigma above the same hour of the week of all weeks before."""
    seen: list[list[int]] = [[] for _ in range(_WEEK // _HOUR)]
    for number, hour in enumerate(_hours(counts)):
        same = seen[number % _WEEK // _HOUR]
        if number >= _HISTORY:
            mean = sum(same) / len(same)
            deviation = math.sqrt(sum((each - mean) ** 2 for each in same) / len(same))
            if hour >= _MANY and hour > mean + _SIGMAS * max(deviation, 1):
                yield number
        if number % 3 == 0:
            same.append(hour)


def changes(counts: Sequence[int], python: str) -> list[int]:
    """Buckets after which ruptures sees a rise within the last two hours; run by an interpreter that has it.

    Raises:
        Unavailable: it failed.
    """
    command = [python, "-m", "infra.bench.mentions.changes"]
    done = subprocess.run(
        command,
        cwd=_ROOT,
        input=json.dumps(list(counts)),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode:
        raise Unavailable(f"mentions/changes failed: {done.stderr[-500:]}")
    found: list[int] = json.loads(done.stdout)
    return found


def _hours(counts: Sequence[int]) -> Iterator[int]:
    """The last hour's sum after each bucket."""
    total = 0
    for number, count in enumerate(counts):
        total += count - (counts[number - _HOUR] if number >= _HOUR else 0)
        yield total
