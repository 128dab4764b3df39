"""What the index holds of each source and channel, as far as the caller may see it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from socialindex.access import visible_to
from socialindex.model import Struct
from socialindex.search.lookup import look_up

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.aws.channels import ChannelState

MOST: Final = 1_000
_SPAN: Final[dict[str, Any]] = {
    "first": {"min": {"field": "published_at"}},
    "last": {"max": {"field": "published_at"}},
}
_LIVE: Final[dict[str, Any]] = {
    "filter": {"exists": {"field": "latency_ms"}},
    "aggs": {"latency": {"percentiles": {"field": "latency_ms", "percents": [50, 95]}}},
}


class SourceCoverage(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One source. Latency is in seconds from publication to the document, ``None`` where nothing tells."""

    source: str
    channels: int
    posts: int
    first_post: datetime | None
    last_post: datetime | None
    latency_p50: float | None
    latency_p95: float | None


class ChannelCoverage(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One channel. ``url`` is ``None`` for one that is no longer crawled."""

    channel: str
    source: str | None
    url: str | None
    title: str | None
    posts: int
    first_post: datetime | None
    last_post: datetime | None
    last_success_at: datetime | None


def covered(
    engine: OpenSearch, caller: Caller, states: Iterable[ChannelState]
) -> tuple[list[SourceCoverage], list[ChannelCoverage]]:
    """Sources and channels, by their names and their posts.

    Raises:
        Unavailable: the engine does not answer, or not all of it in time.
    """
    known = {state.channel.id: state for state in states}
    body = {
        "size": 0,
        "query": {"bool": {"filter": visible_to(caller)}},
        "aggs": {
            "sources": {"terms": {"field": "source", "size": 100}, "aggs": {**_SPAN, "live": _LIVE}},
            "channels": {"terms": {"field": "provenance.channel", "size": MOST}, "aggs": _SPAN},
        },
    }
    found = look_up(engine, body).get("aggregations", {})
    return _sources(found, known), _channels(found, known)


def _sources(found: dict[str, Any], known: dict[str, ChannelState]) -> list[SourceCoverage]:
    buckets = {bucket["key"]: bucket for bucket in found.get("sources", {}).get("buckets", [])}
    counts = Counter(state.channel.source for state in known.values())
    return [_source(name, counts[name], buckets.get(name)) for name in sorted({*buckets, *counts})]


def _source(name: str, channels: int, bucket: dict[str, Any] | None) -> SourceCoverage:
    p50, p95 = _latency(bucket)
    return SourceCoverage(
        source=name,
        channels=channels,
        posts=bucket["doc_count"] if bucket else 0,
        first_post=_time(bucket, "first"),
        last_post=_time(bucket, "last"),
        latency_p50=p50,
        latency_p95=p95,
    )


def _latency(bucket: dict[str, Any] | None) -> tuple[float | None, float | None]:
    if not bucket or not bucket["live"]["doc_count"]:
        return None, None
    values = bucket["live"]["latency"]["values"]
    return round(values["50.0"] / 1000, 1), round(values["95.0"] / 1000, 1)


def _channels(found: dict[str, Any], known: dict[str, ChannelState]) -> list[ChannelCoverage]:
    buckets = {bucket["key"]: bucket for bucket in found.get("channels", {}).get("buckets", [])}
    unseen = [channel for channel in known if channel not in buckets][: MOST - len(buckets)]
    return [_channel(name, known.get(name), buckets.get(name)) for name in [*buckets, *sorted(unseen)]]


def _channel(name: str, state: ChannelState | None, bucket: dict[str, Any] | None) -> ChannelCoverage:
    channel = state.channel if state else None
    return ChannelCoverage(
        channel=name,
        source=channel.source if channel else None,
        url=channel.url if channel else None,
        title=channel.title if channel else None,
        posts=bucket["doc_count"] if bucket else 0,
        first_post=_time(bucket, "first"),
        last_post=_time(bucket, "last"),
        last_success_at=state.last_success_at if state else None,
    )


def _time(bucket: dict[str, Any] | None, name: str) -> datetime | None:
    value = bucket[name]["value"] if bucket else None
    return None if value is None else datetime.fromtimestamp(value / 1000, tz=UTC)
