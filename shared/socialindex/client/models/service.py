"""The state of the service, and what it covers."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time

from socialindex.client.models.base import Model
from socialindex.client.models.figures import BlindInterval  # noqa: TC001 - msgspec reads the annotations at run time


class StageStatus(Model, frozen=True, kw_only=True):
    """One stage. Queue depths are ``None`` where the stage has no queue."""

    outcomes: dict[str, int]
    reasons: dict[str, dict[str, int]]
    """Per outcome other than ``ok``: how often for which reason."""
    waiting: int | None = None
    in_flight: int | None = None
    dead_letters: int | None = None


class Latency(Model, frozen=True, kw_only=True):
    """Seconds from publication to the document, of posts that were published after their channel was added."""

    p50: float
    p95: float
    posts: int


class SourceStatus(Model, frozen=True, kw_only=True):
    """One source. ``latency`` is ``None`` where no post was published since its channel was added."""

    posts: int | None
    """``None`` where the engine does not answer."""
    last_success_at: datetime | None
    latency: Latency | None
    discarded: dict[str, int]


class Status(Model, frozen=True, kw_only=True):
    """The service's state. Counts are of all days that are kept."""

    stages: dict[str, StageStatus]
    sources: dict[str, SourceStatus]
    events: list[HealthEvent] = []
    """Health events that are open: the newest thousand, or as many as fit into the answer."""
    event_counts: list[EventCount] = []
    """All that are open, by kind and source."""
    engine_answers: bool = True
    """Whether the engine does; where not, sources have neither ``posts`` nor ``latency``."""


class Finding(Model, frozen=True, kw_only=True):
    """Something that is wrong now."""

    kind: str
    source: str
    since: datetime
    """When it began, as far as can be told: the last time that all was well."""
    message: str
    """A sentence for administrators."""
    evidence: dict[str, str | int | float]
    channel: str | None = None
    """The one channel that is meant; ``None``: the whole source."""
    url: str | None = None
    """The channel's address."""


class HealthEvent(Model, frozen=True, kw_only=True):
    """A finding with its life: opened when it was first seen, closed when it was gone."""

    id: str
    finding: Finding
    opened_at: datetime
    seen_at: datetime
    """When it was last seen."""
    closed_at: datetime | None = None
    told_at: datetime | None = None
    """When administrators were told of its opening."""


class EventCount(Model, frozen=True, kw_only=True):
    """How many health events there are of a kind and a source."""

    kind: str
    source: str
    events: int
    """How many: one for each channel that is meant, one where a whole source is."""


class HealthReport(Model, frozen=True, kw_only=True):
    """What is wrong now, and what was in the days asked for."""

    open: list[HealthEvent]
    """The newest: a thousand, or as many as fit into the answer."""
    closed: list[HealthEvent]
    """Likewise."""
    open_counts: list[EventCount] = []
    """All that are open, by kind and source."""
    closed_counts: list[EventCount] = []
    """All that were closed in these days, by kind and source."""


class NotCovered(Model, frozen=True, kw_only=True):
    """Something that is not covered, and why."""

    what: str
    why: str


class CoverageReport(Model, frozen=True, kw_only=True):
    """What the index holds, where it has gaps, and what it does not hold."""

    sources: list[SourceCoverage]
    channels: list[ChannelCoverage]
    """The thousand with the most posts."""
    gaps: list[BlindInterval]
    """Times in which a channel or source may have been missed; no posts then do not mean that nothing was said."""
    not_covered: list[NotCovered]


class SourceCoverage(Model, frozen=True, kw_only=True):
    """One source. Latency is in seconds from publication to the document, ``None`` where nothing tells."""

    source: str
    channels: int
    posts: int
    first_post: datetime | None
    last_post: datetime | None
    latency_p50: float | None
    latency_p95: float | None


class ChannelCoverage(Model, frozen=True, kw_only=True):
    """One channel. ``url`` is ``None`` for one that is no longer crawled."""

    channel: str
    source: str | None
    url: str | None
    title: str | None
    posts: int
    first_post: datetime | None
    last_post: datetime | None
    last_success_at: datetime | None


class SourceCard(Model, frozen=True, kw_only=True):
    """One source, for people who look for what they can add."""

    name: str
    """As a post's ``source`` has it."""
    title: str
    """As people call it."""
    gives: tuple[str, ...]
    """Fields of a post beyond text, time and address that the source is able to give."""
    needs: tuple[str, ...]
    """What an operator must configure before the source works; empty where nothing."""
    paste: tuple[str, ...]
    """Examples of addresses that can be pasted."""


class SourceCards(Model, frozen=True, kw_only=True):
    """All sources."""

    items: list[SourceCard]
