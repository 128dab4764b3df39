"""What a search may say, however it is put together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.errors import InvalidInput
from socialindex.gate import searches, strict
from tests.unit.gate.shapes_cases import (
    AROUND_AGGREGATIONS,
    AROUND_BODIES,
    AROUND_PARAMS,
    AROUND_QUERIES,
    PASSING_AGGREGATIONS,
    PASSING_BODIES,
    PASSING_QUERIES,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    Json = dict[str, Any]

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
UNDER = st.sampled_from(["aggs", "aggregations"])
QUERIES = st.sampled_from(PASSING_QUERIES)
AGGREGATIONS = st.sampled_from(PASSING_AGGREGATIONS)
GROUPS = AGGREGATIONS.map(lambda each: {name: value for name, value in each.items() if name not in ("aggs", "meta")})


def in_params(body: Json) -> Json:
    return {"params": {"index": "mentions", "body": body}}


def refused(body: Json) -> None:
    """That it does not pass, in none of the ways that Dashboards has for it."""
    with pytest.raises(InvalidInput):
        searches.search(in_params(body))
    with pytest.raises(InvalidInput):
        searches.searches({"searches": [{"header": {"index": "posts"}, "body": body}]})


def deeper(query: SearchStrategy[Json]) -> SearchStrategy[Json]:
    """A query within another one, beside one that passes."""
    lists = st.tuples(query, QUERIES).flatmap(st.permutations)
    clause = st.sampled_from(["must", "should", "filter", "must_not"])
    one = st.builds(lambda name, each: {"bool": {name: each}}, clause, query)
    several = st.builds(lambda name, each: {"bool": {name: list(each)}}, clause, lists)
    return one | several | st.builds(lambda each: {"constant_score": {"filter": each}}, query)


def beneath(aggregation: SearchStrategy[Json]) -> SearchStrategy[Json]:
    """An aggregation within another one, beside one that passes."""
    inner = st.dictionaries(NAMES, AGGREGATIONS, max_size=1)
    return st.builds(
        lambda group, under, name, beside, each: {**group, under: {**beside, name: each}},
        GROUPS, UNDER, NAMES, inner, aggregation,
    )  # fmt: skip


def somewhere(
    cases: list[Json], wrapped: Callable[[SearchStrategy[Json]], SearchStrategy[Json]]
) -> SearchStrategy[Json]:
    """One of the cases, however deep."""
    return st.recursive(st.sampled_from(cases), wrapped, max_leaves=6)


def asking(queries: SearchStrategy[Json]) -> SearchStrategy[Json]:
    """Bodies that ask a query, or have it in an aggregation."""
    plain = st.builds(lambda query: {"size": 0, "query": query}, queries)
    filters = st.builds(lambda name, query: {"filters": {"filters": {name: query}}}, NAMES, queries)
    return plain | figures(st.builds(lambda query: {"filter": query}, queries) | filters)


def figures(aggregations: SearchStrategy[Json]) -> SearchStrategy[Json]:
    """Bodies that ask for figures."""
    return st.builds(lambda under, name, each: {"size": 0, under: {name: each}}, UNDER, NAMES, aggregations)


HONEST = asking(somewhere(PASSING_QUERIES, deeper)) | figures(somewhere(PASSING_AGGREGATIONS, beneath))


@pytest.mark.parametrize("query", PASSING_QUERIES, ids=json.dumps)
def test_queries_that_say_which_documents_match_pass(query: Json) -> None:
    searches.search(in_params({"size": 0, "query": query}))
    searches.suggestions({"field": "source", "query": "fe", "boolFilter": [query]})


@pytest.mark.parametrize("query", AROUND_QUERIES, ids=json.dumps)
def test_queries_that_come_around_do_not(query: Json) -> None:
    refused({"size": 0, "query": query})
    refused({"size": 0, "aggs": {"a": {"filter": query}}})
    with pytest.raises(InvalidInput):
        searches.suggestions({"field": "source", "query": "fe", "boolFilter": [query]})


@pytest.mark.parametrize("aggregation", PASSING_AGGREGATIONS, ids=json.dumps)
def test_aggregations_of_what_matches_pass(aggregation: Json) -> None:
    searches.search(in_params({"size": 0, "aggs": {"a": aggregation}}))


@pytest.mark.parametrize("aggregation", AROUND_AGGREGATIONS, ids=json.dumps)
def test_aggregations_that_come_around_do_not(aggregation: Json) -> None:
    refused({"size": 0, "aggs": {"a": aggregation}})


@pytest.mark.parametrize("body", PASSING_BODIES, ids=json.dumps)
def test_what_dashboards_and_discover_ask_passes(body: Json) -> None:
    searches.search(in_params(body))
    searches.searches({"searches": [{"header": {"index": "posts", "preference": 1}, "body": body}]})


@pytest.mark.parametrize("body", AROUND_BODIES, ids=json.dumps)
def test_bodies_that_come_around_do_not_pass(body: Json) -> None:
    refused(body)


@pytest.mark.parametrize("params", AROUND_PARAMS, ids=json.dumps)
def test_parameters_are_those_that_dashboards_sends(params: Json) -> None:
    with pytest.raises(InvalidInput):
        searches.search({"params": params})


@pytest.mark.parametrize(
    "said",
    [
        {"params": {"index": "posts"}, "dataSourceId": "x"},
        {"params": {"index": "posts"}, "rawQuery": True},
        {"params": []},
        [],
        None,
    ],
    ids=json.dumps,
)
def test_nothing_stands_beside_the_parameters(said: Any) -> None:
    with pytest.raises(InvalidInput):
        searches.search(said)


@pytest.mark.parametrize(
    "said",
    [
        {"searches": [{"header": {"index": "posts", "search_type": "x"}, "body": {}}]},
        {"searches": [{"header": {"index": ["posts"]}, "body": {}}]},
        {"searches": [{"header": {}, "body": {}}]},
        {"searches": [{"header": {"index": "posts"}, "body": {}, "x": 1}]},
        {"searches": [{"header": {"index": "posts"}}]},
        {"searches": [{"header": {"index": "posts"}, "body": {}}] * 101},
        {"searches": [], "suggest": {}},
    ],
    ids=lambda said: json.dumps(said)[:80],
)
def test_of_many_searches_each_is_looked_at(said: Json) -> None:
    with pytest.raises(InvalidInput):
        searches.searches(said)


@given(HONEST)
def test_what_passes_is_sent_as_it_was_said(body: Json) -> None:
    sent = strict.written(in_params(body))
    searches.search(strict.read(sent))
    assert strict.read(sent) == json.loads(sent) == in_params(body)


@given(asking(somewhere(AROUND_QUERIES, deeper)))
def test_a_query_that_comes_around_is_found_however_deep(body: Json) -> None:
    refused(body)


@given(figures(somewhere(AROUND_AGGREGATIONS, beneath)))
def test_an_aggregation_that_comes_around_is_found_however_deep_and_called(body: Json) -> None:
    refused(body)


@given(figures(somewhere(AROUND_AGGREGATIONS, beneath)) | st.sampled_from(AROUND_BODIES))
def test_spelled_with_escapes_it_is_the_same(body: Json) -> None:
    value = strict.read(spelled(in_params(body)).encode())
    assert value == in_params(body)
    refused(value["params"]["body"])


def spelled(value: Any) -> str:
    """JSON in which every character of a word is an escape (RFC 8259, section 7)."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{spelled(name)}:{spelled(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(spelled, value)) + "]"
    if isinstance(value, str):
        units = value.encode("utf-16-be").hex()
        return '"' + "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4)) + '"'
    return json.dumps(value)
