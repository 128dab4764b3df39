"""Dimensions: what posts can be told apart by, and reading the engine's answer by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from socialindex.query.columns import clause_of
from socialindex.query.fields import SENTIMENTS
from socialindex.query.nodes import Is

if TYPE_CHECKING:
    from collections.abc import Mapping

Dsl = dict[str, Any]
Dimension = Literal["source", "platform", "language", "kind", "author", "hashtag", "entity", "sentiment"]

MANY: Final = frozenset({"hashtag", "entity"})
"""Dimensions of which a post can have several values: its counts add up to more than the posts."""
_FIELDS: Final[Mapping[Dimension, str]] = {
    "source": "source",
    "platform": "platform",
    "language": "language",
    "kind": "kind",
    "author": "author.key",
    "hashtag": "hashtags",
    "entity": "entities",
    "sentiment": "sentiment",
}
_LABELS: Final = {
    "handle": {"terms": {"field": "author.handle", "size": 1}},
    "name": {"terms": {"field": "author.name", "size": 1}},
}
_MORE: Final = 50
"""Candidates that each shard tells beyond those asked for, so that the order holds when shards are added up."""


class Part(NamedTuple):
    """The posts of one value."""

    value: str
    label: str | None
    """How a value that is a key is shown to people."""
    bucket: Dsl


class Split(NamedTuple):
    """Posts by the values of a dimension, the most frequent first."""

    parts: list[Part]
    unknown: Dsl
    """The posts of which the value is not known."""
    others: int | None
    """Posts of other values; ``None`` where posts have several values, so that this cannot be told by counting."""
    error: int
    """The most by which a count can be too small."""


def split(dimension: Dimension, top: int, aggs: Dsl, order: Dsl | None = None) -> Dsl:
    """Aggregations that ``parts_of`` reads: ``aggs`` for each of the ``top`` values and for the unknown."""
    unknown = {"missing": {"field": _FIELDS[dimension]}, "aggs": aggs}
    if dimension == "sentiment":
        moods = {mood: clause_of(Is("sentiment", mood)) for mood in SENTIMENTS}
        return {"values": {"filters": {"filters": moods}, "aggs": aggs}, "unknown": unknown}
    terms = {
        "field": _FIELDS[dimension],
        "size": top,
        "shard_size": top * 2 + _MORE,
        "order": [order or {"_count": "desc"}, {"_key": "asc"}],
    }
    labels = _LABELS if dimension == "author" else {}
    return {"values": {"terms": terms, "aggs": {**aggs, **labels}}, "unknown": unknown}


def parts_of(dimension: Dimension, answer: Dsl) -> Split:
    """The posts by value, from a bucket that has the aggregations of ``split``."""
    values, unknown = answer.get("values", {}), answer.get("unknown", {"doc_count": 0})
    buckets = values.get("buckets", [])
    if isinstance(buckets, dict):
        found = [Part(value, None, buckets[value]) for value in SENTIMENTS]
        return Split(found, unknown, 0, 0)
    found = [Part(str(bucket["key"]), _label(bucket), bucket) for bucket in buckets]
    others = None if dimension in MANY else values.get("sum_other_doc_count", 0)
    return Split(found, unknown, others, values.get("doc_count_error_upper_bound", 0))


def _label(bucket: Dsl) -> str | None:
    for name in ("handle", "name"):
        if shown := bucket.get(name, {}).get("buckets"):
            return str(shown[0]["key"])
    return None
