"""Queries that pass: those that only say which documents match, whatever else is in the engine.

What is not here reads other documents (``more_like_this``, ``percolate``, terms lookups), runs code (``script``), hides
another query (``wrapper``), or depends on how often words are in all documents (``rewrite``, ``max_expansions``,
``cutoff_frequency``, ``min_score``): https://docs.opensearch.org/latest/query-dsl/.
"""

from __future__ import annotations

from typing import Any, Final

from socialindex.gate.shapes import known, listed, mapping, plain, refuse, single

_BOOL: Final = frozenset({"must", "should", "filter", "must_not", "minimum_should_match", "boost"})
_CLAUSES: Final = ("must", "should", "filter", "must_not")
_OF_FIELDS: Final = frozenset({"match", "match_phrase", "prefix", "range", "regexp", "term", "terms", "wildcard"})
"""What has parameters per field: ``{"term": {"source": "feed"}}``, ``{"term": {"source": {"value": "feed"}}}``."""
_OF_NONE: Final = frozenset(
    {"exists", "ids", "match_all", "match_none", "multi_match", "query_string", "simple_query_string"}
)
KINDS: Final = frozenset({"bool", "constant_score", *_OF_FIELDS, *_OF_NONE})
"""Each is tried with the real plugin: whoever adds one, adds it to ``tests/integration/gate_asking.py``."""
_PARAMETERS: Final = frozenset(
    {
        *("query", "value", "values", "field", "fields", "default_field"),
        *("gt", "gte", "lt", "lte", "from", "to", "include_lower", "include_upper", "format", "time_zone", "relation"),
        *("boost", "operator", "default_operator", "type", "lenient", "slop", "minimum_should_match", "tie_breaker"),
        *("analyze_wildcard", "case_insensitive", "escape", "flags", "zero_terms_query"),
    }
)
_TYPES: Final = ("best_fields", "most_fields", "cross_fields", "phrase")
"""Of ``multi_match`` and ``query_string``; the others spell prefixes out by the words of all documents."""
_FLAT: Final = frozenset(
    {"constant_score", "exists", "ids", "match_all", "match_none", "prefix", "range", "regexp", "terms", "wildcard"}
)
"""What all matching documents match equally well."""


def judge(query: Any) -> None:  # noqa: ANN401 - JSON is anything
    """Pass a query.

    Raises:
        InvalidInput: there is something in it that may tell of other documents than those that match.
    """
    kind, said = single(query, "A query")
    if kind == "bool":
        clauses = known(said, _BOOL, "a bool query")
        for each in (each for name in _CLAUSES for each in listed(clauses.get(name, []))):
            judge(each)
    elif kind == "constant_score":
        judge(known(said, {"filter", "boost"}, "a constant_score query").get("filter"))
    elif kind in _OF_FIELDS:
        for value in mapping(said, f"A {kind} query").values():
            _parameters(value if isinstance(value, dict) else {"value": value}, kind)
    elif kind in _OF_NONE:
        _parameters(said, kind)
    else:
        refuse(f"A query of the kind {kind!r}")


def ranks(query: Any) -> bool:  # noqa: ANN401 - JSON is anything
    """Whether a query that passed has documents match better or worse: by how rare words are in all documents."""
    kind, said = single(query, "A query")
    if kind == "bool":
        return any(ranks(each) for name in ("must", "should") for each in listed(said.get(name, [])))
    return kind not in _FLAT


def _parameters(said: Any, kind: str) -> None:  # noqa: ANN401 - JSON is anything
    given = known(said, _PARAMETERS, f"a {kind} query")
    for value in given.values():
        plain(value, f"a {kind} query")
    if given.get("type", "phrase") not in _TYPES:
        refuse(f"The type of a {kind} query", f"Use one of {', '.join(_TYPES)}.")
