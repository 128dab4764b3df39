"""Networks that are made later, in DynamoDB.

<organization>  nw_...  a network: body, version; work, work_at where the stage has something to do
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from socialindex.aws.tables import Item, Table
from socialindex.errors import Conflict, NotFound
from socialindex.network.job import AT_WORK, KEPT, REMEMBERED, UNDER_WAY, Job

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORK: Final = "work"
"""The one partition of the index of networks with something to do: there are few of them."""
_LAST_MS: Final = 9_999_999_999_999


class Kept(NamedTuple):
    """A network with the version of its item: whoever writes must have seen the newest."""

    job: Job
    version: int


class NetworksTable:
    """The table of networks.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def add(self, job: Job) -> Kept | None:
        """Keep a new network; None where there is one with its id."""
        kept = Kept(job, 1)
        return kept if self._table.put(_item(kept), unless="id") else None

    def find(self, organization: str, network: str) -> Kept | None:
        """A network of an organization, if it has one with this id."""
        item = self._table.get({"organization": organization, "id": network})
        return _kept(item) if item else None

    def get(self, organization: str, network: str) -> Kept:
        """A network of an organization.

        Raises:
            NotFound: it has none with this id.
        """
        kept = self.find(organization, network)
        if kept is None:
            raise NotFound("there is no such network")
        return kept

    def page(self, organization: str, after: str, limit: int) -> list[tuple[str, Job]]:
        """An organization's networks behind a place, the newest first, each with its place."""
        values: Item = {"organization": organization, "after": after or "0"}
        condition = "#organization = :organization AND #listed > :after"
        found = self._table.query(condition, values, index="newest", limit=limit, consistent=True)
        return [(item["listed"], _kept(item).job) for item in found]

    def under_way(self, organization: str) -> int:
        """How many of an organization's networks are being made, or wait for it."""
        found = self._table.query("#organization = :organization", {"organization": organization}, consistent=True)
        return sum(_kept(item).job.state in UNDER_WAY for item in found)

    def of_workspace(self, workspace: str) -> list[Job]:
        """All networks that may have posts of a workspace: the table is read through, which has some days of them."""
        jobs = (_kept(item).job for item in self._table.scan())
        return [job for job in jobs if workspace in job.workspaces]

    def due(self, now: float) -> Iterator[tuple[str, str]]:
        """Organization and id of each network that somebody should work at, the longest waiting first."""
        values: Item = {"work": _WORK, "now": now}
        for item in self._table.query("#work = :work AND #work_at <= :now", values, index="due"):
            yield item["organization"], item["id"]

    def save(self, kept: Kept, job: Job) -> Kept:
        """Write the next version of a network.

        Raises:
            Conflict: somebody else has written meanwhile, or it is gone.
        """
        following = Kept(job, kept.version + 1)
        values = _item(following)
        keys = {name: values.pop(name) for name in ("organization", "id")}
        sets = ", ".join(f"#{name} = :{name}" for name in values)
        drops = "" if "work" in values else " REMOVE #work, #work_at"
        seen: Item = {"seen": kept.version}
        if self._table.update(keys, f"SET {sets}{drops}", values | seen, condition="#version = :seen") is None:
            raise Conflict("the network has been changed meanwhile")
        return following

    def remove(self, job: Job) -> None:
        """Forget a network."""
        self._table.delete({"organization": job.organization, "id": job.id})


def _item(kept: Kept) -> Item:
    job, moment = kept.job, kept.job.finished_at or kept.job.created_at
    item: Item = {
        "organization": job.organization,
        "id": job.id,
        "listed": f"{_LAST_MS - int(job.created_at.timestamp() * 1000):013d}-{job.id}",
        "version": kept.version,
        "body": msgspec.json.encode(job).decode(),
        "expires": int((moment + KEPT + REMEMBERED).timestamp()),
    }
    return item | ({"work": _WORK, "work_at": job.work_at} if job.state in AT_WORK else {})


def _kept(item: Item) -> Kept:
    return Kept(msgspec.json.decode(item["body"], type=Job), item["version"])
