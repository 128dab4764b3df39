"""What an account has under way, and what is counted of its month, beside its jobs in their table.

account#<account>  places   which jobs are under way, so that there are never more than so many
account#<account>  2026-11  made: of a month
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from socialindex.aws.counting import count
from socialindex.aws.jobs import J, JobsTable

if TYPE_CHECKING:
    from socialindex.aws.values import Item

_COUNTED: Final = timedelta(days=62)
"""For which the count of a month is kept."""


class CountedJobs(JobsTable[J]):
    """A table of jobs of which an account has only so many at once, and in a month.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    _UNDER_WAY: ClassVar[frozenset[str]]
    """States of a job that takes one of its account's places."""

    def take_place(self, account: str, job: J, places: int) -> bool:
        """Take one of an account's places for a job that is kept as under way already; False where all are taken.

        A place is free again as soon as the job in it is no longer under way: nobody needs to leave it. One that turns
        out to be the job's was taken by it: the answer to the write was lost, and the client sent it again.
        """
        key = self._key(account, "places")
        taken = self._table.get(key) or {}
        for place in (f"place_{number}" for number in range(places)):
            known = taken.get(place)
            if known and self._is_under_way(known):
                continue
            mine = self._run(job)
            values: Item = {"mine": mine, **({"known": known} if known else {})}
            as_it_was = f"#{place} = :known" if known else f"attribute_not_exists(#{place})"
            made = self._table.attempt(key, f"SET #{place} = :mine", values, condition=as_it_was)
            if made.done or (made.item or {}).get(place) == mine:
                return True
        return False

    def count_month(self, account: str, month: str, limit: int, number: int = 1) -> bool:
        """Count some of a month; False, and nothing counted, where it has not so many left."""
        until = datetime.now(tz=UTC) + _COUNTED
        return count(self._table, self._key(account, month), "made", limit=limit, until=until, number=number)

    def uncount_month(self, account: str, month: str) -> None:
        """Take one back; nothing where none is counted, so that a count which is gone already does not begin anew."""
        values: Item = {"less": -1, "none": 0}
        self._table.update(self._key(account, month), "ADD #made :less", values, condition="#made > :none")

    def counted(self, account: str, month: str) -> int:
        """What is counted of a month."""
        made: int = (self._table.get(self._key(account, month)) or {}).get("made", 0)
        return made

    def _key(self, account: str, name: str) -> dict[str, str]:
        return {self._OWNER: f"account#{account}", "id": name}

    def _is_under_way(self, known: str) -> bool:
        owner, job_id, *_ = known.split(" ")
        kept = self.find(owner, job_id)
        return kept is not None and kept.job.state in self._UNDER_WAY and self._run(kept.job) == known

    def _run(self, job: J) -> str:
        """What stands in a place: owner and id, and what tells a job's runs apart where it can have several."""
        return f"{getattr(job, self._OWNER)} {job.id}"
