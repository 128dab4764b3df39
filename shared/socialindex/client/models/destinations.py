"""Who is told of what happens in a workspace, and what became of it."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Any

import msgspec

from socialindex.client.models.base import Model


class Wishes(Model, frozen=True, kw_only=True):
    """What a destination is told."""

    events: list[str] = []
    severities: list[str] = []
    """Of alerts; none: all."""
    topics: list[str] = []
    """Ids of topics; none: all of the workspace."""


class QuietHours(Model, frozen=True, kw_only=True):
    """Hours of every day in which a destination is told nothing."""

    since: str = msgspec.field(name="from")
    until: str = msgspec.field(name="to")
    crisis_passes: bool = False
    """Whether a crisis of high severity is told all the same."""


class Destination(Model, frozen=True, kw_only=True):
    """A destination, without secrets."""

    id: str
    workspace: str
    name: str
    way: str
    """``webhook``, ``email`` or ``slack``."""
    address: str
    """Of a chat's hook, whose address is a secret, the host only."""
    wishes: Wishes
    language: str
    time_zone: str
    quiet: QuietHours | None
    person: str | None
    """Whose acts by a letter's links are; ``None``: the destination's name."""
    state: str
    """``unconfirmed``, ``active``, ``paused`` or ``disabled``."""
    trouble: str | None
    """Why it is disabled, and what to do."""
    failing_since: datetime | None
    next_digest_at: datetime | None
    rotated_at: datetime | None
    previous_until: datetime | None
    """Until when calls are signed by the secret before the last rotation, too."""
    created_at: datetime
    changed_at: datetime


class DestinationWithSecret(Model, frozen=True, kw_only=True):
    """A destination; of a webhook with its new secret, which is shown this once."""

    destination: Destination
    secret: str | None


class Destinations(Model, frozen=True, kw_only=True):
    """The destinations of a workspace."""

    items: list[Destination]


class DeliveryAttempt(Model, frozen=True, kw_only=True):
    """One try to deliver."""

    at: datetime
    status: int | None
    ms: int
    reason: str | None
    """Why it failed, in a word; ``None``: it was taken."""
    detail: str | None
    answer: str | None
    """The beginning of what a destination answered that did not take it."""


class ToldEvent(Model, frozen=True, kw_only=True):
    """What happened, without other people's words."""

    id: str
    kind: str
    workspace: str
    topic: str | None = None
    at: datetime
    data: dict[str, Any] = {}


class DeliveryLine(Model, frozen=True, kw_only=True):
    """A delivery in a list."""

    id: str
    """Also the ``webhook-id`` of its calls."""
    destination: str
    event: str
    kind: str
    topic: str | None
    state: str
    """``waiting``, ``held``, ``delivered``, ``merged``, ``failed`` or ``cancelled``."""
    created_at: datetime
    next_at: datetime | None
    finished_at: datetime | None
    tries: int
    told_in: str | None
    """The delivery that tells this too."""
    status: int | None
    reason: str | None


class Delivery(DeliveryLine, frozen=True, kw_only=True):
    """A delivery with what is told and every attempt."""

    content: ToldEvent
    attempts: list[DeliveryAttempt]


class Deliveries(Model, frozen=True, kw_only=True):
    """Deliveries, the newest first. With filters a page may hold few and not be the last."""

    items: list[DeliveryLine]
    next_cursor: str | None


class EventKind(Model, frozen=True, kw_only=True):
    """A kind of event."""

    kind: str
    when: str
    schema: dict[str, Any]
    """JSON Schema (2020-12) of its data."""


class EventKinds(Model, frozen=True, kw_only=True):
    """All kinds of events."""

    items: list[EventKind]
