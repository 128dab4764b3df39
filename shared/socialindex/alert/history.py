"""What a topic learns from what was there before it: mentions of earlier posts, which are told to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from socialindex.alert.asking import PROMPTLY_SEEN, ask, living, published
from socialindex.alert.counting import counted
from socialindex.alert.detect import Memory, observe, settle
from socialindex.alert.model import STEP, Bucket, floor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from opensearchpy import OpenSearch

DAYS: Final = 60
"""How far back a topic's history is counted."""
ENOUGH: Final = 7
"""Days of mentions that were seen as they came, before others are left out."""
PATIENCE: Final = 86_400.0
"""Seconds that a topic waits for its history at most."""


def primed(engine: OpenSearch, topic: str, until: int, hidden: Callable[[int, int], Mapping[int, float]]) -> Memory:
    """A memory that has learned from the mentions of a topic that were published before a bucket.

    Where we have watched for a week or longer, only what we saw as it came teaches: what is found later is a part of
    what there was, and a topic that learned from it would take its usual days for incidents.

    Args:
        engine: has the mentions.
        topic: the topic's id.
        until: where the first bucket begins that is no history.
        hidden: for buckets from one up to before another, the share that was hidden from us, where any was.

    Raises:
        Unavailable: the engine does not answer.
    """
    memory = Memory(mentioned=True)
    since = floor(until - DAYS * 86_400)
    only = [PROMPTLY_SEEN] if _is_watched(engine, topic, since, until - ENOUGH * 86_400) else []
    said = (each.bucket for _, each in counted(engine, [topic], since, until, backfilled=True, only=only))
    for bucket in _seen(_whole(said, until), hidden(since, until)):
        observe(memory, bucket)
    settle(memory)
    memory.mentioned = memory.recent.first > 0 or _is_there(engine, topic, 0, until)
    return memory


def _whole(said: Iterable[Bucket], until: int) -> Iterator[Bucket]:
    """With the silent ones between and after: from the first mention on, nothing said means that nothing was."""
    place: int | None = None
    for bucket in said:
        yield from (Bucket(at=at) for at in range(bucket.at if place is None else place, bucket.at, STEP))
        yield bucket
        place = bucket.at + STEP
    if place is not None:
        yield from (Bucket(at=at) for at in range(place, until, STEP))


def _seen(buckets: Iterable[Bucket], hidden: Mapping[int, float]) -> Iterator[Bucket]:
    for bucket in buckets:
        part = hidden.get(bucket.at)
        yield msgspec.structs.replace(bucket, seen=max(0.0, 1 - part)) if part else bucket


def _is_watched(engine: OpenSearch, topic: str, since: int, until: float) -> bool:
    """Whether posts of a time were seen as they came, so that we know how many there were."""
    return _is_there(engine, topic, since, until, PROMPTLY_SEEN)


def _is_there(engine: OpenSearch, topic: str, since: float, until: float, *only: dict[str, Any]) -> bool:
    filters = [*living([topic], backfilled=True), published(since, until), *only]
    body = {"size": 0, "track_total_hits": 1, "query": {"bool": {"filter": filters}}}
    return bool(ask(engine, body)[0]["hits"]["total"]["value"])
