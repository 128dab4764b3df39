"""The API as a whole: routes, keys, scopes, and an answer whatever happens."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from aws_lambda_powertools import Logger

from socialindex.access import Caller, Scope
from socialindex.errors import Conflict, InvalidInput, NotFound, Refused, Unauthorized, Unavailable
from socialindex.search import door
from socialindex.search.api import Api
from socialindex.search.http import Answer
from socialindex.search.operations import AddedChannel, ChannelList, Replayed
from socialindex.search.routes import Deprecation, Route
from socialindex.search.status import Status
from socialindex.sources.base import Channel

CHANNEL = Channel(id="ch_1", source="feed", url="https://a.example/feed", created_at=datetime(2026, 11, 1, tzinfo=UTC))
SCOPES = {"si_reader": [Scope.READ], "si_admin": [Scope.ADMIN], "si_both": [Scope.READ, Scope.ADMIN]}


class Keys:
    def caller(self, key: str, **_fresh: bool) -> Caller:
        if key not in SCOPES:
            raise Unauthorized("this API key is not known")
        return Caller(organization="org_a", workspaces=frozenset({"ws_a"}), scopes=frozenset(SCOPES[key]))


@dataclass
class Operations:
    """Does what it is told, or fails as told."""

    error: Exception | None = None
    removed: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)

    def _do(self, answer: Any, body: str = "") -> Any:
        self.bodies.append(body)
        if self.error:
            raise self.error
        return answer

    def channels(self, _: dict[str, str]) -> Any:
        return self._do(ChannelList(items=[], next_cursor=None))

    def add_channel(self, body: str) -> Any:
        return self._do(AddedChannel(channel=CHANNEL, why="it is a feed"), body)

    def remove_channel(self, channel: str) -> Any:
        self.removed.append(channel)
        return self._do(None)

    def status(self, _: Caller) -> Any:
        return self._do(Status(stages={}, sources={}))

    def replay(self, body: str) -> Any:
        return self._do(Replayed(objects=1, responses=2, next_after=None), body)


class Engine:
    """An engine without posts."""

    def search(self, **_: Any) -> dict[str, Any]:
        return {"timed_out": False, "_shards": {"failed": 0}, "hits": {"hits": [], "total": {"value": 0}}}


def call(route: str, key: str | None = "si_both", operations: Operations | None = None, **event: Any) -> dict[str, Any]:
    """The gateway's view of an answer, its body decoded."""
    plain = {
        "routeKey": route,
        "headers": {} if key is None else {"authorization": f"Bearer {key}"},
        "rawPath": "/v2/posts",
        "requestContext": {"requestId": "r1", "http": {"method": "GET"}},
        "pathParameters": {"id": "one"},
    }
    api = Api(cast("Any", Engine()), Keys(), cast("Any", operations or Operations()))
    answer = api.handle({**plain, **event})
    return {**answer, "body": json.loads(answer["body"]) if "body" in answer else None}


READ, ADMIN = "si_reader", "si_admin"
ROUTES = [
    ("GET /v1/posts", READ, 200),
    ("POST /v1/posts/search", READ, 200),
    ("GET /v1/posts/{id}", READ, 404),
    ("GET /v1/status", READ, 200),
    ("GET /v1/channels", ADMIN, 200),
    ("POST /v1/channels", ADMIN, 201),
    ("DELETE /v1/channels/{id}", ADMIN, 204),
    ("POST /v1/replays", ADMIN, 202),
]


@pytest.mark.parametrize(("route", "key", "status"), ROUTES)
def test_each_route_takes_its_scope_and_no_other(route: str, key: str, status: int) -> None:
    assert call(route, key)["statusCode"] == status
    assert call(route, "si_both")["statusCode"] == status
    assert call(route, ADMIN if key == READ else READ)["statusCode"] == 403


@pytest.mark.parametrize("route", [route for route, _, _ in ROUTES])
@pytest.mark.parametrize("key", [None, "", "si_unknown", "reader"])
def test_no_route_answers_without_a_known_key(route: str, key: str | None) -> None:
    operations = Operations()
    answer = call(route, key, operations)
    assert answer["statusCode"] == 401
    assert answer["headers"]["WWW-Authenticate"] == "Bearer"
    assert operations.bodies == []


@pytest.mark.parametrize("route", ["$default", "PUT /v1/posts", "GET /v2/posts"])
def test_an_unknown_path_is_not_found(route: str) -> None:
    answer = call(route, key=None)
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (404, "application/problem+json")
    assert "/docs" in answer["body"]["detail"]


def test_a_new_channel_says_where_it_is() -> None:
    answer = call("POST /v1/channels", body='{"url": "https://a.example"}')
    assert answer["headers"]["Location"] == "/v1/channels/ch_1"
    assert answer["body"]["channel"]["id"] == "ch_1"
    assert answer["body"]["why"] == "it is a feed"


def test_a_channel_is_removed_by_its_id() -> None:
    operations = Operations()
    assert call("DELETE /v1/channels/{id}", operations=operations)["body"] is None
    assert operations.removed == ["one"]


def test_a_page_without_posts_says_so() -> None:
    assert call("GET /v1/posts")["body"] == {"items": [], "next_cursor": None, "total": 0, "facets": None, "notes": []}


@pytest.mark.parametrize(
    ("route", "event", "field"),
    [
        ("GET /v1/posts", {"queryStringParameters": {"limit": "0"}}, "limit"),
        ("POST /v1/posts/search", {"body": '{"limt": 3}'}, "limt"),
        ("POST /v1/posts/search", {"body": '{"cursor": "x"}'}, "cursor"),
        ("POST /v1/posts/search", {"body": '{"q": "(battery"}'}, "q"),
    ],
)
def test_a_mistake_is_answered_with_its_field(route: str, event: dict[str, Any], field: str) -> None:
    answer = call(route, **event)
    assert (answer["statusCode"], answer["body"]["field"]) == (400, field)
    assert answer["headers"]["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidInput("no such day", field="day"), 400),
        (NotFound("no such channel"), 404),
        (Conflict("it exists"), 409),
        (Refused("private_address", "it is private"), 422),
        (Unavailable("table channels: no answer"), 503),
        (RuntimeError("table channels: bug"), 500),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("route", ["GET /v1/status", "GET /v1/channels", "POST /v1/channels", "POST /v1/replays"])
def test_whatever_goes_wrong_the_client_gets_an_answer(route: str, error: Exception, status: int) -> None:
    answer = call(route, operations=Operations(error))
    assert (answer["statusCode"], answer["body"]["request_id"]) == (status, "r1")
    assert ("table channels" in str(answer)) is False


def test_what_a_client_is_not_told_of_a_part_that_is_down_stands_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    log = io.StringIO()
    monkeypatch.setattr(door, "logger", Logger(service="searching", stream=log))
    call("GET /v1/status", operations=Operations(Unavailable("table frontier: AccessDeniedException")))
    (line,) = map(json.loads, log.getvalue().splitlines())
    assert (line["message"], line["route"]) == ("unavailable", "GET /v1/status")
    assert line["reason"] == "table frontier: AccessDeniedException"


def test_a_route_that_goes_says_so() -> None:
    going = Deprecation(
        since=datetime(2026, 11, 1, tzinfo=UTC),
        sunset=datetime(2027, 5, 1, tzinfo=UTC),
        instead="https://docs.example/",
    )
    old = Route(Scope.READ, lambda _request, _caller: Answer(204), deprecated=going)
    api = Api(cast("Any", Engine()), Keys(), cast("Any", Operations()), [{"GET /v1/old": old}])
    event = {"routeKey": "GET /v1/old", "headers": {"authorization": "Bearer si_reader"}}
    headers = api.handle({**event, "requestContext": {"requestId": "r1"}})["headers"]
    assert headers["Deprecation"] == "@1793491200"
    assert headers["Sunset"] == "Sat, 01 May 2027 00:00:00 GMT"
    assert headers["Link"] == '<https://docs.example/>; rel="deprecation"; type="text/html"'
