"""The whole API in this process: its functions behind the gateway's rules, on real servers, with things in it."""

from __future__ import annotations

import json
import os
import runpy
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch
from urllib.parse import urlencode

import msgspec

from infra.local.events.http_event import Answer, Place, Request, answer, event
from infra.local.events.routes import Routes
from socialindex import engine, settings, terms
from socialindex.access import Scope
from socialindex.alert.alert import Alert, Evidence, LeadTime
from socialindex.alert.identity import alert_id
from socialindex.aws.alerts import AlertsTable
from socialindex.aws.founding import new_key, new_organization
from socialindex.identity import author_key, post_id
from socialindex.index.writer import Write, Writer
from socialindex.mentions.byposts import Update, write_all
from socialindex.mentions.merge import matching
from socialindex.mentions.model import mention_id
from socialindex.model import PUBLIC, Author, Media, Metrics, Post, Provenance
from socialindex.organizations import ALL
from socialindex.query import names
from socialindex.search import listening
from tests.integration.parts import unique
from tests.integration.settled import settle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infra.local.template.model import Function
    from tests.integration.parts import Parts

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
WINDOW = {"from": "2026-11-01T00:00:00Z", "to": "2026-11-25T00:00:00Z"}
"""Holds all posts that are made here."""


Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def context_of(function: Function) -> SimpleNamespace:
    """What Lambda tells a function of itself."""
    return SimpleNamespace(
        function_name=function.name,
        memory_limit_in_mb=function.memory,
        invoked_function_arn=function.arn,
        aws_request_id="test",
    )


class Told(NamedTuple):
    status: int
    content_type: str
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text or "null")


class Gateway:
    """Takes requests as the HTTP API does and hands them to its functions; also a WSGI application."""

    def __init__(self, parts: Parts, handlers: dict[str, Handler]) -> None:
        self.parts = parts
        self._routes = Routes(parts.template.routes)
        self.handlers = handlers

    def ask(self, request: Request) -> Answer:
        match = self._routes.match(request.method, request.path)
        assert match is not None
        place = Place(account=self.parts.cloud.account, request_id=unique("r"))
        payload = msgspec.json.decode(event(request, match, place, datetime.now(UTC)))
        function = self.parts.template.functions[match.route.function]
        told = answer(msgspec.json.encode(self.handlers[function.logical_id](payload, context_of(function))))
        assert told is not None, "the gateway cannot read the function's answer"
        return told

    def call(
        self, key: str | None, method: str, path: str, query: dict[str, str] | None = None, body: Any = ...
    ) -> Told:
        """One request; no body where none is given."""
        headers = [("Authorization", f"Bearer {key}")] if key is not None else []
        text = b"" if body is ... else json.dumps(body).encode()
        told = self.ask(
            Request(
                method=method,
                path=path,
                query=urlencode(query or {}),
                protocol="HTTP/1.1",
                headers=[*headers, ("Content-Type", "application/json")],
                body=text,
                source_ip="127.0.0.1",
            )
        )
        kinds = [value for name, value in told.headers if name.lower() == "content-type"]
        return Told(told.status, kinds[0].partition(";")[0], told.body.decode())

    def done(self, key: str, method: str, path: str, body: Any = ...) -> Any:
        """The body of a success."""
        told = self.call(key, method, path, body=body)
        assert told.status < HTTPStatus.BAD_REQUEST, told
        return told.body

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["REQUEST_URI"].partition("?")[0]
        headers = [(name[5:].replace("_", "-"), text) for name, text in environ.items() if name.startswith("HTTP_")]
        kind = [("Content-Type", environ["CONTENT_TYPE"])] if environ.get("CONTENT_TYPE") else []
        length = int(environ.get("CONTENT_LENGTH") or 0)
        told = self.ask(
            Request(
                method=environ["REQUEST_METHOD"],
                path=path,
                query=environ.get("QUERY_STRING", ""),
                protocol="HTTP/1.1",
                headers=[*headers, *kind],
                body=environ["wsgi.input"].read(length),
                source_ip="127.0.0.1",
            )
        )
        has_body = told.status not in {HTTPStatus.NO_CONTENT, HTTPStatus.SEE_OTHER}
        start_response(
            f"{told.status} {HTTPStatus(told.status).phrase}",
            [(name, text) for name, text in told.headers if has_body or name.lower() != "content-type"],
        )
        return [told.body]


@contextmanager
def whole_api(parts: Parts, engine_url: str) -> Iterator[Gateway]:
    """The API on these parts, as the functions' own modules wire it."""
    answering = {
        name: parts.template.functions[name] for name in sorted({route.function for route in parts.template.routes})
    }
    for function in answering.values():
        parts.make_for(function)
    settings.load.cache_clear()
    try:
        yield Gateway(parts, {name: _handler(function, engine_url) for name, function in answering.items()})
    finally:
        terms.use(None)
        names.use(None)
        listening.use(None)
        settings.load.cache_clear()


def _handler(function: Function, engine_url: str) -> Handler:
    settings.load.cache_clear()
    with patch.dict(os.environ, {**function.environment, "ENGINE_URL": engine_url}):
        found: Handler = runpy.run_path(str(function.code / "app.py"))["handler"]
        return found


class Tenant:
    """An organization with the key of who runs it."""

    def __init__(self, api: Gateway, *scopes: Scope) -> None:
        self.api = api
        organizations = api.parts.organizations
        self.id = new_organization(organizations, unique("Invented Agency"))
        self.manager = new_key(organizations, self.id, workspaces=[ALL], scopes=scopes or OF_CLIENTS)

    def key(self, *workspaces: str, scopes: Iterable[Scope] = ()) -> str:
        """A key's secret."""
        found = list(scopes) or [Scope.READ, Scope.WRITE, Scope.EXPORT]
        return new_key(self.api.parts.organizations, self.id, workspaces=workspaces, scopes=found)

    def furnished(self) -> Furnished:
        """A new workspace with something of everything in it; the posts are still to be written."""
        space = self.api.done(self.manager, "POST", "/v1/workspaces", {"name": unique("client")})["id"]
        home = f"/v1/workspaces/{space}"
        imported = self.api.done(self.manager, "POST", f"{home}/imports", {"name": "reviews.csv", "bytes": 1})
        exported = self.api.done(self.manager, "POST", f"{home}/exports", {"q": "", **WINDOW})
        drawn = self.api.done(self.key(space), "POST", "/v1/networks", WINDOW)
        hook = {"name": "Duty", "way": "webhook", "url": "https://hooks.example.com/a"}
        told = self.api.done(self.manager, "POST", f"{home}/destinations", hook)["destination"]["id"]
        tested = self.api.done(self.manager, "POST", f"{home}/destinations/{told}/test")["id"]
        topic = self.api.done(self.manager, "POST", f"{home}/topics", {"name": "NuriPhone", "q": "배터리"})["id"]
        member = self.api.done(self.manager, "POST", "/v1/members", {"name": unique("kim")})
        made = self.api.done(self.manager, "POST", "/v1/keys", {"label": unique("key"), "scopes": ["read"]})
        word = f"nurifox{space[3:].lower()}"
        ids = {
            "workspaces": space,
            "imports": imported["import"]["id"],
            "exports": exported["id"],
            "networks": drawn["id"],
            "topics": topic,
            "destinations": told,
            "deliveries": tested,
            "mentions": mention_id(topic, post_id(f"urn:{word}:1")),
            "alerts": self.an_alert(space, topic, word),
            "members": member["id"],
            "keys": made["key"]["id"],
            "organizations": self.id,
            "posts": post_id(f"urn:{word}:1"),
            "authors": author_key(f"urn:author:{word}"),
        }
        return Furnished(space, word, ids)

    def an_alert(self, workspace: str, topic: str, word: str) -> str:
        """The id of a new alert, whose evidence is a post that is still to be written."""
        evidence = Evidence(post=post_id(f"urn:{word}:1"), source="imported")
        alert = Alert(
            id=alert_id(topic, word),
            topic=topic,
            workspace=workspace,
            topic_name=f"NuriPhone {word}",
            kind="crisis",
            severity="high",
            state="open",
            revision=1,
            since=AT,
            opened_at=AT,
            updated_at=AT,
            window_minutes=60,
            observed=30,
            expected=3.0,
            score=9.0,
            evidence=[evidence],
            lead_time=LeadTime(minutes=None, first_post=evidence, first_article=None, news_channels=1),
        )
        assert AlertsTable(self.api.parts.table("AlertsTable")).save(None, alert, "alert.opened")
        return alert.id


OF_CLIENTS = (Scope.MANAGE, Scope.READ, Scope.WRITE, Scope.EXPORT)


class Furnished(NamedTuple):
    """A workspace with something of everything in it."""

    id: str
    word: str
    """Stands in its posts and nowhere else."""
    ids: dict[str, str]
    """Ids by the part of a path that they follow."""

    def posts(self) -> list[Post]:
        """Posts that nobody else may see, about what others write about too."""
        uris = [f"urn:{self.word}:{number}" for number in range(1, 6)]
        author = Author(
            id=f"urn:author:{self.word}",
            key=self.ids["authors"],
            handle=f"handle_{self.word}",
            name=f"Name {self.word}",
            followers=9_999,
        )
        return [
            post(
                uri,
                source="imported",
                visibility=self.id,
                text=f"배터리 battery {self.word} 폭발 #{self.word}",
                hashtags=[self.word],
                author=author,
                thread_id=post_id(uris[0]),
                in_reply_to=post_id(uris[0]) if number else None,
                cluster_id=post_id(uris[0]),
                published_at=AT + timedelta(hours=number),
            )
            for number, uri in enumerate(uris)
        ]


def post(uri: str, **given: Any) -> Post:
    plain: dict[str, Any] = {
        "source": "feed",
        "platform": "news.example.com",
        "language": "ko",
        "visibility": PUBLIC,
        "published_at": AT,
        "collected_at": AT + timedelta(hours=1),
        "cluster_id": post_id(uri),
        "provenance": Provenance(channel="ch_a", adapter="feed/1", archive_key="k", archive_offset=0, archive_length=1),
    }
    return Post(id=post_id(uri), uri=uri, **{**plain, **given})


def public_posts() -> list[Post]:
    """What everybody sees: conversations, near-duplicates, all kinds of figures, and what is missing here and there."""
    uris = [f"urn:public:{number}" for number in range(24)]
    return [
        post(
            uri,
            source=("feed", "gnuboard", "mastodon")[number % 3],
            text=f"배터리 battery 폭발 {'리콜' if number % 2 else '영화'} {number % 5}",
            title=None if number % 2 else f"누리폰12 {number}",
            hashtags=["리콜", "배터리"][: number % 3],
            author=Author(id=f"a{number % 4}", key=author_key(f"a{number % 4}"), name="Kim", followers=number),
            metrics=Metrics(likes=number, views=number * 10, read_at=AT) if number % 4 else None,
            media=[Media(kind="image", url="https://news.example.com/a.png")] if number % 6 == 0 else [],
            sentiment=(None, -0.8, 0.0, 0.5)[number % 4],
            thread_id=post_id(uris[number - number % 6]),
            in_reply_to=post_id(uris[number - number % 6]) if number % 6 else None,
            cluster_id=post_id(uris[number - number % 4]),
            published_at=AT + timedelta(hours=number) if number % 8 else None,
            sensitive=True if number == 5 else None,
            rating=4.5 if number == 7 else None,
        )
        for number, uri in enumerate(uris)
    ]


def write(engine_url: str, posts: list[Post]) -> None:
    """Index posts, and let them be found."""
    client = engine.connect(engine_url, signed=False)
    assert set(Writer(client).write([Write(one, live=False, replay=False) for one in posts])) == {None}
    settle(client)


def mention(engine_url: str, room: Furnished) -> None:
    """Make a post of a workspace a mention of its topic, as soon as the post is there."""
    client = engine.connect(engine_url, signed=False)
    (hit,) = client.search(index="posts", body={"query": {"ids": {"values": [room.ids["posts"]]}}})["hits"]["hits"]
    match = matching(
        hit["_source"],
        topic=room.ids["topics"],
        workspace=room.id,
        revision=1,
        since=AT,
        matched=["배터리"],
        at=datetime.now(tz=UTC),
    )
    home = hit["_index"].replace("posts-", "mentions-")
    write_all(client, [Update(home, room.ids["mentions"], match, make=True)])
    client.indices.refresh(index="mentions-*")


def clear(engine_url: str) -> None:
    """Delete all posts and mentions."""
    engine.connect(engine_url, signed=False).indices.delete(index="posts-*,mentions-*")
