"""A run: the file is read on from where we stopped, its rows are checked, and unless it is dry they are sent on."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex.imports.layout import records
from socialindex.imports.pack import SOURCE, Packer
from socialindex.imports.report import Findings
from socialindex.imports.rows import RowReader, mapped
from socialindex.messages import Archived, encode

if TYPE_CHECKING:
    from socialindex.aws.imports import ImportArchive, Uploads
    from socialindex.aws.queues import Queue
    from socialindex.imports.charges import Charges
    from socialindex.imports.hold import Hold
    from socialindex.imports.layout import Layout
    from socialindex.imports.plan import Plan
    from socialindex.imports.records import Record

STEP_ROWS: Final = 8_000
STEP_BYTES: Final = 32_000_000
"""After so much of a file, it is written down how far we are."""


class Ways(NamedTuple):
    """Where rows come from, are counted, and go to."""

    uploads: Uploads
    archive: ImportArchive
    normalize: Queue
    charges: Charges


class Run:
    """One invocation's share of a run. Rows that were sent and not yet written down as such are sent again.

    Args:
        hold: the import, with a plan and layout.
        ways: where rows come from, are counted, and go to.
        plan: which column is what.
        layout: how the file is written.
    """

    def __init__(self, hold: Hold, ways: Ways, plan: Plan, layout: Layout) -> None:
        job = hold.job
        self._hold = hold
        self._ways = ways
        self._layout = layout
        self._dry = job.state == "checking"
        self._reader = RowReader(plan, job.workspace, job.confirmed_at or job.created_at)
        self._findings = Findings(job.report)
        self._packer = Packer(job)
        self._last: Record | None = None

    def go(self) -> None:
        """Read on, to the end or until the time is up.

        Raises:
            InvalidInput: the file cannot be read further, or has more rows than the month has room for.
            Conflict: the import is ours no longer.
            Unavailable: a part does not answer.
        """
        job = self._hold.job
        source = records(self._layout, partial(self._ways.uploads.open, job), job.offset, job.row)
        for record in source:
            self._take(record)
            if self._is_step(record):
                self._hold.keep(**self._sent_on())
                if self._hold.time_is_up:
                    self._hold.rest()
                    return
        self._finish()

    def _take(self, record: Record) -> None:
        self._last = record
        if not record.cells:
            self._findings.unreadable(record)
            return
        cells = mapped(self._reader.plan, record.cells)
        row = self._reader.read(record.number, cells)
        self._findings.read(row, cells)
        if row.draft and not self._dry:
            self._packer.add(record.number, cells)

    def _is_step(self, record: Record) -> bool:
        job = self._hold.job
        return self._packer.full or record.number - job.row >= STEP_ROWS or record.end - job.offset >= STEP_BYTES

    def _sent_on(self) -> dict[str, Any]:
        """Count, archive and send what was read; how far that is."""
        job, packed, report = self._hold.job, self._packer.take(), self._findings.report()
        if packed:
            self._count(report.accepted)
            key = self._ways.archive.store(job, packed.data)
            self._ways.normalize.send_all(
                encode(Archived(key=key, offset=span.offset, length=span.length, source=SOURCE))
                for span in packed.spans
            )
        progress: dict[str, Any] = {"report": report}
        if packed:
            progress["chunks"] = job.chunks + len(packed.spans)
        if self._last:
            progress |= {"offset": self._last.end, "row": self._last.number}
        return progress

    def _count(self, accepted: int) -> None:
        """Count what is about to be sent, and write that down: rows that are sent again are not counted again.

        Work that ends between the two costs the client these rows of the plan; it never gives any away.
        """
        job = self._hold.job
        if job.payer and accepted > job.counted:
            self._ways.charges.count(job.payer, job, accepted - job.counted)
            self._hold.keep(counted=accepted)

    def _finish(self) -> None:
        end: dict[str, Any] = {"state": "checked" if self._dry else "imported", "finished_at": datetime.now(tz=UTC)}
        self._hold.rest(**self._sent_on(), **end)
        if not self._dry:
            # Its rows are in the archive. Where this fails, the bucket's lifecycle rule deletes the file.
            self._ways.uploads.delete(self._hold.job)
