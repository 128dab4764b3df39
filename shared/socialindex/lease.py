"""Work at a job by one at a time: a lease that every write extends, and that nobody writes without.

What is to be done stands in a job's item; a message only says that it is worth a look. Exports, imports and networks
are such jobs. (A topic is one too, beside the topic itself: ``topics.hold``.)
"""

from __future__ import annotations

import math
import time
from contextlib import suppress
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Any, Final, Generic, NamedTuple, NoReturn, Protocol, TypeVar

import msgspec

from socialindex.errors import Conflict, Lasting, Unavailable
from socialindex.model import Struct


class Leased(Struct, frozen=True, kw_only=True):
    """What every job has."""

    id: str
    state: str
    created_at: datetime
    finished_at: datetime | None = None
    work_at: float = 0
    """Unix time from which on the stage may work at it: while somebody does, the end of the lease."""
    attempts: int = 0
    """Times that work at it began since it last got on."""
    outages: int = 0
    """Times in a row that it met a part which is down."""

    @property
    def is_at_work(self) -> bool:
        """Whether the stage has something to do for it, now or later."""
        raise NotImplementedError


J = TypeVar("J", bound=Leased)

PAUSE: Final = 60.0
"""Seconds until a job is tried again after an outage."""
LASTING: Final = 15
"""Times in a row that a job meets an outage until alarms hear of it: a quarter of an hour."""


class Kept(NamedTuple, Generic[J]):
    """A job with the version of its item: whoever writes must have seen the newest."""

    job: J
    version: int


class Table(Protocol[J]):
    """Where jobs are kept: ``aws.jobs.JobsTable``."""

    def save(self, kept: Kept[J], job: J) -> Kept[J]:
        """Its next version; raises ``Conflict`` where it is not the next."""


class Tried(Protocol):
    """How the work at something has gone."""

    @property
    def attempts(self) -> int:
        """Times that it began since it last got on."""

    @property
    def outages(self) -> int:
        """Times in a row that it met a part which is down."""


class Held(Protocol):
    """Work that is ours for now: ``Hold``, and ``topics.hold.Hold``."""

    @property
    def job(self) -> Tried:
        """What is written down of it."""

    def rest(self, seconds: float = 0, **changes: Any) -> None:  # noqa: ANN401 - the job's fields
        """Let go; somebody goes on after some seconds."""


class Hold(Generic[J]):
    """A job that is ours for now.

    Args:
        table: where it is kept.
        kept: the job as we took it.
        lease: seconds until somebody else may go on.
        seconds: for how long to work at it.

    Raises (every method that writes):
        Conflict: it is ours no longer: its owner deletes it, or our lease ran out and somebody else went on.
    """

    def __init__(self, table: Table[J], kept: Kept[J], lease: float, seconds: float) -> None:
        self._table = table
        self._kept = kept
        self._lease = lease
        self._deadline = time.monotonic() + seconds
        self._written = time.monotonic()

    @property
    def job(self) -> J:
        """The job as it is written down."""
        return self._kept.job

    @property
    def time_is_up(self) -> bool:
        """Whether this invocation should let go."""
        return time.monotonic() >= self._deadline

    def keep(self, **changes: Any) -> None:  # noqa: ANN401 - the job's fields
        """Write down how far the work is, and hold on."""
        self._write(work_at=time.time() + self._lease, attempts=0, outages=0, **changes)

    def beat(self, **seen: Any) -> None:  # noqa: ANN401 - the job's fields
        """Hold on, where a third of the lease has gone by, and say what was seen; that alone is no progress."""
        if time.monotonic() >= self._written + self._lease / 3:
            self._write(work_at=time.time() + self._lease, **seen)

    def rest(self, seconds: float = 0, **changes: Any) -> None:  # noqa: ANN401 - the job's fields
        """Let go; somebody goes on after some seconds, if there is something left to do."""
        self._write(work_at=time.time() + seconds if seconds else 0, **changes)

    def _write(self, **changes: Any) -> None:  # noqa: ANN401 - the job's fields
        self._kept = self._table.save(self._kept, msgspec.structs.replace(self.job, **changes))
        self._written = time.monotonic()


def wait(held: Held, outage: Unavailable) -> NoReturn:
    """Let go for a minute, since a part is down, which is no fault of the job; a schedule asks for it again.

    Raises:
        Unavailable: the outage, every so often in a row as ``Lasting``.
    """
    outages = held.job.outages + 1
    with suppress(Conflict):
        held.rest(PAUSE, attempts=max(0, held.job.attempts - 1), outages=outages)
    if outages % LASTING == 0:
        raise Lasting(f"met {outages} times in a row: {outage}") from outage
    raise outage


def take(table: Table[J], kept: Kept[J], lease: float, seconds: float = math.inf) -> Hold[J] | None:
    """Take a job; None where somebody else has it, or there is nothing to do for it yet."""
    now = time.time()
    if not kept.job.is_at_work or kept.job.work_at > now:
        return None
    taken = msgspec.structs.replace(kept.job, work_at=now + lease, attempts=kept.job.attempts + 1)
    try:
        return Hold(table, table.save(kept, taken), lease, seconds)
    except Conflict:
        return None
