"""Sending a delivery again that was taken, or given up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from socialindex.deliver.delivery import AT_WORK, Delivery
from socialindex.deliver.schedule import DAY
from socialindex.errors import Conflict

if TYPE_CHECKING:
    from socialindex.aws.deliveries import DeliveriesTable
    from socialindex.aws.destinations import DestinationsTable


def send_again(table: DeliveriesTable, destinations: DestinationsTable, workspace: str, delivery: str) -> Delivery:
    """Have a delivery tried for another day, with the same id and from now on; it, as it is then.

    Raises:
        NotFound: the workspace has none with this id.
        Conflict: it is being sent, or its destination takes nothing.
        Unavailable: a table does not answer.
    """
    kept = table.get(workspace, delivery)
    _check(kept.delivery, destinations)
    now = datetime.now(tz=UTC)
    again = msgspec.structs.replace(
        kept.delivery, state="waiting", next_at=now, until=now + DAY, tries=0, finished_at=None, told_in=None
    )
    return table.save(kept, again).delivery


def _check(delivery: Delivery, destinations: DestinationsTable) -> None:
    if delivery.state in AT_WORK:
        raise Conflict("this delivery is on its way: wait until it is taken or given up")
    kept = destinations.find(delivery.workspace, delivery.destination)
    if kept is None:
        raise Conflict("the destination of this delivery is gone")
    wanted = "unconfirmed" if delivery.event.kind == "destination.confirm" else "active"
    if kept.destination.state != wanted and delivery.event.kind != "test":
        raise Conflict(f"the destination's state is {kept.destination.state}: set it to active first")
