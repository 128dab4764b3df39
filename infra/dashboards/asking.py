"""What OpenSearch Dashboards asks the engine for a saved object: for tests and pictures, which have no Dashboards.

Made as its own code does: ``buildOpenSearchQuery`` and ``AggConfigs.toDsl`` of the data plugin,
``OpenSearchQueryParser`` of the Vega plugin, ``ListControl`` of the controls.
"""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from infra.dashboards.objects import SavedObject

Dsl = dict[str, Any]

_CLAUSE: Final = re.compile("%dashboard_context-(must|filter|must_not)_clause%")
_SAMPLE: Final = 500
"""Documents of a saved search that Discover asks for (``discover:sampleSize``)."""
_OPERATIONS: Final = {"median": "percentiles"}
"""Aggregations that the engine knows by another name."""
_FOR_DASHBOARDS: Final = {"orderBy", "order", "otherBucket", "otherBucketLabel", "missingBucket", "missingBucketLabel"}
_NOT_ASKED: Final = {
    "customLabel",
    "useNormalizedOpenSearchInterval",
    "scaleMetricValues",
    "drop_partials",
    "extended_bounds",
    "interval",
    *_FOR_DASHBOARDS,
}


class Context(NamedTuple):
    """What a dashboard adds to the questions of its panels."""

    since: datetime
    until: datetime
    interval: Dsl
    """What ``auto`` becomes at this length, such as ``{"fixed_interval": "3h"}``."""
    filters: list[Dsl]
    """The dashboard's own and those of its controls, as saved."""


class Asked(NamedTuple):
    """A question: where it is asked, and the body of the search."""

    alias: str
    """The index, or several with commas between."""
    body: Dsl


def phrase(field: str, value: str) -> Dsl:
    """The filter of a control whose one value was chosen."""
    return {"meta": {"negate": False}, "query": {"match_phrase": {field: value}}}


def asked(shown: SavedObject, patterns: Mapping[str, SavedObject], context: Context) -> list[Asked]:
    """The questions of a visualization or saved search; none of words.

    Args:
        shown: the object.
        patterns: index patterns by id.
        context: the dashboard's.
    """
    references = {each["name"]: patterns.get(each["id"]) for each in shown["references"]}
    if shown["type"] == "search":
        return [_search(shown, references, context)]
    state = json.loads(shown["attributes"]["visState"])
    if state["type"] == "vega":
        return [asked_of for _, asked_of in drawn(json.loads(state["params"]["spec"]), context)]
    if state["type"] == "input_control_vis":
        return [_control(each, references) for each in state["params"]["controls"]]
    return [_figures(shown, state, references, context)] if state["aggs"] else []


def drawn(specification: Dsl, context: Context) -> Iterator[tuple[Dsl, Asked]]:
    """Each data source of a Vega specification that asks the engine, with its question."""
    for data in _sources(specification):
        url = copy.deepcopy(data["url"])
        body = url["body"]
        if url.get("%context%"):
            body["query"] = _bool(context.filters, [_range(url["%timefield%"], context)])
        else:
            body["query"] = _injected(body["query"], context)
        if "aggs" in body:
            body["aggs"] = _injected(body["aggs"], context)
        yield data, Asked(url["index"], body)


def _injected(given: Any, context: Context) -> Any:  # noqa: ANN401 - JSON is anything
    """A query of a specification's own, with the dashboard's filters and time where it asks for them."""
    match given:
        case {"%timefilter%": True}:
            return _bounds(context)
        case dict():
            return {name: _injected(value, context) for name, value in given.items()}
        case list():
            return [part for value in given for part in _clauses(value, context)]
    return given


def _clauses(value: Any, context: Context) -> list[Any]:  # noqa: ANN401 - JSON is anything
    clause = _CLAUSE.fullmatch(value) if isinstance(value, str) else None
    if clause is None:
        return [_injected(value, context)]
    found: list[Any] = _bool(context.filters, [])["bool"][clause[1]]
    return found


def _sources(given: Any) -> Iterator[Dsl]:  # noqa: ANN401 - JSON is anything
    if isinstance(given, dict):
        data = given.get("data")
        several: list[Any] = data if isinstance(data, list) else [data]
        yield from filter(_asks, several)
        for name, value in given.items():
            if name != "data":
                yield from _sources(value)
    elif isinstance(given, list):
        for value in given:
            yield from _sources(value)


def _asks(data: Any) -> bool:  # noqa: ANN401 - JSON is anything
    return isinstance(data, dict) and isinstance(data.get("url"), dict)


def _search(shown: SavedObject, references: Mapping[str, Any], context: Context) -> Asked:
    pattern, query = _source(shown, references, context)
    sort = [{field: {"order": order, "unmapped_type": "boolean"}} for field, order in shown["attributes"]["sort"]]
    return Asked(pattern["attributes"]["title"], {"size": _SAMPLE, "sort": sort, "query": query})


def _figures(shown: SavedObject, state: Dsl, references: Mapping[str, Any], context: Context) -> Asked:
    pattern, query = _source(shown, references, context)
    aggs = _nested(state["aggs"], context)
    body = {"size": 0, "query": query, "aggs": aggs}
    return Asked(pattern["attributes"]["title"], body)


def _source(shown: SavedObject, references: Mapping[str, Any], context: Context) -> tuple[SavedObject, Dsl]:
    """The index pattern that is asked, and the query."""
    source = json.loads(shown["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])
    pattern = references[source["indexRefName"]]
    query = _bool([*source["filter"], *context.filters], [_lucene(source["query"]["query"])])
    query["bool"]["filter"].append(_range(pattern["attributes"]["timeFieldName"], context))
    return pattern, query


def _control(control: Dsl, references: Mapping[str, Any]) -> Asked:
    """Values that can be chosen; a list that is filled as one types is asked for with the engine's own size."""
    pattern, options = references[control["indexPatternRefName"]], control["options"]
    terms = {"field": control["fieldName"], "order": {"_count": options["order"]}}
    terms |= {} if options["dynamicOptions"] else {"size": options["size"]}
    return Asked(pattern["attributes"]["title"], {"size": 0, "aggs": {"termsAgg": {"terms": terms}}})


def _nested(aggs: list[Dsl], context: Context) -> Dsl:
    """Groups within each other in their order, with the metrics in all of the innermost."""
    metrics = {agg["id"]: _one(agg, context) for agg in aggs if agg["schema"] == "metric" and agg["type"] != "count"}
    inner: Dsl = metrics
    counts = {agg["id"] for agg in aggs if agg["type"] == "count"}
    for agg in reversed([agg for agg in aggs if agg["schema"] != "metric"]):
        made = _one(agg, context)
        ordered: Dsl = {}
        if agg["type"] == "terms":
            by, order = agg["params"]["orderBy"], agg["params"]["order"]
            made["terms"]["order"] = {"_count" if by in counts else by: order}
            ordered = {by: metrics[by]} if by in metrics else {}
        below = {**inner, **ordered}
        inner = {agg["id"]: {**made, "aggs": below} if below else made}
    return inner


def _one(agg: Dsl, context: Context) -> Dsl:
    given: str = agg["type"]
    kind = _OPERATIONS.get(given, given)
    params: Dsl = {name: value for name, value in agg["params"].items() if name not in _NOT_ASKED}
    match agg["type"]:
        case "date_histogram":
            params |= context.interval
        case "median":
            params |= {"percents": [50]}
        case "filters":
            each = params["filters"]
            params = {"filters": {one["label"]: _bool([], [_lucene(one["input"]["query"])]) for one in each}}
        case "top_hits":
            sort = [{agg["params"]["sortField"]: {"order": agg["params"]["sortOrder"]}}]
            params = {"_source": agg["params"]["field"], "size": agg["params"]["size"], "sort": sort}
    return {kind: params}


def _bool(filters: list[Dsl], must: list[Dsl]) -> Dsl:
    groups: dict[bool, list[Dsl]] = {False: [], True: []}
    for each in filters:
        groups[each["meta"]["negate"]].append(each["query"])
    return {"bool": {"must": must, "filter": groups[False], "should": [], "must_not": groups[True]}}


def _lucene(query: str) -> Dsl:
    return {"query_string": {"query": query, "analyze_wildcard": True}} if query else {"match_all": {}}


def _range(field: str, context: Context) -> Dsl:
    return {"range": {field: _bounds(context)}}


def _bounds(context: Context) -> Dsl:
    bounds = {"gte": context.since.isoformat(), "lte": context.until.isoformat()}
    return {**bounds, "format": "strict_date_optional_time"}
