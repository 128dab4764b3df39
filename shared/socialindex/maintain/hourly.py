"""When all that is due each hour was last done: told by what comes oftener, so that an alarm hears where it stops.

Of a function that is called every five minutes anyway, invocations do not tell whether the hourly one is among them.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from socialindex import metrics
from socialindex.metrics import Metric
from socialindex.reread.schedule import Mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialindex.aws.marks import Marks

NAME: Final = "hourly"
"""Of the watermark: when an hourly run last came to its end; at the beginning, when it was first asked for."""


class Hourly:
    """Remembers hourly runs.

    Raises (every method):
        Unavailable: the table does not answer.

    Args:
        marks: where the watermark is.
        clock: Unix time, for tests.
    """

    def __init__(self, marks: Marks, clock: Callable[[], float] = time.time) -> None:
        self._marks = marks
        self._clock = clock

    def done(self) -> None:
        """Note that a run has come to its end."""
        self._marks.put(NAME, Mark(round(self._clock() * 1000), ""))

    def tell(self) -> None:
        """Say how long ago that was."""
        mark = self._marks.get(NAME)
        if mark is None:
            self.done()
        metrics.record(Metric.MAINTAIN_AGE, max(0.0, self._clock() - mark.at / 1000) if mark else 0.0)
