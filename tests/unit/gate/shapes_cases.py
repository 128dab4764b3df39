"""What searches say, as data: parts that pass, and parts that come around the plugin's filter."""

from __future__ import annotations

from typing import Any, Final

from socialindex.gate.aggregations import PUBLIC

Json = dict[str, Any]

PASSING_QUERIES: Final[list[Json]] = [
    {"match_all": {}},
    {"match_none": {}},
    {"ids": {"values": ["po_1"]}},
    {"exists": {"field": "mention.topic"}},
    {"term": {"source": "feed"}},
    {"term": {"source": {"value": "feed", "boost": 2}}},
    {"terms": {"source": ["feed", "lemmy"]}},
    {"range": {"published_at": {"gte": "now-1d", "lt": "now", "format": "strict_date_optional_time"}}},
    {"match": {"text": "배터리"}},
    {"match": {"text": {"query": "배터리 발열", "operator": "and"}}},
    {"match_phrase": {"mention.topic": "tp_1"}},
    {"prefix": {"author.handle": "a"}},
    {"wildcard": {"url": {"value": "*recall*", "case_insensitive": True}}},
    {"regexp": {"source": "f.*"}},
    {"query_string": {"query": "text:battery AND source:feed", "analyze_wildcard": True, "time_zone": "Asia/Seoul"}},
    {"simple_query_string": {"query": "battery", "fields": ["text"], "default_operator": "and"}},
    {"multi_match": {"type": "phrase", "query": "battery", "lenient": True}},
    {"constant_score": {"filter": {"term": {"source": "feed"}}, "boost": 1}},
    {"bool": {"must": [], "filter": {"match_all": {}}, "should": [{"match_all": {}}], "minimum_should_match": 1}},
]
AROUND_QUERIES: Final[list[Json]] = [
    {"more_like_this": {"like": "x", "min_doc_freq": 3}},
    {"percolate": {"field": "query", "document": {}}},
    {"script": {"script": "true"}},
    {"script_score": {"query": {"match_all": {}}, "script": "1", "min_score": 3}},
    {"function_score": {"query": {"match": {"text": "x"}}, "min_score": 3}},
    {"wrapper": {"query": "eyJtYXRjaF9hbGwiOnt9fQ=="}},
    {"has_child": {"type": "x", "query": {"match_all": {}}}},
    {"nested": {"path": "x", "query": {"match_all": {}}}},
    {"template": {"source": "x"}},
    {"fuzzy": {"text": "x"}},
    {"match_phrase_prefix": {"text": {"query": "x", "max_expansions": 1}}},
    {"match_bool_prefix": {"text": "x"}},
    {"span_multi": {"match": {"prefix": {"text": "x"}}}},
    {"terms": {"hashtags": {"index": "mentions", "id": "x", "path": "hashtags"}}},
    {"prefix": {"text": {"value": "x", "rewrite": "top_terms_1"}}},
    {"wildcard": {"text": {"value": "x*", "rewrite": "scoring_boolean"}}},
    {"match": {"text": {"query": "x", "cutoff_frequency": 3}}},
    {"match": {"text": {"query": "x", "fuzziness": 2, "max_expansions": 1}}},
    {"match": {"max_expansions": {"query": "x", "max_expansions": 1}}},
    {"multi_match": {"type": "phrase_prefix", "query": "x"}},
    {"multi_match": {"type": "bool_prefix", "query": "x"}},
    {"query_string": {"query": "x", "type": "phrase_prefix"}},
    {"query_string": {"query": "x~", "fuzzy_max_expansions": 1}},
    {"query_string": {"query": "x*", "rewrite": "top_terms_1"}},
    {"bool": {"must": [], "adjust_pure_negative": True, "script": {}}},
    {"multi_match": {"type": ["phrase"], "query": "x"}},
    {"bool": []},
    {"match_all": {}, "script": {}},
    {"term": "x"},
    {},
]
PUBLIC_FILTER: Final[Json] = {"bool": {"filter": list(PUBLIC)}}
PASSING_AGGREGATIONS: Final[list[Json]] = [
    {"terms": {"field": "source", "size": 8, "order": {"_count": "desc"}, "min_doc_count": 1}},
    {"terms": {"field": "source", "include": "f.*"}, "meta": {"about": {"global": {}}}},
    {
        "date_histogram": {
            "field": "published_at",
            "fixed_interval": "1h",
            "min_doc_count": 0,
            "time_zone": "Asia/Seoul",
        }
    },
    {"auto_date_histogram": {"field": "published_at", "buckets": 48, "minimum_interval": "hour"}},
    {"histogram": {"field": "sentiment", "interval": 0.5, "min_doc_count": 0}},
    {"range": {"field": "sentiment", "ranges": [{"to": 0, "key": "negative"}, {"from": 0}], "keyed": True}},
    {"date_range": {"field": "published_at", "ranges": [{"from": "now-1d"}], "format": "yyyy-MM-dd"}},
    {"filter": {"exists": {"field": "author.key"}}},
    {"filters": {"filters": {"a": {"match_all": {}}, "b": {"match": {"text": "x"}}}, "other_bucket": True}},
    {"filters": {"filters": [{"match_all": {}}]}},
    {"missing": {"field": "sentiment"}},
    {"avg": {"field": "sentiment", "missing": 0}},
    {"cardinality": {"field": "author.key", "precision_threshold": 1000}},
    {"percentiles": {"field": "lead_minutes", "percents": [50]}},
    {"top_hits": {"size": 1, "sort": [{"published_at": {"order": "asc"}}], "_source": ["text"]}},
    {"significant_text": {"field": "text", "background_filter": PUBLIC_FILTER, "shard_min_doc_count": 2}},
    {"significant_terms": {"field": "hashtags", "background_filter": PUBLIC_FILTER}},
    {"cumulative_sum": {"buckets_path": "_count"}},
]
_NEARLY: Final[list[Json]] = [
    {"match_all": {}},
    {"term": {"visibility": "public"}},
    {"bool": {"filter": list(PUBLIC)[:1]}},
    {"bool": {"should": list(PUBLIC)}},
    {"bool": {"must_not": list(PUBLIC)}},
    {"bool": {"filter": [{"bool": {"should": [*PUBLIC, {"match_all": {}}]}}]}},
    {"bool": {"filter": [{"terms": {"visibility": ["public", "ws_c"]}}, PUBLIC[1]]}},
    {"bool": {"filter": list(PUBLIC)}, "match_all": {}},
    {"bool": {"filter": [*PUBLIC, {"more_like_this": {"like": "x"}}]}},
    {"bool": {"filter": None}},
    {"bool": None},
]
"""Backgrounds that are not only what is public, or say more than that."""
_OF_NOTHING: Final[list[Any]] = [{}, [{}], ["published_at", {}], [[]], [None]]
"""Sorts that the engine takes for none, or for less than they look like."""
AROUND_AGGREGATIONS: Final[list[Json]] = [
    {"global": {}},
    {"global": {}, "aggs": {"them": {"top_hits": {"size": 9, "sort": ["published_at"]}}}},
    *({"terms": {"field": "hashtags", "min_doc_count": least}} for least in (0, "0", 0.0, 0.4, -0.0, None, False, "1")),
    {"terms": {"field": "hashtags", "shard_min_doc_count": 0}},
    {"terms": {"field": "hashtags", "min_doc_count": 1, "script": "x"}},
    {"terms": {"script": {"source": "x"}}},
    {"rare_terms": {"field": "hashtags"}},
    {"multi_terms": {"terms": [], "min_doc_count": 0}},
    {"significant_text": {"field": "text"}},
    {"significant_terms": {"field": "hashtags"}},
    *({"significant_terms": {"field": "hashtags", "background_filter": each}} for each in _NEARLY),
    {"significant_terms": {"field": "hashtags", "background_filter": PUBLIC_FILTER, "min_doc_count": 0}},
    {"terms": {"field": "hashtags", "background_filter": {"match_all": {}}}},
    {"children": {"type": "x"}},
    {"parent": {"type": "x"}},
    {"nested": {"path": "x"}},
    {"reverse_nested": {}},
    {"scripted_metric": {"map_script": "x"}},
    {"bucket_script": {"buckets_path": "_count", "script": "1"}},
    {"moving_fn": {"buckets_path": "_count", "window": 2, "script": "x"}},
    {"composite": {"sources": [{"x": {"terms": {"field": "hashtags"}}}]}},
    {"top_hits": {"size": 1}},
    {"top_hits": {"size": 1, "sort": []}},
    {"top_hits": {"size": 1, "sort": ["_score"]}},
    *({"top_hits": {"size": 1, "sort": sort}} for sort in _OF_NOTHING),
    {"top_hits": {"size": 1, "sort": ["published_at"], "explain": True}},
    {"top_hits": {"size": 1, "sort": ["published_at"], "script_fields": {"x": {"script": "1"}}}},
    {"filter": {"more_like_this": {"like": "x"}}},
    {"filters": {"filters": {"a": {"script": {"script": "x"}}}}},
    {"filters": {"filters": [{"percolate": {}}]}},
    {"filters": {"filters": {"a": {"match_all": {}}}, "global": {}}},
    {"adjacency_matrix": {"filters": {"a": {"match_all": {}}}}},
    {"avg": {"field": "sentiment"}, "global": {}},
    {"avg": {"field": "sentiment"}, "aggregations": {"x": {"global": {}}}},
    {"avg": [], "aggs": {}},
    {},
]
DISCOVER: Final[Json] = {
    "size": 500,
    "version": True,
    "sort": [{"published_at": {"order": "desc", "unmapped_type": "boolean"}}],
    "aggs": {"2": {"date_histogram": {"field": "published_at", "fixed_interval": "3h", "min_doc_count": 1}}},
    "stored_fields": ["*"],
    "script_fields": {},
    "fields": ["*"],
    "docvalue_fields": [{"field": "published_at", "format": "date_time"}],
    "_source": {"excludes": []},
    "query": {
        "bool": {
            "must": [{"query_string": {"query": "battery", "analyze_wildcard": True, "time_zone": "Asia/Seoul"}}],
            "filter": [
                {"bool": {"should": [{"match": {"source": "feed"}}], "minimum_should_match": 1}},
                {"multi_match": {"type": "best_fields", "query": "x", "lenient": True}},
                {"range": {"published_at": {"gte": "2026-11-01T00:00:00Z", "format": "strict_date_optional_time"}}},
            ],
            "should": [],
            "must_not": [{"match_phrase": {"source": "board"}}],
        }
    },
    "highlight": {"pre_tags": ["@"], "post_tags": ["@"], "fields": {"*": {}}, "fragment_size": 2147483647},
}
"""What Discover asks, with words, DQL, filters and its chart (``search_source.ts``, ``build_opensearch_query.ts``)."""
CONTROL: Final[Json] = {
    "size": 0,
    "timeout": "1000ms",
    "terminate_after": 100000,
    "stored_fields": ["*"],
    "script_fields": {},
    "aggs": {"termsAgg": {"terms": {"order": {"_count": "desc"}, "field": "source", "include": ".*fe.*"}}},
}
"""``list_control_factory.ts``."""
TABLE: Final[Json] = {
    "size": 0,
    "aggs": {
        "2": {
            "terms": {"field": "source", "order": {"1": "desc"}, "size": 5, "missing": "__missing__"},
            "aggs": {
                "1": {"cardinality": {"field": "author.key"}},
                "3": {"percentiles": {"field": "x", "keyed": False}},
            },
        },
        "other-filter": {
            "filters": {"filters": {"": {"bool": {"must": [], "must_not": [{"match_phrase": {"source": "feed"}}]}}}},
            "aggs": {"1": {"cardinality": {"field": "author.key"}}},
        },
    },
}
"""Terms by a figure, and what is asked for the others (``_terms_other_bucket_helper.ts``)."""
PASSING_BODIES: Final[list[Json]] = [
    DISCOVER,
    CONTROL,
    TABLE,
    {},
    {"size": 0, "query": {"match": {"text": "x"}}},
    {
        "size": 500,
        "query": {"match": {"text": "x"}},
        "sort": [{"published_at": {"order": "desc", "unmapped_type": "date"}}],
    },
    {
        "query": {"ids": {"values": ["po_1"]}},
        "stored_fields": ["*"],
        "script_fields": {},
        "_source": True,
        "version": True,
    },
    {
        "sort": [{"_score": "desc"}],
        "query": {"bool": {"must": [{"match_all": {}}], "filter": [{"match": {"text": "x"}}]}},
    },
    {"sort": [{"published_at": "desc"}, {"_doc": "desc"}], "search_after": [1, 2], "_source": {"excludes": []}},
    {"highlight": {"pre_tags": ["@"], "post_tags": ["@"], "fields": {"*": {}}, "fragment_size": 2147483647}},
    {"docvalue_fields": [{"field": "published_at", "format": "date_time"}], "track_total_hits": True, "timeout": "30s"},
    {"query": {"bool": {"filter": [{"match": {"text": "x"}}]}}, "aggs": {"s": {"sampler": {"shard_size": 9}}}},
]
AROUND_BODIES: Final[list[Json]] = [
    {"suggest": {"s": {"text": "about", "term": {"field": "text"}}}},
    {"query": {"match": {"text": "x"}}},
    {"query": {"bool": {"should": [{"term": {"text": "x"}}]}}, "size": 1},
    {"query": {"match": {"text": "x"}}, "size": False},
    {"query": {"match": {"text": "x"}}, "sort": []},
    {"query": {"match": {"text": "x"}}, "sort": ["_score"]},
    {"query": {"match": {"text": "x"}}, "sort": [{"published_at": "desc"}, {"_score": {"order": "desc"}}]},
    {"query": {"match": {"text": "x"}}, "sort": [{}]},
    {"query": {"match": {"text": "x"}}, "sort": ["published_at", {}]},
    {"sort": {"_script": {"type": "number", "script": "1"}}},
    {"sort": [{"published_at": {"order": "asc", "nested": {"filter": {"match_all": {}}}}}]},
    {"sort": [{"published_at": {"missing": {"script": "x"}}}]},
    {"query": {"match": {"text": "x"}}, "size": 0, "aggs": {"s": {"sampler": {"shard_size": 9}}}},
    {"script_fields": {"x": {"script": "1"}}},
    {"highlight": {"fields": {"text": {"highlight_query": {"more_like_this": {"like": "x"}}}}}},
    {"highlight": {"highlight_query": {"match_all": {}}, "fields": {"*": {}}}},
    *(
        {name: value}
        for name, value in {
            "rescore": {"query": {"rescore_query": {"match_all": {}}}},
            "indices_boost": [{"mentions": 2}],
            "collapse": {"field": "author.key"},
            "explain": True,
            "profile": True,
            "track_scores": True,
            "min_score": 1,
            "post_filter": {"match_all": {}},
            "pit": {"id": "x"},
            "slice": {"id": 0, "max": 2},
            "search_pipeline": {"request_processors": []},
            "ext": {"rerank": {}},
            "derived": {"x": {"type": "keyword", "script": "x"}},
            "runtime_mappings": {"x": {"type": "keyword"}},
            "stats": ["x"],
            "Suggest": {},
            "suggest ": {},
            "aggs\u0000": {},
        }.items()
    ),
    {"query": None},
    {"aggs": None},
    {"aggs": []},
]
AROUND_PARAMS: Final[list[Json]] = [
    *(
        {"index": "mentions", "body": {}, name: value}
        for name, value in {
            "suggest_field": "text",
            "suggestField": "text",
            "suggest_text": "x",
            "q": "x",
            "source": "{}",
            "scroll": "1m",
            "search_pipeline": "x",
            "searchType": "dfs_query_then_fetch",
            "explain": "true",
            "expand_wildcards": "all",
            "_source": "x",
            "sort": "_score",
            "stored_fields": "x",
            "method": "PUT",
            "preference": {"x": 1},
            "querystring": {"suggest_field": "text"},
            "type": "x",
        }.items()
    ),
    {"index": "mentions", "body": '{"suggest": {}}'},
    {"index": "mentions", "body": []},
    {"body": {}},
    *(
        {"index": name, "body": {}}
        for name in ("", "other:mentions", "../_cat", "a/b", "a%2fb", "<x-{now}>", "A", None, ["a"])
    ),
    *(
        {"index": f"mentions{others}", "body": {}}
        for others in (",.kibana_1", ",-.kibana_1", ",_all", ",*", ",-*", ",", ",,posts", ",--posts", "\n")
    ),
]
