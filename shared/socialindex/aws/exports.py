"""Exports in DynamoDB.

<workspace>        ex_...      an export: body, version; work, work_at where the stage has something to do
account#<account>  places      which exports are under way, so that there are never more than so many
account#<account>  2026-11     made: exports of a month
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from socialindex.aws.tables import Item, Table
from socialindex.errors import Conflict, NotFound
from socialindex.exports.job import AT_WORK, KEPT, REMEMBERED, UNDER_WAY, Export

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORK: Final = "work"
"""The one partition of the index of exports with something to do: there are few of them."""
_COUNTED: Final = timedelta(days=62)
"""For which the count of a month is kept."""
_LAST_MS: Final = 9_999_999_999_999


class Kept(NamedTuple):
    """An export with the version of its item: whoever writes must have seen the newest."""

    job: Export
    version: int


class ExportsTable:
    """The table of exports.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def add(self, job: Export) -> Kept | None:
        """Keep a new export; None where there is one with its id."""
        kept = Kept(job, 1)
        return kept if self._table.put(_item(kept), unless="id") else None

    def find(self, workspace: str, export_id: str) -> Kept | None:
        """An export of a workspace, if it has one with this id."""
        item = self._table.get({"workspace": workspace, "id": export_id})
        return _kept(item) if item else None

    def get(self, workspace: str, export_id: str) -> Kept:
        """An export of a workspace.

        Raises:
            NotFound: it has none with this id.
        """
        kept = self.find(workspace, export_id)
        if kept is None:
            raise NotFound("there is no such export in this workspace")
        return kept

    def page(self, workspace: str, after: str, limit: int) -> list[tuple[str, Export]]:
        """A workspace's exports behind a place, the newest first, each with its place."""
        values: Item = {"workspace": workspace, "after": after or "0"}
        condition = "#workspace = :workspace AND #listed > :after"
        found = self._table.query(condition, values, index="newest", limit=limit, consistent=True)
        return [(item["listed"], _kept(item).job) for item in found]

    def all(self, workspace: str) -> list[Export]:
        """All exports of a workspace, in no order."""
        found = self._table.query("#workspace = :workspace", {"workspace": workspace}, consistent=True)
        return [_kept(item).job for item in found]

    def due(self, now: float) -> Iterator[tuple[str, str]]:
        """Workspace and id of each export that somebody should work at, the longest waiting first."""
        values: Item = {"work": _WORK, "now": now}
        for item in self._table.query("#work = :work AND #work_at <= :now", values, index="due"):
            yield item["workspace"], item["id"]

    def save(self, kept: Kept, job: Export) -> Kept:
        """Write the next version of an export.

        Raises:
            Conflict: somebody else has written meanwhile, or it is gone.
        """
        following = Kept(job, kept.version + 1)
        values = _item(following)
        keys = {name: values.pop(name) for name in ("workspace", "id")}
        sets = ", ".join(f"#{name} = :{name}" for name in values)
        drops = "" if "work" in values else " REMOVE #work, #work_at"
        seen: Item = {"seen": kept.version}
        changed = self._table.update(keys, f"SET {sets}{drops}", values | seen, condition="#version = :seen")
        if changed is None:
            raise Conflict("the export has been changed meanwhile")
        return following

    def remove(self, job: Export) -> None:
        """Forget an export."""
        self._table.delete({"workspace": job.workspace, "id": job.id})

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


def _item(kept: Kept) -> Item:
    job, moment = kept.job, kept.job.finished_at or kept.job.created_at
    item: Item = {
        "workspace": job.workspace,
        "id": job.id,
        "listed": f"{_LAST_MS - int(job.created_at.timestamp() * 1000):013d}-{job.id}",
        "version": kept.version,
        "body": msgspec.json.encode(job).decode(),
        "expires": int((moment + KEPT + REMEMBERED).timestamp()),
    }
    return item | ({"work": _WORK, "work_at": job.work_at} if job.state in AT_WORK else {})


def _kept(item: Item) -> Kept:
    return Kept(msgspec.json.decode(item["body"], type=Export), item["version"])


def _account(account: str) -> str:
    return f"account#{account}"
