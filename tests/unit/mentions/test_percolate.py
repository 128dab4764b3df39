"""Posts held against topics: who meets whom in which request, and what is done about topics that break it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from opensearchpy.exceptions import ConnectionTimeout, RequestError, TransportError

from socialindex.errors import Conflict, Unavailable
from socialindex.mentions import culprits, percolate
from socialindex.mentions.asking import EVERY
from socialindex.mentions.percolate import Percolator, asked_of
from socialindex.topics.stored import shard

if TYPE_CHECKING:
    from collections.abc import Iterator


class Engine:
    """Topics that are words: each matches the posts that have its word."""

    def __init__(self, *words: str) -> None:
        self.topics = {word: f"ws_{word}" for word in words}
        self.broken: set[str] = set()
        self.slow: set[str] = set()
        self.refuses_posts = False
        self.most_topics = 1_000
        """That it gets done in time."""
        self.status = 400
        self.requests: list[tuple[list[str], str | None]] = []
        """Texts and workspace of each that holds posts against topics."""

    def search(self, *, index: str, body: dict[str, Any], params: dict[str, str]) -> dict[str, Any]:
        assert (index, params["allow_partial_search_results"]) == ("topics", "false")
        clauses = body["query"]["bool"]["filter"]
        asked = [topic for topic in self.topics if all(self._is_in(topic, clause) for clause in clauses)]
        held = [clause["percolate"]["documents"] for clause in clauses if "percolate" in clause]
        hits = list(self._matches(asked, held[0], clauses)) if held else [_hit(topic, self, []) for topic in asked]
        return {"hits": {"hits": hits[: body["size"]]}}

    def _is_in(self, topic: str, clause: dict[str, Any]) -> bool:
        if "range" in clause:
            bounds = clause["range"]["topic.shard"]
            return bool(bounds["gte"] <= shard(topic) <= bounds["lte"])
        if "terms" in clause:
            return topic in clause["terms"]["topic.id"]
        return "term" not in clause or self.topics[topic] == clause["term"]["topic.workspace"]

    def _matches(
        self, asked: list[str], posts: list[dict[str, Any]], clauses: list[dict[str, Any]]
    ) -> Iterator[dict[str, Any]]:
        own = [clause["term"]["topic.workspace"] for clause in clauses if "term" in clause]
        self.requests.append(([post["text"] for post in posts], own[0] if own else None))
        if self.refuses_posts or self.broken.intersection(asked):
            raise TransportError(self.status, "too_many", {"error": {"type": "illegal_state_exception"}})
        if self.slow.intersection(asked) or len(asked) > self.most_topics:
            raise ConnectionTimeout("TIMEOUT", "read timed out", OSError())
        for topic in asked:
            if slots := [place for place, post in enumerate(posts) if topic in post["text"].split()]:
                yield _hit(topic, self, slots)


def _hit(topic: str, engine: Engine, slots: list[int]) -> dict[str, Any]:
    known = {"id": topic, "workspace": engine.topics[topic], "revision": 1, "q": topic}
    return {
        "_source": {"topic": {**known, "since": "2026-11-01T00:00:00+00:00"}},
        "fields": {"_percolator_document_slot": slots},
    }


def post(name: str, text: str, visibility: str = "public") -> dict[str, Any]:
    return {"id": name, "text": text, "visibility": visibility}


def matched(engine: Engine, *posts: dict[str, Any]) -> tuple[dict[str, set[str]], list[str]]:
    """Topics by post, and those that were suspended."""
    suspended: list[str] = []

    def suspend(topic: str, why: str) -> None:
        assert "smaller" in why
        suspended.append(topic)
        del engine.topics[topic]

    matches = Percolator(cast("Any", engine), suspend).match(posts)
    return {name: {match.topic for match in some} for name, some in matches.items()}, suspended


def test_public_posts_meet_all_topics_and_private_ones_those_of_their_workspace() -> None:
    engine = Engine("red", "blue")
    posts = post("a", "red blue"), post("b", "red blue", "ws_blue"), post("c", "red"), post("d", "green")
    assert matched(engine, *posts) == ({"a": {"red", "blue"}, "b": {"blue"}, "c": {"red"}}, [])
    assert engine.requests == [(["red blue", "red", "green"], None), (["red blue"], "ws_blue")]


def test_many_posts_are_held_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(percolate, "BATCH", 3)
    monkeypatch.setattr(percolate, "BATCH_CHARACTERS", 1_000)
    engine = Engine("red")
    posts = [post(str(number), "red") for number in range(7)] + [post("long", "red " * 400), post("last", "red")]
    assert len(matched(engine, *posts)[0]) == 9
    assert [len(texts) for texts, _ in engine.requests] == [3, 3, 1, 1, 1]


def test_posts_without_a_match_are_left_out() -> None:
    assert matched(Engine("red"), post("a", "green")) == ({}, [])
    assert matched(Engine(), post("a", "green")) == ({}, [])
    assert matched(Engine("red")) == ({}, [])


@pytest.mark.parametrize("bad", [["t17"], ["t17", "t18"], ["t0", "t99", "t50"]], ids=len)
@pytest.mark.parametrize("status", [400, 500])
def test_topics_that_the_engine_cannot_run_are_suspended_and_the_others_go_on(bad: list[str], status: int) -> None:
    engine = Engine(*(f"t{number}" for number in range(100)))
    engine.broken, engine.status = set(bad), status
    found, suspended = matched(engine, post("a", " ".join(engine.topics)))
    assert sorted(suspended) == sorted(bad)
    assert found == {"a": {f"t{number}" for number in range(100)} - set(bad)}
    assert len(engine.requests) <= culprits.MOST_REQUESTS


def test_a_slow_topic_is_suspended_and_the_others_go_on() -> None:
    engine = Engine(*(f"t{number}" for number in range(100)))
    engine.slow = {"t33"}
    found, suspended = matched(engine, post("a", "t32 t33"))
    assert (found, suspended) == ({"a": {"t32"}}, ["t33"])


def test_no_topic_is_blamed_for_what_the_engine_does_not_take_without_any() -> None:
    engine = Engine("red", "blue")
    engine.refuses_posts = True
    with pytest.raises(Unavailable, match="does not take the posts"):
        matched(engine, post("a", "red"))
    assert len(engine.topics) == 2


def test_where_all_together_take_too_long_they_are_asked_in_parts() -> None:
    engine = Engine(*(f"t{number}" for number in range(100)))
    engine.most_topics = 40
    found, suspended = matched(engine, post("a", "t32 t33"))
    assert (found, suspended) == ({"a": {"t32", "t33"}}, [])


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_an_engine_that_refuses_us_is_unavailable(status: int) -> None:
    engine = Engine("red")
    engine.broken, engine.status = {"red"}, status
    with pytest.raises(Unavailable):
        matched(engine, post("a", "red"))
    assert len(engine.requests) == 1


def test_too_many_bad_topics_are_not_the_topics_fault() -> None:
    engine = Engine(*(f"t{number}" for number in range(100)))
    engine.broken = {f"t{number}" for number in range(50)}
    with pytest.raises(Unavailable, match="no topic is found to blame"):
        matched(engine, post("a", "t60"))
    assert len(engine.topics) >= 100 - culprits.MOST_CULPRITS - 1


def test_a_topic_that_cannot_be_suspended_now_is_tried_again() -> None:
    engine = Engine("red")
    engine.broken = {"red"}

    def suspend(topic: str, why: str) -> None:
        raise Conflict(f"{topic} {why}")

    with pytest.raises(Unavailable, match="is changing"):
        Percolator(cast("Any", engine), suspend).match([post("a", "red")])


def test_only_what_queries_ask_for_is_sent() -> None:
    document = {
        **post("a", "red"),
        "versions": {"seen": 1},
        "author": {"key": "k", "handle": "h", "url": "u"},
        "media": [{"kind": "image", "url": "u", "description": "d"}],
    }
    assert asked_of(document) == {"text": "red", "author": {"handle": "h"}, "media": [{"kind": "image"}]}


def test_halves_hold_every_number_once() -> None:
    pools = [EVERY]
    for _ in range(4):
        pools = [half for pool in pools for half in pool.halves()]
    assert [pool.low for pool in pools[1:]] == [pool.high + 1 for pool in pools[:-1]]
    assert (pools[0].low, pools[-1].high) == (EVERY.low, EVERY.high)


def test_a_request_error_of_the_client_is_about_a_topic_too() -> None:
    engine = Engine("red", "blue")
    engine.broken = {"red"}
    assert issubclass(RequestError, TransportError)
    assert matched(engine, post("a", "red blue")) == ({"a": {"blue"}}, ["red"])
