"""Facets: what the posts of a search are of, by their most frequent values. Each is bounded."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal

from socialindex.model import Struct
from socialindex.query.columns import clause_of
from socialindex.query.fields import SENTIMENTS
from socialindex.query.nodes import Is
from socialindex.zones import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable

Facet = Literal["source", "platform", "language", "kind", "hashtag", "author", "sentiment", "day"]

MOST: Final = 50
"""Values of a facet."""
_COUNTED: Final[dict[Facet, str]] = {
    "source": "source",
    "platform": "platform",
    "language": "language",
    "kind": "kind",
    "hashtag": "hashtags",
    "author": "author.key",
}
_HOUR, _DAY = 60, 24 * 60
"""Minutes."""
_LONGEST_DAY: Final = 28 * 60
"""Minutes: where Antarctic stations put their clocks back, by three hours, and some more."""
_YEARS: Final = range(1990, 2038)
"""Of which zones' distances to UTC are known, and have no seconds."""
_STEPS: Final = "steps"
_NAME: Final = {"top_hits": {"size": 1, "_source": ["author.name", "author.handle"]}}


class FacetValue(Struct, frozen=True, kw_only=True):
    """One value, and on how many posts it is."""

    value: str
    """As the filter of the same name takes it; an author's ``key``; a day as ``2026-11-28``."""
    posts: int
    label: str | None = None
    """An author's name or handle."""


class FacetCount(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A facet: its most frequent values, or of days the latest ones with posts."""

    values: list[FacetValue]
    others: int | None
    """Posts with values that are not among these; a post with several hashtags counts for each. Of days: unknown."""
    too_few_by: int
    """By how many at most each figure is too small: months are counted apart, and their rare values are cut off."""


def aggregations(facets: Iterable[Facet], size: int, time_zone: str) -> dict[str, Any]:
    """The engine's aggregations for facets, by their names.

    Raises:
        InvalidInput: there is no such time zone.
    """
    return {facet: _aggregation(facet, size, time_zone) for facet in facets}


def shown(
    facets: Iterable[Facet], found: dict[str, Any], size: int = MOST, time_zone: str = "UTC"
) -> dict[Facet, FacetCount]:
    """Facets from what the engine found, as they were asked for; without any index it finds nothing."""
    return {
        facet: _count_days(found.get(facet, {}), size, time_zone)
        if facet == "day"
        else _count(facet, found.get(facet, {}))
        for facet in facets
    }


def _aggregation(facet: Facet, size: int, time_zone: str) -> dict[str, Any]:
    if facet == "day":
        return _days(size, time_zone)
    if facet == "sentiment":
        return {"filters": {"filters": {mood: clause_of(Is("sentiment", mood)) for mood in SENTIMENTS}}}
    counted = {"terms": {"field": _COUNTED[facet], "size": size, "shard_size": 10 * size + 100}}
    return {**counted, "aggs": {"name": _NAME}} if facet == "author" else counted


def _days(size: int, time_zone: str) -> dict[str, Any]:
    """Hours, or what else days are made of, from the latest on: enough for as many days. ``_count_days`` adds them up.

    The engine is told no zone's name (``zones`` says why), and a plain histogram of years would have thousands
    of buckets.
    """
    step = _step(time_zone)
    steps = {"field": "published_at", "fixed_interval": f"{step}m", "order": "desc"}
    return {"composite": {"size": size * _LONGEST_DAY // step, "sources": [{_STEPS: {"date_histogram": steps}}]}}


@lru_cache(maxsize=1_000)
def _step(time_zone: str) -> int:
    """Minutes: the longest time that all days of a zone are made of."""
    if time_zone == "UTC":
        return _DAY
    zone = zone_of(time_zone)
    months = (datetime(year, month, 1, tzinfo=UTC) for year in _YEARS for month in range(1, 13))
    offsets = {month.astimezone(zone).utcoffset() or timedelta() for month in months}
    return math.gcd(_HOUR, *(offset // timedelta(minutes=1) for offset in offsets))


def _count_days(found: dict[str, Any], size: int, time_zone: str) -> FacetCount:
    zone = zone_of(time_zone)
    days: Counter[str] = Counter()
    for bucket in found.get("buckets", []):
        day = datetime.fromtimestamp(bucket["key"][_STEPS] / 1000, zone).date()
        days[day.isoformat()] += bucket["doc_count"]
    values = [FacetValue(value=day, posts=posts) for day, posts in islice(days.items(), size)]
    return FacetCount(values=values, others=None, too_few_by=0)


def _count(facet: Facet, found: dict[str, Any]) -> FacetCount:
    buckets = found.get("buckets", [])
    if facet == "sentiment":
        moods = ({"key": mood, **bucket} for mood, bucket in dict(buckets).items())
        buckets = sorted(moods, key=lambda bucket: -bucket["doc_count"])
    return FacetCount(
        values=[_value(facet, bucket) for bucket in buckets if bucket["doc_count"]],
        others=found.get("sum_other_doc_count", 0),
        too_few_by=found.get("doc_count_error_upper_bound", 0),
    )


def _value(facet: Facet, bucket: dict[str, Any]) -> FacetValue:
    return FacetValue(
        value=bucket["key"], posts=bucket["doc_count"], label=_label(bucket) if facet == "author" else None
    )


def _label(bucket: dict[str, Any]) -> str | None:
    author: dict[str, str] = bucket["name"]["hits"]["hits"][0]["_source"].get("author", {})
    return author.get("name") or author.get("handle")
