"""Figures of a set of posts: how many, how many told apart, and sums of what the sources counted."""

from __future__ import annotations

from typing import Any, Final, Literal

from socialindex.model import Struct

Dsl = dict[str, Any]
Metric = Literal["likes", "replies", "reposts", "views"]

FINE: Final = 40_000
"""Distinct values up to which a count is nearly exact; the engine's most. For figures that stand alone."""
COARSE: Final = 1_000
"""The same for each of many buckets, whose memory must not add up."""
DIGITS: Final = 6
"""After the point: more than samples and clocks give."""


class Sum(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A figure of those posts whose source gave it. ``total`` and ``average`` are ``None`` where none did."""

    total: int | None
    average: float | None
    known: int
    """Posts that it is known of."""


def apart(precision: int = COARSE) -> Dsl:
    """The aggregation for ``told_apart``. Every living post is in a cluster, be it alone."""
    return {"clusters": {"cardinality": {"field": "cluster_id", "precision_threshold": precision}}}


def told_apart(bucket: Dsl) -> int:
    """Posts with near-duplicates counted once."""
    count: int = bucket["clusters"]["value"] if "clusters" in bucket else 0
    return count


def sums(metrics: list[Metric]) -> Dsl:
    """Aggregations for ``summed``."""
    return {metric: {"stats": {"field": f"metrics.{metric}"}} for metric in metrics}


def summed(metrics: list[Metric], bucket: Dsl) -> dict[Metric, Sum]:
    """Sums by their metrics."""
    return {metric: sum_of(bucket.get(metric)) for metric in metrics}


def sum_of(stats: Dsl | None) -> Sum:
    """What the engine's ``stats`` say: of no values the sum is not zero, but unknown."""
    if not stats or not stats["count"]:
        return Sum(total=None, average=None, known=0)
    return Sum(total=round(stats["sum"]), average=rounded(stats["avg"]), known=stats["count"])


def share(part: int, whole: int) -> float | None:
    """A part of a whole; ``None`` where there is no whole."""
    return round(part / whole, DIGITS) if whole else None


def rounded(value: float) -> float:
    """A figure that is told."""
    return round(value, DIGITS)
