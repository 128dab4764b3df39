"""Exports in DynamoDB.

<workspace>        ex_...      an export (``aws.jobs``)
account#<account>  places      which exports are under way, so that there are never more than so many
account#<account>  2026-11     made: exports of a month
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from socialindex.aws.jobs import ListedJobs
from socialindex.exports.job import KEPT, REMEMBERED, UNDER_WAY, Export

if TYPE_CHECKING:
    from socialindex.aws.values import Item

_COUNTED: Final = timedelta(days=62)
"""For which the count of a month is kept."""
_LAST_MS: Final = 9_999_999_999_999


class ExportsTable(ListedJobs[Export]):
    """The table of exports.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    _KIND, _OWNER, _THING = Export, "workspace", "export"
    UNKNOWN = "there is no such export in this workspace"
    _REMEMBERED = KEPT + REMEMBERED

    # How many an account may have

    def take_place(self, account: str, job: Export, places: int) -> bool:
        """Take one of an account's places for an export that is kept already; False where all are taken.

        A place is free again as soon as the export in it is no longer under way: nobody needs to leave it.
        """
        key = {"workspace": _account(account), "id": "places"}
        taken = self._table.get(key) or {}
        for place in (f"place_{number}" for number in range(places)):
            known = taken.get(place)
            if known and self._is_under_way(known):
                continue
            values: Item = {"mine": f"{job.workspace} {job.id}", **({"known": known} if known else {})}
            as_it_was = f"#{place} = :known" if known else f"attribute_not_exists(#{place})"
            if self._table.update(key, f"SET #{place} = :mine", values, condition=as_it_was):
                return True
        return False

    def count_month(self, account: str, month: str, limit: int) -> bool:
        """Count an export of a month; False, and nothing counted, where it has no more."""
        if limit < 1:
            return False
        expires = int((datetime.now(tz=UTC) + _COUNTED).timestamp())
        values: Item = {"one": 1, "expires": expires, "last": limit - 1}
        room = "attribute_not_exists(#made) OR #made <= :last"
        key = {"workspace": _account(account), "id": month}
        return self._table.update(key, "SET #expires = :expires ADD #made :one", values, condition=room) is not None

    def uncount_month(self, account: str, month: str) -> None:
        """Take that back."""
        self._table.update({"workspace": _account(account), "id": month}, "ADD #made :less", {"less": -1})

    def _is_under_way(self, known: str) -> bool:
        workspace, _, export_id = known.partition(" ")
        kept = self.find(workspace, export_id)
        return kept is not None and kept.job.state in UNDER_WAY


def _account(account: str) -> str:
    return f"account#{account}"
