"""Versions of a post are merged each by its own time: whatever the order of messages, the document is the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialindex.identity import post_id
from socialindex.index.writer import Write, Writer
from socialindex.model import Metrics, Post, Provenance

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

pytestmark = pytest.mark.integration

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
WRITTEN_BY_US = {"indexed_at", "updated_at", "latency_ms", "versions"}


def reading(uri: str, minute: int, **fields: Any) -> Post:
    """A post as read at a minute."""
    place = Provenance(channel="ch", adapter="feed/1", archive_key="k", archive_offset=minute, archive_length=1)
    at = START + timedelta(minutes=minute)
    return Post(id=post_id(uri), uri=uri, source="feed", collected_at=at, provenance=place, **fields)


def likes(number: int, minute: int) -> Metrics:
    return Metrics(likes=number, read_at=START + timedelta(minutes=minute))


def write(index: OpenSearch, *posts: Post, live: bool = False, replay: bool = False) -> None:
    for post in posts:
        assert Writer(index).write([Write(post, live, replay)]) == [None]


def document(index: OpenSearch, uri: str) -> dict[str, Any]:
    index.indices.refresh(index="posts")
    (hit,) = index.search(index="posts", body={"query": {"ids": {"values": [post_id(uri)]}}})["hits"]["hits"]
    source: dict[str, Any] = hit["_source"]
    return source


def content(doc: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in doc.items() if name not in WRITTEN_BY_US}


def test_a_later_reading_replaces_what_an_earlier_one_said(index: OpenSearch) -> None:
    write(index, reading("u", 0, text="old", hashtags=["a"]), reading("u", 5, text="new"))
    doc = document(index, "u")
    assert doc["text"] == "new"
    assert "hashtags" not in doc
    assert doc["first_seen_at"] == "2026-11-20T09:00:00Z"


def test_a_reading_that_arrives_late_changes_nothing_but_the_first_sight(index: OpenSearch) -> None:
    write(index, reading("u", 5, text="new"), reading("u", 0, text="old"))
    doc = document(index, "u")
    assert doc["text"] == "new"
    assert doc["first_seen_at"] == "2026-11-20T09:00:00Z"


def test_an_edit_that_a_slow_server_tells_late_wins_over_a_fresh_copy_of_the_original(index: OpenSearch) -> None:
    edited = reading("u", 1, text="edited", published_at=START, edited_at=START + timedelta(minutes=1))
    write(index, edited, reading("u", 9, text="original", published_at=START))
    assert document(index, "u")["text"] == "edited"


def test_the_same_reading_again_costs_no_write(index: OpenSearch) -> None:
    write(index, reading("u", 0, text="same", metrics=likes(1, 0)))
    before = document(index, "u")
    write(index, reading("u", 0, text="same", metrics=likes(1, 0)), reading("u", 9, text="same", metrics=likes(1, 9)))
    assert document(index, "u") == before


def test_engagement_keeps_its_history_and_what_was_not_shown(index: OpenSearch) -> None:
    write(
        index,
        reading("u", 0, text="t", metrics=Metrics(likes=1, views=10, read_at=START)),
        reading("u", 5, text="t", metrics=likes(4, 5)),
    )
    doc = document(index, "u")
    assert doc["metrics"] == {"likes": 4, "views": 10, "read_at": "2026-11-20T09:05:00Z"}
    assert doc["metrics_history"] == [{"likes": 1, "views": 10, "read_at": "2026-11-20T09:00:00Z"}]


def test_an_excerpt_never_replaces_a_full_text(index: OpenSearch) -> None:
    write(index, reading("u", 0, text="the whole story"), reading("u", 5, text="the…", excerpt=True))
    assert document(index, "u")["text"] == "the whole story"


def test_a_full_text_replaces_an_excerpt_though_it_was_read_before(index: OpenSearch) -> None:
    write(index, reading("u", 5, text="the…", excerpt=True), reading("u", 0, text="the whole story"))
    assert document(index, "u")["text"] == "the whole story"


def test_a_deletion_leaves_a_tombstone_without_words(index: OpenSearch) -> None:
    write(index, reading("u", 0, text="words", title="t"), reading("u", 5, deleted_at=START + timedelta(minutes=5)))
    doc = document(index, "u")
    assert not {"text", "title", "author", "hashtags"} & set(doc)
    assert doc["deleted_at"] == "2026-11-20T09:05:00Z"


@pytest.mark.parametrize("late", [0, 4])
def test_what_was_read_before_a_deletion_does_not_rise_again(index: OpenSearch, late: int) -> None:
    write(index, reading("u", 5, deleted_at=START), reading("u", late, text="words"))
    assert "text" not in document(index, "u")


def test_a_post_that_returns_is_alive_again(index: OpenSearch) -> None:
    write(index, reading("u", 0, text="words"), reading("u", 5, deleted_at=START), reading("u", 9, text="words"))
    doc = document(index, "u")
    assert doc["text"] == "words"
    assert "deleted_at" not in doc


def test_latency_is_measured_once_and_only_for_live_posts(index: OpenSearch) -> None:
    post = reading("u", 0, text="t", published_at=datetime.now(tz=UTC) - timedelta(seconds=30))
    write(index, post, live=True)
    first = document(index, "u")["latency_ms"]
    assert 30_000 <= first < 60_000
    write(index, reading("u", 1, text="changed", published_at=post.published_at), live=True)
    assert document(index, "u")["latency_ms"] == first
    write(index, reading("old", 0, text="t", published_at=post.published_at))
    assert "latency_ms" not in document(index, "old")


def test_a_post_stays_in_the_index_where_it_is_first_seen(index: OpenSearch) -> None:
    next_month = 60 * 24 * 20
    write(index, reading("u", 0, text="a"))
    index.indices.refresh(index="posts")
    write(index, reading("u", next_month, text="b"))
    index.indices.refresh(index="posts")
    hits = index.search(index="posts")["hits"]["hits"]
    assert [(hit["_index"], hit["_source"]["text"]) for hit in hits] == [("posts-g1-2026.11", "b")]


def test_a_refused_post_is_told_apart_from_its_neighbors(index: OpenSearch) -> None:
    bad = reading("bad", 0, text="t", language="x" * 40_000)
    good = reading("good", 0, text="t")
    verdicts = Writer(index).write([Write(bad, False, False), Write(good, False, False)])
    assert verdicts[1] is None
    assert "refuses the post" in str(verdicts[0])


READINGS = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.sampled_from(["gone", "a", "b"]),
        st.one_of(st.none(), st.integers(0, 3)),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda entry: entry[0],
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), readings=READINGS)
def test_replayed_in_any_order_the_document_is_the_same(
    index: OpenSearch, data: st.DataObject, readings: list[tuple[int, str, int | None]]
) -> None:
    def posts(uri: str) -> list[Post]:
        return [_post(uri, *entry) for entry in readings]

    index.indices.delete(index="posts-*")
    shuffled = data.draw(st.permutations(posts("shuffled")))
    write(index, *sorted(posts("straight"), key=lambda post: post.collected_at), replay=True)
    write(index, *shuffled, *shuffled[:2], replay=True)
    straight, other = (content(document(index, uri)) for uri in ("straight", "shuffled"))
    # Which of several equal readings a text is taken from is told by the order in which they came.
    where = {"id", "uri", "collected_at", "provenance", "deleted_at"}
    assert {k: v for k, v in other.items() if k not in where} == {k: v for k, v in straight.items() if k not in where}
    assert ("deleted_at" in other) == ("deleted_at" in straight)


def _post(uri: str, minute: int, text: str, number: int | None) -> Post:
    if text == "gone":
        return reading(uri, minute, deleted_at=START + timedelta(minutes=minute))
    return reading(uri, minute, text=text, metrics=None if number is None else likes(number, minute))
