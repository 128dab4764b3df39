"""Work that meets faults where it leaves the index, or takes something out: alert, deliver, exports and erasure."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import urllib3

from socialindex.alert.projection import INDEX
from socialindex.aws.clients import s3
from socialindex.aws.deliveries import DeliveriesTable
from socialindex.aws.destinations import DestinationsTable
from socialindex.aws.suppressions import Suppressions
from socialindex.engine import ALIAS
from socialindex.erasure.removal import Removal
from socialindex.errors import Unavailable
from socialindex.exports.job import Wake
from socialindex.identity import author_key, post_id
from socialindex.index.writer import Write, Writer
from socialindex.messages import encode
from socialindex.model import Author, Post
from socialindex.warc import WarcObject
from tests.integration.alert_world import Room, ago, hours, mention, quiet_memory, topic_at
from tests.integration.fault_stages import START, Messages
from tests.integration.pages import exchange, status, uri
from tests.integration.parts import unique
from tests.integration.test_alerts import crisis
from tests.integration.test_exports import World, at_once, ids
from tests.unit.deliver.samples import destination, of_alert

if TYPE_CHECKING:
    from socialindex.aws.values import Item
    from tests.integration.fault_stages import Stages
    from tests.unit.deliver.receivers import Receiver


class Incident:
    """A topic in which something happens, as often as it is wanted."""

    def __init__(self, stages: Stages) -> None:
        self.engine, self.room = stages.engine, Room(stages.parts, stages.engine, ago(2))
        self.topic = self.room.add(topic_at(ago(24 * 30)), quiet_memory(self.room.now - hours(1)))
        mention(self.engine, self.topic, crisis(self.topic, self.room.now))
        self.room.news()
        self.before: list[Item] = self.room.items(self.topic)

    def forget(self) -> None:
        """Let nobody look at the topic any more."""
        self.room.table.forget(self.topic.id)


class Alerting:
    """One look at a topic in which something happens: what is told, kept and shown."""

    def __init__(self, incident: Incident) -> None:
        self._of, self._room, self._topic = incident, incident.room, incident.topic
        self._room.restore(self._topic, incident.before)
        self._clear()

    def attempt(self, receives: int) -> bool:
        if receives > 1:
            self._room.unlock()
        try:
            told = self._room.run()
        except Unavailable:
            return False
        return receives > 1 and "skipped" not in told  # what a run passed over, the next one looks at

    def is_done(self) -> bool:
        return True

    def outcome(self) -> Any:
        told = {event.id: event.kind for event in self._room.news()}
        items = self._room.items(self._topic)
        alerts = [(item["key"], item["revision"], item["told"]) for item in items if item["key"] != "memory"]
        shown = [(each["id"], each["state"], each["observed"]) for each in self._shown()]
        return told, alerts, shown

    def _shown(self) -> list[dict[str, Any]]:
        self._of.engine.indices.refresh(index=INDEX)
        query = {"query": {"term": {"topic": self._topic.id}}}
        return [hit["_source"] for hit in self._of.engine.search(index=INDEX, body=query)["hits"]["hits"]]

    def _clear(self) -> None:
        """A document that is deleted alone leaves its version, which an older one does not follow."""
        self._of.engine.indices.delete(index=INDEX, params={"ignore_unavailable": "true"})
        self._of.engine.indices.create(index=INDEX)


class Delivering:
    """An event for a webhook: the ids of the calls that came, and what the log says."""

    def __init__(self, stages: Stages, there: Receiver) -> None:
        self._stages, self._there, self._workspace = stages, there, unique("ws")
        DestinationsTable(stages.parts.table("DestinationsTable")).add(
            destination(workspace=self._workspace, address=f"{there.url}/{self._workspace}")
        )
        event = msgspec.structs.replace(of_alert(), id=unique("ev"), workspace=self._workspace)
        self._messages = Messages(stages, "deliver", encode(event))
        self._deliveries = DeliveriesTable(stages.parts.table("DeliveriesTable"))

    def attempt(self, receives: int) -> bool:
        done = self._messages.attempt(receives)
        if receives > 1:
            self._stages.run("deliver", {})
        return done

    def is_done(self) -> bool:
        return [state for state, _ in self._log()] == ["delivered"]

    def outcome(self) -> Any:
        called = {call.headers["webhook-id"] for call in self._there.calls if call.path == f"/{self._workspace}"}
        log = self._log()
        return [state for state, _ in log], called == {name for _, name in log}

    def _log(self) -> list[tuple[str, str]]:
        return [(line.state, line.id) for _, line in self._deliveries.lines(self._workspace, "", 10)]


class Exporting:
    """An export of three posts of which one was erased: the file, and what was charged at most.

    What is not in the file is given back when all else is written down: a death between the two costs it, since nothing
    may be given back twice (``exports.charges``).
    """

    def __init__(self, stages: Stages) -> None:
        self._stages, word = stages, unique("w").replace("-", "")
        self._names = {post_id(f"urn:{word}{number}"): number for number in range(3)}
        posts = [
            Post(id=name, uri=f"urn:{word}{number}", source="feed", collected_at=START, text=word)
            for name, number in self._names.items()
        ]
        self._world = World(stages.parts, stages.engine)
        self._world.index(posts)
        removal = Removal(id=unique("rm"), posts=[posts[0].id], reason="operator", by="us", created_at=START)
        self._world.suppressions.erase(removal)
        self._client = self._world.client()
        with at_once():
            self._id = self._client.started({"q": word})
        stages.parts.receive("ExportsQueue")

    def attempt(self, receives: int) -> bool:
        bodies = [encode(Wake(workspace=self._client.workspace, id=self._id))]
        if receives > 1:
            self._stages.run("exports", {})
            bodies += [body for body, _ in self._stages.parts.receive("ExportsQueue")]
        return Messages(self._stages, "exports", *bodies).attempt(receives)

    def is_done(self) -> bool:
        state: str = self._client.get(self._id)["state"]
        return state == "done"

    def outcome(self) -> Any:
        shown = self._client.get(self._id)
        data = urllib3.request("GET", shown["link"]).data
        return sorted(self._names[name] for name in ids(data)), shown["posts"], self._client.used() in {2, 3}


class Erasing:
    """An author's removal: what is left in the index and in the archive, and what the removal says."""

    def __init__(self, stages: Stages) -> None:
        self._stages, self._parts, self._word = stages, stages.parts, unique("w").replace("-", "")
        self._authors = [f"{name}{self._word}" for name in ("anna", "bora")]
        growing = WarcObject()
        growing.add(exchange([status(number, name) for number, name in enumerate(self._authors)]))
        self._key = self._parts.archive.store(growing.data())
        posts = [self._post(number, name) for number, name in enumerate(self._authors)]
        assert not any(Writer(stages.engine).write([Write(post, live=False, replay=False) for post in posts]))
        stages.engine.indices.refresh(index=ALIAS)
        self._suppressions = Suppressions(self._parts.table("SuppressionsTable"))
        self._removal = Removal(
            id=unique("rm"),
            authors=[_key(self._authors[0])],
            reason="operator",
            by="us",
            created_at=datetime.now(tz=UTC) - timedelta(hours=1),
        )
        self._suppressions.erase(self._removal)
        self._suppressions.add(self._removal)

    def attempt(self, receives: int) -> bool:
        try:
            self._stages.run("erasure", {})
        except Unavailable:
            return False
        return receives > 0

    def is_done(self) -> bool:
        kept = self._suppressions.removal(self._removal.id)
        return kept is not None and kept.state == "done"

    def outcome(self) -> Any:
        documents = self._stages.found(ALIAS, {"term": {"text": self._word}})
        data = gzip.decompress(self._parts.archive.load(self._key))
        versions = self._parts.archive.earlier_versions(self._key)
        s3().delete_object(Bucket=self._parts.bucket, Key=self._key)  # searched no more
        left = [[name for name in self._authors if name in each["uri"]] for each in documents]
        kept = [name for name in self._authors if name.encode() in data]
        return left == [self._authors[1:]], kept == self._authors[1:], versions

    def _post(self, number: int, name: str) -> Post:
        where, author = uri(name, number), Author(id=f"urn:{name}", key=_key(name))
        return Post(id=post_id(where), uri=where, source="mastodon", collected_at=START, text=self._word, author=author)


def _key(name: str) -> str:
    return author_key(f"https://social.example/users/{name}")
