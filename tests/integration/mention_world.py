"""A workspace with topics and their mentions, behind the whole API on real servers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from socialindex import engine
from socialindex.aws.topics import TopicsTable
from socialindex.aws.work import WorkTable
from socialindex.identity import new_id, post_id
from socialindex.mentions import merge
from socialindex.mentions.byposts import Update, write_all
from socialindex.mentions.model import mention_id
from socialindex.topics.job import Job
from socialindex.topics.topic import Topic, Watched
from tests.integration.parts import unique
from tests.integration.whole_api import Tenant, Told

if TYPE_CHECKING:
    from tests.integration.whole_api import Gateway

INDEX = "mentions-g1-2026.11"
POSTS = "posts-g1-2026.11"
NOW = datetime.now(tz=UTC).replace(microsecond=0)
"""When posts are published, unless a test says otherwise."""


def document(name: str, **fields: Any) -> dict[str, Any]:
    """A post's document as the engine has it."""
    uri, at = f"urn:{name}", fields.pop("at", NOW)
    published = at.isoformat()
    return {
        "id": post_id(uri),
        "uri": uri,
        "source": "mastodon",
        "platform": "social.example",
        "language": "ko",
        "visibility": "public",
        "text": f"누리폰12 배터리 발열 {name}",
        "url": f"https://social.example/{name}",
        "published_at": published,
        "collected_at": published,
        "first_seen_at": published,
        "indexed_at": published,
        "updated_at": published,
        "cluster_id": post_id(uri),
        **fields,
    }


class World:
    """A workspace, what it sees, and what happens behind it."""

    def __init__(self, api: Gateway, engine_url: str) -> None:
        self.api, self.parts = api, api.parts
        self.client = engine.connect(engine_url, signed=False)
        self.tenant = Tenant(api)
        self.workspace = self.api.done(self.tenant.manager, "POST", "/v1/workspaces", {"name": unique("client")})["id"]
        self.key = self.tenant.key(self.workspace)
        self.topics = TopicsTable(self.parts.table("TopicsTable"))
        self.work = WorkTable(self.parts.table("WorkTable"))

    def topic(self, workspace: str | None = None, **fields: Any) -> Topic:
        """A topic that is there, with no mentions."""
        since = NOW - timedelta(days=400)
        made = Topic(
            id=new_id("tp"),
            workspace=workspace or self.workspace,
            organization=self.tenant.id,
            watched=Watched(q=fields.pop("q", "누리폰12")),
            **{"name": "NuriPhone", "since": since, "created_at": since, "changed_at": since, **fields},
        )
        assert self.topics.add(made, Job(history_days=365), 1_000)
        return made

    def match(self, topic: Topic, *documents: dict[str, Any], at: datetime = NOW) -> list[str]:
        """Make posts the topic's mentions; their ids."""
        params = {
            mention_id(topic.id, post["id"]): merge.matching(
                post,
                topic=topic.id,
                workspace=topic.workspace,
                revision=topic.revision,
                since=topic.since,
                matched=["누리폰12"],
                at=at,
            )
            for post in documents
        }
        write_all(self.client, [Update(INDEX, id_, given, make=True) for id_, given in params.items()])
        self.refresh()
        return list(params)

    def change(self, mention: str, params: merge.Params) -> None:
        """Bring a mention what became of its post."""
        write_all(self.client, [Update(INDEX, mention, params)])
        self.refresh()

    def refresh(self) -> None:
        self.client.indices.refresh(index="mentions-*,posts-*", params={"ignore_unavailable": "true"})

    def call(self, method: str, path: str, body: Any = ..., *, key: str = "", **query: Any) -> Told:
        asked = {name.rstrip("_"): str(value) for name, value in query.items()}
        return self.api.call(key or self.key, method, path, asked, body)

    def done(self, method: str, path: str, body: Any = ..., **query: Any) -> Any:
        told = self.call(method, path, body, **query)
        assert told.status < 300, told
        self.refresh()
        return told.body

    def shown(self, mention: str) -> dict[str, Any]:
        """A mention's document."""
        found: dict[str, Any] = self.client.get(index=INDEX, id=mention)["_source"]
        return found

    def events(self) -> list[dict[str, Any]]:
        """What is to be told, taken out of the queue."""
        return [json.loads(body) for body, _ in self.parts.receive("DeliverQueue")]


def home(topic: Topic, mention: str = "") -> str:
    """Where a topic's mentions are, or one of them."""
    return f"/v1/topics/{topic.id}/mentions{f'/{mention}' if mention else ''}"


def fresh(api: Gateway, engine_url: str) -> World:
    """A world without mentions of others."""
    client = engine.connect(engine_url, signed=False)
    client.indices.delete(index="mentions-*,posts-*")
    return World(api, engine_url)
