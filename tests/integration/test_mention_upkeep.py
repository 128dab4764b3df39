"""What becomes of posts reaches their mentions: erasure, take-downs, clusters, months, and what was missed."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from socialindex import terms
from socialindex.aws.suppressions import Entry
from socialindex.engine import MENTIONS, mentions_index
from socialindex.erasure.documents import erase
from socialindex.erasure.reapply import reapply
from socialindex.erasure.removal import Removal
from socialindex.identity import post_id
from socialindex.index.writer import Write, Writer
from socialindex.maintain.forbidden import take_down
from socialindex.maintain.freshness import expire_unread
from socialindex.maintain.members import move
from socialindex.maintain.missed import Missed
from socialindex.maintain.retention import expire, merge_quiet
from socialindex.maintain.stage import Maintain
from socialindex.maintain.tombstones import KEPT, sweep
from socialindex.mentions import merge
from socialindex.mentions.byposts import Update, write_all
from socialindex.mentions.forgetting import NONE, Memories
from socialindex.mentions.model import mention_id
from socialindex.mentions.work import Work
from socialindex.model import Author, Post, Provenance
from socialindex.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from opensearchpy import OpenSearch

    from socialindex.mentions.merge import Document
    from socialindex.reread.schedule import Mark

pytestmark = pytest.mark.integration

NOVEMBER = datetime(2026, 11, 20, 9, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)
"""All that was written has settled by then."""
TOPICS = ("tp_nuri", "tp_battery")


def reading(uri: str, at: datetime = NOVEMBER, **fields: Any) -> Post:
    place = Provenance(channel="ch", adapter="feed/1", archive_key="k", archive_offset=0, archive_length=1)
    given = {"text": "누리폰"} | fields
    return Post(id=post_id(uri), uri=uri, source="feed", collected_at=at, provenance=place, **given)


def write(index: OpenSearch, *posts: Post) -> None:
    assert Writer(index).write([Write(post, live=False, replay=False) for post in posts]) == [None] * len(posts)
    index.indices.refresh(index="posts-*")


def documents(index: OpenSearch, uri: str) -> list[dict[str, Any]]:
    """The documents of a post, as the engine has them, the oldest month first."""
    index.indices.refresh(index="posts-*")
    found = index.search(index="posts", body={"query": {"ids": {"values": [post_id(uri)]}}})["hits"]["hits"]
    return sorted(found, key=lambda hit: hit["_index"])


def mention(index: OpenSearch, *uris: str, copy: int = 0, topics: Sequence[str] = TOPICS) -> None:
    """Write mentions of posts that are there, beside them."""
    for uri in uris:
        hit = documents(index, uri)[copy]
        for topic in topics:
            params = merge.matching(
                hit["_source"],
                topic=topic,
                workspace="ws_1",
                revision=1,
                since=NOVEMBER,
                matched=["누리폰"],
                at=NOVEMBER + timedelta(minutes=copy),
            )
            name = mention_id(topic, post_id(uri))
            assert write_all(index, [Update(mentions_index(hit["_index"]), name, params, make=True)]) == 1
    index.indices.refresh(index="mentions-*")


def found(index: OpenSearch, uri: str) -> list[dict[str, Any]]:
    """The mentions of a post, by their topics."""
    index.indices.refresh(index="mentions-*")
    query = {"term": {"mention.post": post_id(uri)}}
    hits = index.search(index=MENTIONS, body={"query": query, "size": 100})["hits"]["hits"]
    return sorted((hit["_source"] for hit in hits), key=lambda doc: doc["mention"]["topic"])


def gone(index: OpenSearch, uri: str) -> list[str | None]:
    return [doc["mention"].get("gone") for doc in found(index, uri)]


# Erasure


class Listed:
    """A suppression list that only takes notes."""

    def __init__(self) -> None:
        self.posts: list[str] = []

    def erase(self, removal: Removal) -> None:
        self.posts += removal.posts


def erased(index: OpenSearch, *, memories: Memories = NONE, **named: Any) -> None:
    removal = Removal(id="rm_1", reason="operator", by="org_us", created_at=NOVEMBER, day="2026-11-20", **named)
    erase(index, Listed(), removal, memories, go_on=lambda: True)  # type: ignore[arg-type]


class Notes:
    """What people wrote about mentions of posts, as far as it is there, and whether it was forgotten."""

    def __init__(self, *uris: str) -> None:
        self.kept = {post_id(uri) for uri in uris}

    def forget(self, posts: Collection[str]) -> None:
        self.kept -= set(posts)

    def posts(self) -> set[str]:
        return set(self.kept)


def ids(*uris: str) -> set[str]:
    return {post_id(uri) for uri in uris}


KIM = Author(id="https://a.example/kim", key="k" * 26, name="kim")


def test_mentions_of_an_erased_post_hold_ids_for_ever(index: OpenSearch) -> None:
    write(index, reading("a"), reading("b"))
    mention(index, "a", "b")
    erased(index, posts=[post_id("a")])
    assert (gone(index, "a"), gone(index, "b")) == (["erased"] * 2, [None] * 2)
    assert "누리폰" not in str(found(index, "a"))
    write(index, reading("a", NOVEMBER + timedelta(days=1)))
    mention(index, "a")
    assert gone(index, "a") == ["erased"] * 2


def test_mentions_of_an_erased_author_go_too(index: OpenSearch) -> None:
    write(index, reading("a", author=KIM), reading("b", author=KIM), reading("c"))
    mention(index, "a", "b", "c")
    index.delete(index="posts-g1-2026.11", id=post_id("b"), params={"refresh": "true"})  # and the mention was forgotten
    erased(index, authors=["k" * 26])
    assert [gone(index, uri) for uri in "abc"] == [["erased"] * 2, ["erased"] * 2, [None] * 2]


def test_what_people_wrote_about_an_erased_post_is_forgotten_with_it(index: OpenSearch) -> None:
    write(index, reading("a"), reading("b", author=KIM), reading("c"))
    mention(index, "a", "b", "c")
    notes = Notes(*"abcd")
    erased(index, memories=Memories(notes), posts=list(ids("a", "d")), authors=["k" * 26])
    assert notes.kept == ids("c")  # of "d" nothing was left that told of them


def test_what_people_did_is_in_no_mention_that_was_erased_only_until_its_post_came_back(index: OpenSearch) -> None:
    write(index, reading("a", author=KIM))
    mention(index, "a")
    tag(index, "a")
    taken_down(index, "a")
    assert "an angry man" in str(found(index, "a"))
    notes = Notes("a")
    erased(index, memories=Memories(notes), authors=["k" * 26])
    assert notes.kept == set()
    assert "an angry man" not in str(found(index, "a"))
    assert all(doc["versions"]["gone"] == {"reason": "erased"} for doc in found(index, "a"))


def tag(index: OpenSearch, uri: str) -> None:
    """People did something with a mention."""
    work = Work(topic=TOPICS[0], post=post_id(uri), version=1, tags=["an angry man"])
    name = mention_id(TOPICS[0], post_id(uri))
    write_all(index, [Update("mentions-g1-2026.11", name, merge.working(work))])


def taken_down(index: OpenSearch, uri: str) -> None:
    """The author withdrew the post, so that its mentions are erased until it comes back."""
    at = NOVEMBER + timedelta(days=1)
    write(index, reading(uri, at, deleted_at=at, withdrawn=True, text=None))
    document = documents(index, uri)[0]["_source"]
    version = merge.seen(document)
    names = [mention_id(topic, post_id(uri)) for topic in TOPICS]
    write_all(index, [Update("mentions-g1-2026.11", name, merge.erasing(version)) for name in names])
    index.indices.refresh(index="mentions-*")


def test_a_restored_backup_is_cleaned_of_mentions_too(index: OpenSearch) -> None:
    write(
        index, reading("post"), reading("author", author=KIM), reading("withdrawn"), reading("since"), reading("free")
    )
    uris = ("post", "author", "withdrawn", "since", "free")
    mention(index, *uris)
    times = {"withdrawn": NOVEMBER, "since": NOVEMBER - timedelta(seconds=1)}
    entries = [
        Entry("post", post_id("post"), None),
        Entry("author", "k" * 26, None),
        *(Entry("post", post_id(uri), int(at.timestamp() * 1000)) for uri, at in times.items()),
    ]
    notes = Notes(*uris, "long gone")
    long_gone = Entry("post", post_id("long gone"), None)
    assert reapply(index, [*entries, long_gone], Memories(notes)).documents == 3
    assert notes.kept == ids("withdrawn", "since", "free")
    assert [gone(index, uri)[0] for uri in uris] == ["erased", "erased", "erased", None, None]
    assert reapply(index, entries).documents == 0
    write(index, reading("withdrawn", NOVEMBER + timedelta(days=1)))
    mention(index, "withdrawn")
    assert gone(index, "withdrawn") == [None, None]


# What must not be kept


def entry(**fields: Any) -> Terms:
    given: dict[str, Any] = {"domains": ["a.example"], "name": "A", "reason": "r", "source": "s"}
    return Terms(**given | fields)


def test_mentions_of_what_terms_forbid_go_with_it(index: OpenSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    forbidden = entry(verdict="forbidden", edited_at=NOVEMBER)
    monkeypatch.setattr(terms, "register", lambda: (forbidden,))
    monkeypatch.setattr(terms, "of_host", lambda host: forbidden if host == "a.example" else None)
    write(index, reading("a", platform="www.a.example"), reading("b", platform="b.example"))
    write(index, reading("own", platform="a.example", visibility="ws_1"))
    mention(index, "a", "b", "own")
    write(index, reading("unmentioned", platform="a.example"))
    notes = Notes("a", "b", "own", "unmentioned")
    assert take_down(index, Memories(notes)) == 2
    assert [gone(index, uri)[0] for uri in ("a", "b", "own")] == ["erased", None, None]
    assert notes.kept == ids("a", "b", "own")  # that of "a" goes with its tombstone
    index.indices.refresh(index="mentions-*")
    sweep(index, datetime.now(tz=UTC) + KEPT + timedelta(hours=1), Memories(notes))
    assert notes.kept == ids("b", "own")


def test_mentions_of_what_was_not_read_again_go_until_it_is(index: OpenSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    video = entry(verdict="allowed", refresh_days=30)
    monkeypatch.setattr(terms, "register", lambda: (video,))
    monkeypatch.setattr(terms, "of_host", lambda host: video if host == "a.example" else None)
    now = datetime.now(tz=UTC)
    write(index, reading("a", now - timedelta(days=31), platform="a.example"))
    write(index, reading("b", now - timedelta(days=29), platform="a.example"))
    mention(index, "a", "b")
    assert expire_unread(index) == 1
    assert (gone(index, "a")[0], gone(index, "b")[0]) == ("erased", None)
    write(index, reading("a", now, platform="a.example"))
    mention(index, "a")
    # It is a post of another month now; the tombstones stay where they are for as long as streams tell of them.
    assert sorted(gone(index, "a"), key=str) == [None, None, "erased", "erased"]


# Clusters


def test_mentions_follow_their_posts_into_another_cluster(index: OpenSearch) -> None:
    write(index, *(reading(uri) for uri in "abcd"))
    mention(index, *"abcd")
    a, b, c, d = (post_id(uri) for uri in "abcd")
    assert move(index, {b: a, c: a}, last=[b], never=[c]) == 1
    clusters = {uri: {doc["cluster_id"] for doc in found(index, uri)} for uri in "abcd"}
    assert clusters == {"a": {a}, "b": {a}, "c": {c}, "d": {d}}
    assert {hit["_source"]["cluster_id"] for uri in "ab" for hit in documents(index, uri)} == {a}


# Months


def straddle(index: OpenSearch) -> None:
    """A post that lives in two months, each time with mentions; the later copy's topics are one more."""
    october = datetime(2026, 10, 31, 23, 59, tzinfo=UTC)
    write(index, reading("a", october, text="old"))
    mention(index, "a", topics=TOPICS[:1])
    index.indices.close(index="posts-g1-2026.10")
    write(index, reading("a", october + timedelta(minutes=2), text="new"))
    index.indices.open(index="posts-g1-2026.10")
    mention(index, "a", copy=1)


def test_mentions_of_a_post_that_lived_in_two_months_become_one(index: OpenSearch) -> None:
    straddle(index)
    names = [mention_id(topic, post_id("a")) for topic in TOPICS]
    work = Work(topic=TOPICS[1], post=post_id("a"), version=3, tags=["seen"], sentiment=0.5)
    write_all(index, [Update("mentions-g1-2026.11", names[1], merge.working(work))])
    index.indices.refresh(index="mentions-*")
    assert len(found(index, "a")) == 3
    assert Maintain(index).run(0)["mended"] == [post_id("a")]
    index.indices.refresh(index="mentions-*")
    hits = index.search(index=MENTIONS, body={"query": {"terms": {"mention.id": names}}})["hits"]["hits"]
    assert sorted((hit["_id"], hit["_index"]) for hit in hits) == sorted(
        (name, "mentions-g1-2026.10") for name in names
    )
    worked = next(hit["_source"] for hit in hits if hit["_id"] == names[1])
    assert (worked["text"], worked["sentiment"], worked["mention"]["tags"]) == ("new", 0.5, ["seen"])
    assert "machine_sentiment" not in worked["mention"]
    assert {hit["_source"]["mention"]["matched_at"] for hit in hits} == {"2026-11-20T09:00:00Z", "2026-11-20T09:01:00Z"}


def test_a_tombstone_comes_home_as_one(index: OpenSearch) -> None:
    straddle(index)
    name = mention_id(TOPICS[1], post_id("a"))
    write_all(index, [Update("mentions-g1-2026.11", name, merge.erasing())])
    index.indices.refresh(index="mentions-*")
    Maintain(index).run(0)
    assert gone(index, "a") == ["erased", None]  # by topic: battery, nuri


def test_months_of_mentions_are_deleted_and_merged_with_those_of_posts(index: OpenSearch) -> None:
    august = datetime(2026, 8, 31, tzinfo=UTC)
    write(index, reading("old", august), reading("kept", NOVEMBER))
    mention(index, "old", "kept")
    assert expire(index, 2, NOVEMBER) == ["mentions-g1-2026.08", "posts-g1-2026.08"]
    assert (gone(index, "old"), gone(index, "kept")) == ([], [None, None])
    write(index, *(reading(str(number)) for number in range(2)))
    mention(index, "0")
    mention(index, "1")
    later = max(datetime.now(tz=UTC) + timedelta(days=8), datetime(2026, 12, 20, tzinfo=UTC))
    merged = merge_quiet(index, later) + merge_quiet(index, later)
    assert "mentions-g1-2026.11" in merged


def test_what_people_did_goes_with_the_month_of_its_post(index: OpenSearch) -> None:
    august = datetime(2026, 8, 31, tzinfo=UTC)
    write(index, *(reading(uri, august) for uri in ("old", "unmentioned", "bare", "anew")))
    mention(index, "old", "bare", "anew")
    for uri in ("bare", "anew"):
        index.delete(index="posts-g1-2026.08", id=post_id(uri), params={"refresh": "true"})
    write(index, reading("kept"), reading("anew"))
    notes = Notes("old", "unmentioned", "bare", "anew", "kept", "not ours")
    assert expire(index, 0, NOVEMBER, Memories(notes)) == []
    assert len(notes.kept) == 6
    assert expire(index, 2, NOVEMBER, Memories(notes)) == ["mentions-g1-2026.08", "posts-g1-2026.08"]
    assert notes.kept == ids("anew", "kept", "not ours")


@pytest.mark.parametrize(("age", "left"), [(KEPT - timedelta(hours=1), 4), (KEPT + timedelta(hours=1), 2)])
def test_tombstones_are_kept_for_as_long_as_streams_are(index: OpenSearch, age: timedelta, left: int) -> None:
    write(index, reading("a"), reading("b"))
    mention(index, "a", "b")
    name = mention_id("tp_early", "unknown")
    write_all(index, [Update("mentions-g1-2026.11", name, merge.deleting(1), make=True)])  # before any match
    for topic in TOPICS:
        write_all(index, [Update("mentions-g1-2026.11", mention_id(topic, post_id("a")), merge.deleting(LAST))])
    index.indices.refresh(index="mentions-*")
    assert sweep(index, datetime.now(tz=UTC) + age) == (0 if left == 4 else 3)
    assert len(found(index, "a") + found(index, "b")) == left


LAST = int(LATER.timestamp() * 1000)


# What was missed


class Marks:
    """Watermarks in memory."""

    def __init__(self) -> None:
        self.marks: dict[str, Mark] = {}
        self.held = False

    def get(self, name: str) -> Mark | None:
        return self.marks.get(name)

    def put(self, name: str, mark: Mark) -> None:
        self.marks[name] = mark

    @contextmanager
    def alone(self, name: str, seconds: float) -> Iterator[bool]:
        assert name
        assert seconds
        yield not self.held


class Service:
    """The comparison, and what it asked for."""

    def __init__(self, index: OpenSearch) -> None:
        self.index = index
        self.marks = Marks()
        self.again: list[str] = []
        self._missed = Missed(index, self.marks, self._hold)  # type: ignore[arg-type]

    def run(self, now: datetime = LATER) -> dict[str, int]:
        self.index.indices.refresh(index="posts-*,mentions-*")
        return self._missed.run(now)

    def _hold(self, posts: Sequence[Document]) -> None:
        """As the index stage: all of them match again."""
        self.again += [post["uri"] for post in posts]
        mention(self.index, *(post["uri"] for post in posts))


@pytest.fixture
def service(index: OpenSearch) -> Service:
    return Service(index)


def test_a_mention_that_is_as_its_post_has_missed_nothing(service: Service) -> None:
    write(service.index, reading("a"))
    mention(service.index, "a")
    assert service.run(datetime.now(tz=UTC)) == {"compared": 0, "missed": 0}  # it has not come to rest
    assert service.run() == {"compared": 2, "missed": 0}
    assert service.run() == {"compared": 0, "missed": 0}


def test_what_a_mention_missed_is_brought_to_it(service: Service) -> None:
    uris = ("same", "edited", "deleted", "withdrawn", "erased", "clustered")
    write(service.index, *(reading(uri) for uri in uris))
    mention(service.index, *uris)
    later = NOVEMBER + timedelta(minutes=1)
    write(
        service.index, reading("edited", later, text="edited"), reading("deleted", later, deleted_at=later, text=None)
    )
    write(service.index, reading("withdrawn", later, deleted_at=later, withdrawn=True, text=None))
    service.index.delete(index="posts-g1-2026.11", id=post_id("erased"))
    body = {"doc": {"cluster_id": post_id("same")}}
    service.index.update(index="posts-g1-2026.11", id=post_id("clustered"), body=body)
    assert service.run()["missed"] == 10
    assert [gone(service.index, uri)[0] for uri in uris] == [None, None, "deleted", "erased", "erased", None]
    assert set(service.again) == {"edited"}
    assert {doc["text"] for doc in found(service.index, "edited")} == {"edited"}
    assert {doc["cluster_id"] for doc in found(service.index, "clustered")} == {post_id("same")}
    assert service.run()["missed"] == 0


def test_mentions_are_compared_page_by_page(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socialindex.maintain.missed.PAGE", 3)
    write(service.index, *(reading(uri) for uri in "abcd"))
    mention(service.index, *"abcd")
    write(service.index, *(reading(uri, NOVEMBER + timedelta(1), text=None, deleted_at=NOVEMBER) for uri in "abc"))
    assert service.run() == {"compared": 8, "missed": 6}
    assert [gone(service.index, uri) for uri in "abcd"] == [*[["deleted"] * 2] * 3, [None] * 2]


def test_of_two_runs_at_once_one_does_nothing(service: Service) -> None:
    write(service.index, reading("a"))
    mention(service.index, "a")
    service.marks.held = True
    assert service.run() == {"compared": 0, "missed": 0}
