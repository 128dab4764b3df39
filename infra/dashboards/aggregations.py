"""A panel's aggregations as OpenSearch Dashboards keeps them; params as in ``src/plugins/data/common/search/aggs``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.dashboards.source import Agg, Language, Panel

State = dict[str, Any]


def aggregations(panel: Panel, language: Language) -> list[State]:
    """The aggregations of a panel, numbered from 1."""
    return [_aggregation(str(number), agg, language) for number, agg in enumerate(panel.aggs, 1)]


def label_of(agg: Agg, language: Language) -> str:
    """What an aggregation is called on its panel."""
    return agg.label.in_(language) if agg.label else ""


def _aggregation(number: str, agg: Agg, language: Language) -> State:
    make = _PARAMS.get(agg.agg)
    params = make(agg, language) if make else {"field": agg.field}
    if label := label_of(agg, language):
        params["customLabel"] = label
    return {"id": number, "enabled": True, "type": agg.agg, "schema": agg.as_, "params": params}


def _terms(agg: Agg, _language: Language) -> State:
    return {
        "field": agg.field,
        "orderBy": str(agg.by) if agg.by else "_key",
        "order": "asc" if agg.up else "desc",
        "size": agg.size,
        "otherBucket": False,
        "otherBucketLabel": "Other",
        "missingBucket": False,
        "missingBucketLabel": "Missing",
    }


def _date_histogram(agg: Agg, _language: Language) -> State:
    return {
        "field": agg.field,
        "useNormalizedOpenSearchInterval": True,
        "scaleMetricValues": False,
        "interval": "auto",
        "drop_partials": False,
        "min_doc_count": 1,
        "extended_bounds": {},
    }


def _filters(agg: Agg, language: Language) -> State:
    return {"filters": [_filter(part.query, part.label.in_(language)) for part in agg.parts]}


def _filter(query: str, label: str) -> State:
    return {"input": {"query": query, "language": "lucene"}, "label": label}


def _top_hits(agg: Agg, _language: Language) -> State:
    return {"field": agg.field, "aggregate": "concat", "size": 1, "sortField": agg.sort, "sortOrder": "desc"}


def _nothing(_agg: Agg, _language: Language) -> State:
    return {}


def _percentiles(agg: Agg, _language: Language) -> State:
    return {"field": agg.field, "percents": agg.percents}


_PARAMS: Final[dict[str, Callable[[Agg, Language], State]]] = {
    "count": _nothing,
    "terms": _terms,
    "date_histogram": _date_histogram,
    "filters": _filters,
    "percentiles": _percentiles,
    "top_hits": _top_hits,
}
"""Of those that have more than a field."""
