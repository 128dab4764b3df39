"""What routes of jobs have in common, which the stages make later: exports and networks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Protocol, TypeVar

import msgspec

from socialindex.errors import Conflict, InvalidCursor, NotFound
from socialindex.lease import Leased
from socialindex.model import Struct
from socialindex.search.http import Answer, fitting

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from socialindex.lease import Kept, Table

J = TypeVar("J", bound=Leased)
J_contra = TypeVar("J_contra", bound=Leased, contravariant=True)

_PLACE = re.compile(r"\d{13}-[a-z]{2}_[a-z2-7]{16}")
_TRIES = 5
"""Of a change while the stage writes down how far it is."""


class ListJobs(Struct, frozen=True, kw_only=True):
    """Parameters of a list of jobs."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    cursor: str = ""
    """``next_cursor`` of the page before."""


class Page(NamedTuple):
    """Some jobs, and the cursor of the next ones."""

    jobs: list[Any]
    next_cursor: str | None


def page_of(asked: ListJobs, read: Callable[[str, int], list[tuple[str, J]]]) -> Page:
    """A page of a list, as much of it as fits into an answer: a job holds a query, which may be long.

    Args:
        asked: which one.
        read: reads jobs behind a place, the newest first, each with its place.

    Raises:
        InvalidCursor: the cursor is none of ours.
    """
    if asked.cursor and not _PLACE.fullmatch(asked.cursor):
        raise InvalidCursor
    found = read(asked.cursor, asked.limit + 1)
    jobs = fitting(job for _, job in found[: asked.limit])  # what is shown of a job is hardly more than what is kept
    return Page(jobs, found[len(jobs) - 1][0] if len(found) > len(jobs) else None)


class Files(Protocol[J_contra]):
    """Where files of jobs are."""

    def link(self, job: J_contra, /) -> tuple[str, datetime]:
        """A link to a file, and until when it works."""


def file_of(job: J, files: Files[J], thing: str) -> Answer:
    """The way to a job's file.

    Raises:
        NotFound: it is gone.
        Conflict: it is not there yet, or never will be.
    """
    if job.state in {"expired", "deleting"}:
        raise NotFound(f"the file of this {thing} is gone: ask for it again")
    if job.state != "done":
        raise Conflict(f"this {thing} has no file: its state is {job.state}")
    link, _ = files.link(job)
    return Answer(303, headers={"Location": link, "Cache-Control": "no-store"})


def doomed(table: Table[J], read: Callable[[], Kept[J]], thing: str) -> J:
    """Mark a job that is to be deleted; whoever works at it keeps its lease and finds out.

    Raises:
        NotFound: it is gone already.
        Conflict: it changes so fast that we cannot.
        Unavailable: the table does not answer.
    """
    for _ in range(_TRIES):
        kept = read()
        try:
            return table.save(kept, _deleting(kept.job)).job
        except Conflict:
            continue
    raise Conflict(f"the {thing} is changing: ask again in a moment")


def _deleting(job: J) -> J:
    is_held = job.state in {"queued", "running", "deleting"}
    return msgspec.structs.replace(job, state="deleting", attempts=0, work_at=job.work_at if is_held else 0.0)
