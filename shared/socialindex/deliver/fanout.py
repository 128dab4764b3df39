"""An event becomes deliveries: one for each destination that wants to hear of it. Twice the same event, once each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import msgspec

from socialindex.correlation import Ids, current
from socialindex.deliver.delivery import Delivery, Level, delivery_id
from socialindex.deliver.destination import UNTOLD, UNWISHED, without
from socialindex.deliver.schedule import DAY
from socialindex.deliver.wording import wordless
from socialindex.errors import Conflict, NotFound, ParseError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialindex.deliver.destination import Destination
    from socialindex.deliver.event import Event

RANKS: Final = {"low": 1, "medium": 2, "high": 3}
"""How bad an alert is, by its severity."""


class Destinations(Protocol):
    """Where destinations are kept: ``aws.destinations.DestinationsTable``."""

    def of_workspace(self, workspace: str) -> list[Destination]:
        """A workspace's destinations."""

    def change(self, workspace: str, destination: str, to: Callable[[Destination], Destination]) -> Destination:
        """Change a destination, on top of what others change; raises ``NotFound`` and ``Conflict``."""


class Deliveries(Protocol):
    """Where deliveries are kept: ``aws.deliveries.DeliveriesTable``."""

    def add(self, delivery: Delivery) -> bool:
        """Keep a new delivery; False where there is one with its id."""

    def level(self, destination: str, alert: str) -> Level:
        """What a destination knows of an alert."""

    def told(self, destination: str, alert: str, level: Level, now: datetime) -> None:
        """Note what a destination knows of an alert, unless it knows of a later revision.

        What was sent last stays where nothing was sent now.
        """


class Errand(NamedTuple):
    """A delivery to be tried."""

    workspace: str
    id: str
    destination: str
    event: Event | None = None
    """What is told, with people's words; ``None``: they are to be read first."""
    correlation: Ids = ()
    """What it belongs to, for the log."""


class FanOut:
    """Makes deliveries."""

    def __init__(self, destinations: Destinations, deliveries: Deliveries) -> None:
        self._destinations = destinations
        self._deliveries = deliveries

    def spread(self, event: Event, now: datetime) -> list[Errand]:
        """Make an event's deliveries; those that are to be sent now, be they new or known.

        Raises:
            ParseError: the event's data is not what its kind has.
            Unavailable: a table does not answer. Doing it again does no harm.
        """
        if event.kind == UNTOLD:
            self._forget(event.workspace, event.topic or "", now)
            return []
        try:
            bare = wordless(event)
        except msgspec.ValidationError as error:
            raise ParseError(f"no data of {event.kind}: {error}") from error
        made = [self._for(bare, each, now) for each in self._destinations.of_workspace(event.workspace)]
        return [errand(one, event) for one in made if one is not None and one.state == "waiting"]

    def _forget(self, workspace: str, topic: str, now: datetime) -> None:
        """Have destinations that name a deleted topic name it no more."""
        for one in self._destinations.of_workspace(workspace):
            try:
                if topic in one.wishes.topics:
                    self._destinations.change(workspace, one.id, lambda known: without(known, topic, now))
            except NotFound:
                continue
            except Conflict as error:
                raise Unavailable(str(error)) from error

    def _for(self, event: Event, destination: Destination, now: datetime) -> Delivery | None:
        """The delivery to a destination; None where it is not to hear of the event."""
        if event.kind in UNWISHED:
            return self._kept(delivery_of(event, destination, now)) if _is_meant(event, destination) else None
        if destination.state != "active":
            return None
        delivery = delivery_of(event, destination, now)
        if destination.wants(event):
            self._deliveries.add(delivery)
            self._note(delivery, now)
            return delivery
        if not destination.may_have_missed(event):
            return None
        return self._missed(delivery, now)

    def _missed(self, delivery: Delivery, now: datetime) -> Delivery | None:
        """What a destination must hear, or know, of an alert of which it wants the opening only.

        An alert that has become worse than what it was told is told again, and so is one that was over and goes on; one
        that ends while its opening is held is known to have ended when the quiet hours are over.
        """
        event = delivery.event
        if event.kind == "alert.closed":
            unwanted = _unwanted(delivery)
            kept = self._kept(unwanted) if unwanted.state == "held" else None
            self._note(unwanted, now)
            return kept
        known, new = self._deliveries.level(delivery.destination, str(event.data.get("id", ""))), _level(event)
        if new.rank <= known.rank or new.revision < known.revision:  # an older one that comes late, or once more
            return None
        self._deliveries.add(delivery)
        self._note(delivery, now)
        return delivery

    def _note(self, delivery: Delivery, now: datetime) -> None:
        event, is_sent = delivery.event, delivery.wanted and delivery.state == "waiting"
        if event.kind in {"alert.opened", "alert.updated", "alert.closed"}:
            level = _level(event)._replace(sent=delivery.id if is_sent else "")
            self._deliveries.told(delivery.destination, str(event.data.get("id", "")), level, now)

    def _kept(self, delivery: Delivery) -> Delivery:
        self._deliveries.add(delivery)
        return delivery


def errand(delivery: Delivery, event: Event | None = None) -> Errand:
    """What a courier is given; with the event where its words are at hand."""
    return Errand(delivery.workspace, delivery.id, delivery.destination, event, current())


def delivery_of(event: Event, destination: Destination, now: datetime) -> Delivery:
    """A new delivery: due now, or where quiet hours hold it, at their end."""
    held = destination.held_until(event, now)
    due = held or now
    return Delivery(
        workspace=event.workspace,
        id=delivery_id(event.id, destination.id),
        destination=destination.id,
        event=event,
        state="held" if held else "waiting",
        created_at=now.astimezone(UTC),
        next_at=due,
        until=due + DAY,
    )


def _is_meant(event: Event, destination: Destination) -> bool:
    """Whether an event that is made for one destination is for this one."""
    return event.data.get("destination") == destination.id and destination.takes(event.kind)


def _level(event: Event) -> Level:
    """What whoever is told of an alert knows of it then; what is over has no rank, so that it is told if it goes on."""
    data = event.data
    rank = RANKS.get(str(data.get("severity")), 0) if data.get("state") == "open" else 0
    return Level(rank, int(data.get("revision", 0)))


def _unwanted(delivery: Delivery) -> Delivery:
    return msgspec.structs.replace(delivery, wanted=False)
