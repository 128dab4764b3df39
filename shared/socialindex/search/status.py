"""Status: per stage what was counted and what waits, per source what was found and how fast it became searchable."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING, Any

from socialindex.access import Scope, visible_to
from socialindex.errors import Unavailable
from socialindex.model import Struct
from socialindex.outcomes import STAGES
from socialindex.search.lookup import awake, look_up
from socialindex.search.outages import EventCount  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.watch.events import HealthEvent  # noqa: TC001 - msgspec reads the annotations at run time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.aws.outcomes import Counted, Outcomes
    from socialindex.aws.queues import Depth, Queue

_PERCENTS = (50.0, 95.0)
_MS = 1000
_PRIVATE = "imported"
"""The source of what clients brought along: what became of it is told in each import's report, to nobody else."""
_OF_CLIENTS = frozenset({"mentions", "topics", "network", "deliver", "imports", "exports"})
"""Stages whose work is what clients do: how much of that there is concerns administrators only."""
_UNCHANGED = "not_modified"
"""Reason of the crawl stage for a page that is as we have it: the source works, and nothing of it is left out."""


class StageStatus(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One stage. Queue depths are ``None`` where the stage has no queue."""

    outcomes: dict[str, int]
    reasons: dict[str, dict[str, int]]
    """Per outcome other than ``ok``: how often for which reason."""
    waiting: int | None = None
    in_flight: int | None = None
    dead_letters: int | None = None


class Latency(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Seconds from publication to the document, of posts that were published after their channel was added."""

    p50: float
    p95: float
    posts: int


class SourceStatus(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One source. ``latency`` is ``None`` where no post was published since its channel was added."""

    posts: int | None
    """``None`` where the engine does not answer."""
    last_success_at: datetime | None
    latency: Latency | None
    discarded: dict[str, int]


class Status(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """The service's state. Counts are of all days that are kept."""

    stages: dict[str, StageStatus]
    sources: dict[str, SourceStatus]
    events: list[HealthEvent] = []
    """Health events that are open: the newest thousand, or as many as fit into the answer."""
    event_counts: list[EventCount] = []
    """All that are open, by kind and source."""
    engine_answers: bool = True
    """Whether the engine does; where not, sources have neither ``posts`` nor ``latency``."""


def status(
    outcomes: Outcomes,
    queues: Mapping[str, tuple[Queue, Queue]],
    engine: OpenSearch,
    caller: Caller,
) -> Status:
    """The state now. Posts are counted that the caller may see, and for administrators alone what clients brought.

    An engine that does not answer, or not whole, is told as that: then all the rest is what operators look for.

    Raises:
        Unavailable: another part does not answer.
    """
    is_admin = Scope.ADMIN in caller.scopes
    counted = {
        stage: [count for count in outcomes.read(stage) if is_admin or count.source != _PRIVATE]
        for stage in STAGES
        if is_admin or stage not in _OF_CLIENTS
    }
    found = _found(engine, caller)
    return Status(
        stages={stage: _stage(counts, queues.get(stage)) for stage, counts in counted.items()},
        sources=_sources(counted, found),
        engine_answers=found is not None,
    )


def _stage(counts: list[Counted], queues: tuple[Queue, Queue] | None) -> StageStatus:
    outcomes: dict[str, int] = defaultdict(int)
    reasons: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for count in counts:
        outcomes[count.outcome] += count.times
        if count.reason and count.outcome != "ok":
            reasons[count.outcome][count.reason] += count.times
    if queues is None:
        return StageStatus(outcomes=outcomes, reasons=reasons)
    depth: Depth = queues[0].depth()
    dead = queues[1].depth()
    return StageStatus(
        outcomes=outcomes,
        reasons=reasons,
        waiting=depth.waiting,
        in_flight=depth.in_flight,
        dead_letters=dead.waiting + dead.in_flight,
    )


def _sources(counted: Mapping[str, list[Counted]], found: dict[str, dict[str, Any]] | None) -> dict[str, SourceStatus]:
    success: dict[str, datetime] = {}
    discarded: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for count in (count for counts in counted.values() for count in counts if count.source not in {"", _PRIVATE}):
        if count.stage == "crawl" and (count.outcome == "ok" or count.reason == _UNCHANGED):
            success[count.source] = max(count.last_at, success.get(count.source, count.last_at))
        elif count.outcome == "discard":
            discarded[count.source][count.reason] += count.times
    names = sorted({*success, *discarded, *(found or ())})
    return {
        name: SourceStatus(
            posts=None if found is None else found[name]["doc_count"] if name in found else 0,
            last_success_at=success.get(name),
            latency=_latency(found[name]["live"]) if found and name in found else None,
            discarded=discarded[name],
        )
        for name in names
    }


def _latency(live: dict[str, Any]) -> Latency | None:
    if not live["doc_count"]:
        return None
    p50, p95 = (round(live["latency"]["values"][str(percent)] / _MS, 1) for percent in _PERCENTS)
    return Latency(p50=p50, p95=p95, posts=live["doc_count"])


def _found(engine: OpenSearch, caller: Caller) -> dict[str, dict[str, Any]] | None:
    """Per source its living posts that the caller may see, and the latency of those that say something about us.

    ``None`` where the engine does not answer.
    """
    percentiles = {"percentiles": {"field": "latency_ms", "percents": _PERCENTS}}
    live = {"filter": {"exists": {"field": "latency_ms"}}, "aggs": {"latency": percentiles}}
    body = {
        "size": 0,
        "query": {"bool": {"filter": visible_to(caller)}},
        "aggs": {"sources": {"terms": {"field": "source", "size": 1_000}, "aggs": {"live": live}}},
    }
    try:
        awake(engine)
        buckets = look_up(engine, body).get("aggregations", {}).get("sources", {}).get("buckets", [])
    except Unavailable:
        return None
    return {bucket["key"]: bucket for bucket in buckets}
