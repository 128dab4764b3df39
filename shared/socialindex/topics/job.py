"""What the topics stage has to do for a topic, and how far it is: kept beside the topic, and nobody else's business."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Literal

from socialindex.model import Struct

Step = Literal["looking", "catching_up", "withdrawing", "done"]
"""looking: through what was there before. catching_up: through what came while the engine took the topic in.
withdrawing: mentions that a changed query does not match any more. Of a topic that is being deleted, looking is the
first time that its mentions are, and done the second."""


class Wake(Struct, frozen=True, kw_only=True):
    """TopicsQueue: there is something to do for a topic."""

    id: str


class Job(Struct, frozen=True, kw_only=True):
    """Work at a topic."""

    asked: str = ""
    """Digest of the request that made the topic."""
    history_days: int
    """How far back posts are looked through, by the plan of whoever asked."""
    step: Step = "looking"
    arrived_since: datetime | None = None
    """Look only through posts that came or changed at this time or later: after a pause."""
    floor: datetime | None = None
    """Posts published before are not looked at; set when looking begins."""
    earliest: datetime | None = None
    """The floor of an earlier revision that lay deeper: mentions of its time may still match."""
    met_since: datetime | None = None
    """Of a topic that the engine has lost: when it was made. What was read later, however old it is, it had met."""
    began_at: datetime | None = None
    """When looking began: what came later may have been missed by it."""
    synced_at: datetime | None = None
    """When the engine began to hold new posts against the present revision."""
    after: list[int | float | str] = []
    """Sort values of the last post that was looked at in this step."""
    found: int = 0
    """Posts that matched so far, while looking."""
    changed: bool = False
    """Whether mentions of an earlier revision may be there."""
    hide: bool = False
    """Of a paused or suspended topic: whether the engine may still have it."""
    stopped_at: datetime | None = None
    """Since when a paused or suspended topic has missed posts."""
    told: bool = False
    """Whether its owner was told that it is suspended."""
    work_at: float = 0
    """Unix time from which on the stage may work at it: while somebody does, the end of the lease."""
    attempts: int = 0
    """Times that work at it began since it last got on."""
    outages: int = 0
    """Times in a row that it met a part which is down."""
