"""Destinations in DynamoDB, with the secrets of their webhooks: the table is encrypted with a key of its own (KMS).

<workspace>  ds_...  body, version; work, work_at where a digest is to be made
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from socialindex import releases
from socialindex.aws.tables import Table
from socialindex.deliver.destination import Destination
from socialindex.errors import Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from socialindex.aws.values import Item

_WORK: Final = "digest"
"""The one partition of the index of destinations that get digests."""
_TRIES: Final = 5


class Kept(NamedTuple):
    """A destination with the version of its item: whoever writes must have seen the newest."""

    destination: Destination
    version: int


class DestinationsTable:
    """The table of destinations.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def add(self, destination: Destination) -> bool:
        """Keep a new destination; False where there is one with its id."""
        return self._table.put(_item(Kept(destination, 1)), unless="id")

    def find(self, workspace: str, destination: str) -> Kept | None:
        """A destination of a workspace, if it has one with this id."""
        item = self._table.get({"workspace": workspace, "id": destination})
        return _kept(item) if item else None

    def get(self, workspace: str, destination: str) -> Kept:
        """A destination of a workspace.

        Raises:
            NotFound: it has none with this id.
        """
        kept = self.find(workspace, destination)
        if kept is None:
            raise NotFound("there is no such destination in this workspace")
        return kept

    def of_workspace(self, workspace: str) -> list[Destination]:
        """A workspace's destinations, by their ids."""
        found = self._table.query("#workspace = :workspace", {"workspace": workspace}, consistent=True)
        return [_kept(item).destination for item in found]

    def due(self, now: datetime) -> Iterator[tuple[str, str]]:
        """Workspace and id of each destination whose digest is to be made, the longest waiting first."""
        values: Item = {"work": _WORK, "now": now.timestamp()}
        for item in self._table.query("#work = :work AND #work_at <= :now", values, index="due"):
            yield item["workspace"], item["id"]

    def save(self, kept: Kept, destination: Destination) -> Kept:
        """Write the next version of a destination.

        Raises:
            Conflict: somebody else has written meanwhile, or it is gone.
        """
        following = Kept(destination, kept.version + 1)
        values = _item(following)
        keys = {name: values.pop(name) for name in ("workspace", "id")}
        if not self._table.write_next(keys, values, kept.version, drops=("work", "work_at")):
            raise Conflict("the destination has been changed meanwhile")
        return following

    def change(self, workspace: str, destination: str, to: Callable[[Destination], Destination]) -> Destination:
        """Change a destination, on top of what others change; what is as it should be is not written.

        Raises:
            NotFound: it is gone.
            Conflict: it changes so fast that we cannot.
        """
        for _ in range(_TRIES):
            kept = self.get(workspace, destination)
            changed = to(kept.destination)
            if changed == kept.destination:
                return changed
            try:
                return self.save(kept, changed).destination
            except Conflict:
                continue
        raise Conflict("the destination is changing: ask again in a moment")

    def remove(self, workspace: str, destination: str) -> None:
        """Forget a destination."""
        self._table.delete({"workspace": workspace, "id": destination})


def _item(kept: Kept) -> Item:
    destination = kept.destination
    item: Item = {
        "workspace": destination.workspace,
        "id": destination.id,
        "version": kept.version,
        "body": msgspec.json.encode(destination).decode(),
    }
    at = destination.digest_at
    return item | ({"work": _WORK, "work_at": at.timestamp()} if at else {})


def _kept(item: Item) -> Kept:
    return Kept(releases.decode(item["body"], Destination), item["version"])
