"""Topics with mentions in the real engine, and the alert stage on real tables at any hour."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from socialindex.alert.detect import Memory, observe
from socialindex.alert.model import STEP, Bucket, Heard, floor
from socialindex.alert.stage import STAGE, Alerts, Tables
from socialindex.alert.watch import Watch
from socialindex.aws.alert_items import KeptWatch
from socialindex.aws.alerts import AlertsTable
from socialindex.aws.health import Health
from socialindex.aws.marks import Marks
from socialindex.aws.tables import Table
from socialindex.aws.topics import TopicsTable
from socialindex.deliver.event import Event
from socialindex.identity import author_key, post_id
from socialindex.mentions.byposts import Update, refresh, write_all
from socialindex.mentions.merge import Document, matching
from socialindex.mentions.model import mention_id
from socialindex.messages import decode
from socialindex.model import Author, Post
from socialindex.search.analytics.coverage import HealthLog
from socialindex.topics.documents import Documents
from socialindex.topics.job import Job
from socialindex.topics.topic import Topic, Watched
from tests.integration.parts import Parts, unique

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opensearchpy import OpenSearch

    from socialindex.aws.values import Item

HOME = "mentions-g1-2026.11"
SOURCES = ("gnuboard", "mastodon", "bluesky")


def topic_at(since: datetime, **given: Any) -> Topic:
    plain: dict[str, Any] = {
        "id": unique("tp"),
        "workspace": "ws_a",
        "organization": "org_a",
        "name": "누리폰 12",
        "watched": Watched(q="누리폰"),
        "since": since,
        "backfill_done": True,
        "created_at": since,
        "changed_at": since,
    }
    return Topic(**{**plain, **given})


def said(name: str, at: datetime, by: str | None = None, **given: Any) -> Post:
    """A post that somebody wrote; nobody's without ``by``."""
    followers = given.pop("followers", None)
    author = Author(id=by, key=author_key(by), name=by, followers=followers) if by else Author(name="ㅇㅇ")
    names = [field for field in ("cluster_id", "repost_of", "quote_of") if field in given]
    ids: dict[str, Any] = {field: post_id(given.pop(field)) for field in names}
    plain: dict[str, Any] = {
        "source": "gnuboard",
        "platform": "board.example.com",
        "text": f"누리폰 {name}",
        "author": author,
        "published_at": at,
        "collected_at": at,
        "first_seen_at": at,
        "cluster_id": post_id(name),
    }
    return Post(id=post_id(name), uri=f"https://posts.example/{name}", **{**plain, **given, **ids})


def mention(engine: OpenSearch, topic: Topic, posts: Iterable[Post], **given: Any) -> None:
    """Have posts be mentions of a topic, as the index stage makes them."""
    write_all(engine, [_update(topic, document(post), given) for post in posts])
    refresh(engine)


def document(post: Post) -> Document:
    found: Document = msgspec.to_builtins(post)
    moment = (post.first_seen_at or post.collected_at).isoformat()
    return {**found, "visibility": "public", "first_seen_at": moment, "updated_at": moment, "kind": post.kind}


def _update(topic: Topic, found: Document, given: Mapping[str, Any]) -> Update:
    params = matching(
        found,
        topic=topic.id,
        workspace=topic.workspace,
        revision=topic.revision,
        since=topic.since,
        matched=["누리폰"],
        at=datetime.fromisoformat(found["updated_at"]),
    )
    return Update(HOME, mention_id(topic.id, found["id"]), {**params, **given}, make=True)


def quiet_memory(until: datetime, days: int = 10) -> Memory:
    """What is remembered of quiet days: nine voices in five minutes, one of them negative."""
    return msgspec.json.decode(_quiet(floor(until.timestamp()), days), type=Memory)


@lru_cache(maxsize=16)
def _quiet(end: int, days: int) -> bytes:
    """As it is kept. To observe thousands of buckets takes the processor half a second, and most tests begin so."""
    memory = Memory(mentioned=True)
    for at in range(end - days * 86_400, end, STEP):
        sources = {name: Heard(3, 1 if place == at // STEP % 3 else 0) for place, name in enumerate(SOURCES)}
        observe(memory, Bucket(at=at, mentions=9, distinct=9, voices=9, judged=9, negative=1, sources=sources))
    return msgspec.json.encode(memory)


class Room:
    """The stage, with its tables and its clock."""

    def __init__(self, parts: Parts, engine: OpenSearch, now: datetime) -> None:
        self.engine, self.now = engine, now
        self.parts = parts
        self.table = AlertsTable(parts.table("AlertsTable"))
        self.topics = TopicsTable(parts.table("TopicsTable"))
        self.marks = Marks(parts.table("MarksTable"))
        self.health = Health(parts.table("HealthTable"))
        self._heard: list[Event] = []
        self._own: set[str] = set()
        self.stage = self._stage()

    def add(self, topic: Topic, memory: Memory | None = None) -> Topic:
        self._own.add(topic.id)
        self.topics.add(topic, Job(history_days=365), 10_000)
        Documents(self.engine).put(topic, 1)
        if memory:
            self.remember(topic, memory)
        return topic

    def remember(self, topic: Topic, memory: Memory) -> None:
        """A topic begins anew with this memory, and no alerts."""
        self.table.forget(topic.id)
        self.table.keep(topic.id, KeptWatch(Watch(memory=memory, revision=topic.revision), 0))

    def leave(self) -> None:
        """Have no later run look at its topics."""
        for topic in self._own:
            self.table.forget(topic)

    def items(self, topic: Topic) -> list[Item]:
        """All that is kept of a topic's alerts."""
        return list(Table(self.parts.table("AlertsTable")).query("#topic = :topic", {"topic": topic.id}))

    def restore(self, topic: Topic, items: list[Item]) -> None:
        """Have it be as it was."""
        self.table.forget(topic.id)
        for item in items:
            Table(self.parts.table("AlertsTable")).put(item)

    def _stage(self) -> Alerts:
        return Alerts(
            self.engine,
            Tables(self.table, self.topics, self.marks),
            HealthLog(self.health, lambda: self.now),
            self.parts.queue("DeliverQueue"),
            clock=self._clock,
        )

    def _clock(self) -> float:
        return self.now.timestamp()

    def run(self, after: timedelta = timedelta()) -> dict[str, int]:
        """Let the time pass and the stage look."""
        self.now += after
        return self.stage.run(lambda: 300.0)

    def unlock(self) -> None:
        """Let the lease of a run that was killed be over."""
        table = Table(self.parts.table("MarksTable"))
        table.update({"name": f"{STAGE}.lease"}, "SET #until = :none", {"none": 0})

    def events(self) -> list[Event]:
        """All that was told of its topics so far, each once, in the order of its telling."""
        self.news()
        return list({event.id: event for event in self._heard}.values())

    def news(self) -> list[Event]:
        """What was told of its topics since this was asked last."""
        told = [decode(body, Event) for body, _ in self.parts.receive("DeliverQueue")]
        own = sorted((event for event in told if event.topic in self._own), key=lambda event: event.at)
        self._heard += own
        return own

    def told(self) -> Counter[str]:
        return Counter(event.kind for event in self.events())


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def ago(number: float) -> datetime:
    """A whole bucket's beginning, some hours before now."""
    return datetime.fromtimestamp(floor((datetime.now(tz=UTC) - hours(number)).timestamp()), tz=UTC)
