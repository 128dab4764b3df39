"""What Dashboards' requests for data may say, after what its server makes of them.

``params`` become a search of the engine, with all names that they have (``opensearch_search_strategy.ts``,
``value_suggestions_route.ts``, ``call_msearch.ts`` of OpenSearch Dashboards 3).
"""

from __future__ import annotations

import re
from typing import Any, Final

from socialindex.gate import aggregations, queries
from socialindex.gate.order import ordered
from socialindex.gate.shapes import known, listed, mapping, plain, refuse

_INDEX: Final = "[a-z0-9][a-z0-9_.*-]{0,99}"
INDICES: Final = re.compile(f"{_INDEX}(,-?{_INDEX}){{0,19}}")
"""Names, patterns, and several of them: neither other clusters (``:``), hidden indices (``.``), all, nor paths."""
_PARAMS: Final = frozenset(
    {
        *("index", "body", "preference", "timeout"),
        *("ignore_unavailable", "ignoreUnavailable", "ignore_throttled", "ignoreThrottled"),
        *("track_total_hits", "trackTotalHits", "rest_total_hits_as_int", "restTotalHitsAsInt"),
        *("max_concurrent_shard_requests", "maxConcurrentShardRequests", "batched_reduce_size", "batchedReduceSize"),
    }
)
_BODY: Final = frozenset(
    {
        *("query", "aggs", "aggregations", "sort", "highlight", "script_fields"),
        *("size", "from", "search_after", "track_total_hits", "timeout", "terminate_after", "version"),
        *("_source", "stored_fields", "docvalue_fields", "fields"),
    }
)
"""What tells of the documents that match. Not: ``suggest``, ``rescore``, ``collapse``, ``explain``, ``profile``, ..."""
_HIGHLIGHT: Final = frozenset({"pre_tags", "post_tags", "fragment_size", "number_of_fragments", "require_field_match"})
_ALL_IN_ONE: Final = 100
"""Searches in one request; a dashboard of ours has twenty panels."""


def search(said: Any) -> None:  # noqa: ANN401 - JSON is anything
    """Pass the body of ``POST /internal/search/{strategy}``.

    Raises:
        InvalidInput: it may tell of other documents than those that match its query; names the part.
    """
    params = known(known(said, {"params"}, "a search").get("params"), _PARAMS, "params")
    _indices(params.get("index"))
    for name, value in params.items():
        if name != "body":
            plain(value, "params")
    body(params.get("body", {}))


def searches(said: Any) -> None:  # noqa: ANN401 - JSON is anything
    """Pass the body of ``POST /internal/_msearch``. Errors as of ``search``."""
    several = listed(known(said, {"searches"}, "searches").get("searches"))
    if len(several) > _ALL_IN_ONE:
        refuse(f"More than {_ALL_IN_ONE} searches in one request", "Ask for fewer panels at once.")
    for each in several:
        one = known(each, {"header", "body"}, "a search")
        header = known(one.get("header"), {"index", "preference"}, "a header")
        _indices(header.get("index"))
        plain(header.get("preference"), "a header")
        body(one.get("body"))


def suggestions(said: Any) -> None:  # noqa: ANN401 - JSON is anything
    """Pass the body of ``POST /api/opensearch-dashboards/suggestions/values/{index}``. Errors as of ``search``."""
    given = known(said, {"field", "query", "boolFilter"}, "suggestions")
    plain(given.get("field"), "suggestions")
    plain(given.get("query"), "suggestions")
    for each in listed(given.get("boolFilter", [])):
        queries.judge(each)


def body(said: Any) -> None:  # noqa: ANN401 - JSON is anything
    """Pass the body of a search of the engine. Errors as of ``search``."""
    given = known(said, _BODY, "a search's body")
    ranked = _ranked(given.get("query", {"match_all": {}}))
    for name in ("aggs", "aggregations"):
        aggregations.judge(given.get(name, {}), ranked=ranked)
    ordered(given.get("sort", []), ranked=ranked)
    if ranked and _shows_documents(given.get("size")) and not given.get("sort"):
        refuse("Documents by rank", "Sort them by a field, or put the query into filter.")
    if given.get("script_fields"):
        refuse("A scripted field", "Use a field that is indexed.")
    _highlight(given.get("highlight", {}))


def _ranked(query: Any) -> bool:  # noqa: ANN401 - JSON is anything
    queries.judge(query)
    return queries.ranks(query)


def _shows_documents(size: Any) -> bool:  # noqa: ANN401 - JSON is anything
    return size != 0 or isinstance(size, bool)


def _indices(value: Any) -> None:  # noqa: ANN401 - JSON is anything
    if not isinstance(value, str) or not INDICES.fullmatch(value):
        refuse("An index of this name", "Use mentions, posts, alerts or operations.")


def _highlight(said: Any) -> None:  # noqa: ANN401 - JSON is anything
    given = known(said, {*_HIGHLIGHT, "fields"}, "highlight")
    for each in mapping(given.get("fields", {}), "highlight").values():
        known(each, _HIGHLIGHT, "highlight")
