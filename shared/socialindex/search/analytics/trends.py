"""Trends: how many posts there were over time, of all that we saw, and when we did not see."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from socialindex.access import visible_to
from socialindex.errors import InvalidInput
from socialindex.model import Struct
from socialindex.search.analytics.asking import Found, Question
from socialindex.search.analytics.coverage import Coverage, missed
from socialindex.search.analytics.dimensions import Dimension, parts_of, split
from socialindex.search.analytics.figures import FINE, Metric, Sum, apart, share, summed, sums, told_apart
from socialindex.search.analytics.window import Interval, Wanted, Window, Windowed
from socialindex.search.selection import index_of, selected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from socialindex.access import Caller
    from socialindex.search.analytics.buckets import Scale

Dsl = dict[str, Any]

MOST_CELLS: Final = 10_000
"""Series times buckets: about as much as a page can show, and a tenth of what the engine allows."""
ESTIMATES: Final = ["deduplicated"]


class Trends(Windowed, frozen=True, kw_only=True):
    """Volume over time."""

    interval: Wanted = "auto"
    """Length of a bucket; ``auto`` makes about a hundred at most."""
    by: Dimension | None = None
    """A series for each of the most frequent values of this."""
    top: Annotated[int, msgspec.Meta(ge=1, le=50)] = 10
    """How many series."""
    metrics: list[Metric] = []
    """Sums of what the sources counted, in each bucket."""


class Bucket(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A time: of a day 23 to 25 hours."""

    at: datetime
    """When it begins. It ends with the next one's beginning."""
    posts: int
    deduplicated: int
    """Near-duplicates counted once. A story that goes on counts in each bucket, so that these do not add up."""
    all: int
    """All posts that the caller may see, whatever they are about."""
    share: float | None
    """``posts`` of ``all``; ``None`` where there are none."""
    partial: bool
    """Whether the window, or the present, cuts it off."""
    blind: list[str]
    """Sources of which anything may have been missed: no posts then do not mean that nothing was said."""
    partly_blind: list[str]
    """Sources of which single channels may have been missed."""
    metrics: dict[Metric, Sum] | None = None
    """Those that were asked for."""


class Series(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """The posts of one value. ``counts`` and ``shares`` go with the buckets; shares are of all posts of the bucket."""

    value: str | None
    """``None``: of the other values, or of posts of which it is not known."""
    label: str | None
    """An author's handle or name."""
    posts: int
    deduplicated: int | None
    counts: list[int]
    shares: list[float | None]


class TrendsAnswer(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Volume over time."""

    total: int
    """Posts of the selection in the window: what the buckets add up to."""
    deduplicated: int
    all: int
    """All posts in the window that the caller may see."""
    interval: Interval
    buckets: list[Bucket]
    series: list[Series]
    """By ``by``, the most frequent first."""
    others: Series | None
    """Values beyond the ``top``; ``None`` without ``by``, and where a post can have several values."""
    unknown: Series | None
    """Posts of which the value is not known; ``None`` without ``by``."""
    coverage: Coverage


def check(asked: Trends, scale: Scale) -> None:
    """Pass what is not too much.

    Raises:
        InvalidInput: series times buckets are too many.
    """
    if asked.by and asked.top * scale.length > MOST_CELLS:
        message = f"{asked.top} series of {scale.length} buckets are too many"
        remedy = f"use fewer series or a longer interval: at most {MOST_CELLS} figures"
        raise InvalidInput(message, field="top", remedy=remedy)


def questions(caller: Caller, asked: Trends, scale: Scale) -> list[Question]:
    """The selection's posts, and all that the caller may see, by the same buckets."""
    aggs = {**scale.over_time({**apart(), **sums(asked.metrics)}), **apart(FINE)}
    if asked.by:
        aggs |= split(asked.by, asked.top, {**scale.over_time(), **apart()})
    ours = Question(selected(caller, asked), aggs, index_of(asked))
    return [ours, everything(caller, scale.window, scale.over_time())]


def everything(caller: Caller, window: Window, aggs: Dsl) -> Question:
    """All posts of a window that a caller may see: what shares are of. The same for all selections, so it is cached."""
    published = {"gte": window.since.isoformat(), "lt": window.until.isoformat()}
    return Question({"bool": {"filter": [*visible_to(caller), {"range": {"published_at": published}}]}}, aggs)


def answer(asked: Trends, scale: Scale, found: Sequence[Found], coverage: Coverage, now: datetime) -> TrendsAnswer:
    """The engine's answers to ``questions`` as volume over time."""
    ours, everybodys = found[:2]
    all_counts = _counts(scale, everybodys.figures)
    buckets = _buckets(asked, scale, ours, all_counts)
    series, others, unknown = _series(asked, scale, ours, all_counts)
    return TrendsAnswer(
        total=ours.total,
        deduplicated=told_apart(ours.figures),
        all=everybodys.total,
        interval=scale.interval,
        buckets=[_seen(bucket, end, coverage, now) for bucket, end in zip(buckets, scale.edges[1:], strict=True)],
        series=series,
        others=others,
        unknown=unknown,
        coverage=coverage,
    )


def _counts(scale: Scale, figures: Dsl) -> list[int]:
    return [bucket["doc_count"] for bucket in scale.row(figures)]


def _buckets(asked: Trends, scale: Scale, ours: Found, all_counts: list[int]) -> list[Bucket]:
    return [
        Bucket(
            at=at,
            posts=(posts := bucket["doc_count"]),
            deduplicated=told_apart(bucket),
            all=whole,
            share=share(posts, whole),
            partial=at < scale.window.since,
            blind=[],
            partly_blind=[],
            metrics=summed(asked.metrics, bucket) if asked.metrics else None,
        )
        for at, bucket, whole in zip(scale.edges, scale.row(ours.figures), all_counts, strict=False)
    ]


def _seen(bucket: Bucket, end: datetime, coverage: Coverage, now: datetime) -> Bucket:
    """A bucket with what was not seen in it. What is yet to come cannot have been missed."""
    gap = missed(coverage.blind, max(bucket.at, coverage.since), min(end, coverage.until, now))
    return msgspec.structs.replace(
        bucket,
        partial=bucket.partial or end > min(coverage.until, now),
        blind=gap.wholly,
        partly_blind=gap.partly,
    )


def _series(
    asked: Trends, scale: Scale, ours: Found, all_counts: list[int]
) -> tuple[list[Series], Series | None, Series | None]:
    if not asked.by:
        return [], None, None
    parts = parts_of(asked.by, ours.figures)
    series = [_one(scale, part.bucket, all_counts, part.value, part.label) for part in parts.parts]
    unknown = _one(scale, parts.unknown, all_counts)
    if parts.others is None:
        return series, None, unknown
    shown = [each.counts for each in (*series, unknown)]
    counts = [whole - sum(some) for whole, *some in zip(_counts(scale, ours.figures), *shown, strict=True)]
    return series, _rest(counts, all_counts), unknown


def _one(
    scale: Scale, bucket: Dsl, all_counts: list[int], value: str | None = None, label: str | None = None
) -> Series:
    counts = _counts(scale, bucket)
    return Series(
        value=value,
        label=label,
        posts=bucket["doc_count"],
        deduplicated=told_apart(bucket),
        counts=counts,
        shares=list(map(share, counts, all_counts)),
    )


def _rest(counts: list[int], all_counts: list[int]) -> Series:
    return Series(
        value=None,
        label=None,
        posts=sum(counts),
        deduplicated=None,
        counts=counts,
        shares=list(map(share, counts, all_counts)),
    )
