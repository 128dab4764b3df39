"""Maintain on the real engine: months that are over go, and what lives twice becomes one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import pytest

from socialindex import engine
from socialindex.engine import index_of
from socialindex.identity import post_id
from socialindex.index.writer import Write, Writer
from socialindex.maintain.stage import Maintain
from socialindex.model import Metrics, Post, Provenance

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

pytestmark = pytest.mark.integration

OCTOBER = datetime(2026, 10, 31, 23, 59, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 1, 0, 1, tzinfo=UTC)
LAST = next(f"u{number}" for number in range(10_000) if post_id(f"u{number}") > "zz")
"""A uri whose id is behind nearly all others'."""


def reading(uri: str, at: datetime, **fields: Any) -> Post:
    place = Provenance(channel="ch", adapter="feed/1", archive_key="k", archive_offset=0, archive_length=1)
    return Post(id=post_id(uri), uri=uri, source="feed", collected_at=at, provenance=place, **fields)


def figures(likes: int, at: datetime) -> Metrics:
    return Metrics(likes=likes, read_at=at)


def straddle(index: OpenSearch, *readings: Post) -> None:
    """Write readings, those of each month as if the other months were not there."""
    months = []
    for month, posts in groupby(readings, key=lambda post: index_of(f"{post.collected_at:%Y-%m}")):
        for post in posts:
            assert Writer(index).write([Write(post, live=False, replay=True)]) == [None]
            index.indices.refresh(index=month)
        index.indices.close(index=month)
        months.append(month)
    for month in months:
        index.indices.open(index=month)


def documents(index: OpenSearch, uri: str) -> list[tuple[str, dict[str, Any]]]:
    index.indices.refresh(index="posts-*")
    body = {"query": {"ids": {"values": [post_id(uri)]}}}
    return [(hit["_index"], hit["_source"]) for hit in index.search(index="posts", body=body)["hits"]["hits"]]


def fill(index: OpenSearch, month: str, count: int) -> None:
    """Other posts, written just now."""
    now = datetime.now(tz=UTC).isoformat()
    lines: list[dict[str, Any]] = []
    for uri in (f"other-{month}-{number}" for number in range(count)):
        lines.append({"index": {"_index": f"posts-g1-{month}", "_id": post_id(uri)}})
        lines.append({"id": post_id(uri), "uri": uri, "indexed_at": now})
    assert not index.bulk(body=b"\n".join(map(msgspec.json.encode, lines)) + b"\n")["errors"]


# What lives twice


HISTORY = [
    *((likes, OCTOBER + timedelta(seconds=10 * likes)) for likes in (1, 2)),
    *((likes, NOVEMBER + timedelta(minutes=likes)) for likes in (3, 4, 5)),
]
STRADDLERS = {
    "edited": [
        reading("edited", OCTOBER, text="old", metrics=figures(1, OCTOBER)),
        reading("edited", NOVEMBER, text="new", hashtags=["x"], metrics=figures(5, NOVEMBER)),
    ],
    "measured": [reading("measured", at, text="t", metrics=figures(likes, at)) for likes, at in HISTORY],
    "told late": [
        reading("told late", OCTOBER, text="new", edited_at=NOVEMBER),
        reading("told late", NOVEMBER, text="old", published_at=OCTOBER),
    ],
    "gone": [reading("gone", OCTOBER, text="words"), reading("gone", NOVEMBER, deleted_at=NOVEMBER)],
    "back": [reading("back", OCTOBER, deleted_at=OCTOBER), reading("back", NOVEMBER, text="it is back")],
    LAST: [reading(LAST, OCTOBER, text="old"), reading(LAST, NOVEMBER, text="new")],
}


class Mended(NamedTuple):
    """What two runs did, and the documents after each."""

    runs: list[dict[str, list[str]]]
    documents: list[dict[str, list[tuple[str, dict[str, Any]]]]]

    def one(self, uri: str) -> dict[str, Any]:
        """The only document of a post, where its older copy was."""
        ((home, doc),) = self.documents[0][uri]
        assert home == "posts-g1-2026.10"
        return doc


@pytest.fixture(scope="module")
def mended(engine_url: str) -> Mended:
    index = engine.connect(engine_url, signed=False)
    index.indices.delete(index="posts-*")
    for month in ("2026.10", "2026.11"):
        fill(index, month, 2_000)
    readings = [post for posts in STRADDLERS.values() for post in posts]
    straddle(index, *sorted(readings, key=lambda post: post.collected_at))
    assert [len(documents(index, uri)) for uri in STRADDLERS] == [2] * len(STRADDLERS)
    runs, found = [], []
    for _ in range(2):
        runs.append(Maintain(index).run(0))
        found.append({uri: documents(index, uri) for uri in STRADDLERS})
    return Mended(runs, found)


def test_what_lives_in_two_months_is_found_among_thousands_of_others(mended: Mended) -> None:
    assert sorted(mended.runs[0]["mended"]) == sorted(map(post_id, STRADDLERS))
    assert mended.one(LAST)["text"] == "new"


def test_it_becomes_one_with_the_newer_content_and_the_older_first_sight(mended: Mended) -> None:
    doc = mended.one("edited")
    assert (doc["text"], doc["hashtags"]) == ("new", ["x"])
    assert doc["first_seen_at"] == "2026-10-31T23:59:00Z"
    assert doc["metrics"]["likes"] == 5
    assert [earlier["likes"] for earlier in doc["metrics_history"]] == [1]


def test_the_history_of_both_copies_is_kept(mended: Mended) -> None:
    doc = mended.one("measured")
    assert [earlier["likes"] for earlier in doc["metrics_history"]] == [1, 2, 3, 4]
    assert doc["metrics"]["likes"] == 5


def test_older_content_in_the_later_month_changes_nothing(mended: Mended) -> None:
    assert mended.one("told late")["text"] == "new"


def test_a_deletion_in_either_copy_counts(mended: Mended) -> None:
    assert "deleted_at" in mended.one("gone")
    assert "text" not in mended.one("gone")
    assert mended.one("back")["text"] == "it is back"


def test_a_second_run_has_nothing_to_do(mended: Mended) -> None:
    assert mended.runs[1] == {"deleted": [], "mended": []}
    assert mended.documents[1] == mended.documents[0]


def test_it_is_found_though_the_posts_are_old_and_were_replayed_just_now(index: OpenSearch) -> None:
    march, april = datetime(2024, 3, 31, 23, 59, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC)
    straddle(index, reading("a", march, text="old"), reading("a", april, text="new"))
    assert Maintain(index).run(0)["mended"] == [post_id("a")]
    ((home, _),) = documents(index, "a")
    assert home == "posts-g1-2024.03"


# Retention


def test_months_beyond_the_retention_are_deleted_whole(index: OpenSearch) -> None:
    now = datetime(2026, 11, 28, tzinfo=UTC)
    for uri, at in (
        ("old", datetime(2026, 8, 31, tzinfo=UTC)),
        ("kept", datetime(2026, 9, 1, tzinfo=UTC)),
        ("new", now),
    ):
        straddle(index, reading(uri, at, text="t"))
    assert Maintain(index).run(2, now)["deleted"] == ["posts-g1-2026.08"]
    assert [len(documents(index, uri)) for uri in ("old", "kept", "new")] == [0, 1, 1]


def test_without_a_retention_everything_is_kept(index: OpenSearch) -> None:
    straddle(index, reading("a", datetime(2001, 1, 1, tzinfo=UTC), text="t"))
    assert Maintain(index).run(0)["deleted"] == []
    assert len(documents(index, "a")) == 1


@pytest.mark.parametrize("months", [0, 3])
def test_an_engine_without_posts_needs_nothing(index: OpenSearch, months: int) -> None:
    assert Maintain(index).run(months) == {"deleted": [], "mended": []}
