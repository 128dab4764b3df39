"""DeliverQueue: what happened in a workspace. Who is told of it, and how, is the deliver stage's to know."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Any, Literal

from socialindex.model import Struct

Kind = Literal[
    "alert.opened",
    "alert.updated",
    "alert.closed",
    "alert.summary",
    "mention.assigned",
    "mention.due",
    "topic.suspended",
    "topic.deleted",
    "digest.daily",
    "digest.weekly",
    "test",
    "destination.confirm",
]
"""alert.updated also where a closed one goes on, or is in the press for the first time. alert.summary: alerts that were
opened and closed in quiet hours. mention.due: a target is about to be missed. destination.confirm: to a mail address,
whether it wants any mail. topic.deleted: told to nobody, but destinations that name the topic forget it."""


class Event(Struct, frozen=True, kw_only=True):
    """Something that happened. Sent again it is the same event, and is told once."""

    id: str
    """``ev_`` and letters, made by ``event_id``."""
    kind: Kind
    workspace: str
    topic: str | None = None
    """The id of the topic that it is about, if it is about one."""
    at: datetime
    """When it happened, in UTC."""
    data: dict[str, Any] = {}
    """What the receiver is told: the object's public view, such as an alert's; at most 60 KB of JSON."""


def event_id(kind: Kind, subject: str, version: str = "") -> str:
    """An event's id, from what it is about: the same thing happens once, however often it is noticed."""
    digest = hashlib.sha256(f"{kind} {subject} {version}".encode()).digest()[:15]
    return f"ev_{base64.b32encode(digest).decode().lower()}"
