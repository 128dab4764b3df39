"""Work at a topic by one at a time: a lease that every write extends, and that nobody writes without."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from socialindex.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from socialindex.aws.topics import Kept
    from socialindex.topics.job import Job
    from socialindex.topics.topic import Topic

LEASE: Final = 90.0
"""Seconds until somebody else may go on."""
_NOTHING: Final[Mapping[str, Any]] = {}


class Table(Protocol):
    """Where topics are kept: ``aws.topics.TopicsTable``."""

    def get(self, topic_id: str) -> Kept:
        """A topic; raises ``NotFound``."""

    def save(self, kept: Kept, topic: Topic, job: Job | None = None) -> Kept:
        """Its next version; raises ``Conflict`` where it is not the next."""


class Hold:
    """A topic that is ours for now.

    Raises (every method that writes):
        Conflict: it is ours no longer: its owner changes it, or our lease ran out and somebody else went on.
    """

    def __init__(self, table: Table, kept: Kept, seconds: float) -> None:
        self._table = table
        self._kept = kept
        self._deadline = time.monotonic() + seconds

    @property
    def topic(self) -> Topic:
        """The topic as it is written down."""
        return self._kept.topic

    @property
    def job(self) -> Job:
        """The work at it as it is written down."""
        return self._kept.job

    @property
    def version(self) -> int:
        """Of what is written down: nobody who has a higher one is behind us."""
        return self._kept.version

    @property
    def time_is_up(self) -> bool:
        """Whether this invocation should let go."""
        return time.monotonic() >= self._deadline

    def keep(self, *, topic: Mapping[str, Any] = _NOTHING, **job: Any) -> None:  # noqa: ANN401 - the job's fields
        """Write down how far the work is, and hold on."""
        self._write(topic, {"work_at": time.time() + LEASE, "attempts": 0, "outages": 0, **job})

    def rest(self, seconds: float = 0, *, topic: Mapping[str, Any] = _NOTHING, **job: Any) -> None:  # noqa: ANN401 - same
        """Let go; somebody goes on after some seconds, if there is something left to do."""
        self._write(topic, {"work_at": time.time() + seconds, **job})

    def become(self, topic: Topic, job: Job) -> None:
        """Write down another topic and other work."""
        self._kept = self._table.save(self._kept, topic, job)

    def _write(self, topic: Mapping[str, Any], job: Mapping[str, Any]) -> None:
        self.become(msgspec.structs.replace(self.topic, **topic), msgspec.structs.replace(self.job, **job))


def hold(table: Table, topic_id: str, seconds: float) -> Hold | None:
    """Take a topic for some seconds; None where somebody else has it, or there is nothing to do for it.

    Raises:
        NotFound: there is no such topic any more.
    """
    kept, now = table.get(topic_id), time.time()
    if not kept.is_at_work or kept.job.work_at > now:
        return None
    taken = msgspec.structs.replace(kept.job, work_at=now + LEASE, attempts=kept.job.attempts + 1)
    try:
        return Hold(table, table.save(kept, kept.topic, taken), seconds)
    except Conflict:
        return None
