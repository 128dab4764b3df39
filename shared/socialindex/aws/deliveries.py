"""Deliveries in DynamoDB, for thirty days.

<workspace>  msg_...   a delivery: body, line, listed, version; work, work_at, destination, state while it is at work
level#<ds>   al_...    rank, revision: how bad an alert was that a destination has been told; rank 0: it is over;
                       sent: the last delivery that told of it without being held
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from socialindex import releases
from socialindex.aws.tables import Table
from socialindex.deliver.delivery import AT_WORK, Delivery, DeliveryLine, Level, line
from socialindex.errors import Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from socialindex.aws.values import Item

KEPT: Final = timedelta(days=30)
_WORK: Final = "work"
"""The one partition of the index of deliveries at work: there are few of them."""
_LAST_MS: Final = 9_999_999_999_999


class Kept(NamedTuple):
    """A delivery with the version of its item: whoever writes must have seen the newest."""

    delivery: Delivery
    version: int


class Due(NamedTuple):
    """A delivery that somebody should work at."""

    workspace: str
    id: str
    destination: str
    is_held: bool = False


class DeliveriesTable:
    """The table of deliveries.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def add(self, delivery: Delivery) -> bool:
        """Keep a new delivery; False where there is one with its id."""
        return self._table.put(_item(Kept(delivery, 1)), unless="id")

    def find(self, workspace: str, delivery: str) -> Kept | None:
        """A delivery of a workspace, if it has one with this id."""
        item = self._table.get({"workspace": workspace, "id": delivery})
        return _kept(item) if item else None

    def get(self, workspace: str, delivery: str) -> Kept:
        """A delivery of a workspace.

        Raises:
            NotFound: it has none with this id.
        """
        kept = self.find(workspace, delivery)
        if kept is None:
            raise NotFound("there is no such delivery in this workspace")
        return kept

    def lines(self, workspace: str, after: str, limit: int) -> Iterator[tuple[str, DeliveryLine]]:
        """A workspace's deliveries behind a place, the newest first, each with its place; the newest may lag."""
        values: Item = {"workspace": workspace, "after": after or "0"}
        condition = "#workspace = :workspace AND #listed > :after"
        for item in self._table.query(condition, values, index="newest", limit=limit):
            yield item["listed"], releases.decode(item["line"], DeliveryLine)

    def due(self, now: datetime) -> Iterator[Due]:
        """Deliveries that somebody should work at, the longest waiting first."""
        values: Item = {"work": _WORK, "now": now.timestamp()}
        for item in self._table.query("#work = :work AND #work_at <= :now", values, index="due"):
            yield Due(item["workspace"], item["id"], item["destination"], item["state"] == "held")

    def save(self, kept: Kept, delivery: Delivery) -> Kept:
        """Write the next version of a delivery.

        Raises:
            Conflict: somebody else has written meanwhile, or it is gone.
        """
        following = Kept(delivery, kept.version + 1)
        values = _item(following)
        keys = {name: values.pop(name) for name in ("workspace", "id")}
        if not self._table.write_next(keys, values, kept.version, drops=("work", "work_at")):
            raise Conflict("the delivery has been changed meanwhile")
        return following

    def clear(self, workspace: str) -> None:
        """Forget a workspace's deliveries."""
        found = self._table.query("#workspace = :workspace", {"workspace": workspace}, consistent=True)
        keys: list[Mapping[str, str]] = [{"workspace": workspace, "id": item["id"]} for item in found]
        self._table.delete_all(keys)

    # What destinations know of alerts

    def level(self, destination: str, alert: str) -> Level:
        """What a destination knows of an alert."""
        item = self._table.get(_level(destination, alert))
        # Those that earlier versions wrote have no revision, and none that was sent.
        return Level(int(item["rank"]), int(item.get("revision", 0)), item.get("sent", "")) if item else Level()

    def told(self, destination: str, alert: str, level: Level, now: datetime) -> None:
        """Note what a destination knows of an alert, unless it knows of a later revision.

        What was sent last stays where nothing was sent now.
        """
        values: Item = {"rank": level.rank, "revision": level.revision, "expires": int((now + KEPT).timestamp())}
        if level.sent:
            values["sent"] = level.sent
        sets = ", ".join(f"#{name} = :{name}" for name in values)
        is_later = "attribute_not_exists(#revision) OR #revision < :revision"
        self._table.update(_level(destination, alert), f"SET {sets}", values, condition=is_later)


def _level(destination: str, alert: str) -> dict[str, str]:
    return {"workspace": f"level#{destination}", "id": alert}


def _item(kept: Kept) -> Item:
    delivery = kept.delivery
    moment = max(delivery.finished_at or delivery.created_at, delivery.created_at)
    item: Item = {
        "workspace": delivery.workspace,
        "id": delivery.id,
        "version": kept.version,
        "body": msgspec.json.encode(delivery).decode(),
        "line": msgspec.json.encode(line(delivery)).decode(),
        "listed": f"{_LAST_MS - int(delivery.created_at.timestamp() * 1000):013d}-{delivery.id}",
        "expires": int((moment.astimezone(UTC) + KEPT).timestamp()),
        "destination": delivery.destination,
        "state": delivery.state,
    }
    return item | ({"work": _WORK, "work_at": delivery.next_at.timestamp()} if delivery.state in AT_WORK else {})


def _kept(item: Item) -> Kept:
    return Kept(releases.decode(item["body"], Delivery), item["version"])
