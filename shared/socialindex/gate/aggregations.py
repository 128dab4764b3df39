"""Aggregations that pass: those that look at the documents that match, and at no others.

``global`` does not, ``min_doc_count`` 0 and the background of ``significant_*`` need not; what takes a script does not
pass either. Each kind is tried with the real plugin: whoever adds one, adds it to ``tests/integration/gate_asking.py``.
"""

from __future__ import annotations

from typing import Any, Final

from socialindex.access import NOBODY, visible_to
from socialindex.gate import queries
from socialindex.gate.order import ordered
from socialindex.gate.shapes import counted, known, listed, mapping, refuse, single

HISTOGRAMS: Final = frozenset({"auto_date_histogram", "date_histogram", "histogram"})
"""Their groups lie between those of matching documents: an empty one tells nothing."""
SIGNIFICANT: Final = frozenset({"significant_terms", "significant_text"})
_LEAST: Final = ("min_doc_count", "shard_min_doc_count")
"""How many documents a group must have: with 0, the engine lists the words of all documents."""
KINDS: Final = frozenset(
    {
        *HISTOGRAMS,
        *SIGNIFICANT,
        *("date_range", "filter", "filters", "missing", "range", "sampler", "terms"),
        *("avg", "cardinality", "extended_stats", "max", "median_absolute_deviation", "min", "percentile_ranks"),
        *("percentiles", "stats", "sum", "top_hits", "value_count"),
        *("avg_bucket", "cumulative_sum", "derivative", "max_bucket", "min_bucket", "serial_diff", "sum_bucket"),
    }
)
_PARAMETERS: Final = frozenset(
    {
        *("field", "missing", "format", "time_zone", "keyed", "size", "shard_size", "order", "include", "exclude"),
        *("interval", "calendar_interval", "fixed_interval", "offset", *_LEAST),
        *("buckets", "minimum_interval"),
        *("extended_bounds", "hard_bounds", "ranges", "percents", "values", "precision_threshold"),
        *("from", "sort", "_source", "docvalue_fields", "background_filter"),
        *("buckets_path", "gap_policy", "lag"),
    }
)
PUBLIC: Final = tuple(visible_to(NOBODY))
"""What a background must be filtered by: posts that everybody may see."""


def judge(aggregations: Any, *, ranked: bool) -> None:  # noqa: ANN401 - JSON is anything
    """Pass aggregations, with those within them.

    Args:
        aggregations: by the names that they are given.
        ranked: whether their query ranks documents.

    Raises:
        InvalidInput: one of them may tell of other documents than those that match.
    """
    for one in mapping(aggregations, "Aggregations").values():
        parts = {name: value for name, value in mapping(one, "An aggregation").items() if name != "meta"}
        for name in ("aggs", "aggregations"):
            judge(parts.pop(name, {}), ranked=ranked)
        _one(*single(parts, "An aggregation"), ranked=ranked)


def _one(kind: str, said: Any, *, ranked: bool) -> None:  # noqa: ANN401 - JSON is anything
    if kind not in KINDS:
        refuse(f"An aggregation of the kind {kind!r}")
    if kind == "filter":
        queries.judge(said)
    elif kind == "filters":
        _filters(known(said, {"filters", "other_bucket", "other_bucket_key"}, "filters").get("filters"))
    else:
        _parameters(kind, known(said, _PARAMETERS, f"a {kind} aggregation"))
    if kind == "sampler" and ranked:
        refuse("A sample of the best", "Put the query into filter, so that all that matches is equal.")


def _filters(filters: Any) -> None:  # noqa: ANN401 - JSON is anything
    for each in filters.values() if isinstance(filters, dict) else listed(filters):
        queries.judge(each)


def _parameters(kind: str, given: dict[str, Any]) -> None:
    if kind not in HISTOGRAMS:
        for name in _LEAST:
            counted(given.get(name, 1), f"A {name}")
    if kind == "top_hits" and not given.get("sort"):
        refuse("top_hits by rank", "Give it a sort by a field.")
    ordered(given.get("sort", []))
    if kind in SIGNIFICANT or "background_filter" in given:
        _background(given.get("background_filter"))


def _background(query: Any) -> None:  # noqa: ANN401 - JSON is anything
    """Pass what is at most all public posts, whose words may be counted."""
    filters = listed(query["bool"].get("filter")) if _is_bool(query) else []
    if not all(each in filters for each in PUBLIC):
        refuse("A background that is not public", "Filter it as the panel of related terms does (docs/roles.md).")
    queries.judge(query)


def _is_bool(query: Any) -> bool:  # noqa: ANN401 - JSON is anything
    return isinstance(query, dict) and list(query) == ["bool"] and isinstance(query["bool"], dict)
