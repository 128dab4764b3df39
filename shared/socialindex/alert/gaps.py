"""Times in which the stage looked at nothing: of a topic that was silent before, nothing tells whether it stayed so.

Topics are looked at when somebody speaks of them, which may be days after such a time. So it is kept for as long as a
topic can be told of silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from socialindex import releases
from socialindex.alert.model import STEP, floor
from socialindex.alert.recent import KEPT
from socialindex.reread.schedule import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.setup.loss import Marks

NAME: Final = "alert.gaps"
"""Of the mark: when it was written, and all gaps as JSON."""


class Gap(NamedTuple):
    """Buckets from one up to before another that no run has counted, and none will."""

    begin: int
    end: int


def gaps(marks: Marks, looked_at: float, now: float, oldest: float) -> tuple[Gap, ...]:
    """All gaps, with the one that ends with this run, which is written down before anybody acts on it.

    Until a run has come to all topics, each takes the same gap further.

    Args:
        marks: where they are kept.
        looked_at: Unix time of the last run that came to all topics; 0: there was none.
        now: Unix time.
        oldest: Unix time before which no gap matters.

    Raises:
        Unavailable: the table does not answer.
    """
    kept = marks.get(NAME)
    known = releases.decode(kept.id, tuple[Gap, ...]) if kept else ()
    gap = Gap(floor(looked_at), floor(now) - (KEPT - 1) * STEP)
    if not looked_at or gap.begin >= gap.end:
        return known
    found = (*(each for each in known if each.begin != gap.begin and each.end > oldest), gap)
    marks.put(NAME, Mark(round(now * 1000), msgspec.json.encode(found).decode()))
    return found


def within(known: Iterable[Gap], place: int) -> bool:
    """Whether a bucket is in a gap."""
    return any(begin <= place < end for begin, end in known)
