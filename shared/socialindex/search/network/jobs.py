"""Networks that are made later, through the API: ask for one, follow it, fetch its file, delete it.

Whoever may not see everything that may be in one learns nothing, not even whether there is such a network. Nothing here
computes networks, so that the search function can delete those of a workspace.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from socialindex.access import Caller, Scope
from socialindex.errors import Conflict, NotFound, TooManyRequests
from socialindex.messages import encode
from socialindex.model import Struct
from socialindex.network.job import Job, NetworkJob, Wake, view
from socialindex.search import fields
from socialindex.search.http import Answer
from socialindex.search.jobs import ListJobs, doomed, file_of, page_of
from socialindex.search.routes import Doc, Route

if TYPE_CHECKING:
    from socialindex.aws.network_files import NetworkFiles
    from socialindex.aws.networks import NetworksTable
    from socialindex.aws.queues import Queue
    from socialindex.search.http import HttpRequest

HOME: Final = "/v1/networks"
TAG: Final = "Networks"
AT_ONCE: Final = 20
"""Networks of an organization that are under way at a time. Two that are asked for in the same moment may both be the
last: it is there against mistakes, and nothing is charged by it."""
_ONE: Final = f"{HOME}/{{id}}"
_SOON: Final = 30
"""Seconds after which one of those may have ended."""


class NetworksPage(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Networks that are made later, the newest first; without links. Those that the key must not see are left out."""

    items: list[NetworkJob]
    next_cursor: str | None


class Jobs:
    """Networks that are made later: keeps them, tells the stage, shows them."""

    def __init__(self, table: NetworksTable, files: NetworkFiles, queue: Queue) -> None:
        self._table = table
        self._files = files
        self._queue = queue

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        every = Doc("List networks that become files", TAG, query=ListJobs, answer=NetworksPage)
        one = Doc("Show a network that becomes a file, with a link to it", TAG, answer=NetworkJob, errors=(404,))
        file = Doc("Fetch a network's file", TAG, status=303, errors=(404, 409))
        delete = Doc("Cancel a network and delete its file", TAG, answer=NetworkJob, status=202, errors=(404, 409))
        return {
            f"GET {HOME}": Route(Scope.EXPORT, self._all, every, weight=0),
            f"GET {_ONE}": Route(Scope.EXPORT, self._one, one, weight=0),
            f"GET {_ONE}/file": Route(Scope.EXPORT, self._file, file, weight=0),
            f"DELETE {_ONE}": Route(Scope.EXPORT, self._delete, delete, weight=0),
        }

    def begin(self, job: Job) -> Job:
        """Keep a network and tell the stage; one with its id that is there already is left as it is.

        Raises:
            Conflict: the one that is there was asked for otherwise, or by somebody else.
            TooManyRequests: too many are under way.
            Unavailable: table or queue do not answer.
        """
        known = self._known(job)
        if known:
            return known
        if self._table.under_way(job.organization) >= AT_ONCE:
            words = f"{AT_ONCE} networks of this organization are under way"
            raise TooManyRequests(words, policy="networks-at-once", retry_after=_SOON)
        if self._table.add(job):
            self._queue.send_all([encode(Wake(organization=job.organization, id=job.id))])
        return job

    def accepted(self, job: Job) -> Answer:
        """The answer for whoever asked."""
        return Answer(202, view(job), {"Location": f"{HOME}/{job.id}"})

    def _known(self, job: Job) -> Job | None:
        found = self._table.find(job.organization, job.id)
        if found and found.job.asked != job.asked:
            raise Conflict("this Idempotency-Key was used for another network")
        return found.job if found else None

    def _all(self, request: HttpRequest, caller: Caller) -> Answer:
        page = page_of(fields.from_query(ListJobs, request.query), partial(self._table.page, caller.organization))
        shown = [view(job) for job in page.jobs if job.is_for(caller)]
        return Answer(200, NetworksPage(items=shown, next_cursor=page.next_cursor))

    def _one(self, request: HttpRequest, caller: Caller) -> Answer:
        job = self._job(request, caller)
        if job.state != "done":
            return Answer(200, view(job))
        link, until = self._files.link(job)
        return Answer(200, view(job, link=link, link_expires_at=until))

    def _file(self, request: HttpRequest, caller: Caller) -> Answer:
        return file_of(self._job(request, caller), self._files, "network")

    def _delete(self, request: HttpRequest, caller: Caller) -> Answer:
        return Answer(202, view(doom(self._table, self._queue, self._job(request, caller))))

    def _job(self, request: HttpRequest, caller: Caller) -> Job:
        job = self._table.get(caller.organization, request.path["id"]).job
        if not job.is_for(caller):
            raise NotFound(self._table.UNKNOWN)
        return job


class NetworksOfWorkspace:
    """Hands networks with a workspace's posts to the network stage, which deletes their files: ``within.Rooms``."""

    def __init__(self, table: NetworksTable, queue: Queue) -> None:
        self._table = table
        self._queue = queue

    def clear(self, workspace: str) -> int:
        """Begin to delete everything. Doing it again does no harm.

        Returns:
            None of them counts as a thing of the workspace's own: a network is made of copies.

        Raises:
            Conflict: a network changes so fast that we cannot.
            Unavailable: table or queue do not answer.
        """
        for job in self._table.of_workspace(workspace):
            with suppress(NotFound):  # the stage has just removed it
                doom(self._table, self._queue, job)
        return 0


def doom(table: NetworksTable, queue: Queue, job: Job) -> Job:
    """Mark a network that is to be deleted, and tell the stage; whoever works at it keeps its lease and finds out.

    Raises:
        NotFound: it is gone already.
        Conflict: it changes so fast that we cannot.
        Unavailable: table or queue do not answer.
    """
    marked = doomed(table, lambda: table.get(job.organization, job.id), "network")
    queue.send_all([encode(Wake(organization=job.organization, id=job.id))])
    return marked
