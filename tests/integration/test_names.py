"""A taught dictionary on the real engine: the judged queries find more, and topics of them meet the same posts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from opensearchpy import helpers

from infra.bench.judging import NEWEST, Question, entries, posts, questions
from infra.bench.relevance import Taught
from socialindex import engine
from socialindex.query import compile_query, names, parse
from socialindex.search.ranking import ranked
from socialindex.setup.template import posts_template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch

pytestmark = pytest.mark.integration

INDEX = "judged-topics"
TEXTS = {post.id: post.document["text"] for post in posts()}
NAMES = [f"topic-{number}" for number in range(len(questions()))]


def compiled(query: str) -> dict[str, Any]:
    """With the dictionary's names, which no other test knows."""
    names.use(Taught())
    try:
        return compile_query(parse(query))
    finally:
        names.use(None)


QUERIES = {name: compiled(question.q) for name, question in zip(NAMES, questions(), strict=True)}


@pytest.fixture(scope="module")
def client(engine_url: str) -> Iterator[OpenSearch]:
    """The engine with the judged posts, and the judged queries as topics."""
    client = engine.connect(engine_url, signed=False)
    body = posts_template(Path(__file__).parents[2] / "infra" / "opensearch", entries())["template"]
    body["mappings"]["properties"]["topic"] = {"type": "percolator"}
    client.indices.create(index=INDEX, body={"settings": body["settings"], "mappings": body["mappings"]})
    documents = [{"_index": INDEX, "_id": post.id, "_source": post.document} for post in posts()]
    topics = [{"_index": INDEX, "_id": name, "_source": {"topic": query}} for name, query in QUERIES.items()]
    helpers.bulk(client, [*documents, *topics], refresh=True)
    yield client
    client.indices.delete(index=INDEX)


def found(client: OpenSearch, query: dict[str, Any], size: int = 500) -> list[str]:
    answer = client.search(index=INDEX, body={"query": query, "size": size, "_source": False})
    return [hit["_id"] for hit in answer["hits"]["hits"]]


@pytest.fixture(scope="module")
def met(client: OpenSearch) -> dict[str, set[str]]:
    """By topic the posts that it meets."""
    query = {"percolate": {"field": "topic", "documents": [post.document for post in posts()]}}
    answer = client.search(index=INDEX, body={"query": query, "size": 500, "_source": False})
    slots = {hit["_id"]: hit["fields"]["_percolator_document_slot"] for hit in answer["hits"]["hits"]}
    return {name: {posts()[slot].id for slot in slots.get(name, [])} for name in QUERIES}


@pytest.mark.parametrize(
    ("name", "question"),
    list(zip(QUERIES, questions(), strict=True)),
    ids=lambda value: ascii(getattr(value, "q", value)),
)
def test_a_topic_meets_what_its_query_finds(
    client: OpenSearch, met: dict[str, set[str]], name: str, question: Question
) -> None:
    assert set(found(client, QUERIES[name])) == met[name], question.q


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("누리패드", "Taking notes on the Nuri Pad feels like paper."),
        ("nuri pad", "누리패드 필기감 미쳤다. 종이에 쓰는 느낌"),
        ('"nuri pad price"', "NuriPad price dropped to 399 today"),
        ("nuri pad price", "NuriPad price dropped to 399 today"),
        ("누리 패드", "Taking notes on the Nuri Pad feels like paper."),
        ("누리패드 NEAR/3 feels", "Taking notes on the Nuri Pad feels like paper."),
        ("ㄹㅁㅇㅊ", "LumiWatch thinks that I slept through a three-hour film."),
        ("LUMIWATCH", "루미 워치 스트랩 때문에 손목에 두드러기가 났어요 ㅠ"),
        ("가온폰", "Gaon Phone battery gone by lunch again."),
        ("루미워치", "ルミウォッチの文字盤がかわいい"),
        ("ㅋㅋ", "고양이가 택배 상자에 끼었다ㅋㅋㅋ 🐱"),
        ("끼었다", "고양이가 택배 상자에 끼었다ㅋㅋㅋ 🐱"),
        ("ㅠㅠ", "시험 망했다ㅜㅜㅜ"),
        ("ㅋㅋㅋ*", "고양이가 택배 상자에 끼었다ㅋㅋㅋ 🐱"),
    ],
)
def test_each_spelling_finds_the_others(client: OpenSearch, query: str, text: str) -> None:
    assert text in {TEXTS[name] for name in found(client, compiled(query))}


@pytest.mark.parametrize("query", ["pad", "phone", "watch"])
def test_a_part_of_a_name_is_still_a_word(client: OpenSearch, query: str) -> None:
    with_it = {name for name, text in TEXTS.items() if query in text.lower().split()}
    assert with_it <= set(found(client, compiled(query)))


def test_two_words_that_are_no_name_are_still_found_apart(client: OpenSearch) -> None:
    assert "Lost one Nuri Bud in the harbor. A fish is listening to my podcasts now." in {
        TEXTS[name] for name in found(client, compiled("fish harbor"))
    }


def test_of_equals_the_newer_comes_first_and_pages_go_on_in_the_same_order(client: OpenSearch) -> None:
    query = ranked(compiled("리콜"), NEWEST)
    order = [{"_score": "desc"}, {"id": "asc"}]
    whole = client.search(index=INDEX, body={"query": query, "size": 500, "sort": order})["hits"]["hits"]
    paged: list[dict[str, Any]] = []
    while len(paged) < len(whole):
        after = {"search_after": paged[-1]["sort"]} if paged else {}
        paged += client.search(index=INDEX, body={"query": query, "size": 2, "sort": order, **after})["hits"]["hits"]
    assert [hit["_id"] for hit in paged] == [hit["_id"] for hit in whole]
    assert len(whole) > 3
    same = {"bool": {"filter": [compiled("리콜")], "must": {"match_all": {}}}}
    dates = {post.id: post.days for post in posts()}
    days = [dates[name] for name in found(client, ranked(same, NEWEST))]
    assert days == sorted(days)
