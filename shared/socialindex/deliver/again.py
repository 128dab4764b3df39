"""Sending a delivery again that was taken, or given up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import msgspec

from socialindex.deliver.delivery import AT_WORK, Delivery
from socialindex.deliver.schedule import DAY
from socialindex.errors import Conflict

if TYPE_CHECKING:
    from socialindex.aws.deliveries import DeliveriesTable
    from socialindex.aws.destinations import DestinationsTable
    from socialindex.deliver.destination import Destination


class Consents(Protocol):
    """Which mail addresses may be asked for their consent: ``aws.consents.ConsentsTable``."""

    def take(self, workspace: str, address: str, now: datetime) -> None:
        """Note that an address is about to be asked; raises ``Conflict`` and ``TooManyRequests``."""


def send_again(
    table: DeliveriesTable,
    destinations: DestinationsTable,
    workspace: str,
    delivery: str,
    consents: Consents | None = None,
) -> Delivery:
    """Have a delivery tried for another day, with the same id and from now on; it, as it is then.

    Args:
        table: where it is.
        destinations: where its destination is.
        workspace: whose it is.
        delivery: its id.
        consents: must grant a mail that asks for consent; ``None`` where the operator sends it.

    Raises:
        NotFound: the workspace has none with this id.
        Conflict: it is being sent, or its destination does not take it.
        TooManyRequests: it would ask for consent again.
        Unavailable: a table does not answer.
    """
    kept, now = table.get(workspace, delivery), datetime.now(tz=UTC)
    destination = _taking(kept.delivery, destinations)
    if consents and kept.delivery.event.kind == "destination.confirm":
        consents.take(workspace, destination.address, now)
    again = msgspec.structs.replace(
        kept.delivery,
        state="waiting",
        next_at=now,
        until=now + DAY,
        tries=0,
        finished_at=None,
        told_in=None,
        is_asked_for=True,
    )
    return table.save(kept, again).delivery


def _taking(delivery: Delivery, destinations: DestinationsTable) -> Destination:
    """The destination, which takes it.

    Raises:
        Conflict: it does not, as ``send_again``.
    """
    if delivery.state in AT_WORK:
        raise Conflict("this delivery is on its way: wait until it is taken or given up")
    kept = destinations.find(delivery.workspace, delivery.destination)
    if kept is None:
        raise Conflict("the destination of this delivery is gone")
    destination = kept.destination
    if not destination.takes(delivery.event.kind):
        unconfirmed = destination.state == "unconfirmed"
        remedy = "open the link that was sent to its address" if unconfirmed else "set it to active first"
        raise Conflict(f"the destination's state is {destination.state}: {remedy}")
    return destination
