"""Jobs in DynamoDB: what they are, which version, and when somebody should work at them.

<owner>  <id>  body, version; work, work_at where the stage has something to do; what else a table is listed by
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar

import msgspec

from socialindex import releases
from socialindex.aws.tables import Table
from socialindex.errors import Conflict, NotFound
from socialindex.lease import Kept, Leased

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from socialindex.aws.values import Item

J = TypeVar("J", bound=Leased)

_WORK: Final = "work"
"""The one partition of the index of jobs with something to do: there are few of them."""
_LAST_MS: Final = 9_999_999_999_999


class JobsTable(Generic[J]):
    """A table of jobs of one kind.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    _KIND: ClassVar[type[Any]]
    """The struct of its jobs."""
    _OWNER: ClassVar[str]
    """The attribute that is the table's partition key, and the job's field."""
    _THING: ClassVar[str]
    """What a job is called in errors."""
    UNKNOWN: ClassVar[str]
    """What is said of one that is not there, or not for whoever asks: the same, so that nobody can tell."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def add(self, job: J) -> Kept[J] | None:
        """Keep a new job; None where there is one with its id."""
        kept = Kept(job, 1)
        return kept if self._table.put(self._item(kept), unless="id") else None

    def find(self, owner: str, job_id: str) -> Kept[J] | None:
        """A job of an owner, if there is one with this id."""
        item = self._table.get({self._OWNER: owner, "id": job_id})
        return self._kept(item) if item else None

    def get(self, owner: str, job_id: str) -> Kept[J]:
        """A job of an owner.

        Raises:
            NotFound: there is none with this id.
        """
        kept = self.find(owner, job_id)
        if kept is None:
            raise NotFound(self.UNKNOWN)
        return kept

    def all(self, owner: str) -> list[J]:
        """All jobs of an owner, in no order."""
        found = self._table.query(f"#{self._OWNER} = :{self._OWNER}", {self._OWNER: owner}, consistent=True)
        return [self._kept(item).job for item in found]

    def due(self, now: float) -> Iterator[tuple[str, str]]:
        """Owner and id of each job that somebody should work at, the longest waiting first."""
        values: Item = {"work": _WORK, "now": now}
        for item in self._table.query("#work = :work AND #work_at <= :now", values, index="due"):
            yield item[self._OWNER], item["id"]

    def save(self, kept: Kept[J], job: J) -> Kept[J]:
        """Write the next version of a job.

        Raises:
            Conflict: somebody else has written meanwhile, or it is gone.
        """
        following = Kept(job, kept.version + 1)
        values = self._item(following)
        keys = {name: values.pop(name) for name in (self._OWNER, "id")}
        if not self._table.write_next(keys, values, kept.version, drops=("work", "work_at")):
            raise Conflict(f"the {self._THING} has been changed meanwhile")
        return following

    def remove(self, job: J) -> None:
        """Forget a job."""
        self._table.delete({self._OWNER: getattr(job, self._OWNER), "id": job.id})

    def _item(self, kept: Kept[J]) -> Item:
        job = kept.job
        item: Item = {
            self._OWNER: getattr(job, self._OWNER),
            "id": job.id,
            "version": kept.version,
            "body": msgspec.json.encode(job).decode(),
            **self._more(job),
        }
        return item | ({"work": _WORK, "work_at": job.work_at} if job.is_at_work else {})

    def _more(self, _job: J) -> Item:
        """Attributes of a table's own."""
        return {}

    def _kept(self, item: Item) -> Kept[J]:
        job: J = releases.decode(item["body"], self._KIND)
        return Kept(job, item["version"])


class ListedJobs(JobsTable[J]):
    """A table of jobs that are shown the newest first, and forgotten some time after their end."""

    _REMEMBERED: ClassVar[timedelta]

    def page(self, owner: str, after: str, limit: int) -> list[tuple[str, J]]:
        """An owner's jobs behind a place, the newest first, each with its place."""
        values: Item = {self._OWNER: owner, "after": after or "0"}
        condition = f"#{self._OWNER} = :{self._OWNER} AND #listed > :after"
        found = self._table.query(condition, values, index="newest", limit=limit, consistent=True)
        return [(item["listed"], self._kept(item).job) for item in found]

    def _more(self, job: J) -> Item:
        made, ended = job.created_at, job.finished_at or job.created_at
        return {
            "listed": f"{_LAST_MS - int(made.timestamp() * 1000):013d}-{job.id}",
            "expires": int((ended + self._REMEMBERED).timestamp()),
        }
