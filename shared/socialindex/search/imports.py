"""Imports through the API: announce a file, upload it, see what it seems to be, confirm, follow, delete.

Whoever's key is not for the workspace learns nothing, not even whether there is such a workspace.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from socialindex.access import Caller, Scope
from socialindex.errors import Conflict, InvalidCursor, InvalidInput, NotFound, SocialIndexError
from socialindex.imports.charges import Charges
from socialindex.imports.job import STARTABLE, UNDER_WAY, Import, Payer, View, Wake, view
from socialindex.imports.layout import HEAD, Beginning, Wishes, look
from socialindex.imports.lines import MAX_FILE
from socialindex.imports.plan import Plan  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.imports.proposal import Proposal, propose
from socialindex.imports.report import Report
from socialindex.messages import encode
from socialindex.model import Struct
from socialindex.search import fields
from socialindex.search.http import Answer, fitting
from socialindex.search.idempotency import digest, identifier
from socialindex.search.routes import Doc, Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialindex.aws.imports import ImportsTable, Uploads
    from socialindex.aws.queues import Queue
    from socialindex.lease import Kept
    from socialindex.search.http import HttpRequest

_TAG = "Imports"
MAX_LISTED = 100
_PLACE = re.compile(r"\d{13}-im_[a-z2-7]{16}")
_TRIES = 5
"""Of a change while the import stage writes down how far it is."""
_GRACE: Final = 60.0
"""Seconds that the stage leaves an import alone whose run takes its place."""
_HOME = "/v1/workspaces/{id}/imports"
_ONE = f"{_HOME}/{{import}}"


class NewImport(Struct, frozen=True, kw_only=True):
    """Body of ``POST .../imports``: a file that is to be uploaded."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    """For people, such as the file's name."""
    bytes: Annotated[int, msgspec.Meta(ge=1, le=MAX_FILE)]
    """The file's exact length."""
    plan: Plan | None = None
    """Where the client knows its columns, no proposal is needed."""


class StartRun(Wishes, frozen=True, kw_only=True):
    """Body of ``POST .../runs``: the confirmation."""

    plan: Plan | None = None
    """The one that was sent along or confirmed before, where it is left out."""
    dry_run: bool = False
    """Only read and check."""


class UploadTo(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One HTTP request that uploads the file. Its address is a secret: it needs no key."""

    method: str
    url: str
    headers: dict[str, str]
    """Headers that it must have."""
    expires_at: datetime
    """Until when the address can be used."""


class Announced(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A new import. ``upload`` is ``None`` where the file has been taken already."""

    item: View = msgspec.field(name="import")
    """The import."""
    upload: UploadTo | None
    """How to upload the file."""


class ListImports(Struct, frozen=True, kw_only=True):
    """Parameters of the list of imports."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=MAX_LISTED)] = MAX_LISTED
    cursor: Annotated[str, msgspec.Meta(max_length=64)] = ""
    """``next_cursor`` of the page before."""


class ImportList(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Some of a workspace's imports, the newest first."""

    items: list[View]
    """Without the single problems of their rows."""
    total: int
    """How many there are, all pages together."""
    next_cursor: str | None


class ImportsPart:
    """The routes of imports."""

    def __init__(self, table: ImportsTable, uploads: Uploads, queue: Queue) -> None:
        self._table = table
        self._uploads = uploads
        self._queue = queue
        self._charges = Charges(table)

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        announce = Doc(
            "Announce a file", _TAG, body=NewImport, answer=Announced, status=201, errors=(404, 409), repeatable=True
        )
        every = Doc("List imports, the newest first", _TAG, query=ListImports, answer=ImportList, errors=(404,))
        one = Doc("Show an import and its report", _TAG, answer=View, errors=(404,))
        proposal = Doc(
            "Propose which column is what",
            _TAG,
            query=Wishes,
            answer=Proposal,
            description="Needs the uploaded file.",
            errors=(404, 409),
        )
        start = Doc(
            "Confirm the mapping and import the rows, or only check them",
            _TAG,
            body=StartRun,
            answer=View,
            status=202,
            errors=(404, 409),
        )
        delete = Doc("Delete an import with its posts and its file", _TAG, answer=View, status=202, errors=(404, 409))
        return {
            f"POST {_HOME}": Route(Scope.WRITE, self._announce, announce),
            f"GET {_HOME}": Route(Scope.READ, self._all, every),
            f"GET {_ONE}": Route(Scope.READ, self._one, one),
            f"GET {_ONE}/proposal": Route(Scope.READ, self._propose, proposal),
            f"POST {_ONE}/runs": Route(Scope.WRITE, self._start, start),
            f"DELETE {_ONE}": Route(Scope.WRITE, self._delete, delete),
        }

    def _announce(self, request: HttpRequest, caller: Caller) -> Answer:
        workspace = _workspace(request, caller)
        job = _new(workspace, request)
        if not self._table.add(job):
            known = self._table.get(workspace, job.id).job
            if known.asked != job.asked:
                raise Conflict("this Idempotency-Key was used for another import")
            job = known
        answer = Announced(item=view(job), upload=self._place(job) if job.state == "waiting" else None)
        return Answer(201, answer, {"Location": f"/v1/workspaces/{workspace}/imports/{job.id}"})

    def _all(self, request: HttpRequest, caller: Caller) -> Answer:
        workspace, asked = _workspace(request, caller), fields.from_query(ListImports, request.query)
        if asked.cursor and not _PLACE.fullmatch(asked.cursor):
            raise InvalidCursor
        kept = sorted(self._table.all(workspace), key=_place, reverse=True)
        left = [job for job in kept if not asked.cursor or _place(job) < asked.cursor]
        items = fitting(view(job, brief=True) for job in left[: asked.limit])
        following = _place(left[len(items) - 1]) if len(items) < len(left) else None
        return Answer(200, ImportList(items=items, total=len(kept), next_cursor=following))

    def _one(self, request: HttpRequest, caller: Caller) -> Answer:
        return Answer(200, view(self._job(request, caller)))

    def _propose(self, request: HttpRequest, caller: Caller) -> Answer:
        beginning, _ = self._look(self._job(request, caller), fields.from_query(Wishes, request.query))
        return Answer(200, propose(beginning))

    def _start(self, request: HttpRequest, caller: Caller) -> Answer:
        wanted = fields.from_body(StartRun, request.body())
        job = self._job(request, caller)
        _check_startable(job)
        plan = wanted.plan or job.plan
        if plan is None:
            raise InvalidInput(
                "nothing is imported before its mapping is confirmed",
                field="plan",
                remedy="send plan.mapping; GET .../proposal proposes one",
            )
        beginning, etag = self._look(job, wanted)
        layout = beginning.layout
        plan.check(layout.columns if layout.format == "csv" else None)
        payer = Payer(account=caller.account, rows_a_month=caller.limits.import_rows_a_month)
        if not wanted.dry_run:
            self._charges.check(payer)
        fresh = {"report": Report(), "failure": None, "finished_at": None, "attempts": 0, "chunks": 0, "counted": 0}
        place = {"layout": layout, "offset": layout.start, "row": layout.first, "etag": etag}
        state = "checking" if wanted.dry_run else "importing"
        confirmed = {"plan": plan, "state": state, "confirmed_at": datetime.now(tz=UTC), "payer": payer}
        return self._begun(job, payer, {**fresh, **place, **confirmed})

    def _begun(self, job: Import, payer: Payer, changes: dict[str, object]) -> Answer:
        """Begin a run, and leave the import as it was where all places are taken."""
        was, kept = self._changed(job, lambda now: _started(now, {**changes, "work_at": time.time() + _GRACE}))
        try:
            self._charges.take_place(payer, kept.job)
        except SocialIndexError:
            self._table.save(kept, was)
            raise
        return self._told(self._table.save(kept, msgspec.structs.replace(kept.job, work_at=0.0)).job)

    def _delete(self, request: HttpRequest, caller: Caller) -> Answer:
        _, kept = self._changed(self._job(request, caller), doomed)
        return self._told(kept.job)

    def _job(self, request: HttpRequest, caller: Caller) -> Import:
        return self._table.get(_workspace(request, caller), request.path["import"]).job

    def _look(self, job: Import, wishes: Wishes) -> tuple[Beginning, str]:
        _check_startable(job)
        head, etag = self._uploads.head(job, HEAD)
        return look(head, wishes), etag

    def _place(self, job: Import) -> UploadTo:
        upload = self._uploads.place(job)
        headers = {"Content-Length": str(job.bytes)}
        return UploadTo(method="PUT", url=upload.url, headers=headers, expires_at=upload.expires_at)

    def _told(self, job: Import) -> Answer:
        """Tell the stage. A message that is lost with a crash is made up for by its sweep."""
        self._queue.send_all([encode(Wake(workspace=job.workspace, id=job.id))])
        return Answer(202, view(job))

    def _changed(self, job: Import, change: Callable[[Import], Import]) -> tuple[Import, Kept[Import]]:
        """Change an import; as it was and as it is.

        Raises:
            Conflict: the import changes so fast that we cannot.
        """
        for _ in range(_TRIES):
            kept = self._table.get(job.workspace, job.id)
            wanted = change(kept.job)
            try:
                return kept.job, self._table.save(kept, wanted)
            except Conflict:
                continue
        raise Conflict("the import is changing: ask again in a moment")


def _new(workspace: str, request: HttpRequest) -> Import:
    wanted = fields.from_body(NewImport, request.body())
    if wanted.plan:
        wanted.plan.check(None)
    return Import(
        workspace=workspace,
        id=identifier("im", workspace, request),
        name=wanted.name,
        bytes=wanted.bytes,
        plan=wanted.plan,
        created_at=datetime.now(tz=UTC),
        asked=digest(wanted),
    )


def _place(job: Import) -> str:
    """Where an import is in the list, which begins at its end."""
    return f"{int(job.created_at.timestamp() * 1000):013d}-{job.id}"


def _check_startable(job: Import) -> None:
    """Pass an import of which a run may begin.

    Raises:
        NotFound: it is being deleted.
        Conflict: a run is under way, or rows are imported.
    """
    if job.state in {"deleting", "deleted"}:
        raise NotFound("this import is deleted")
    if job.state in UNDER_WAY:
        raise Conflict("a run is under way: wait for its end, or delete the import")
    if job.state not in STARTABLE or job.chunks:
        raise Conflict("its rows are imported: delete the import to bring them in another way")


def _started(job: Import, changes: dict[str, object]) -> Import:
    _check_startable(job)
    return msgspec.structs.replace(job, **changes)


def doomed(job: Import) -> Import:
    """An import that is to be deleted; whoever works at it keeps its lease and finds out."""
    return job if job.state in {"deleting", "deleted"} else msgspec.structs.replace(job, state="deleting", attempts=0)


def _workspace(request: HttpRequest, caller: Caller) -> str:
    """The workspace of the path.

    Raises:
        NotFound: it is not the caller's.
    """
    workspace = request.path["id"]
    caller.owns(workspace)
    return workspace
