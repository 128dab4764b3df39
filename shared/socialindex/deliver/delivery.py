"""A delivery: one event told to one destination, from when it is due until it is taken or given up."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Any, Final, Literal, NamedTuple

import msgspec

from socialindex.deliver.event import Event, Kind  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.model import Struct

State = Literal[
    "waiting",
    "held",
    "delivered",
    "merged",
    "failed",
    "cancelled",
]
"""waiting: is sent now, or again at ``next_at``. held: in quiet hours. merged: told as part of another, ``told_in``.
failed: given up. cancelled: its destination is gone, paused or disabled."""
AT_WORK: Final[frozenset[State]] = frozenset({"waiting", "held"})
KEPT_ATTEMPTS: Final = 30
"""Of which a delivery keeps the last: one has a dozen, and a dozen more each time that it is sent again by hand."""
EXCERPT: Final = 200
"""Characters of an answer that are kept."""


class Level(NamedTuple):
    """What a destination knows of an alert."""

    rank: int = 0
    """How bad it was; 0: nothing is known, or that it is over."""
    revision: int = 0
    """Of the alert, when that was so."""
    sent: str = ""
    """The last delivery that told of it without being held; empty: none did."""


class Attempt(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One try to deliver."""

    at: datetime
    status: int | None
    """Of the answer; ``None`` where none came, and for mail."""
    ms: int
    """How long it took."""
    reason: str | None
    """Why it failed, a short word such as ``timeout`` or ``status``; ``None``: it was taken."""
    detail: str | None
    """The same in a sentence."""
    answer: str | None
    """The first 200 characters of what a destination answered that did not take it."""


class Delivery(Struct, frozen=True, kw_only=True):
    """A delivery as it is kept. Times are in UTC."""

    workspace: str
    id: str
    """The ``webhook-id``: the same event at the same destination has the same, however often it is sent."""
    destination: str
    event: Event
    state: State = "waiting"
    wanted: bool = True
    """False of an alert's end that is held only to know of it."""
    created_at: datetime
    next_at: datetime
    """When it is sent next, while it is waiting or held."""
    until: datetime
    """When it is given up."""
    tries: int = 0
    """Attempts since it began to wait: the schedule's place."""
    attempts: list[Attempt] = []
    finished_at: datetime | None = None
    told_in: str | None = None
    is_asked_for: bool = False
    """Whether somebody has asked for it by hand: it is told then, whatever was told since."""

    @property
    def merit(self) -> str:
        """What tells whether a held one is a later word on the same: the alert, or the event itself."""
        of_alert = self.event.kind.startswith("alert.") and self.event.data.get("id")
        return str(of_alert or self.event.id)


class DeliveryLine(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A delivery in a list."""

    id: str
    """Also the ``webhook-id`` of its calls."""
    destination: str
    """The destination's id."""
    event: str
    """The event's id."""
    kind: Kind
    """What is told."""
    topic: str | None
    """The id of the topic that it is about, if it is about one."""
    state: State
    created_at: datetime
    next_at: datetime | None
    """When it is sent next; ``None`` where it is not."""
    finished_at: datetime | None
    tries: int
    """Attempts since it was asked for last."""
    told_in: str | None
    """The delivery that tells this too."""
    status: int | None
    """Of the last attempt."""
    reason: str | None
    """Why the last attempt failed."""


class DeliveryView(DeliveryLine, frozen=True, kw_only=True, omit_defaults=False):
    """A delivery with what is told and every attempt."""

    content: Event
    """What is told, without other people's words and names: these are read from the index when it is sent."""
    attempts: list[Attempt]
    """The last thirty, the oldest first."""


def delivery_id(event: str, destination: str) -> str:
    """The id of an event's delivery to a destination, ``msg_`` and letters."""
    digest = hashlib.sha256(f"{event} {destination}".encode()).digest()[:15]
    return f"msg_{base64.b32encode(digest).decode().lower()}"


def line(delivery: Delivery) -> DeliveryLine:
    """What a list shows of it."""
    return DeliveryLine(**_shown(delivery))


def view(delivery: Delivery) -> DeliveryView:
    """All that its owner is shown of it."""
    return DeliveryView(**_shown(delivery), content=delivery.event, attempts=delivery.attempts)


def _shown(delivery: Delivery) -> dict[str, Any]:
    last = delivery.attempts[-1] if delivery.attempts else None
    return {
        "id": delivery.id,
        "destination": delivery.destination,
        "event": delivery.event.id,
        "kind": delivery.event.kind,
        "topic": delivery.event.topic,
        "state": delivery.state,
        "created_at": delivery.created_at,
        "next_at": delivery.next_at if delivery.state in AT_WORK else None,
        "finished_at": delivery.finished_at,
        "tries": delivery.tries,
        "told_in": delivery.told_in,
        "status": last.status if last else None,
        "reason": last.reason if last else None,
    }


def finished(delivery: Delivery, state: State, now: datetime, *, told_in: str | None = None) -> Delivery:
    """The delivery at its end."""
    return msgspec.structs.replace(delivery, state=state, finished_at=now, told_in=told_in)


def tried(delivery: Delivery, attempt: Attempt) -> Delivery:
    """The delivery with one more attempt."""
    attempts = [*delivery.attempts, attempt][-KEPT_ATTEMPTS:]
    return msgspec.structs.replace(delivery, attempts=attempts, tries=delivery.tries + 1)
