"""Maintain on the real engine: months that are over go, and what lives twice becomes one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

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


def test_what_lives_in_two_months_becomes_one_with_the_newer_content(index: OpenSearch) -> None:
    straddle(
        index,
        reading("a", OCTOBER, text="old", metrics=figures(1, OCTOBER)),
        reading("a", NOVEMBER, text="new", hashtags=["x"], metrics=figures(5, NOVEMBER)),
    )
    assert len(documents(index, "a")) == 2
    assert Maintain(index).run(0)["mended"] == [post_id("a")]
    ((home, doc),) = documents(index, "a")
    assert home == "posts-g1-2026.10"
    assert (doc["text"], doc["hashtags"]) == ("new", ["x"])
    assert doc["first_seen_at"] == "2026-10-31T23:59:00Z"
    assert doc["metrics"]["likes"] == 5
    assert [earlier["likes"] for earlier in doc["metrics_history"]] == [1]


def test_the_history_of_both_copies_is_kept(index: OpenSearch) -> None:
    earlier = [(1, OCTOBER), (2, OCTOBER + timedelta(seconds=10))]
    later = [(3, NOVEMBER), (4, NOVEMBER + timedelta(minutes=5)), (5, NOVEMBER + timedelta(minutes=9))]
    readings = [reading("a", at, text="t", metrics=figures(likes, at)) for likes, at in earlier + later]
    straddle(index, *readings)
    Maintain(index).run(0)
    ((home, doc),) = documents(index, "a")
    assert home == "posts-g1-2026.10"
    assert [earlier["likes"] for earlier in doc["metrics_history"]] == [1, 2, 3, 4]
    assert doc["metrics"]["likes"] == 5


def test_older_content_in_the_later_month_changes_nothing(index: OpenSearch) -> None:
    straddle(
        index,
        reading("a", NOVEMBER - timedelta(days=1), text="new", edited_at=NOVEMBER),
        reading("a", NOVEMBER, text="old", published_at=OCTOBER),
    )
    Maintain(index).run(0)
    ((_, doc),) = documents(index, "a")
    assert doc["text"] == "new"


def test_a_deletion_in_either_copy_counts(index: OpenSearch) -> None:
    straddle(index, reading("a", OCTOBER, text="words"), reading("a", NOVEMBER, deleted_at=NOVEMBER))
    straddle(index, reading("b", OCTOBER, deleted_at=OCTOBER), reading("b", NOVEMBER, text="it is back"))
    assert len(Maintain(index).run(0)["mended"]) == 2
    ((_, gone),) = documents(index, "a")
    ((_, back),) = documents(index, "b")
    assert "deleted_at" in gone
    assert "text" not in gone
    assert back["text"] == "it is back"


def test_it_is_found_among_many_others(index: OpenSearch) -> None:
    fill(index, "2026.10", 2_000)
    fill(index, "2026.11", 2_000)
    straddle(index, reading(LAST, OCTOBER, text="old"), reading(LAST, NOVEMBER, text="new"))
    assert Maintain(index).run(0)["mended"] == [post_id(LAST)]
    assert len(documents(index, LAST)) == 1


def test_it_is_found_though_the_posts_are_old_and_were_replayed_just_now(index: OpenSearch) -> None:
    march, april = datetime(2024, 3, 31, 23, 59, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC)
    straddle(index, reading("a", march, text="old"), reading("a", april, text="new"))
    assert Maintain(index).run(0)["mended"] == [post_id("a")]
    ((home, _),) = documents(index, "a")
    assert home == "posts-g1-2024.03"


def test_a_second_run_has_nothing_to_do(index: OpenSearch) -> None:
    straddle(index, reading("a", OCTOBER, text="old"), reading("a", NOVEMBER, text="new"))
    Maintain(index).run(0)
    before = documents(index, "a")
    assert Maintain(index).run(0) == {"deleted": [], "mended": []}
    assert documents(index, "a") == before


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
