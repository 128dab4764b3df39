"""Versions of a post are merged each by its own time: whatever the order of messages, the document is the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import groupby, permutations
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialindex.errors import Discarded
from socialindex.identity import post_id
from socialindex.index.merge import SCRIPT, parameters
from socialindex.index.writer import Write, Writer
from socialindex.model import Author, Metrics, Post, Provenance

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def test_figures_that_come_late_change_only_what_they_show(index: OpenSearch) -> None:
    late = Metrics(views=20, read_at=START + timedelta(minutes=3))
    write(
        index,
        reading("u", 0, text="t", metrics=Metrics(views=10, read_at=START)),
        reading("u", 5, text="t", metrics=likes(4, 5)),
        reading("u", 3, text="t", metrics=late),
    )
    doc = document(index, "u")
    assert doc["metrics"] == {"likes": 4, "views": 20, "read_at": "2026-11-20T09:05:00Z"}
    assert [figures["views"] for figures in doc["metrics_history"]] == [10, 20]


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


def test_the_time_of_the_last_change_grows_whatever_the_clocks_of_writers_say(index: OpenSearch) -> None:
    times = []
    for minute, now in enumerate([START, START, START - timedelta(hours=1), START + timedelta(hours=1)]):
        post = reading("u", minute, text=str(minute))
        script = {"id": SCRIPT, "params": parameters(post, now, live=False, replay=False)}
        body = {"script": script, "scripted_upsert": True, "upsert": {}}
        index.update(index="posts-g1-2026.11", id=post.id, body=body)
        times.append(document(index, "u")["updated_at"])
    assert times == [
        "2026-11-20T09:00:00Z",
        "2026-11-20T09:00:00.001Z",
        "2026-11-20T09:00:00.002Z",
        "2026-11-20T10:00:00Z",
    ]


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


# What one channel shows and another does not


AUTHOR = Author(id="https://a.example/users/kim", key="k" * 26, name="kim")
COUNTED = msgspec.structs.replace(AUTHOR, followers=7)
SHOWN = reading("u", 0, text="t", author=COUNTED, in_reply_to="p" * 26, thread_id="r" * 26)
HIDDEN = reading("u", 5, text="t", author=AUTHOR)


def facts(doc: dict[str, Any]) -> tuple[int | None, str | None, str | None]:
    return doc["author"].get("followers"), doc.get("in_reply_to"), doc.get("thread_id")


@pytest.mark.parametrize("posts", [(SHOWN, HIDDEN), (HIDDEN, SHOWN)])
def test_a_fact_that_is_not_shown_is_not_denied(index: OpenSearch, posts: tuple[Post, Post]) -> None:
    write(index, *posts)
    assert facts(document(index, "u")) == (7, "p" * 26, "r" * 26)


def test_readings_that_show_more_and_less_in_turns_cost_no_write(index: OpenSearch) -> None:
    write(index, SHOWN)
    before = document(index, "u")
    again = msgspec.structs.replace(SHOWN, collected_at=START + timedelta(minutes=9))
    write(index, HIDDEN, again, HIDDEN)
    assert document(index, "u") == before


@pytest.mark.parametrize("replay", [False, True])
def test_the_newest_known_value_of_a_fact_stays_beside_other_words(index: OpenSearch, replay: bool) -> None:
    more = reading("u", 3, text="t", author=msgspec.structs.replace(AUTHOR, followers=8))
    write(index, SHOWN, more, reading("u", 6, text="new", author=AUTHOR), SHOWN, replay=replay)
    doc = document(index, "u")
    assert (doc["text"], facts(doc)) == ("new", (8, "p" * 26, "r" * 26))


def test_followers_are_those_of_the_author(index: OpenSearch) -> None:
    other = reading("u", 5, text="t", author=Author(id="b", key="b"))
    write(index, SHOWN, other)
    assert "followers" not in document(index, "u")["author"]
    write(index, msgspec.structs.replace(HIDDEN, collected_at=START + timedelta(minutes=9)))
    assert document(index, "u")["author"]["followers"] == 7


def test_facts_are_gone_with_the_post(index: OpenSearch) -> None:
    write(index, SHOWN, reading("u", 3, deleted_at=START))
    assert document(index, "u")["author"] == {"key": "k" * 26}
    write(index, HIDDEN)
    assert facts(document(index, "u")) == (None, None, None)


# What is cited


def cited(doc: dict[str, Any]) -> tuple[str, int]:
    return doc["collected_at"], doc["provenance"]["archive_offset"]


ORDERS = [(False, (0, 5, 9)), *((True, order) for order in permutations([0, 5, 9]))]
"""Live readings come in order; of a replay, in any."""


@pytest.mark.parametrize(("replay", "order"), ORDERS)
def test_the_earliest_reading_of_the_present_content_is_cited(
    index: OpenSearch, replay: bool, order: tuple[int, ...]
) -> None:
    write(index, *(reading("u", minute, text="b" if minute == 5 else "a") for minute in order), replay=replay)
    doc = document(index, "u")
    assert doc["text"] == "a"
    assert cited(doc) == ("2026-11-20T09:00:00Z", 0)


def test_after_a_deletion_only_what_was_read_since_is_cited(index: OpenSearch) -> None:
    write(index, reading("u", 0, text="a"), reading("u", 1, text="b"), reading("u", 5, deleted_at=START))
    write(index, reading("u", 9, text="a"), reading("u", 8, text="b"), reading("u", 2, text="a"))
    assert cited(document(index, "u")) == ("2026-11-20T09:09:00Z", 9)


def test_a_deletion_told_late_leaves_what_was_read_since(index: OpenSearch) -> None:
    write(index, *(reading("u", minute, text=text) for minute, text in ((0, "a"), (6, "b"), (9, "c"))))
    write(index, reading("u", 5, deleted_at=START), reading("u", 10, text="a"))
    assert cited(document(index, "u")) == ("2026-11-20T09:10:00Z", 10)
    write(index, reading("u", 11, text="b"))
    assert cited(document(index, "u")) == ("2026-11-20T09:06:00Z", 6)


def test_what_else_might_be_cited_is_remembered_only_of_other_content_and_within_bounds(index: OpenSearch) -> None:
    write(index, reading("u", 0, text="0"), reading("u", 1, text="0"))
    assert "cited" not in document(index, "u")["versions"]
    write(index, *(reading("u", minute, text=str(minute)) for minute in range(2, 40)))
    assert len(document(index, "u")["versions"]["cited"]) == 20
    write(index, reading("u", 50, text="0"))
    assert cited(document(index, "u")) == ("2026-11-20T09:00:00Z", 0)


# Earlier words


FIRST = {"title": "t", "text": "first", "published_at": START}
SECOND = {**FIRST, "text": "second", "edited_at": START + timedelta(minutes=3)}
THIRD = {**FIRST, "title": "new", "text": "third", "edited_at": START + timedelta(minutes=6)}


def earlier(doc: dict[str, Any]) -> list[str]:
    return [version["text"] for version in doc.get("history", [])]


def test_words_before_an_edit_are_kept_oldest_first(index: OpenSearch) -> None:
    write(index, reading("u", 0, **FIRST), reading("u", 4, **SECOND), reading("u", 9, **THIRD))
    doc = document(index, "u")
    assert (doc["title"], doc["text"]) == ("new", "third")
    assert doc["history"] == [
        {"title": "t", "text": "first", "collected_at": "2026-11-20T09:00:00Z"},
        {
            "title": "t",
            "text": "second",
            "edited_at": "2026-11-20T09:03:00Z",
            "collected_at": "2026-11-20T09:04:00Z",
        },
    ]


def test_what_changes_beside_the_words_is_no_other_version(index: OpenSearch) -> None:
    write(index, reading("u", 0, **FIRST), reading("u", 4, **FIRST, hashtags=["a"]))
    assert "history" not in document(index, "u")


def test_words_that_return_are_the_present_ones_again(index: OpenSearch) -> None:
    for minute, text in enumerate(["a", "b", "a"]):
        write(index, reading("u", minute, text=text))
    doc = document(index, "u")
    assert (doc["text"], earlier(doc)) == ("a", ["b"])


def test_an_excerpt_is_no_version(index: OpenSearch) -> None:
    write(index, reading("u", 0, text="the…", excerpt=True), reading("u", 1, text="the whole"))
    write(index, reading("u", 2, text="the other…", excerpt=True))
    assert "history" not in document(index, "u")


def test_the_first_and_the_latest_versions_are_kept_of_very_many(index: OpenSearch) -> None:
    write(index, *(reading("u", minute, text=f"v{minute}") for minute in range(30)))
    doc = document(index, "u")
    assert (doc["text"], earlier(doc)) == ("v29", ["v0", *(f"v{number}" for number in range(10, 29))])


def test_earlier_words_are_gone_with_the_post(index: OpenSearch) -> None:
    gone = reading("u", 5, deleted_at=START + timedelta(minutes=5))
    write(index, reading("u", 0, **FIRST), reading("u", 4, **SECOND), gone)
    assert "history" not in document(index, "u")
    write(index, reading("u", 1, **FIRST), reading("u", 9, **THIRD))
    assert earlier(document(index, "u")) == []


def test_a_tombstone_tells_whose_post_it_was_by_a_key_only(index: OpenSearch) -> None:
    author = Author(id="https://a.example/users/kim", key="k" * 26, name="kim")
    write(index, reading("u", 0, text="words", author=author), reading("u", 5, deleted_at=START))
    assert document(index, "u")["author"] == {"key": "k" * 26}


# Withdrawn


def test_a_withdrawn_post_is_taken_down_and_may_return(index: OpenSearch) -> None:
    write(index, reading("u", 0, text="words"), reading("u", 5, deleted_at=START, withdrawn=True))
    doc = document(index, "u")
    assert doc["withdrawn"] is True
    assert "text" not in doc
    write(index, reading("u", 9, text="words"))
    doc = document(index, "u")
    assert not {"withdrawn", "deleted_at"} & set(doc)


def test_of_a_post_that_we_never_had_there_is_no_tombstone(index: OpenSearch) -> None:
    (verdict,) = Writer(index).write([Write(reading("u", 5, deleted_at=START, withdrawn=True), False, False)])
    assert isinstance(verdict, Discarded)
    index.indices.refresh(index="posts")
    assert index.count(index="posts")["count"] == 0


# Hostile overwrites


CLAIM = {"hearsay": True, "text": "a lie", "edited_at": START + timedelta(days=1), "metrics": likes(99, 9)}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_another_host_never_replaces_what_the_posts_own_host_told(index: OpenSearch, order: tuple[int, int]) -> None:
    posts = [reading("u", 0, text="true", metrics=likes(1, 0)), reading("u", 9, **CLAIM)]
    write(index, *(posts[number] for number in order))
    doc = document(index, "u")
    assert (doc["text"], doc["metrics"]["likes"]) == ("true", 1)
    assert not {"hearsay", "history", "metrics_history"} & set(doc)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_another_host_neither_deletes_nor_revives_a_post(index: OpenSearch, order: tuple[int, int]) -> None:
    alive = [reading("alive", 0, text="true"), reading("alive", 9, deleted_at=START, hearsay=True)]
    gone = [reading("gone", 0, deleted_at=START), reading("gone", 9, **CLAIM)]
    write(index, *(alive[number] for number in order), *(gone[number] for number in order))
    assert document(index, "alive")["text"] == "true"
    assert "text" not in document(index, "gone")


def test_of_other_hosts_the_latest_word_counts_until_the_own_host_speaks(index: OpenSearch) -> None:
    write(index, reading("u", 0, text="a", hearsay=True), reading("u", 5, text="b", hearsay=True))
    doc = document(index, "u")
    assert (doc["text"], doc["hearsay"]) == ("b", True)
    write(index, reading("u", 3, text="true"))
    doc = document(index, "u")
    assert (doc["text"], doc["first_seen_at"]) == ("true", "2026-11-20T09:00:00Z")


# Refreshing


def test_a_host_whose_terms_ask_for_it_has_its_last_reading_noted(index: OpenSearch) -> None:
    client, now = Writer(index), datetime.now(tz=UTC)
    for minute in (0, 5, 3):
        post = reading("u", minute, text="t")
        script = {"id": SCRIPT, "params": parameters(post, now, live=False, replay=False, refresh=True)}
        body = {"script": script, "scripted_upsert": True, "upsert": {}}
        index.update(index="posts-g1-2026.11", id=post.id, body=body)
    assert document(index, "u")["refreshed_at"] == "2026-11-20T09:05:00Z"
    assert client.write([Write(reading("u", 9, text="t"), False, False)]) == [None]


# The archive read again, by other rules


def replay(index: OpenSearch, *posts: Post) -> None:
    """Posts of one message."""
    assert set(Writer(index).write([Write(post, live=False, replay=True) for post in posts])) == {None}


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({}, {"entities": ["누리폰"], "sentiment": 0.4}),  # a name that the dictionary has learned since
        ({"text": "fi"}, {}),  # words that an adapter cut
        ({"published_at": START + timedelta(hours=9)}, {}),  # a time that it read by the wrong clock
        ({"hashtags": ["a"]}, {}),
        ({"thread_id": "p"}, {"thread_id": "q"}),
    ],
)
def test_a_replay_corrects_what_was_made_of_the_same_response(
    index: OpenSearch, before: dict[str, Any], now: dict[str, Any]
) -> None:
    write(index, reading("u", 4, **{**FIRST, **before}), reading("new", 4, **{**FIRST, **now}))
    replay(index, reading("u", 4, **{**FIRST, **now}))
    corrected, new = document(index, "u"), document(index, "new")
    assert {**content(corrected), **dict.fromkeys(("id", "uri", "cluster_id"))} == {
        **content(new),
        **dict.fromkeys(("id", "uri", "cluster_id")),
    }
    replay(index, reading("u", 4, **{**FIRST, **now}))
    assert document(index, "u") == corrected


def test_a_replay_corrects_all_readings_in_any_order(index: OpenSearch) -> None:
    wrong = {**FIRST, "published_at": START + timedelta(hours=9)}
    write(index, reading("u", 0, **wrong), reading("u", 5, **wrong), reading("u", 9, **{**SECOND, "text": "sec"}))
    replay(index, reading("u", 9, **SECOND))
    replay(index, reading("u", 5, **FIRST))
    replay(index, reading("u", 0, **FIRST))
    doc = document(index, "u")
    assert (doc["text"], doc["published_at"]) == ("second", "2026-11-20T09:00:00Z")
    assert [version["text"] for version in doc["history"]] == ["first"]


def test_of_two_things_that_one_response_says_of_a_post_a_replay_keeps_the_same(index: OpenSearch) -> None:
    twice = [reading("u", 0, **SECOND), reading("u", 0, **FIRST)]
    write(index, *twice)
    before = content(document(index, "u"))
    replay(index, *twice)
    assert content(document(index, "u")) == before


# Any order


WORDS: dict[str, dict[str, Any]] = {
    "first": FIRST,
    "second": SECOND,
    "third": THIRD,
    "tagged": {**SECOND, "hashtags": ["a"]},
    "part": {"text": "fi…", "excerpt": True, "published_at": START},
}


class Seen(NamedTuple):
    """A reading: when, of what, and what it shows beside it."""

    minute: int
    what: str
    likes: int | None
    views: int | None
    followers: int | None
    answered: str | None
    hearsay: bool

    def post(self, uri: str) -> Post:
        if self.what == "gone":
            at = START + timedelta(minutes=self.minute)
            return reading(uri, self.minute, deleted_at=at, hearsay=self.hearsay)
        return reading(
            uri,
            self.minute,
            **WORDS[self.what],
            author=Author(id="a", key="k", followers=self.followers),
            metrics=self._metrics(),
            in_reply_to=self.answered,
            hearsay=self.hearsay,
        )

    def _metrics(self) -> Metrics | None:
        if self.likes is self.views is None:
            return None
        return Metrics(likes=self.likes, views=self.views, read_at=START + timedelta(minutes=self.minute))


NUMBERS = st.one_of(st.none(), st.integers(0, 3))
SEEN = st.builds(
    Seen,
    minute=st.integers(0, 19),
    what=st.sampled_from(["gone", *WORDS]),
    likes=NUMBERS,
    views=NUMBERS,
    followers=NUMBERS,
    answered=st.sampled_from([None, "p", "q"]),
    hearsay=st.sampled_from([False, False, True]),
)
READINGS = st.lists(SEEN, min_size=1, max_size=7, unique_by=lambda seen: seen.minute).map(
    lambda readings: sorted(readings, key=lambda seen: seen.minute)
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), readings=READINGS)
def test_crawled_or_replayed_in_any_order_the_document_is_the_same(
    index: OpenSearch, data: st.DataObject, readings: list[Seen]
) -> None:
    index.indices.delete(index="posts-*")
    shuffled = [seen.post("shuffled") for seen in data.draw(st.permutations(readings))]
    write(index, *(seen.post("live") for seen in readings))
    write(index, *(seen.post("straight") for seen in readings), replay=True)
    write(index, *shuffled, *shuffled[:2], replay=True)
    live, straight, other = (told(document(index, uri), readings) for uri in ("live", "straight", "shuffled"))
    assert other == straight
    # Of an unchanged reading, only a replay tells when words were read last.
    assert {**straight, "history": earlier(straight)} == {**live, "history": earlier(live)}


def told(doc: dict[str, Any], readings: list[Seen]) -> dict[str, Any]:
    """A document without what would take a memory without bounds to know whatever the order of readings."""
    counted = [seen for seen in readings if not seen.hearsay] or readings
    apart = {"id", "uri", "cluster_id", *_uncited(counted, gone="deleted_at" in doc)}
    if any(returns(getattr(seen, name) for seen in counted) for name in ("likes", "views")):
        # When a value returned: the reading that tells may have come before the other value, and was unchanged then.
        doc = {**doc, "metrics": {**doc["metrics"], "read_at": None}}
        apart.add("metrics_history")
    return {name: value for name, value in content(doc).items() if name not in apart}


def _uncited(counted: list[Seen], *, gone: bool) -> set[str]:
    """Of a tombstone, its citation where the post was back after an earlier deletion.

    Of a post, its citation where the same words were there before the last deletion and after it.
    """
    if gone:
        back = [gone for gone, _ in groupby(seen.what == "gone" for seen in counted)].count(True) > 1
        return {"collected_at", "provenance", "deleted_at"} if back else set()
    last = max((number for number, seen in enumerate(counted) if seen.what == "gone"), default=0)
    both = {seen.what for seen in counted[:last]} & {seen.what for seen in counted[last + 1 :]}
    return {"collected_at", "provenance"} if both - {"gone"} else set()


def returns(values: Iterable[int | None]) -> bool:
    """Whether a value is there again after another one."""
    runs = [value for value, _ in groupby(value for value in values if value is not None)]
    return len(set(runs)) < len(runs)
