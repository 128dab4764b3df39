"""What the engine is asked for a page of posts, and what becomes of its answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from opensearchpy.exceptions import ConnectionError as EngineConnectionError
from opensearchpy.exceptions import RequestError, TransportError

from socialindex.access import Caller, Scope
from socialindex.errors import InvalidCursor, InvalidQuery, NotFound, Unavailable
from socialindex.search.ask import Ask, from_body
from socialindex.search.cursor import Cursor, decode, digest, encode
from socialindex.search.http import Answer
from socialindex.search.posts import Page, read, search

CALLER = Caller(organization="org_a", workspaces=frozenset({"ws_a"}), scopes=frozenset({Scope.READ}))
STORAGE = ["versions", "metrics_history", "signature", "title_only", "provenance.archive_*"]
VISIBLE = {"terms": {"visibility": ["public", "ws_a"]}}
LIVING = {"bool": {"must_not": {"exists": {"field": "deleted_at"}}}}


@dataclass(eq=False)  # a client counts as itself, as the real one does
class Engine:
    """Answers with so many posts, or as told; remembers what it was asked."""

    posts: int = 0
    more: dict[str, Any] = field(default_factory=dict)
    """What each post has besides its id."""
    answer: dict[str, Any] = field(default_factory=dict)
    error: Exception | None = None
    bodies: list[dict[str, Any]] = field(default_factory=list)

    def search(self, *, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.bodies.append(body)
        if self.error:
            raise self.error
        hits: list[dict[str, Any]] = [
            {"_source": {"id": f"p{number}", **self.more}, "sort": [1_000 - number, f"p{number}"]}
            for number in range(self.posts)
        ]
        hits = hits[body.get("from", 0) :]
        whole = {"timed_out": False, "_shards": {"failed": 0}}
        return {**whole, "hits": {"hits": hits[: body["size"]], "total": {"value": self.posts}}, **self.answer}

    @property
    def filters(self) -> list[dict[str, Any]]:
        """Of the only request."""
        (body,) = self.bodies
        found: list[dict[str, Any]] = body["query"]["bool"]["filter"]
        return found


def asked(engine: Engine, ask: Ask | None = None) -> Page:
    return search(cast("Any", engine), CALLER, ask or Ask())


@pytest.mark.parametrize(
    "ask",
    [
        Ask(),
        Ask(q="배터리 OR author:ws_b"),
        Ask(sort="relevance", q="battery"),
        Ask(cursor=encode(Cursor(ask=digest(Ask()), bound=1, after=[1, "p"]))),
    ],
)
def test_every_search_is_filtered_by_who_asks(ask: Ask) -> None:
    engine = Engine()
    asked(engine, ask)
    assert VISIBLE in engine.filters
    assert LIVING in engine.filters


def test_reading_one_post_is_filtered_by_who_asks() -> None:
    engine = Engine(posts=1)
    assert read(cast("Any", engine), CALLER, "p0") == {"id": "p0"}
    assert engine.filters == [{"ids": {"values": ["p0"]}}, VISIBLE, LIVING]


def test_a_post_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match="'none'"):
        read(cast("Any", Engine()), CALLER, "none")


@pytest.mark.parametrize(
    ("body", "clause"),
    [
        ('{"source": ["feed", "mastodon"]}', {"terms": {"source": ["feed", "mastodon"]}}),
        (
            '{"hashtag": ["\uff03\u0646\u0645\u06cc\u200c\u062e", "e\u0301"]}',
            {"terms": {"hashtags": ["\u0646\u0645\u06cc\u062e", "\u00e9"]}},
        ),
        ('{"source": ["Mastodon"]}', {"terms": {"source": ["mastodon"]}}),
        ('{"language": ["ko"]}', {"terms": {"language": ["ko"]}}),
        ('{"language": ["KO", "en-US", "pt_BR"]}', {"terms": {"language": ["ko", "en", "pt"]}}),
        ('{"language": ["kor", "ko", "Korean", "kr", "ger"]}', {"terms": {"language": ["ko", "de"]}}),
        ('{"platform": ["News.example.com"]}', {"terms": {"platform": ["news.example.com"]}}),
        ('{"hashtag": ["#Recall", "배터리"]}', {"terms": {"hashtags": ["recall", "배터리"]}}),
        ('{"from": "2026-11-01T00:00:00Z"}', {"range": {"published_at": {"gte": "2026-11-01T00:00:00+00:00"}}}),
        ('{"to": "2026-11-01T09:00:00+09:00"}', {"range": {"published_at": {"lt": "2026-11-01T00:00:00+00:00"}}}),
    ],
)
def test_a_filter_is_one_clause(body: str, clause: dict[str, Any]) -> None:
    engine = Engine()
    asked(engine, from_body(body))
    assert clause in engine.filters


def test_an_author_is_named_as_posts_name_them() -> None:
    engine = Engine()
    asked(engine, Ask(author=["\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"]))
    named = {"terms": {"author.name": ["\u0639\u0644\u06cc\u0631\u0636\u0627"]}}
    assert any(named in clause.get("bool", {}).get("should", ()) for clause in engine.filters)


@pytest.mark.parametrize(("given", "looked_for"), [("kim", ["kim"]), ("@kim", ["@kim", "kim"])])
def test_an_author_is_a_handle_a_name_an_id_or_a_key(given: str, looked_for: list[str]) -> None:
    engine = Engine()
    asked(engine, Ask(author=[given]))
    fields = ("author.handle", "author.name", "author.id", "author.key")
    assert {"bool": {"should": [{"terms": {name: looked_for}} for name in fields]}} in engine.filters


# Notes


@pytest.mark.parametrize(
    ("body", "notes"),
    [
        ("{}", []),
        ('{"q": "배터리 AND 발열"}', []),
        ('{"q": "배터리 and 발열"}', [(4, "Did you mean AND?")]),
        ('{"q": "배터리 and 발열", "highlight": true, "sort": "newest"}', [(4, "Did you mean AND?")]),
        ('{"q": "near site:naver"}', [(0, "Did you mean NEAR/5?"), (10, "such as site:naver.com.")]),
        ('{"guided": {"all": ["배터리", "or"]}}', [(8, "Did you mean OR?")]),
    ],
)
def test_a_search_says_what_its_author_may_not_have_meant(body: str, notes: list[tuple[int, str]]) -> None:
    told = [(note.position, note.message) for note in asked(Engine(), from_body(body)).notes]
    assert [(position, message.endswith(end)) for (position, message), (_, end) in zip(told, notes, strict=True)] == [
        (position, True) for position, _ in notes
    ]


# Pages


@pytest.mark.parametrize(("posts", "more"), [(0, False), (2, False), (3, True), (30, True)])
def test_a_cursor_is_given_when_another_page_follows(posts: int, more: bool) -> None:
    page = asked(Engine(posts=posts), Ask(limit=2))
    assert len(page.items) == min(posts, 2)
    assert page.total == posts
    assert (page.next_cursor is not None) is more


def test_the_next_page_begins_behind_the_last_item_under_the_same_bound() -> None:
    first, second = Engine(posts=5), Engine(posts=5)
    cursor = asked(first, Ask(q="battery", limit=2)).next_cursor
    page = asked(second, Ask(q="battery", limit=3, cursor=cursor))
    assert second.bodies[0]["search_after"] == [999, "p1"]
    assert page.next_cursor
    bounds = [decode(text or "", Ask(q="battery")).bound for text in (cursor, page.next_cursor)]
    assert bounds[0] == bounds[1]
    assert abs(bounds[0] / 1000 - datetime.now(tz=UTC).timestamp()) < 60
    bound = {"range": {"indexed_at": {"lte": bounds[0], "format": "epoch_millis"}}}
    assert bound in first.filters
    assert bound in second.filters


def test_what_concerns_our_storage_is_not_asked_for() -> None:
    engine = Engine()
    asked(engine)
    assert engine.bodies[0]["_source"] == {"excludes": [*STORAGE, "history"]}


def test_earlier_words_are_shown_with_a_post_alone() -> None:
    engine = Engine(posts=1)
    read(cast("Any", engine), CALLER, "p0")
    assert engine.bodies[0]["_source"] == {"excludes": STORAGE}


def test_only_what_is_asked_for_is_shown_beside_the_id() -> None:
    engine = Engine()
    asked(engine, Ask(fields=["text", "author"]))
    assert engine.bodies[0]["_source"] == {"includes": ["id", "text", "author"], "excludes": [*STORAGE, "history"]}


LONG = {"text": '"가\n' * 22_000}


@pytest.mark.parametrize(
    "ask", [Ask(limit=100), Ask(q="battery", highlight=True, limit=50), Ask(fields=["text"], limit=90)]
)
def test_a_page_ends_before_it_is_too_large_to_be_sent(ask: Ask) -> None:
    page = asked(Engine(posts=100, more=LONG), ask)
    sent = json.dumps(Answer(200, page).encoded(), ensure_ascii=False)
    assert len(sent.encode()) < 6_000_000
    assert 20 < len(page.items) < ask.limit
    assert decode(page.next_cursor or "", ask).after == [1_000 - len(page.items) + 1, page.items[-1]["id"]]


def test_pages_that_end_early_skip_nothing() -> None:
    engine, seen = Engine(posts=100, more=LONG), list[str]()
    page = asked(engine, Ask(deduplicate=True, limit=100))
    while page.next_cursor:
        seen += [item["id"] for item in page.items]
        page = asked(engine, Ask(deduplicate=True, limit=100, cursor=page.next_cursor))
    assert [*seen, *(item["id"] for item in page.items)] == [f"p{number}" for number in range(100)]


def test_a_post_that_is_too_large_alone_is_a_page() -> None:
    page = asked(Engine(posts=2, more={"text": "a" * 6_000_000}), Ask(limit=1))
    assert len(page.items) == 1


# Orders


def test_with_a_query_the_best_come_first_and_age_counts_from_the_first_page() -> None:
    first, second = Engine(posts=5), Engine(posts=5)
    cursor = asked(first, Ask(q="battery", limit=2)).next_cursor
    asked(second, Ask(q="battery", limit=2, cursor=cursor))
    (scored,), (again,) = (engine.bodies[0]["query"]["bool"]["must"] for engine in (first, second))
    assert scored == again
    assert first.bodies[0]["sort"][0] == {"_score": "desc"}
    bound = decode(cursor or "", Ask(q="battery")).bound
    (origin,) = (text for text in _texts(scored) if text.startswith("20"))
    assert datetime.fromisoformat(origin).timestamp() * 1000 == pytest.approx(bound, abs=1)


def _texts(dsl: Any) -> list[str]:
    if isinstance(dsl, dict | list):
        return [text for each in (dsl.values() if isinstance(dsl, dict) else dsl) for text in _texts(each)]
    return [dsl] if isinstance(dsl, str) else []


@pytest.mark.parametrize("ask", [Ask(), Ask(q="battery", sort="newest"), Ask(q=" ")])
def test_without_a_query_or_by_wish_the_newest_come_first(ask: Ask) -> None:
    engine = Engine()
    asked(engine, ask)
    assert list(engine.bodies[0]["sort"][0]) == ["published_at"]


# Near-duplicates


def test_pages_without_duplicates_are_counted_from_the_beginning() -> None:
    first, second = Engine(posts=5), Engine(posts=5)
    cursor = asked(first, Ask(deduplicate=True, limit=2)).next_cursor
    page = asked(second, Ask(deduplicate=True, limit=3, cursor=cursor))
    assert [engine.bodies[0]["from"] for engine in (first, second)] == [0, 2]
    assert [item["id"] for item in page.items] == ["p2", "p3", "p4"]
    assert page.next_cursor is None
    for engine in (first, second):
        assert engine.bodies[0]["collapse"] == {"field": "cluster_id"}
        assert "search_after" not in engine.bodies[0]


def test_pages_that_are_counted_know_nothing_that_may_still_become_visible() -> None:
    """The engine shows what is written after some seconds, and then it could come in before what was shown."""
    first, second = Engine(posts=5), Engine(posts=5)
    cursor = asked(first, Ask(deduplicate=True, limit=2)).next_cursor
    asked(second, Ask(deduplicate=True, limit=2, cursor=cursor))
    bound = decode(cursor or "", Ask(deduplicate=True)).bound
    assert 10 <= datetime.now(tz=UTC).timestamp() - bound / 1000 < 60
    for engine in (first, second):
        assert {"range": {"indexed_at": {"lte": bound, "format": "epoch_millis"}}} in engine.filters


@pytest.mark.parametrize("after", [[9_980], [10**9], [-1], [0], ["x"], [1, "p1"], [1.5]])
def test_a_page_without_duplicates_beyond_the_engines_window_is_refused(after: list[Any]) -> None:
    engine = Engine()
    ask = Ask(deduplicate=True)
    with pytest.raises(InvalidCursor) as refused:
        asked(engine, Ask(deduplicate=True, cursor=encode(Cursor(ask=digest(ask), bound=1, after=after))))
    assert refused.value.remedy
    assert not engine.bodies


# Facets and highlights


def test_facets_are_counted_with_the_first_page_only() -> None:
    first, second = Engine(posts=5), Engine(posts=5)
    ask = Ask(facets=["source", "day"], facet_size=3, time_zone="Asia/Seoul", limit=2)
    page = asked(first, ask)
    assert page.facets is not None
    assert list(page.facets) == ["source", "day"]
    assert first.bodies[0]["aggs"]["source"]["terms"]["size"] == 3
    assert first.bodies[0]["aggs"]["day"]["composite"]["size"] >= 3 * 24  # hours, of which days are added up
    later = asked(second, Ask(facets=["source"], cursor=page.next_cursor))
    assert later.facets is None
    assert "aggs" not in second.bodies[0]


def test_highlights_are_of_a_query_only() -> None:
    engine = Engine(posts=1)
    assert asked(engine, Ask(highlight=True)).items == [{"id": "p0"}]
    assert "highlight" not in engine.bodies[0]
    engine = Engine(posts=1)
    assert asked(engine, Ask(q="battery", highlight=True)).items == [{"id": "p0", "highlights": {}}]
    assert set(engine.bodies[0]["highlight"]["fields"]) == {"title", "text"}


# What goes wrong


@pytest.mark.parametrize("error", [EngineConnectionError("N/A", "x", OSError("x")), TransportError(503, "x", {})])
def test_an_engine_that_is_down_is_unavailable(error: Exception) -> None:
    with pytest.raises(Unavailable):
        asked(Engine(error=error))
    with pytest.raises(Unavailable):
        read(cast("Any", Engine(error=error)), CALLER, "p0")


@pytest.mark.parametrize("answer", [{"timed_out": True}, {"_shards": {"failed": 1}}])
def test_a_part_of_an_answer_is_none(answer: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        asked(Engine(posts=3, answer=answer))
    with pytest.raises(Unavailable):
        read(cast("Any", Engine(answer=answer)), CALLER, "p0")


def test_no_query_reaches_the_field_that_hides_posts() -> None:
    with pytest.raises(InvalidQuery, match="visibility"):
        asked(Engine(), Ask(q="visibility:ws_b"))


REFUSAL = RequestError(400, "search_phase_execution_exception", {})


def test_a_query_that_the_engine_refuses_is_the_callers_to_mend() -> None:
    with pytest.raises(InvalidQuery) as refused:
        asked(Engine(error=REFUSAL), Ask(q="battery"))
    assert refused.value.remedy


def test_a_position_that_the_engine_refuses_is_a_damaged_cursor() -> None:
    cursor = encode(Cursor(ask=digest(Ask()), bound=1, after=["not", "a", "position"]))
    with pytest.raises(InvalidCursor):
        asked(Engine(error=REFUSAL), Ask(cursor=cursor))
