"""Posts on their way into the index become mentions of topics, and these follow what becomes of the posts."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.engine import MENTIONS, TOPICS
from socialindex.errors import Unavailable
from socialindex.identity import post_id
from socialindex.index.stage import Index
from socialindex.index.writer import Writer
from socialindex.mentions import follow
from socialindex.mentions.follow import Listener
from socialindex.mentions.percolate import Percolator
from socialindex.mentions.reach import Reach
from socialindex.mentions.work import Work
from socialindex.mentions.writer import MentionWriter
from socialindex.messages import PostBatch, encode
from socialindex.model import Metrics, Post
from socialindex.topics.documents import Documents
from socialindex.topics.stored import shard
from socialindex.topics.topic import Topic, Watched
from tests.integration.parts import event

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from opensearchpy import OpenSearch

    from socialindex.mentions.merge import Document
    from socialindex.mentions.percolate import Match
    from socialindex.mentions.writer import Change
    from socialindex.model import Provenance
    from socialindex.outcomes import Count, Tally

pytestmark = pytest.mark.integration

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
ACME, OTHER = "ws_acme", "ws_other"
VERSIONS = itertools.count(int(datetime.now(tz=UTC).timestamp()))
"""Of topics: the engine remembers those of what was deleted by the test before."""
BY_THE_CLOCK = {"matched_at", "changed_at"}


class Surroundings:
    """Everything around the index stage, in memory."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.works: dict[tuple[str, str], Work] = {}
        self.suspended: dict[str, str] = {}

    def put(self, body: str, *, reason: str) -> None:
        pytest.fail(f"quarantined: {reason} {body[:200]}")

    def add(self, counts: Counter[Count]) -> None:
        for count, times in counts.items():
            self.counts[(count.stage, count.outcome, count.reason)] += times

    def objections(self, posts: Sequence[Post]) -> list[str | None]:
        return [None for _ in posts]

    def withdraw(self, posts: Iterable[Post]) -> None:
        list(posts)

    def found(self, places: Iterable[Provenance]) -> None:
        list(places)

    def of(self, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Work]:
        return {pair: self.works[pair] for pair in pairs if pair in self.works}


class Asked(Percolator):
    """Remembers which posts were held against topics."""

    posts: list[str]

    def match(self, documents: Sequence[Document]) -> dict[str, list[Match]]:
        self.posts = [document["uri"] for document in documents]
        return super().match(documents)


class Frail(MentionWriter):
    """Fails as told, before it has written anything."""

    failure: BaseException | None = None

    def write(self, changes: Iterable[Change], tally: Tally) -> dict[str, Exception]:
        if self.failure:
            failure, self.failure = self.failure, None
            raise failure
        return super().write(changes, tally)


class Service:
    """The index stage, and what one sees of its mentions."""

    def __init__(self, client: OpenSearch) -> None:
        self.client = client
        self.around = Surroundings()
        self.percolator = Asked(client, self.suspend)
        self.writer = Frail(client, self.around)
        self.listener = Listener(client, self.percolator, self.writer)
        self.stage = Index(Writer(client), self.around, self.around, self.around, self.listener)

    def suspend(self, topic_id: str, why: str) -> None:
        self.around.suspended[topic_id] = why
        Documents(self.client).remove(topic_id, next(VERSIONS))

    def watch(self, name: str, query: str, workspace: str = ACME, **fields: Any) -> None:
        topic = Topic(
            **{
                "id": f"tp_{name}",
                "workspace": workspace,
                "organization": "org",
                "name": name,
                "watched": Watched(q=query),
                "since": START - timedelta(days=1),
                "created_at": START,
                "changed_at": START,
                **fields,
            }
        )
        Documents(self.client).put(topic, next(VERSIONS))

    def tell(self, *posts: Post, replay: bool = False) -> list[str]:
        """Messages that come again."""
        answer = self.stage.handle(event(*(encode(PostBatch(posts=[post], replay=replay)) for post in posts)))
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def mentions(self) -> dict[tuple[str, str], dict[str, Any]]:
        """All documents by topic and the post's uri."""
        self.client.indices.refresh(index=MENTIONS)
        hits = self.client.search(index=MENTIONS, body={"size": 1_000})["hits"]["hits"]
        names = {post_id(name): name for name in "abcdefgh"}
        return {
            (source["mention"]["topic"][3:], names[source["mention"]["post"]]): {**source, "_index": hit["_index"]}
            for hit in hits
            if "topic" in (source := hit["_source"])["mention"]
        }

    def living(self) -> set[tuple[str, str]]:
        return {pair for pair, document in self.mentions().items() if "gone" not in document["mention"]}

    def gone(self) -> dict[tuple[str, str], str]:
        found = self.mentions().items()
        return {pair: document["mention"]["gone"] for pair, document in found if "gone" in document["mention"]}


@pytest.fixture
def service(index: OpenSearch) -> Service:
    return Service(index)


def read(uri: str, text: str | None = None, minute: float = 0, **fields: Any) -> Post:
    """A post as read at a minute."""
    at = START + timedelta(minutes=minute)
    return Post(id=post_id(uri), uri=uri, source="feed", collected_at=at, text=text, **fields)


def just_read(uri: str, text: str, seconds: float, **fields: Any) -> Post:
    """A post as read so many seconds from now."""
    at = datetime.now(tz=UTC) + timedelta(seconds=seconds)
    return Post(id=post_id(uri), uri=uri, source="feed", collected_at=at, text=text, **fields)


def likes(number: int, seconds: float) -> Metrics:
    return Metrics(likes=number, read_at=datetime.now(tz=UTC) + timedelta(seconds=seconds))


def test_a_post_becomes_a_mention_of_each_topic_that_it_matches(service: Service) -> None:
    service.watch("battery", "배터리 AND (폭발 OR 화재 OR 발열)")
    service.watch("phone", '"nuri phone" OR 누리폰*', OTHER, since=START + timedelta(days=1), revision=3)
    service.watch("watch", "lumiwatch")
    service.tell(read("a", "누리폰12 배터리가 폭발했다", language="ko"), read("b", "오늘 날씨 좋다"))
    found = service.mentions()
    assert set(found) == {("battery", "a"), ("phone", "a")}
    mention = found["battery", "a"]
    assert (mention["text"], mention["visibility"], mention["_index"]) == (
        "누리폰12 배터리가 폭발했다",
        ACME,
        "mentions-g1-2026.11",
    )
    assert (
        mention["mention"] | {"matched": ["배터리", "폭발"], "revision": 1, "backfilled": False} == mention["mention"]
    )
    assert found["phone", "a"]["mention"] | {"revision": 3, "backfilled": True} == found["phone", "a"]["mention"]
    assert service.around.counts["mentions", "ok", ""] == 2


def test_a_private_post_meets_the_topics_of_its_workspace_alone(service: Service) -> None:
    service.watch("ours", "배터리")
    service.watch("theirs", "배터리", OTHER)
    service.tell(read("a", "배터리 교체", visibility=ACME), read("b", "배터리 교환"))
    found = service.mentions()
    assert set(found) == {("ours", "a"), ("ours", "b"), ("theirs", "b")}
    assert {pair: document["mention"]["public"] for pair, document in found.items()} == {
        ("ours", "a"): False,
        ("ours", "b"): True,
        ("theirs", "b"): True,
    }


def test_an_edit_makes_changes_and_withdraws_mentions_at_once(service: Service) -> None:
    service.watch("battery", "배터리")
    service.watch("phone", "누리폰")
    service.watch("fire", "화재")
    service.tell(read("a", "누리폰 배터리"))
    service.tell(read("a", "누리폰 화재", 5))
    assert service.living() == {("phone", "a"), ("fire", "a")}
    assert service.gone() == {("battery", "a"): "edited"}
    assert service.mentions()["phone", "a"]["text"] == "누리폰 화재"
    assert "text" not in service.mentions()["battery", "a"]
    service.tell(read("a", "누리폰 배터리 화재", 9))
    assert service.living() == {("battery", "a"), ("phone", "a"), ("fire", "a")}


def test_a_deleted_post_has_no_mentions(service: Service) -> None:
    service.watch("battery", "배터리")
    service.tell(read("a", "배터리"), read("b", "배터리"), read("c", "배터리"))
    deleted = START + timedelta(minutes=5)
    service.tell(
        read("a", minute=5, deleted_at=deleted),
        read("b", minute=5, deleted_at=deleted, withdrawn=True),
    )
    assert service.gone() == {("battery", "a"): "deleted", ("battery", "b"): "erased"}
    assert service.living() == {("battery", "c")}
    service.tell(read("a", "배터리 다시", 9))
    assert service.living() == {("battery", "a"), ("battery", "c")}


def test_figures_follow_without_asking_all_topics(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    service.watch("battery", "배터리")
    service.tell(just_read("a", "배터리", 0, metrics=likes(1, 0)))
    service.tell(just_read("a", "배터리", 60, metrics=likes(2, 60)))
    assert service.percolator.posts == ["a"], "a mention so young may not be found by a search"
    assert service.mentions()["battery", "a"]["metrics"]["likes"] == 2
    monkeypatch.setattr(follow, "_YOUNG", timedelta(0))
    service.tell(just_read("a", "배터리", 120, metrics=likes(3, 120)))
    assert service.percolator.posts == []
    assert service.mentions()["battery", "a"]["metrics"]["likes"] == 3


def test_what_changes_nothing_is_not_held_against_topics(service: Service) -> None:
    service.watch("battery", "배터리")
    service.tell(just_read("a", "배터리", 0))
    before = service.mentions()
    service.tell(just_read("a", "배터리", 60))
    assert service.percolator.posts == []
    assert service.mentions() == before


@pytest.mark.parametrize("failure", [Unavailable("the engine is down"), SystemExit()], ids=["outage", "killed"])
def test_what_failed_between_the_post_and_its_mentions_is_made_up_for(service: Service, failure: BaseException) -> None:
    service.watch("battery", "배터리")
    service.watch("phone", "누리폰")
    service.tell(read("a", "배터리"), read("b", "배터리"))
    messages = [read("a", "누리폰", 5), read("b", minute=5, deleted_at=START), read("c", "배터리", 5)]
    service.writer.failure = failure
    if isinstance(failure, Exception):
        assert service.tell(*messages) == ["0", "1", "2"]
    else:
        with pytest.raises(SystemExit):
            service.tell(*messages)
    assert service.tell(*messages) == []
    assert service.living() == {("phone", "a"), ("battery", "c")}
    before = service.mentions()
    assert service.tell(*messages) == []
    assert service.mentions() == before


def test_a_topic_that_the_engine_cannot_bear_is_suspended_alone(service: Service) -> None:
    for number in range(40):
        service.watch(f"good{number}", "배터리" if number % 2 else "lumiwatch")
    bad = {"intervals": {"text.eojeol": {"prefix": {"prefix": "le", "use_field": "text.eojeol"}}}}
    known = {"id": "tp_bad", "workspace": ACME, "revision": 1, "shard": shard("tp_bad"), "q": "le*"}
    document = {"query": bad, "topic": {**known, "since": START.isoformat()}}
    service.client.index(index=TOPICS, id="tp_bad", body=document, params={"refresh": "true"})
    many = " ".join(f"le{number:03d}" for number in range(300))
    assert service.tell(read("a", f"배터리 {many}"), read("b", "lumiwatch")) == []
    assert list(service.around.suspended) == ["tp_bad"]
    assert "smaller" in service.around.suspended["tp_bad"]
    assert len(service.living()) == 40
    service.tell(read("c", f"배터리 {many}"))
    assert len(service.living()) == 60


def test_mentions_of_a_topic_that_rests_show_an_edit_and_stay(service: Service) -> None:
    service.watch("battery", "배터리")
    service.watch("phone", "누리폰")
    service.tell(read("a", "배터리 누리폰"))
    Documents(service.client).remove("tp_battery", next(VERSIONS))
    service.tell(read("a", "화재 누리폰", 5))
    assert service.living() == {("battery", "a"), ("phone", "a")}
    assert service.mentions()["battery", "a"]["text"] == "화재 누리폰"


def test_a_replay_makes_the_same_mentions_with_what_people_did(service: Service) -> None:
    service.watch("battery", "배터리 OR 화재")
    service.watch("phone", "누리폰", since=START + timedelta(minutes=1))
    messages = [
        read("a", "누리폰 배터리"),
        read("b", "누리폰 배터리", 2),
        read("a", "누리폰 화재", 3),
        read("c", "배터리", 4),
        read("c", minute=5, deleted_at=START),
    ]
    for message in messages:
        service.tell(message)
    first = _without_clock(service.mentions())
    service.client.indices.delete(index="posts-*,mentions-*")
    service.around.works["tp_battery", post_id("a")] = Work(
        topic="tp_battery", post=post_id("a"), version=2, status="assigned", assignee="minji"
    )
    service.tell(*reversed(messages), replay=True)
    again = _without_clock(service.mentions())
    assert again["battery", "a"]["mention"].items() >= {"status": "assigned", "assignee": "minji"}.items()
    for pair in (("battery", "b"), ("phone", "a"), ("phone", "b")):
        assert again[pair] == first[pair]
    assert service.living() == {("battery", "a"), ("battery", "b"), ("phone", "a"), ("phone", "b")}


def test_a_replay_makes_no_mention_of_posts_that_a_topic_never_met(service: Service) -> None:
    """Before it was made only those were looked through that were published since some day."""
    service.watch("battery", "배터리")
    made, floor = START + timedelta(minutes=10), START + timedelta(minutes=5)
    service.listener._reaches = lambda _: {"tp_battery": Reach(made, floor)}  # noqa: SLF001 - as the function wires it
    service.tell(read("a", "배터리", 2), replay=True)
    service.tell(read("b", "배터리", 6), replay=True)
    service.tell(read("c", "배터리", 11), replay=True)
    service.tell(read("d", "배터리", 2))
    assert service.living() == {("battery", name) for name in "bcd"}


def test_without_topics_posts_are_written_as_ever(service: Service) -> None:
    assert service.tell(read("a", "배터리")) == []
    assert not hasattr(service.percolator, "posts")
    assert not service.client.indices.exists(index="mentions-*", params={"allow_no_indices": "false"})


def test_posts_can_be_held_against_topics_once_more(service: Service) -> None:
    service.tell(read("a", "배터리"), read("b", "누리폰"))
    service.client.indices.refresh(index="posts")
    service.watch("battery", "배터리")
    hits = service.client.search(index="posts")["hits"]["hits"]
    service.listener.again([hit["_source"] for hit in hits])
    assert service.living() == {("battery", "a")}


def _without_clock(found: Mapping[tuple[str, str], dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    by_clock = {"indexed_at", "updated_at", "versions"}
    return {
        pair: {
            **{name: value for name, value in document.items() if name not in by_clock},
            "mention": {name: value for name, value in document["mention"].items() if name not in BY_THE_CLOCK},
        }
        for pair, document in found.items()
    }
