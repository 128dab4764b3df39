"""An import, from its announcement to its end: what is kept of it, and what its owner is shown."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Final, Literal

import msgspec

from socialindex.imports.layout import Layout  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.imports.plan import Plan  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.imports.report import Report
from socialindex.lease import Leased
from socialindex.model import Struct

State = Literal[
    "waiting",  # for the file, and for the plan's confirmation
    "checking",  # a dry run reads the file
    "checked",
    "importing",
    "imported",
    "failed",
    "deleting",
    "deleted",  # its posts are gone; looked after until nothing of it can be in a queue any more
]
_AT_WORK: Final[frozenset[State]] = frozenset({"checking", "importing", "deleting", "deleted"})
"""States in which the import stage has something to do."""
UNDER_WAY: Final[frozenset[State]] = frozenset({"checking", "importing"})
"""States of which an organization has only so many at once."""
STARTABLE: Final[frozenset[State]] = frozenset({"waiting", "checked", "failed"})
"""States in which a run may begin, unless rows are in the archive: those are deleted before another way is tried."""


class Wake(Struct, frozen=True, kw_only=True):
    """ImportsQueue: there is something to do for an import."""

    workspace: str
    id: str


class Failure(Struct, frozen=True, kw_only=True):
    """Why a file could not be read to its end."""

    detail: str
    remedy: str


class Payer(Struct, frozen=True, kw_only=True):
    """Who pays for the rows of a run, as it was when the run was started."""

    account: str
    rows_a_month: int
    """Rows that the plan grants."""


class Import(Leased, frozen=True, kw_only=True):
    """All that is kept of an import."""

    workspace: str
    name: str
    bytes: int
    asked: str
    """A hash of what was asked for when it was made."""
    state: State = "waiting"
    plan: Plan | None = None
    layout: Layout | None = None
    etag: str | None = None
    """Of the uploaded file that was confirmed: another one is not read."""
    confirmed_at: datetime | None = None
    offset: int = 0
    """Where reading goes on: unpacked bytes of the file."""
    row: int = 0
    """Number of the last record before ``offset``."""
    chunks: int = 0
    """Chunks of rows that are in the archive."""
    payer: Payer | None = None
    """Absent where its run was started before rows were counted: it is not limited."""
    counted: int = 0
    """Rows of the run that are counted: those that were sent, and some that are about to be."""
    report: Report = Report()
    failure: Failure | None = None
    passes: int = 0
    """Times that its posts were deleted."""
    after: str = ""
    """Of a deletion: the last archive object of another import that was read again since posts were deleted last."""

    @property
    def is_at_work(self) -> bool:
        """Whether rows are to be read, or what it brought along is to be deleted."""
        return self.state in _AT_WORK


class Progress(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """How far a run is. ``share`` is ``None`` for a packed file or one in UTF-16: nobody knows the text's length."""

    rows: int
    bytes: int
    share: float | None


class View(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """An import as its owner is shown it."""

    id: str
    workspace: str
    name: str
    bytes: int
    state: State
    created_at: datetime
    confirmed_at: datetime | None
    finished_at: datetime | None
    plan: Plan | None
    progress: Progress
    report: Report
    failure: Failure | None


def view(kept: Import, *, brief: bool = False) -> View:
    """What is shown of an import; ``brief`` leaves out the single problems."""
    fields = {name: getattr(kept, name) for name in View.__struct_fields__ if name != "progress"}
    if brief:
        fields["report"] = msgspec.structs.replace(kept.report, problems=[])
    return View(**fields, progress=_progress(kept))


def _progress(kept: Import) -> Progress:
    uncounted = kept.layout and (kept.layout.packed or kept.layout.encoding == "utf-16")
    share = None if uncounted else round(min(1.0, kept.offset / kept.bytes), 4)
    return Progress(rows=kept.report.rows, bytes=kept.offset, share=share)
