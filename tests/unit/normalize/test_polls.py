"""A poll's posts tell how often its channel is worth polling, and whether its host can be believed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from socialindex.crawl.rhythm import JITTER, Poll, Polling, Rhythm
from socialindex.model import Post
from socialindex.normalize.polls import Polls

NOW = 1_764_000_000.0
BOUNDS = Polling()
KNOWN = Rhythm(posts=5.0, seconds=5 * 3_600.0, at=NOW - 3_600, newest=NOW - 7_200)


class Told(NamedTuple):
    channel: str
    rhythm: Rhythm
    poll_at: float
    lied: bool


class Kept:
    """A table of channels that notes what it is told."""

    def __init__(self) -> None:
        self.told: list[Told] = []

    def heard(self, channel_id: str, rhythm: Rhythm, poll_at: float, *, lied: bool = False) -> None:
        self.told.append(Told(channel_id, rhythm, poll_at, lied))


def post(at: float | None, *, deleted: bool = False) -> Post:
    published = None if at is None else datetime.fromtimestamp(at, UTC)
    gone = datetime.fromtimestamp(NOW, UTC) if deleted else None
    collected = datetime.fromtimestamp(NOW, UTC)
    return Post(
        id=f"{at}", uri=f"u{at}", source="feed", published_at=published, deleted_at=gone, collected_at=collected
    )


def report(posts: list[Post], *, verifies: float | None = None, rhythm: Rhythm = KNOWN) -> tuple[Told, bool]:
    kept = Kept()
    poll = Poll(channel="ch_1", at=NOW, rhythm=rhythm, verifies=verifies)
    lied = Polls(kept, BOUNDS).report(poll, posts)
    (told,) = kept.told
    return told, lied


@pytest.mark.parametrize(
    ("posts", "news"),
    [
        ([], 0),
        ([post(NOW - 9_000), post(NOW - 7_200)], 0),
        ([post(NOW - 9_000), post(NOW - 60), post(NOW - 5)], 2),
        ([post(NOW - 5, deleted=True)], 0),
        ([post(None), post(NOW - 5)], 1),
    ],
)
def test_posts_since_the_newest_known_are_counted(posts: list[Post], news: int) -> None:
    told, lied = report(posts)
    as_if = KNOWN.heard(BOUNDS, NOW, [NOW - 5] * news)
    assert (told.rhythm.posts, told.rhythm.seconds) == (as_if.posts, as_if.seconds)
    assert (told.channel, told.rhythm.at, told.lied, lied) == ("ch_1", NOW, False, False)
    interval = told.rhythm.interval(BOUNDS)
    assert NOW + interval * (1 - JITTER) <= told.poll_at <= NOW + interval * (1 + JITTER)


def test_posts_without_times_tell_nothing() -> None:
    told, _ = report([post(None)])
    assert (told.rhythm.posts, told.rhythm.seconds, told.rhythm.at) == (KNOWN.posts, KNOWN.seconds, NOW)


@pytest.mark.parametrize(
    ("published", "lied"), [(NOW - 60, True), (NOW - 7_200, False), (NOW - 5, False)], ids=["new", "known", "since"]
)
def test_a_host_that_said_that_nothing_is_new_is_found_out(published: float, lied: bool) -> None:
    told, found = report([post(published)], verifies=NOW - 10)
    assert (told.lied, found) == (lied, lied)
