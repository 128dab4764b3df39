"""Of which topics' words a run looks at: those that somebody has complained of since the last one."""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING, Final

from socialindex.alert.asking import NEGATIVE
from socialindex.alert.counting import changed_within
from socialindex.alert.model import STEP, floor
from socialindex.alert.rare import Window
from socialindex.alert.recent import KEPT
from socialindex.alert.rumor import length
from socialindex.alert.talking import talks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sized

    from opensearchpy import OpenSearch

    from socialindex.alert.counting import Counted
    from socialindex.alert.rumor import Talk
    from socialindex.topics.topic import Topic

MOST: Final = 5_000
"""Topics of which the words are looked at in a run; where there are more, they take turns."""
_SHOWN: Final = 15.0
"""Seconds after which the engine shows what it wrote, at the most."""


class Listening:
    """A run's.

    Args:
        engine: has the mentions.
        now: Unix time.
        since: seconds since the last run began.
        number: of the run; the next one has the next number.
    """

    def __init__(self, engine: OpenSearch, now: float, since: float, number: int) -> None:
        self._engine = engine
        self._now = now
        self._new = since + _SHOWN
        topics = set(changed_within(engine, self._new, NEGATIVE))
        if (turns := turns_of(topics)) > 1:
            self._new = (turns + 1) * since + _SHOWN
            topics = turn(set(changed_within(engine, self._new, NEGATIVE)), turns, number)
        self._topics = topics

    def talks(self, topics: Mapping[str, Topic], counted: Mapping[str, Mapping[int, Counted]]) -> dict[str, Talk]:
        """What is said in topics by those who complain, for those in which words stand out.

        Args:
            topics: by their ids.
            counted: their buckets of the last six hours.

        Raises:
            Unavailable: the engine does not answer.
        """
        heard = [name for name, topic in topics.items() if name in self._topics and topic.state == "active"]
        windows = [Window(topics[name], self._length(counted.get(name, {})), self._now, self._new) for name in heard]
        return dict(talks(self._engine, windows))

    def _length(self, counted: Mapping[int, Counted]) -> int:
        end = floor(self._now) + STEP
        places = range(end - KEPT * STEP, end, STEP)
        return length([counted[place].bucket.negative if place in counted else 0 for place in places])


def turns_of(topics: Sized) -> int:
    """In how many runs each of topics has its turn."""
    return max(math.ceil(len(topics) / MOST), 1)


def turn(topics: set[str], turns: int, number: int) -> set[str]:
    """Those whose turn it is in a run: of so many runs one after the other, each topic has it in one."""
    return {topic for topic in topics if zlib.crc32(topic.encode()) % turns == number % turns}
