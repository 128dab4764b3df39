"""Events are kept without people's words, and told with what the index says at that moment."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import pytest

from socialindex.deliver.wording import Wording, wordless
from socialindex.errors import Unavailable
from tests.unit.deliver.samples import every_kind, of_alert, of_digest, of_mention

EVERY = every_kind()
WORDS = ("부풀", "김*수", "이*영", "퍼나르기", "환불", "board.example.com/", "지금 답하세요", "Answer now")
POSTS = {
    "p1": {
        "id": "p1",
        "uri": "urn:p1",
        "url": "https://board.example.com/p1",
        "title": "고친 제목",
        "text": "고친 글 " * 200,
        "author": {"name": "새 이름", "key": "author_key_1"},
    }
}


class Engine:
    """Has some posts; or does not answer in full."""

    def __init__(self, posts: dict[str, dict[str, Any]], *, timed_out: bool = False) -> None:
        self.posts = posts
        self.timed_out = timed_out
        self.asked: list[dict[str, Any]] = []

    def msearch(self, *, body: list[dict[str, Any]], **_: Any) -> dict[str, Any]:
        self.asked += body[1::2]
        return {"responses": [self._answer(one["query"]["bool"]["filter"]) for one in body[1::2]]}

    def _answer(self, filters: list[dict[str, Any]]) -> dict[str, Any]:
        wanted = next(one["terms"] for one in filters if {"id", "author.key"} & set(one.get("terms", {})))
        ((field, values),) = wanted.items()
        hits = [post for post in self.posts.values() if _of(post, field) in values]
        return {
            "timed_out": self.timed_out,
            "_shards": {"failed": 0},
            "hits": {"hits": [{"_source": hit} for hit in hits]},
        }


def _of(post: dict[str, Any], field: str) -> Any:
    return post["id"] if field == "id" else post["author"]["key"]


def text(event: Any) -> str:
    return msgspec.json.encode(event).decode()


@pytest.mark.parametrize("event", EVERY, ids=[event.kind for event in EVERY])
def test_what_is_kept_has_ids_and_no_words(event: Any) -> None:
    bare = wordless(event)
    assert not [word for word in WORDS if word in text(bare)]
    assert (bare.id, bare.kind, bare.topic, bare.at) == (event.id, event.kind, event.topic, event.at)
    assert wordless(bare) == bare
    for known in ("al_", "author_key_1", '"p1"', "mn_a", "발열"):
        assert (known in text(event)) == (known in text(bare))


@pytest.mark.parametrize("event", [of_alert(), of_mention(), of_digest()], ids=["alert", "mention", "digest"])
def test_it_is_told_with_what_the_index_says_now(event: Any) -> None:
    told = text(Wording(cast("Any", Engine(POSTS))).worded(wordless(event)))
    assert "고친 제목" in told
    assert "고친 글" in told
    assert "새 이름" in told
    assert "https://board.example.com/p1" in told
    assert not [word for word in WORDS[:4] if word in told]


@pytest.mark.parametrize("event", [of_alert(), of_mention(), of_digest()], ids=["alert", "mention", "digest"])
def test_what_was_erased_is_told_no_more(event: Any) -> None:
    told = text(Wording(cast("Any", Engine({}))).worded(wordless(event)))
    assert not [word for word in WORDS[:5] if word in told]
    assert '"p1"' in told


def test_an_event_that_names_nobody_asks_nothing() -> None:
    engine = Engine({})
    for event in EVERY:
        if event.kind in {"test", "topic.suspended", "destination.confirm"}:
            assert Wording(cast("Any", engine)).worded(event) == event
    assert engine.asked == []


def test_an_engine_that_did_not_look_everywhere_is_not_believed() -> None:
    with pytest.raises(Unavailable):
        Wording(cast("Any", Engine(POSTS, timed_out=True))).worded(wordless(of_mention()))
