"""Work at a network by one at a time: a lease, extended while posts are read, and nothing is written without it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from socialindex.errors import Conflict
from socialindex.network.job import AT_WORK

if TYPE_CHECKING:
    from socialindex.aws.networks import Kept
    from socialindex.network.job import Job, Wake

LEASE: Final = 120.0
"""Seconds until somebody else may begin: more than measuring and writing the largest network takes."""
_BEAT: Final = LEASE / 4
"""Seconds after which the lease is extended."""


class Table(Protocol):
    """Where networks are kept: ``aws.networks.NetworksTable``."""

    def get(self, organization: str, network: str) -> Kept:
        """A network; raises ``NotFound``."""

    def save(self, kept: Kept, job: Job) -> Kept:
        """Its next version; raises ``Conflict`` where it is not the next."""


class Hold:
    """A network that is ours for now.

    Raises (every method that writes):
        Conflict: it is ours no longer: it is to be deleted, or our lease ran out and somebody else began.
    """

    def __init__(self, table: Table, kept: Kept) -> None:
        self._table = table
        self._kept = kept
        self._written = time.monotonic()

    @property
    def job(self) -> Job:
        """The network as it is written down."""
        return self._kept.job

    def beat(self, seen: int) -> None:
        """Hold on, where the lease is no longer fresh; and say how many posts were looked at."""
        if time.monotonic() >= self._written + _BEAT:
            self._write(work_at=time.time() + LEASE, seen=seen)

    def rest(self, seconds: float = 0, **changes: Any) -> None:  # noqa: ANN401 - the job's fields
        """Let go; somebody goes on after some seconds, if there is something left to do."""
        self._write(work_at=time.time() + seconds if seconds else 0, **changes)

    def _write(self, **changes: Any) -> None:  # noqa: ANN401 - the job's fields
        self._kept = self._table.save(self._kept, msgspec.structs.replace(self.job, **changes))
        self._written = time.monotonic()


def hold(table: Table, wake: Wake) -> Hold | None:
    """Take a network; None where somebody else has it, or there is nothing to do for it.

    Raises:
        NotFound: there is no such network any more.
    """
    kept, now = table.get(wake.organization, wake.id), time.time()
    if kept.job.state not in AT_WORK or kept.job.work_at > now:
        return None
    taken = msgspec.structs.replace(kept.job, work_at=now + LEASE, attempts=kept.job.attempts + 1)
    try:
        return Hold(table, table.save(kept, taken))
    except Conflict:
        return None
