"""One of each that the gate lets through, and what was found to come around the plugin beside ``roles_table.AROUND``.

Each is asked of the engine with documents of others in it, which differ in words, days and figures.
"""

from __future__ import annotations

from typing import Any, Final

from socialindex.gate.aggregations import PUBLIC
from tests.integration.roles_world import WORDS

Json = dict[str, Any]

DAY: Final[Json] = {"date_histogram": {"field": "published_at", "calendar_interval": "day", "min_doc_count": 0}}
LIKES: Final[Json] = {"field": "metrics.likes"}
TAGS: Final[Json] = {"field": "hashtags"}
LEAST_ONE: Final = {"min_doc_count": 1, "background_filter": {"bool": {"filter": list(PUBLIC)}}}
_OVER_DAYS: Final = {"buckets_path": "days>likes"}
_IN_DAYS: Final = {"buckets_path": "likes"}


def _beside(kind: str) -> Json:
    return {"days": {**DAY, "aggs": {"likes": {"sum": LIKES}}}, "it": {kind: _OVER_DAYS}}


def _within(kind: str) -> Json:
    return {"days": {**DAY, "aggs": {"likes": {"sum": LIKES}, "it": {kind: _IN_DAYS}}}}


AGGREGATIONS: Final[dict[str, Json]] = {
    **{
        kind: {"it": {kind: LIKES}}
        for kind in (
            *("avg", "cardinality", "extended_stats", "max", "median_absolute_deviation", "min", "percentiles"),
            *("stats", "sum", "value_count"),
        )
    },
    **{kind: _beside(kind) for kind in ("avg_bucket", "max_bucket", "min_bucket", "sum_bucket")},
    **{kind: _within(kind) for kind in ("cumulative_sum", "derivative", "serial_diff")},
    "auto_date_histogram": {"it": {"auto_date_histogram": {"field": "published_at", "buckets": 9}}},
    "date_histogram": {"it": DAY},
    "date_range": {"it": {"date_range": {"field": "published_at", "ranges": [{"from": "2026-01-01"}]}}},
    "filter": {"it": {"filter": {"exists": {"field": "hashtags"}}, "aggs": {"tags": {"terms": TAGS}}}},
    "filters": {"it": {"filters": {"filters": {word: {"term": {"hashtags": word}} for word in WORDS.values()}}}},
    "histogram": {"it": {"histogram": {**LIKES, "interval": 1, "min_doc_count": 0}}},
    "missing": {"it": {"missing": {"field": "nothing"}, "aggs": {"tags": {"terms": TAGS}}}},
    "percentile_ranks": {"it": {"percentile_ranks": {**LIKES, "values": [1, 2, 3, 4]}}},
    "range": {"it": {"range": {**LIKES, "ranges": [{"from": 0}]}}},
    "sampler": {"it": {"sampler": {"shard_size": 100}, "aggs": {"tags": {"terms": TAGS}}}},
    "significant_terms": {"it": {"significant_terms": {**TAGS, **LEAST_ONE}}},
    "significant_text": {"it": {"significant_text": {"field": "text", **LEAST_ONE}}},
    "terms": {"it": {"terms": {**TAGS, "order": {"_count": "asc"}}}},
    "top_hits": {"it": {"top_hits": {"size": 9, "sort": ["published_at"]}}},
}
"""A request's aggregations for each kind that passes."""
QUERIES: Final[dict[str, Json]] = {
    "bool": {"bool": {"should": [{"term": {"hashtags": word}} for word in WORDS.values()]}},
    "constant_score": {"constant_score": {"filter": {"exists": {"field": "hashtags"}}}},
    "exists": {"exists": {"field": "hashtags"}},
    "ids": {"ids": {"values": [f"mention-{owner}" for owner in WORDS]}},
    "match": {"match": {"text": " ".join(WORDS.values())}},
    "match_all": {"match_all": {}},
    "match_phrase": {"match_phrase": {"text": f"about {WORDS['A']}"}},
    "multi_match": {"multi_match": {"query": " ".join(WORDS.values()), "fields": ["text", "hashtags"]}},
    "prefix": {"prefix": {"text": "zebra"}},
    "query_string": {"query_string": {"query": "zebra* OR text:about"}},
    "range": {"range": {"published_at": {"gte": "2026-01-01"}}},
    "regexp": {"regexp": {"text": "zebra.*"}},
    "simple_query_string": {"simple_query_string": {"query": "zebra*", "fields": ["text"]}},
    "term": {"term": {"hashtags": WORDS["A"]}},
    "terms": {"terms": {"hashtags": list(WORDS.values())}},
    "wildcard": {"wildcard": {"text": "*zebra*"}},
}
"""One for each kind of query that passes and finds something."""
_ALL: Final = {"size": 0, "query": {"match_all": {}}}
_LIKE: Final = {"fields": ["text"], "like": "about", "min_term_freq": 1}
_NONE_IN_IT: Final = {"it": {"terms": {**TAGS, "min_doc_count": "0.9"}}}
_OF_OTHERS: Final = {"min_doc_count": 1, "background_filter": {"term": {"hashtags": WORDS["C"]}}}
AROUND: Final[dict[str, tuple[Json, str]]] = {
    "how many documents have a word (`explain`)": (
        {"explain": True, "query": {"match": {"text": "about"}}},
        '{"value":6,"description":"n, number of documents containing term"',
    ),
    "... by the rank of one's own": ({"query": {"match": {"text": "about"}}}, '"_score":1.033'),
    "... by the rank, sorted by nothing": ({"query": {"match": {"text": "about"}}, "sort": [{}]}, '"_score":1.033'),
    "... by `bg_count`": (
        {**_ALL, "aggs": {"it": {"significant_text": {"field": "text", "min_doc_count": 1}}}},
        '"bg_count":6',
    ),
    "... that others have": ({**_ALL, "aggs": {"it": {"significant_terms": {**TAGS, **_OF_OTHERS}}}}, '"bg_count":2'),
    "... at least (`min_doc_freq`)": ({"query": {"more_like_this": {**_LIKE, "min_doc_freq": 3}}}, '"_id":"mention-A"'),
    "`min_doc_count` 0 spelled otherwise": (
        {**_ALL, "aggs": {"a": {"filters": {"filters": [{"match_all": {}}]}, "aggs": _NONE_IN_IT}}},
        WORDS["C"],
    ),
    "`global` by the other name": (
        {**_ALL, "aggregations": {"a": {"global": {}, "aggregations": {"it": {"terms": TAGS}}}}},
        WORDS["C"],
    ),
    "a suggester of another kind": (
        {"suggest": {"it": {"text": "zebracharlix", "phrase": {"field": "text"}}}},
        WORDS["C"],
    ),
}
"""Bodies of searches of mentions, and what the plugin lets them tell: there are six, with those that are gone."""
