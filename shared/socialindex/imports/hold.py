"""Work at an import by one at a time: a lease that every write extends, and that nobody writes without."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import msgspec

from socialindex.errors import Conflict
from socialindex.imports.job import AT_WORK

if TYPE_CHECKING:
    from socialindex.aws.imports import ImportsTable, Kept
    from socialindex.imports.job import Import, Wake

LEASE: Final = 90.0
"""Seconds until somebody else may go on. Work writes down how far it is more often than that."""
WORK: Final = 240.0
"""Seconds of one invocation's work, well below the function's timeout."""


class Hold:
    """An import that is ours for now.

    Raises (every method that writes):
        Conflict: it is ours no longer: its owner deletes it, or our lease ran out and somebody else went on.
    """

    def __init__(self, table: ImportsTable, kept: Kept, seconds: float = WORK) -> None:
        self._table = table
        self._kept = kept
        self._deadline = time.monotonic() + seconds

    @property
    def job(self) -> Import:
        """The import as it is written down."""
        return self._kept.job

    @property
    def time_is_up(self) -> bool:
        """Whether this invocation should let go."""
        return time.monotonic() >= self._deadline

    def keep(self, **changes: Any) -> None:  # noqa: ANN401 - the import's fields
        """Write down how far the work is, and hold on."""
        self._write(work_at=time.time() + LEASE, attempts=0, **changes)

    def rest(self, seconds: float = 0, **changes: Any) -> None:  # noqa: ANN401 - the import's fields
        """Let go; somebody goes on after some seconds."""
        self._write(work_at=time.time() + seconds if seconds else 0, **changes)

    def _write(self, **changes: Any) -> None:  # noqa: ANN401 - the import's fields
        self._kept = self._table.save(self._kept, msgspec.structs.replace(self.job, **changes))


def hold(table: ImportsTable, wake: Wake, seconds: float = WORK) -> Hold | None:
    """Take an import for some seconds; None where somebody else has it, or there is nothing to do for it.

    Raises:
        NotFound: there is no such import any more.
    """
    kept, now = table.get(wake.workspace, wake.id), time.time()
    if kept.job.state not in AT_WORK or kept.job.work_at > now:
        return None
    taken = msgspec.structs.replace(kept.job, work_at=now + LEASE, attempts=kept.job.attempts + 1)
    try:
        return Hold(table, table.save(kept, taken), seconds)
    except Conflict:
        return None
