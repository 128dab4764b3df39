"""What becomes of a workspace's own data when the workspace goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from socialindex.errors import Conflict
from socialindex.imports.job import Wake
from socialindex.messages import encode
from socialindex.search.imports import doomed

if TYPE_CHECKING:
    from socialindex.aws.imports import ImportsTable
    from socialindex.aws.queues import Queue
    from socialindex.imports.job import Import

_TRIES: Final = 5
_GONE: Final = frozenset({"deleting", "deleted"})


class ImportsOfWorkspace:
    """Hands a workspace's imports to the imports stage, which deletes posts, archived rows and files for good."""

    def __init__(self, table: ImportsTable, queue: Queue) -> None:
        self._table = table
        self._queue = queue

    def clear(self, workspace: str) -> int:
        """Begin to delete everything; how many imports are being deleted. Doing it again does no harm.

        Raises:
            Conflict: an import changes so fast that we cannot.
            Unavailable: table or queue do not answer.
        """
        doomed_now = [job for job in self._table.all(workspace) if job.state not in _GONE]
        for job in doomed_now:
            self._doom(job)
        self._queue.send_all(encode(Wake(workspace=workspace, id=job.id)) for job in doomed_now)
        return len(doomed_now)

    def _doom(self, job: Import) -> None:
        for _ in range(_TRIES):
            kept = self._table.get(job.workspace, job.id)
            try:
                self._table.save(kept, doomed(kept.job))
            except Conflict:
                continue
            return
        raise Conflict("an import of this workspace is changing: ask again in a moment")
