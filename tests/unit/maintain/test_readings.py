"""A document that is taken apart tells all that its readings told, each at its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from socialindex.maintain.readings import latest, readings
from socialindex.model import Metrics

START = datetime(2026, 11, 1, tzinfo=UTC)


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def ms(minute: int) -> int:
    return int(at(minute).timestamp() * 1000)


def document(seen: int, versions: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """A post whose words were first read at minute 0, and last at a later one."""
    place = {"channel": "ch", "adapter": "feed/1", "archive_key": "k", "archive_offset": 0, "archive_length": 1}
    bare = {"id": "a" * 26, "uri": "u", "source": "feed", "collected_at": START.isoformat(), "provenance": place}
    return {**bare, "versions": {"seen": ms(seen), "edited": 0, "content": "c", **(versions or {})}, **fields}


def test_words_are_told_when_they_were_read_first_and_last() -> None:
    told = readings(document(2, text="words", history=[{"text": "other", "collected_at": at(1).isoformat()}]))
    newest = max(told, key=lambda post: post.collected_at)
    assert [(post.text, post.collected_at) for post in told] == [("words", at(0)), ("words", at(2)), ("other", at(1))]
    assert newest.text == "words"


def test_what_was_found_in_the_words_is_not_said_of_others() -> None:
    found: dict[str, Any] = {
        "language": "ko",
        "sentiment": 0.9,
        "entities": ["N"],
        "promotional": True,
        "signature": ["00000000"],
    }
    earlier = {"text": "other", "collected_at": at(1).isoformat()}
    *present, other = readings(document(2, text="words", hashtags=["tag"], history=[earlier], **found))
    assert all(post.sentiment == 0.9 and post.signature for post in present)
    assert (other.language, other.sentiment, other.entities, other.promotional, other.signature) == (
        None,
        None,
        [],
        None,
        [],
    )
    assert other.hashtags == ["tag"]


def test_a_reading_that_may_still_count_is_told_at_both_of_its_times_before_words_without_more() -> None:
    other = {key: value for key, value in document(1, text="other", hashtags=["tag"]).items() if key != "versions"}
    kept = {"others": [{"post": other, "content": "d", "edited": 0, "seen": ms(5)}]}
    words = {"text": "other", "collected_at": at(5).isoformat()}
    told = readings(document(2, kept, text="words", edited_at=at(1).isoformat(), history=[words]))
    assert [(post.collected_at, post.hashtags) for post in told if post.text == "other"] == [
        (at(0), ["tag"]),
        (at(5), ["tag"]),
        (at(5), []),
    ]


def test_a_deletion_that_was_seen_again_is_told_again() -> None:
    gone = document(4, {"gone": ms(4)}, deleted_at=START.isoformat())
    assert [post.collected_at for post in readings(gone) if post.deleted_at] == [at(0), at(4)]


def test_a_fact_is_not_of_the_last_time_where_that_did_not_show_it() -> None:
    facts = {"followers": {"value": 7, "of": "k", "seen": ms(1)}, "thread_id": {"value": "t", "seen": ms(1)}}
    doc = document(3, {"facts": facts}, text="t", thread_id="t", in_reply_to="r", author={"key": "k", "followers": 7})
    first, last = readings(doc)
    assert (first.thread_id, first.author and first.author.followers) == ("t", 7)
    assert (last.thread_id, last.in_reply_to, last.author and last.author.followers) == (None, "r", None)


def test_figures_are_told_at_each_change_and_when_they_were_read_last() -> None:
    history = [{"likes": 1, "read_at": at(0).isoformat()}]
    now = {"likes": 2, "views": 9, "read_at": at(1).isoformat()}
    doc = document(0, {"measured": {"likes": at(5).isoformat()}}, text="t", metrics_history=history, metrics=now)
    told = {post.metrics for post in readings(doc)}
    assert told == {
        Metrics(likes=1, read_at=at(0)),
        Metrics(likes=2, views=9, read_at=at(1)),
        Metrics(likes=2, read_at=at(5)),
    }


def test_the_reading_that_a_document_stands_for_has_its_last_time_and_no_older_facts() -> None:
    facts = {"in_reply_to": {"value": "b" * 26, "seen": ms(0)}}
    last = latest(document(2, {"facts": facts}, text="words", in_reply_to="b" * 26, title_only=True))
    assert (last.text, last.collected_at, last.in_reply_to) == ("words", at(2), None)
