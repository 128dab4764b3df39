"""What queries find on the real engine, and that a topic of the same query meets the same posts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from opensearchpy.exceptions import TransportError

from socialindex import engine
from socialindex.engine import MENTIONS, TOPICS
from socialindex.errors import InvalidQuery
from socialindex.query import compile_query, limits, parse, proximity
from socialindex.setup.template import posts_template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch

pytestmark = pytest.mark.integration

HERE = Path(__file__).parent
CASES = json.loads((HERE / "query_cases.json").read_text("utf-8"))
POSTS: dict[str, dict[str, Any]] = CASES["posts"]
INDEX = "query-cases"
MONTH = f"{MENTIONS}-g1-2001.01"


@pytest.fixture(scope="module")
def client(engine_url: str) -> Iterator[OpenSearch]:
    """The engine with the posts of the table, in an index of their own."""
    client = engine.connect(engine_url, signed=False)
    allowed = {"indices.query.bool.max_clause_count": limits.ENGINE_CLAUSES}
    client.cluster.put_settings(body={"persistent": allowed})
    template = posts_template(HERE.parents[1] / "infra" / "opensearch")["template"]
    client.indices.create(index=INDEX, body={"settings": template["settings"], "mappings": template["mappings"]})
    for name, post in POSTS.items():
        client.index(index=INDEX, id=name, body=post)
    client.indices.refresh(index=INDEX)
    yield client
    client.indices.delete(index=INDEX)


def found(client: OpenSearch, query: dict[str, Any], index: str = INDEX) -> set[str]:
    answer = client.search(index=index, body={"query": query, "size": 500, "_source": False})
    return {hit["_id"] for hit in answer["hits"]["hits"]}


@pytest.mark.parametrize("case", CASES["queries"], ids=[ascii(case["query"]) for case in CASES["queries"]])
def test_a_query_finds(client: OpenSearch, case: dict[str, Any]) -> None:
    assert found(client, compile_query(parse(case["query"]))) == set(case["finds"])


@pytest.fixture(scope="module")
def mentions(client: OpenSearch) -> Iterator[OpenSearch]:
    """The engine with mentions of all posts of the table."""
    for name, post in POSTS.items():
        client.index(index=MONTH, id=name, body=post)
    client.indices.refresh(index=MONTH)
    yield client
    client.indices.delete(index=MONTH)


def test_a_query_finds_the_same_among_mentions(mentions: OpenSearch) -> None:
    for case in CASES["queries"]:
        assert found(mentions, compile_query(parse(case["query"])), MONTH) == set(case["finds"]), case["query"]


@pytest.fixture(scope="module")
def topics(client: OpenSearch) -> Iterator[dict[str, set[str]]]:
    """The table's queries stored as topics: by id, the posts that each should meet."""
    stored = {f"topic-{number}": case for number, case in enumerate(CASES["queries"])}
    for name, case in stored.items():
        client.index(index=TOPICS, id=name, body={"query": compile_query(parse(case["query"]))})
    client.indices.refresh(index=TOPICS)
    yield {name: set(case["finds"]) for name, case in stored.items()}
    for name in stored:
        client.delete(index=TOPICS, id=name)
    client.indices.refresh(index=TOPICS)


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
def test_a_topic_meets_what_its_query_finds(client: OpenSearch, topics: dict[str, set[str]], *, together: bool) -> None:
    names = list(POSTS)
    batches = [names] if together else [[name] for name in names]
    met: dict[str, set[str]] = {name: set() for name in topics}
    for batch in batches:
        for topic, slots in percolated(client, [POSTS[name] for name in batch]):
            met[topic] |= {batch[slot] for slot in slots}
    assert met == topics


def percolated(client: OpenSearch, posts: list[dict[str, Any]]) -> list[tuple[str, list[int]]]:
    query = {"percolate": {"field": "query", "documents": posts}}
    answer = client.search(index=TOPICS, body={"query": query, "size": 500, "_source": False})
    return [(hit["_id"], hit["fields"]["_percolator_document_slot"]) for hit in answer["hits"]["hits"]]


WORDS = sorted({word.strip(",.") for post in POSTS.values() for word in post.get("text", "").split() if word.isalnum()})
PARTS = st.sampled_from(WORDS).flatmap(lambda word: st.integers(1, len(word)).map(lambda end: word[:end]))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(PARTS | st.sampled_from(WORDS), min_size=2, max_size=3), st.integers(0, 4))
def test_near_finds_nothing_that_and_does_not(client: OpenSearch, words: list[str], distance: int) -> None:
    quoted = [f'"{word}"' for word in words]
    near = found(client, compile_query(parse(f" NEAR/{distance} ".join(quoted))))
    ordered = found(client, compile_query(parse(f" NEAR/{distance}f ".join(quoted))))
    assert ordered <= near <= found(client, compile_query(parse(" ".join(quoted))))


SEEN = sorted({
    part
    for post in POSTS.values()
    for text in (post.get("title", ""), post.get("text", ""))
    for word in text.replace('"', " ").split()
    for part in (word, word[:2], word[1:])
    if part
})  # fmt: skip
"""Words of the posts and pieces of them: compounds cut in the middle, particles, emoji, single ideographs."""
PLAIN = st.sampled_from(SEEN)
QUOTED = st.lists(PLAIN, min_size=1, max_size=3).map(lambda words: f'"{" ".join(words)}"')
ASKED = st.one_of(
    QUOTED,
    PLAIN,
    PLAIN.map(lambda word: f"{word}*"),
    QUOTED.map(lambda quoted: f"raw:{quoted}"),
    QUOTED.map(lambda quoted: f"title:{quoted}"),
    st.builds("{} NEAR/{}{} {}".format, QUOTED, st.integers(0, 4), st.sampled_from(["", "f"]), QUOTED),
    st.sampled_from([
        "#협찬", "lang:ko", "lang:en", "source:feed", "site:example.com", "link:other.example", "has:links",
        "sentiment:negative", "kind:comment", "views:>10",
    ]),
)  # fmt: skip
QUERIES = st.recursive(
    ASKED,
    lambda parts: st.one_of(
        st.builds("({} AND {})".format, parts, parts),
        st.builds("({} OR {})".format, parts, parts),
        st.builds("({} AND NOT {})".format, parts, parts),
    ),
    max_leaves=5,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(QUERIES, min_size=25, max_size=40))
def test_whatever_is_asked_a_topic_meets_what_a_search_finds(client: OpenSearch, queries: list[str]) -> None:
    asked = {f"any-{number}": query for number, query in enumerate(map(read_query, queries)) if query is not None}
    lines = [line for name, query in asked.items() for line in ({"index": {"_id": name}}, {"query": query})]
    assume(lines)
    assert not client.bulk(index=TOPICS, body=lines, refresh=True)["errors"]
    try:
        names = list(POSTS)
        together = percolated(client, list(POSTS.values()))
        met = {topic: {names[slot] for slot in slots} for topic, slots in together if topic in asked}
    finally:
        client.bulk(index=TOPICS, body=[{"delete": {"_id": name}} for name in asked], refresh=True)
    searches = [line for query in asked.values() for line in ({}, {"query": query, "size": 500, "_source": False})]
    answers = client.msearch(index=INDEX, body=searches)["responses"]
    found_by = {name: {hit["_id"] for hit in each["hits"]["hits"]} for name, each in zip(asked, answers, strict=True)}
    assert met == {name: posts for name, posts in found_by.items() if posts}


def read_query(text: str) -> dict[str, Any] | None:
    """A query as the engine is asked it; nothing where the language does not take the text."""
    try:
        return compile_query(parse(text))
    except InvalidQuery:
        return None


NAMES = "누리폰 루미나워치 제니온 두리안셀 위드온 티모아 쿠키런즈 젤리빈즈 새솔가전 우리누리 큐브릭스 벨루가"
ENDINGS = " 의 가 이 를 은 에서 이랑 때문에 인데 였다 앱이 케이스 라서 만 까지도 로 님 하고 도요 입니다 한테"


@pytest.mark.parametrize("name", NAMES.split())
def test_a_name_that_no_dictionary_has_is_found_whatever_follows_it(client: OpenSearch, name: str) -> None:
    sightings = {f"{name}-{ending}": f"어제 {name}{ending} 봤다" for ending in ENDINGS.split(" ")}
    try:
        for key, text in sightings.items():
            client.index(index=INDEX, id=key, body={"text": text})
        client.indices.refresh(index=INDEX)
        assert found(client, compile_query(parse(f"{name} 보다"))) >= set(sightings)
    finally:
        for key in sightings:
            client.delete(index=INDEX, id=key)
        client.indices.refresh(index=INDEX)


@pytest.mark.parametrize(
    ("part", "number"),
    [
        ("누리폰", limits.MAX_CLAUSES),
        ('"누리폰 배터리"', limits.MAX_CLAUSES // 2),
        ('("누리폰 화면" NEAR/5 "하늘탭 전원")', limits.MAX_CLAUSES // 4),
        ("(누리폰 NEAR/5 하늘탭)", limits.MAX_CLAUSES // 2),
    ],
)
def test_the_engine_takes_the_longest_queries(client: OpenSearch, part: str, number: int) -> None:
    query = " OR ".join(part.replace("폰", f"폰{index}") for index in range(number))
    assert found(client, compile_query(parse(query))) == set()


def groups(number: int, terms: int, term: str) -> str:
    return " NEAR/5 ".join(f"({' OR '.join(term.format(f'{g}x{n}') for n in range(terms))})" for g in range(number))


@pytest.mark.parametrize(
    ("number", "term", "most"),
    [
        (3, '"a{} b"', 8),
        (4, '"a{} b"', 4),
        (5, '"a{} b c"', 3),
        (2, '"배터{} 불량"', 24),
        (3, '"배터{} 불량"', 6),
        (3, "wi-fi{}", 8),
        (3, "電池管{}", 7),
        (3, "ถ่าน{}", 6),
    ],
    ids=ascii,
)
def test_the_largest_groups_of_a_near_that_are_taken_are_the_engines(
    client: OpenSearch, monkeypatch: pytest.MonkeyPatch, number: int, term: str, most: int
) -> None:
    taken, refused = groups(number, most, term), groups(number, most + 1, term)
    assert found(client, compile_query(parse(taken))) == set()
    with pytest.raises(InvalidQuery, match="combinations"):
        parse(refused)
    monkeypatch.setattr(proximity, "MAX_UNITS", 10**9)
    with pytest.raises(TransportError, match="too many"):
        found(client, compile_query(parse(refused)))
