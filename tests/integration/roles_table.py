"""Who tries what in OpenSearch Dashboards or beside it, and what comes of it: the table of docs/roles.md."""

from __future__ import annotations

from typing import Final

from tests.integration.roles_trying import (
    COLUMNS,
    SUGGEST,
    THEIRS,
    M,
    Row,
    all_alike,
    asks,
    counted,
    hits,
    lines,
    names,
    own,
    scrolled,
    search,
    theirs,
)
from tests.integration.roles_world import NAME, C

SEEING: Final = (
    Row("search `posts`", search("posts"), "PAB", "PA", "PA", "refused", "refused"),
    Row("search `mentions`", search("mentions"), "AB", "A", "A", "refused", "refused"),
    Row("search `alerts`", search("alerts"), "AB", "A", "A", "refused", "refused"),
    Row("search `operations`", search("operations"), "refused", "refused", "refused", "O", "refused"),
    all_alike("search `topics`", search("topics")),
    Row("an index by its name", search(M), "AB", "A", "A", "refused", "refused"),
    Row("indices by a wildcard", search("mentions-*"), "AB", "A", "A", "refused", "refused"),
    all_alike("all indices: `_all`, `*`, no name", search("_all")),
    all_alike("`*,-operations*`", search("*,-operations*")),
    all_alike("hidden indices", asks("POST", "/.*/_search?expand_wildcards=all", {})),
    Row("another's mention by id", asks("GET", f"/{M}/_doc/{THEIRS}"), "empty", "empty", "empty", *["refused"] * 2),
    Row(
        "many by id",
        asks("POST", "/_mget", {"docs": [{"_index": M, "_id": f"mention-{owner}"} for owner in "ABC"]}),
        *("AB", "A", "A", "refused", "refused"),
    ),
    Row("many searches", asks("POST", "/_msearch", lines({"index": "mentions"}, {})), "AB", "A", "A", *["refused"] * 2),
    Row("page by page (scroll)", scrolled, "AB", "A", "A", "refused", "refused"),
    Row(
        "count another's",
        asks("POST", "/mentions/_count", {"query": {"term": {"mention.workspace": C}}}),
        *("empty", "empty", "empty", "refused", "refused"),
    ),
    Row(
        "aggregate tags",
        search("mentions", size=0, aggs={"tags": {"terms": {"field": "mention.tags"}}}),
        *("AB", "A", "A", "refused", "refused"),
    ),
    Row(
        "aggregate with nothing in it (`min_doc_count` 0)",
        search("mentions", size=0, aggs={"tags": {"terms": {"field": "mention.tags", "min_doc_count": 0}}}),
        *["refused"] * 5,
    ),
    Row(
        "terms of another's document (terms lookup)",
        search("posts", query={"terms": {"hashtags": {"index": M, "id": THEIRS, "path": "hashtags"}}}),
        *("empty", "empty", "empty", "refused", "refused"),
    ),
    Row(
        "inner hits of a collapsed search",
        search("mentions", collapse={"field": "author.key", "inner_hits": {"name": "all", "size": 9}}),
        *("AB", "A", "A", "refused", "refused"),
    ),
    all_alike("a search's profile", search("mentions", profile=True)),
    all_alike(
        "why a document matches (`_explain`)", asks("POST", f"/{M}/_explain/{THEIRS}", {"query": {"match_all": {}}})
    ),
    all_alike(
        "words of a document (`_termvectors`)", asks("POST", f"/{M}/_termvectors/{THEIRS}", {"fields": ["text"]})
    ),
    all_alike("point in time", asks("POST", "/mentions/_search/point_in_time?keep_alive=1m")),
)
CHANGING: Final = (
    all_alike("write a mention", asks("PUT", f"/{M}/_doc/new", {"text": "x"})),
    all_alike("change one", asks("POST", f"/{M}/_update/mention-A", {"doc": {"text": "x"}})),
    all_alike("delete one", asks("DELETE", f"/{M}/_doc/mention-A")),
    all_alike("delete by query", asks("POST", "/mentions/_delete_by_query", {"query": {"match_all": {}}})),
    all_alike("update by query", asks("POST", "/mentions/_update_by_query", {"query": {"match_all": {}}})),
    all_alike(
        "copy mentions away (`_reindex`)", asks("POST", "/_reindex", {"source": {"index": M}, "dest": {"index": "x"}})
    ),
    all_alike("make an index", asks("PUT", "/copied")),
    all_alike("delete an index", asks("DELETE", f"/{M}")),
    all_alike("another alias", asks("PUT", f"/{M}/_alias/mine")),
    all_alike("change a mapping", asks("PUT", f"/{M}/_mapping", {"properties": {"x": {"type": "keyword"}}})),
    all_alike("an index template", asks("PUT", "/_index_template/x", {"index_patterns": ["x"]})),
    all_alike("store a script", asks("PUT", "/_scripts/x", {"script": {"lang": "painless", "source": "1"}})),
    all_alike("change a setting", asks("PUT", "/_cluster/settings", {"transient": {"search.max_buckets": 1}})),
)
KNOWING: Final = (
    all_alike("list indices (`_cat/indices`)", asks("GET", "/_cat/indices")),
    all_alike("list aliases (`_cat/aliases`)", asks("GET", "/_cat/aliases")),
    all_alike("mappings and settings", asks("GET", f"/{M}")),
    all_alike("the cluster's state", asks("GET", "/_cluster/state")),
    all_alike("what others ask now (`_tasks`)", asks("GET", "/_tasks?detailed")),
    all_alike("figures of nodes", asks("GET", "/_nodes/stats")),
    all_alike("roles", asks("GET", "/_plugins/_security/api/roles")),
    all_alike(
        "make oneself an administrator",
        asks("PUT", "/_plugins/_security/api/rolesmapping/all_access", {"users": ["x"]}),
    ),
    all_alike("the index of roles", search(".opendistro_security")),
)
SAVING: Final = (
    all_alike("look at what is shipped", asks("GET", "/.kibana/_doc/shipped", tenant=""), "done"),
    all_alike("change what is shipped", asks("PUT", "/.kibana/_doc/shipped", {"type": "x"}, "")),
    all_alike("update what is shipped", asks("POST", "/.kibana/_update/shipped", {"doc": {"type": "x"}}, "")),
    all_alike("delete what is shipped", asks("DELETE", "/.kibana/_doc/shipped", tenant="")),
    all_alike("delete all that is shipped", asks("DELETE", "/.kibana_1", tenant="")),
    all_alike("save in one's own tenant", own(asks("GET", "/.kibana/_doc/mine", tenant="__user__")), "done"),
    all_alike(
        "change what one saved",
        own(asks("POST", "/.kibana/_update/mine", {"doc": {"type": "y"}}, "__user__")),
        "done",
    ),
    all_alike("delete what one saved", own(asks("DELETE", "/.kibana/_doc/mine", tenant="__user__")), "done"),
    all_alike("what another one saved, by its index", theirs("/{home}/_search", None)),
    all_alike("... from one's own tenant", theirs("/{alias}/_search", "__user__")),
    all_alike("... by the other's tenant", theirs("/.kibana/_search", "saver")),
    all_alike("... by a wildcard", theirs("/.kibana*/_search", "")),
)


NAMING: Final = (
    names("a name in a mention", query={"match_all": {}}),
    names("a name in a post", index="posts", query={"match_all": {}}),
    names("as a field", _source=False, docvalue_fields=["author.name", "mentions", "url"]),
    names("by fields", _source=False, fields=["author.*", "mentions", "url"]),
    names("aggregated", size=0, aggs={"names": {"terms": {"field": "author.name"}}}),
    names(
        "aggregated over all (`global`)",
        size=0,
        aggs={"g": {"global": {}, "aggs": {"n": {"terms": {"field": "author.handle"}}}}},
    ),
    names("sorted by", _source=False, sort=["author.name"]),
    names("collapsed by", _source=False, collapse={"field": "author.name"}),
    names(
        "highlighted",
        _source=False,
        query={"match": {"author.name.words": NAME}},
        highlight={"fields": {"author.name.words": {}}},
    ),
    names("suggested", size=0, suggest={"s": {"text": "heroon", "term": {"field": "author.name.words"}}}),
    names("mentioned", _source=["mentions*"]),
    hits("guessed, by the name", {"term": {"author.name": NAME}}),
    hits("guessed, by a word of it", {"match": {"author.name.words": NAME}}),
    hits("guessed, by a prefix of the handle", {"prefix": {"author.handle": NAME[:3]}}),
    hits("guessed, in all fields", {"query_string": {"query": NAME}}),
    hits("guessed, by the address", {"wildcard": {"url": f"*{NAME}*"}}),
    hits("guessed, by whether there is one", {"exists": {"field": "author.name"}}),
)
AROUND: Final = (
    Row(
        "an aggregation over all documents (`global`)",
        search("mentions", size=0, aggs={"all": {"global": {}, "aggs": {"them": {"top_hits": {"size": 9}}}}}),
        *("ABC", "ABC", "ABC", "refused", "refused"),
    ),
    Row(
        "count another's, with a suggester beside the query",
        counted,
        *("C", "C", "C", "refused", "refused"),
    ),
    Row(
        "an aggregation with a suggester beside it",
        search("mentions", query={"match_all": {}}, suggest=SUGGEST, aggs={"t": {"terms": {"field": "mention.tags"}}}),
        *("ABC", "ABC", "ABC", "refused", "refused"),
    ),
    Row(
        "hits with a suggester beside them",
        search("mentions", query={"match_all": {}}, suggest=SUGGEST),
        *("AB", "A", "A", "refused", "refused"),
    ),
    Row(
        "`min_doc_count` 0 within another aggregation",
        search(
            "mentions",
            size=0,
            aggs={
                "a": {"missing": {"field": "id"}, "aggs": {"t": {"terms": {"field": "hashtags", "min_doc_count": 0}}}}
            },
        ),
        *("ABC", "ABC", "ABC", "refused", "refused"),
    ),
    Row(
        "words like another one (suggester)",
        search("mentions", size=0, suggest={"s": {"text": "zebracharlix", "term": {"field": "text"}}}),
        *("C", "C", "C", "refused", "refused"),
    ),
)
"""What the plugin lets through though it should not: when one of these fails, it was mended, and docs/roles.md too."""
SECTIONS: Final = {
    "Seeing": SEEING,
    "Changing": CHANGING,
    "Knowing": KNOWING,
    "Saving": SAVING,
    "Learning who wrote": NAMING,
    "Going around the plugin": AROUND,
}


def printed() -> list[str]:
    """The table's lines, as docs/roles.md has them."""
    lines: list[str] = []
    for title, rows in SECTIONS.items():
        lines += [f"| **{title}** |{' |' * len(COLUMNS)}"]
        lines += [f"| {row.what} | {' | '.join(row.expected(column) for column in COLUMNS)} |" for row in rows]
    return lines
