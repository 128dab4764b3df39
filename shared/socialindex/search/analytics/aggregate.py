"""Aggregate: one figure of posts, by one dimension or by two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec

from socialindex.errors import InvalidInput
from socialindex.model import Struct
from socialindex.search.analytics.asking import Found, Question
from socialindex.search.analytics.coverage import Coverage  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.search.analytics.dimensions import Dimension, parts_of, split
from socialindex.search.analytics.figures import COARSE, apart, rounded, share
from socialindex.search.analytics.window import Windowed
from socialindex.search.selection import index_of, selected

if TYPE_CHECKING:
    from socialindex.access import Caller

Dsl = dict[str, Any]
Figure = Literal[
    "posts",
    "deduplicated",
    "authors",
    "likes",
    "replies",
    "reposts",
    "views",
    "likes_average",
    "replies_average",
    "reposts_average",
    "views_average",
    "sentiment",
    "reach",
]

MOST_CELLS: Final = 1_000
_AVERAGE: Final = "_average"
_HAS_VIEWS: Final[Dsl] = {"exists": {"field": "metrics.views"}}
_REACH: Final[Dsl] = {
    "viewed": {"stats": {"field": "metrics.views"}},
    "followed": {
        "filter": {"bool": {"must_not": _HAS_VIEWS}},
        "aggs": {"followers": {"stats": {"field": "author.followers"}}},
    },
}
ESTIMATES: Final = {"deduplicated", "authors"}


class Aggregate(Windowed, frozen=True, kw_only=True):
    """One figure by one or two dimensions."""

    by: Annotated[list[Dimension], msgspec.Meta(min_length=1, max_length=2)]
    """One or two dimensions: rows, and columns within them."""
    metric: Figure = "posts"
    """What is told of each value. Sums and averages of likes and the like are over posts whose source gave them."""
    order: Literal["metric", "posts"] = "metric"
    """What the values with the most of are picked and shown: the metric itself, or posts. ``deduplicated`` and
    ``authors`` are picked by posts and ``reach`` by views, and then shown in their own order."""
    top: Annotated[int, msgspec.Meta(ge=1, le=MOST_CELLS)] = 20
    """How many values of the first dimension."""
    top_within: Annotated[int, msgspec.Meta(ge=1, le=MOST_CELLS)] = 10
    """How many values of the second, within each of the first."""


class Cell(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """The posts of one value."""

    value: str
    label: str | None
    """An author's handle or name."""
    posts: int
    metric: float | None
    """``None`` where it is known of no post: an unknown figure is not zero."""
    known: int
    """Posts of which the metric is known."""
    within: Table | None
    """By the second dimension; ``None`` where there is none."""


class Table(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Values, those with the most first, and what is not among them."""

    cells: list[Cell]
    unknown: int
    """Posts of which the value is not known."""
    others: int | None
    """Posts of values beyond the ``top``; ``None`` where a post can have several values."""
    outside: float | None
    """The share of the posts that is in no cell."""
    too_few_by: int | None
    """By how many posts at most a cell counts too few, since months are counted apart; ``None`` where the order is not
    by posts, so that nobody knows."""


class AggregateAnswer(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A figure by its dimensions."""

    total: int
    """Posts of the selection in the window."""
    metric: float | None
    """Of all of them."""
    known: int
    table: Table
    coverage: Coverage


def check(asked: Aggregate) -> None:
    """Pass what makes sense and is not too much.

    Raises:
        InvalidInput: a dimension twice, or too many cells.
    """
    if len(set(asked.by)) < len(asked.by):
        raise InvalidInput("both dimensions are the same", field="by", remedy="name two, or one only once")
    if len(asked.by) > 1 and asked.top * asked.top_within > MOST_CELLS:
        message = f"{asked.top} times {asked.top_within} cells are too many"
        raise InvalidInput(message, field="top", remedy=f"at most {MOST_CELLS} cells: make top or top_within smaller")


def question(caller: Caller, asked: Aggregate) -> Question:
    """The selection's posts by the dimensions."""
    figure, order = _figure(asked.metric), _order(asked)
    inner = split(asked.by[1], asked.top_within, figure, order) if len(asked.by) > 1 else {}
    aggs = {**figure, **split(asked.by[0], asked.top, {**figure, **inner}, order)}
    return Question(selected(caller, asked), aggs, index_of(asked))


def answer(asked: Aggregate, found: Found, coverage: Coverage) -> AggregateAnswer:
    """The engine's answer to ``question``."""
    metric, known = _value(asked.metric, {**found.figures, "doc_count": found.total})
    table = _table(asked, asked.by, found.figures, found.total)
    return AggregateAnswer(total=found.total, metric=metric, known=known, table=table, coverage=coverage)


def _figure(metric: Figure) -> Dsl:
    """Aggregations for ``_value``."""
    match metric:
        case "posts":
            return {}
        case "deduplicated":
            return apart()
        case "authors":
            return {"authors": {"cardinality": {"field": "author.key", "precision_threshold": COARSE}}, **_known()}
        case "sentiment":
            return {"figure": {"stats": {"field": "sentiment"}}}
        case "reach":
            return _REACH
        case _:
            return {"figure": {"stats": {"field": f"metrics.{metric.removesuffix(_AVERAGE)}"}}}


def _known() -> Dsl:
    return {"known": {"value_count": {"field": "author.key"}}}


def _order(asked: Aggregate) -> Dsl | None:
    """How the engine picks the values; ``None``: by posts."""
    if asked.order == "posts":
        return None
    match asked.metric:
        case "posts" | "deduplicated" | "authors":
            return None  # counting different things for every author there is would take gigabytes
        case "reach":
            return {"viewed.sum": "desc"}
        case metric:
            return {"figure.avg" if metric == "sentiment" or metric.endswith(_AVERAGE) else "figure.sum": "desc"}


def _value(metric: Figure, bucket: Dsl) -> tuple[float | None, int]:
    """The metric of a bucket's posts, and of how many it is known."""
    posts: int = bucket["doc_count"]
    match metric:
        case "posts":
            return posts, posts
        case "deduplicated":
            return bucket.get("clusters", {}).get("value", 0), posts
        case "authors":
            known: int = bucket.get("known", {}).get("value", 0)
            return (bucket["authors"]["value"] if known else None), known
        case "reach":
            return _reach(bucket)
    stats = bucket.get("figure", {"count": 0})
    if not stats["count"]:
        return None, 0
    averaged = metric == "sentiment" or metric.endswith(_AVERAGE)
    return rounded(stats["avg" if averaged else "sum"]), stats["count"]


def _reach(bucket: Dsl) -> tuple[float | None, int]:
    if "viewed" not in bucket:
        return None, 0
    parts = [bucket["viewed"], bucket["followed"]["followers"]]
    known = sum(part["count"] for part in parts)
    return (sum(part["sum"] for part in parts if part["count"]) if known else None), known


def _table(asked: Aggregate, by: list[Dimension], bucket: Dsl, posts: int) -> Table:
    parts = parts_of(by[0], bucket)
    cells = [
        Cell(
            value=part.value,
            label=part.label,
            posts=part.bucket["doc_count"],
            metric=(figure := _value(asked.metric, part.bucket))[0],
            known=figure[1],
            within=_table(asked, by[1:], part.bucket, part.bucket["doc_count"]) if by[1:] else None,
        )
        for part in parts.parts
    ]
    unknown: int = parts.unknown["doc_count"]
    outside = None if parts.others is None else share(unknown + parts.others, posts)
    by_posts = _order(asked) is None
    return Table(
        cells=sorted(cells, key=lambda cell: _rank(asked, cell), reverse=True),
        unknown=unknown,
        others=parts.others,
        outside=outside,
        too_few_by=parts.error if by_posts else None,
    )


def _rank(asked: Aggregate, cell: Cell) -> tuple[bool, float]:
    """What is known comes before what is not."""
    figure = cell.posts if asked.order == "posts" else cell.metric
    return figure is not None, figure or 0.0
