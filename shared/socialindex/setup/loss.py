"""The engine's loss of its data, noticed: what it must hold is put again, and when that was is remembered.

Posts come back by a replay of the archive, topics and their mentions by the topics stage. Until they have, the engine
knows less than it did: who reads the mark does not take what is missing for silence, or what comes back for news.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Protocol

from aws_lambda_powertools import Logger

from socialindex.reread.schedule import Mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

logger = Logger(child=True)

NAME: Final = "loss"
"""Of the mark: when the engine was set up anew, by our clock."""


class Marks(Protocol):
    """Where marks are kept: ``aws.marks.Marks``."""

    def get(self, name: str) -> Mark | None:
        """A mark; ``None`` where there is none."""

    def put(self, name: str, mark: Mark) -> None:
        """Set it."""


class Loss:
    """Notices an engine that has nothing while there are topics.

    Args:
        is_there: whether the engine has what posts need.
        topics: all there are.
        marks: where the loss is noted.
        clock: Unix time.
    """

    def __init__(
        self,
        is_there: Callable[[], bool],
        topics: Callable[[], Iterable[object]],
        marks: Marks,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._is_there = is_there
        self._topics = topics
        self._marks = marks
        self._clock = clock

    def note(self) -> bool:
        """Note a loss before it is made good, so that no death hides it; whether the engine lacks what posts need.

        Raises:
            Unavailable: the engine or a table does not answer.
        """
        if self._is_there():
            return False
        if any(True for _ in self._topics()):
            logger.warning("the engine has lost its data")
            self._marks.put(NAME, Mark(round(self._clock() * 1000), ""))
        return True


def lost_at(marks: Marks) -> float:
    """When the engine lost its data last, in Unix time; 0: never.

    Raises:
        Unavailable: the table does not answer.
    """
    mark = marks.get(NAME)
    return mark.at / 1000 if mark else 0.0
