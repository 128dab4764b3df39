"""The deliver stage over tables in memory and a clock of its own, calling a real receiver on loopback.

``Faults`` ends the work at the nth write of a delivery, before or after it has been made.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import msgspec

from socialindex.aws import deliveries as deliveries_module
from socialindex.aws import destinations as destinations_module
from socialindex.aws.deliveries import Due
from socialindex.aws.destinations import DestinationsTable
from socialindex.deliver.call import Hooks
from socialindex.deliver.courier import Clock, Tables
from socialindex.deliver.delivery import AT_WORK, Delivery, DeliveryLine, Level, line
from socialindex.deliver.event import event_id
from socialindex.deliver.hours import last_eight
from socialindex.deliver.sending import MailSettings
from socialindex.deliver.stage import RESERVE, Deliver, Ways
from socialindex.errors import Conflict, NotFound, Unavailable
from socialindex.messages import encode
from tests.integration.parts import event as sqs_event
from tests.unit.deliver.samples import AT, of_digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from socialindex.deliver.acts import Permit
    from socialindex.deliver.destination import Destination
    from socialindex.deliver.event import Event, Kind

AMPLE = 300.0


class Killed(BaseException):
    """What ends a function in the middle of its work."""


class Destinations:
    """Destinations in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], destinations_module.Kept] = {}

    def add(self, destination: Destination) -> bool:
        key = (destination.workspace, destination.id)
        if key in self.kept:
            return False
        self.kept[key] = destinations_module.Kept(destination, 1)
        return True

    def find(self, workspace: str, destination: str) -> destinations_module.Kept | None:
        return self.kept.get((workspace, destination))

    def get(self, workspace: str, destination: str) -> destinations_module.Kept:
        kept = self.find(workspace, destination)
        if kept is None:
            raise NotFound("there is no such destination in this workspace")
        return kept

    def of_workspace(self, workspace: str) -> list[Destination]:
        return [kept.destination for (whose, _), kept in sorted(self.kept.items()) if whose == workspace]

    def due(self, now: datetime) -> Iterator[tuple[str, str]]:
        for key, kept in sorted(self.kept.items()):
            if kept.destination.digest_at and kept.destination.digest_at <= now:
                yield key

    def save(self, kept: destinations_module.Kept, destination: Destination) -> destinations_module.Kept:
        key = (destination.workspace, destination.id)
        if self.kept.get(key, kept).version != kept.version or key not in self.kept:
            raise Conflict("the destination has been changed meanwhile")
        self.kept[key] = destinations_module.Kept(destination, kept.version + 1)
        return self.kept[key]

    def change(self, workspace: str, destination: str, to: Any) -> Destination:
        return DestinationsTable.change(cast("Any", self), workspace, destination, to)

    def remove(self, workspace: str, destination: str) -> None:
        self.kept.pop((workspace, destination), None)


@dataclass
class Faults:
    """Ends the work at a write; ``calls`` counts them."""

    at: int | None = None
    after: bool = False
    calls: int = 0


class Deliveries:
    """Deliveries in memory, as bytes: what is not in an item is lost."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], tuple[bytes, int]] = {}
        self.levels: dict[tuple[str, str], Level] = {}
        self.faults = Faults()

    def _write(self, delivery: Delivery, version: int) -> deliveries_module.Kept:
        number, self.faults.calls = self.faults.calls, self.faults.calls + 1
        if number == self.faults.at and not self.faults.after:
            raise Killed
        self.kept[delivery.workspace, delivery.id] = (msgspec.json.encode(delivery), version)
        if number == self.faults.at:
            raise Killed
        return deliveries_module.Kept(delivery, version)

    def add(self, delivery: Delivery) -> bool:
        if (delivery.workspace, delivery.id) in self.kept:
            return False
        self._write(delivery, 1)
        return True

    def find(self, workspace: str, delivery: str) -> deliveries_module.Kept | None:
        found = self.kept.get((workspace, delivery))
        if found is None:
            return None
        return deliveries_module.Kept(msgspec.json.decode(found[0], type=Delivery), found[1])

    def get(self, workspace: str, delivery: str) -> deliveries_module.Kept:
        kept = self.find(workspace, delivery)
        if kept is None:
            raise NotFound("there is no such delivery in this workspace")
        return kept

    def save(self, kept: deliveries_module.Kept, delivery: Delivery) -> deliveries_module.Kept:
        if self.kept[delivery.workspace, delivery.id][1] != kept.version:
            raise Conflict("the delivery has been changed meanwhile")
        return self._write(delivery, kept.version + 1)

    def all(self) -> list[Delivery]:
        found = [self.get(*key).delivery for key in self.kept]
        return sorted(found, key=lambda one: (one.created_at, one.id))

    def due(self, now: datetime) -> Iterator[Due]:
        for one in sorted(self.all(), key=lambda one: one.next_at):
            if one.state in AT_WORK and one.next_at <= now:
                yield Due(one.workspace, one.id, one.destination, one.state == "held")

    def lines(self, workspace: str, after: str, limit: int) -> Iterator[tuple[str, DeliveryLine]]:
        found = [one for one in self.all() if one.workspace == workspace]
        placed = sorted(
            (f"{9_999_999_999_999 - int(one.created_at.timestamp() * 1000):013d}-{one.id}", line(one)) for one in found
        )
        yield from [pair for pair in placed if pair[0] > after][:limit]

    def level(self, destination: str, alert: str) -> Level:
        return self.levels.get((destination, alert), Level())

    def told(self, destination: str, alert: str, level: Level, _now: datetime) -> None:
        known = self.level(destination, alert)
        if level.revision > known.revision:
            self.levels[destination, alert] = level._replace(sent=level.sent or known.sent)

    def clear(self, workspace: str) -> None:
        self.kept = {key: value for key, value in self.kept.items() if key[0] != workspace}


class Wording:
    """Puts one and the same word where the index has people's; or does not answer."""

    def __init__(self) -> None:
        self.asked = 0
        self.down = False

    def worded(self, event: Event) -> Event:
        self.asked += 1
        if self.down:
            raise Unavailable("the engine does not answer")
        return msgspec.structs.replace(event, data={**event.data, "worded": True}) if "id" in event.data else event


@dataclass
class Mailbox:
    """Takes mail, or raises what it is told to."""

    sent: list[EmailMessage] = field(default_factory=list)
    raises: Exception | None = None

    def send(self, message: EmailMessage) -> None:
        if self.raises:
            raise self.raises
        self.sent.append(message)


@dataclass
class Permits:
    kept: dict[str, Permit] = field(default_factory=dict)

    def add(self, digest: str, permit: Permit) -> None:
        self.kept[digest] = permit


@dataclass
class DeadLetters:
    letters: list[tuple[str, str]] = field(default_factory=list)

    def put(self, body: str, *, reason: str) -> None:
        self.letters.append((body, reason))


@dataclass
class Outcomes:
    counts: Counter[Any] = field(default_factory=Counter)

    def add(self, counts: Counter[Any]) -> None:
        self.counts += counts

    def told(self) -> Counter[tuple[str, str, str]]:
        found: Counter[tuple[str, str, str]] = Counter()
        for count, times in self.counts.items():
            found[count.source, count.outcome, count.reason] += times
        return found


class DigestMaker:
    """Makes digests of nothing but their time."""

    def __init__(self, digest: Event) -> None:
        self.digest = digest
        self.made = 0
        self.down = False

    def event(self, destination: Destination, kind: Kind, now: datetime) -> Event:
        if self.down:
            raise Unavailable("the engine does not answer")
        self.made += 1
        until = last_eight(now, destination.time_zone, weekly=kind == "digest.weekly")
        return msgspec.structs.replace(
            self.digest, id=event_id(kind, destination.id, until.isoformat()), kind=kind, at=until
        )


SETTINGS = MailSettings("alerts@example.com", "https://api.example.com")


class World:
    """The stage with all that it works with."""

    def __init__(
        self, *destinations: Destination, digest: Event | None = None, settings: MailSettings = SETTINGS
    ) -> None:
        self.now = AT
        self.destinations, self.deliveries = Destinations(), Deliveries()
        self.wording, self.mail, self.permits = Wording(), Mailbox(), Permits()
        self.dead_letters, self.outcomes = DeadLetters(), Outcomes()
        self.digests = DigestMaker(digest or of_digest())
        for one in destinations:
            self.destinations.add(one)
        tables = Tables(cast("Any", self.deliveries), cast("Any", self.destinations), self.dead_letters)
        ways = Ways(
            hooks=lambda: Hooks("https://crawler.example.com/crawler", allow_loopback=True, seconds=2.0),
            mail=self.mail,
            permits=self.permits,
            words=self.wording,
            settings=settings,
        )
        clock = Clock(now=lambda: self.now, chance=lambda: 0.5)
        self.stage = Deliver(tables, ways, self.digests, cast("Any", self.outcomes), clock)

    def hear(self, *events: Event, left: float = AMPLE) -> dict[str, Any]:
        answer: dict[str, Any] = self.stage.handle(sqs_event(*map(encode, events)), lambda: left)
        return answer

    def sweep(self, left: float = AMPLE) -> dict[str, int]:
        return self.stage.sweep(lambda: left)

    def later(self, **delta: float) -> None:
        self.now += timedelta(**delta)

    def run(self, until: datetime, every: timedelta = timedelta(minutes=1)) -> None:
        """Sweep as the schedule does, but only where something is due."""
        while self.now < until:
            if any(True for _ in self.deliveries.due(self.now)):
                self.sweep()
            self.now += every

    def only(self) -> Delivery:
        (one,) = self.deliveries.all()
        return one

    def destination(self, name: str = "ds_a") -> Destination:
        return self.destinations.get("ws_a", name).destination


NO_TIME = RESERVE
