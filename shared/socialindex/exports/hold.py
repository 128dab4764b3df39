"""Work at an export by one at a time: a lease that every write extends, and that nobody writes without."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from socialindex.errors import Conflict
from socialindex.exports.job import AT_WORK

if TYPE_CHECKING:
    from socialindex.aws.exports import Kept
    from socialindex.exports.job import Export, Wake

LEASE: Final = 90.0
"""Seconds until somebody else may go on."""
_BEAT: Final = LEASE / 3
"""Seconds after which a lease is extended, however far the work is."""


class Table(Protocol):
    """Where exports are kept: ``aws.exports.ExportsTable``."""

    def get(self, workspace: str, export_id: str) -> Kept:
        """An export; raises ``NotFound``."""

    def save(self, kept: Kept, job: Export) -> Kept:
        """Its next version; raises ``Conflict`` where it is not the next."""


class Hold:
    """An export that is ours for now.

    Raises (every method that writes):
        Conflict: it is ours no longer: its owner deletes it, or our lease ran out and somebody else went on.
    """

    def __init__(self, table: Table, kept: Kept, seconds: float) -> None:
        self._table = table
        self._kept = kept
        self._deadline = time.monotonic() + seconds
        self._written = time.monotonic()

    @property
    def job(self) -> Export:
        """The export as it is written down."""
        return self._kept.job

    @property
    def time_is_up(self) -> bool:
        """Whether this invocation should let go."""
        return time.monotonic() >= self._deadline

    def keep(self, **changes: Any) -> None:  # noqa: ANN401 - the export's fields
        """Write down how far the work is, and hold on."""
        self._write(work_at=time.time() + LEASE, attempts=0, **changes)

    def beat(self) -> None:
        """Hold on, where the lease is no longer fresh; that alone is no progress."""
        if time.monotonic() >= self._written + _BEAT:
            self._write(work_at=time.time() + LEASE)

    def rest(self, seconds: float = 0, **changes: Any) -> None:  # noqa: ANN401 - the export's fields
        """Let go; somebody goes on after some seconds, if there is something left to do."""
        self._write(work_at=time.time() + seconds if seconds else 0, **changes)

    def _write(self, **changes: Any) -> None:  # noqa: ANN401 - the export's fields
        self._kept = self._table.save(self._kept, msgspec.structs.replace(self.job, **changes))
        self._written = time.monotonic()


def hold(table: Table, wake: Wake, seconds: float) -> Hold | None:
    """Take an export for some seconds; None where somebody else has it, or there is nothing to do for it.

    Raises:
        NotFound: there is no such export any more.
    """
    kept, now = table.get(wake.workspace, wake.id), time.time()
    if kept.job.state not in AT_WORK or kept.job.work_at > now:
        return None
    taken = msgspec.structs.replace(kept.job, work_at=now + LEASE, attempts=kept.job.attempts + 1)
    try:
        return Hold(table, table.save(kept, taken), seconds)
    except Conflict:
        return None
