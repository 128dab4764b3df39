"""Exports through the API: ask for one, follow it, fetch its file, delete it.

Whoever's key is not for the workspace learns nothing, not even whether there is such a workspace.
"""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.access import Caller, Scope
from socialindex.errors import Conflict, InvalidInput, NotFound, SocialIndexError
from socialindex.exports.job import Export, View, Wake, asker, view
from socialindex.exports.pages import count
from socialindex.exports.wanted import NewExport, Wanted
from socialindex.messages import encode
from socialindex.model import Struct
from socialindex.search import fields
from socialindex.search.http import Answer
from socialindex.search.idempotency import digest, identifier
from socialindex.search.jobs import ListJobs, doomed, file_of, page_of
from socialindex.search.posts import BEHIND
from socialindex.search.routes import Doc, Route
from socialindex.search.selection import notes_of

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.aws.export_files import Files
    from socialindex.aws.exports import ExportsTable
    from socialindex.aws.queues import Queue
    from socialindex.exports.charges import Charges
    from socialindex.lease import Kept
    from socialindex.search.http import HttpRequest

_HOME: Final = "/v1/workspaces/{id}/exports"
_ONE: Final = f"{_HOME}/{{export}}"
_TAG: Final = "Exports"
_LARGEST: Final = 100_000
"""Bytes of a request: what is kept of it must fit into an item of the table."""
_GRACE: Final = 60.0
"""Seconds that the stage leaves an export alone which is being charged."""


class ExportsPage(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Exports, the newest first; without links."""

    items: list[View]
    next_cursor: str | None


class ExportsPart:
    """The routes of exports.

    Args:
        engine: counts what an export will hold.
        table: where exports are kept.
        files: where their files are.
        charges: what they cost.
        queue: the stage's, which is told of new ones.
    """

    def __init__(self, engine: OpenSearch, table: ExportsTable, files: Files, charges: Charges, queue: Queue) -> None:
        self._engine = engine
        self._table = table
        self._files = files
        self._charges = charges
        self._queue = queue

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        ask = Doc(
            "Ask for an export", _TAG, body=NewExport, answer=View, status=202, errors=(404, 409), repeatable=True
        )
        every = Doc("List exports, the newest first", _TAG, query=ListJobs, answer=ExportsPage, errors=(404,))
        one = Doc("Show an export, with a link to its file", _TAG, answer=View, errors=(404,))
        file = Doc("Fetch an export's file", _TAG, status=303, errors=(404, 409))
        delete = Doc("Cancel an export and delete its file", _TAG, answer=View, status=202, errors=(404, 409))
        return {
            f"POST {_HOME}": Route(Scope.EXPORT, self._ask, ask),
            f"GET {_HOME}": Route(Scope.EXPORT, self._all, every, weight=0),
            f"GET {_ONE}": Route(Scope.EXPORT, self._one, one, weight=0),
            f"GET {_ONE}/file": Route(Scope.EXPORT, self._file, file, weight=0),
            f"DELETE {_ONE}": Route(Scope.EXPORT, self._delete, delete, weight=0),
        }

    def _ask(self, request: HttpRequest, caller: Caller) -> Answer:
        workspace = _workspace(request, caller)
        wanted = fields.from_body(NewExport, request.body()).in_the_language()
        kept = self._begun(self._new(workspace, wanted, request, caller), caller)
        shown = view(kept.job, notes=notes_of(wanted.q))
        return Answer(202, shown, {"Location": f"/v1/workspaces/{workspace}/exports/{kept.job.id}"})

    def _new(self, workspace: str, wanted: Wanted, request: HttpRequest, caller: Caller) -> Export:
        _check_size(wanted)
        by, bound = asker(caller), int(time.time() * 1000) - BEHIND
        return Export(
            workspace=workspace,
            id=identifier("ex", workspace, request),
            by=by,
            wanted=wanted,
            asked=digest(wanted),
            created_at=datetime.now(tz=UTC),
            bound=bound,
            total=count(self._engine, by.caller(workspace), wanted, bound),
            work_at=time.time() + _GRACE,
        )

    def _begun(self, job: Export, caller: Caller) -> Kept[Export]:
        """Keep an export, charge for it, and tell the stage; one that was asked for before is left as it is."""
        kept = self._table.add(job)
        if kept is None:
            known = self._table.get(job.workspace, job.id)
            if known.job.asked != job.asked:
                raise Conflict("this Idempotency-Key was used for another export")
            return known
        try:
            self._charges.take(caller, job)
        except SocialIndexError:
            self._table.remove(job)
            raise
        ready = self._table.save(kept, msgspec.structs.replace(job, work_at=0))
        self._queue.send_all([encode(Wake(workspace=job.workspace, id=job.id))])
        return ready

    def _all(self, request: HttpRequest, caller: Caller) -> Answer:
        workspace, asked = _workspace(request, caller), fields.from_query(ListJobs, request.query)
        page = page_of(asked, partial(self._table.page, workspace))
        return Answer(200, ExportsPage(items=list(map(view, page.jobs)), next_cursor=page.next_cursor))

    def _one(self, request: HttpRequest, caller: Caller) -> Answer:
        job = self._job(request, caller)
        if job.state != "done":
            return Answer(200, view(job))
        link, until = self._files.link(job)
        return Answer(200, view(job, link=link, link_expires_at=until))

    def _file(self, request: HttpRequest, caller: Caller) -> Answer:
        return file_of(self._job(request, caller), self._files, "export")

    def _delete(self, request: HttpRequest, caller: Caller) -> Answer:
        return Answer(202, view(doom(self._table, self._queue, self._job(request, caller))))

    def _job(self, request: HttpRequest, caller: Caller) -> Export:
        return self._table.get(_workspace(request, caller), request.path["export"]).job


class ExportsOfWorkspace:
    """Hands a workspace's exports to the exports stage, which deletes their files for good: ``within.Rooms``."""

    def __init__(self, table: ExportsTable, queue: Queue) -> None:
        self._table = table
        self._queue = queue

    def clear(self, workspace: str) -> int:
        """Begin to delete everything. Doing it again does no harm.

        Returns:
            None of them counts as a thing of the workspace's own: an export is a copy.

        Raises:
            Conflict: an export changes so fast that we cannot.
            Unavailable: table or queue do not answer.
        """
        for job in self._table.all(workspace):
            with suppress(NotFound):  # the stage has just removed it
                doom(self._table, self._queue, job)
        return 0


def doom(table: ExportsTable, queue: Queue, job: Export) -> Export:
    """Mark an export that is to be deleted, and tell the stage; whoever works at it keeps its lease and finds out.

    Raises:
        NotFound: it is gone already.
        Conflict: it changes so fast that we cannot.
        Unavailable: table or queue do not answer.
    """
    marked = doomed(table, lambda: table.get(job.workspace, job.id), "export")
    queue.send_all([encode(Wake(workspace=job.workspace, id=job.id))])
    return marked


def _check_size(wanted: Wanted) -> None:
    """Pass a request that can be kept.

    Raises:
        InvalidInput: it is too large; names the field that has most of it.
    """
    if (size := len(msgspec.json.encode(wanted))) <= _LARGEST:
        return
    sizes = {name: len(msgspec.json.encode(value)) for name, value in msgspec.to_builtins(wanted).items()}
    field = max(sizes, key=lambda name: sizes[name])
    less = "a shorter query" if field == "q" else f"fewer values of {field}"
    message = f"the request has {size:,} bytes, most of them in {field}"
    raise InvalidInput(message, field=field, remedy=f"use {less}: {_LARGEST:,} bytes are the most, in all")


def _workspace(request: HttpRequest, caller: Caller) -> str:
    """The workspace of the path.

    Raises:
        NotFound: it is not the caller's.
    """
    workspace = request.path["id"]
    caller.owns(workspace)
    return workspace
