"""Nobody learns of other workspaces and organizations: every route is walked with their ids, and before and after them.

The walk follows from the routes: a new one is walked as soon as it is there. One that follows an unknown part of a path
with an id, or that needs parameters which nobody has given here, fails until somebody says what it is about.
"""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

from infra.openapi.api import routes
from infra.openapi.document import document
from infra.openapi.page import example
from socialindex.access import Scope
from socialindex.identity import author_key, post_id
from socialindex.search.selection import Selection
from socialindex.search.within import Within
from tests.integration.parts import real_parts
from tests.integration.whole_api import (
    WINDOW,
    Furnished,
    Gateway,
    Tenant,
    clear,
    mention,
    public_posts,
    whole_api,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.servers import Running
    from tests.integration.whole_api import Told

pytestmark = pytest.mark.integration

ROUTES: Final = routes()
DOCUMENT: Final = document(ROUTES)
KEYED: Final = [name for name, route in ROUTES.items() if route.scope]
FOR_CLIENTS: Final = [name for name in KEYED if ROUTES[name].scope is not Scope.ADMIN]
SHARED: Final = frozenset({"terms"})
"""Parts of paths that are followed by what belongs to nobody."""
NAMED: Final = [name for name in FOR_CLIENTS if "{" in name and not SHARED & set(name.split("/"))]
"""Routes about one thing of somebody's."""
LISTS: Final = [
    name
    for name in FOR_CLIENTS
    if "{" not in name and (name.startswith("GET ") or ROUTES[name].scope is Scope.READ) and name != "GET /v1/usage"
]
"""Routes that answer about all that the caller may see; usage grows by being asked for."""
FOUND: Final = [name for name in LISTS if issubclass(ROUTES[name].doc.query or ROUTES[name].doc.body or int, Selection)]
"""Those that find or count posts."""

WITHIN: Final = [name for name in FOR_CLIENTS if issubclass(ROUTES[name].doc.query or int, Within)]
"""Routes whose parameters can name another organization."""

ABOUT: Final = {"q": "배터리"}
FACETS: Final = ["source", "platform", "language", "kind", "hashtag", "author", "sentiment", "day"]
SEARCHES: Final[list[dict[str, Any]]] = [
    {"limit": 100, "facets": FACETS, "facet_size": 50},
    {**ABOUT, "sort": "newest", "limit": 50, "highlight": True, "facets": FACETS},
    {"deduplicate": True, "limit": 100, "sort": "oldest"},
]
ASKED: Final[dict[str, list[dict[str, Any]]]] = {
    "/v1/posts": SEARCHES,
    "/v1/posts/search": SEARCHES,
    "/v1/trends": [{**ABOUT, "by": by, "metrics": ["likes", "views"]} for by in ("hashtag", "source", "author")],
    "/v1/aggregate": [
        {"by": ["author", "source"], "metric": "likes"},
        {"by": ["hashtag"], "metric": "posts"},
        {"by": ["platform"], "metric": "deduplicated"},
    ],
    "/v1/analytics/terms": [{**ABOUT, "pairs": True}, {}],
    "/v1/authors": [{"by": by, "limit": 100} for by in ("posts", "followers", "views")],
    "/v1/queries/validate": [ABOUT],
}
"""How lists are asked for where asking for nothing in particular is not enough, or not allowed."""
VOICES: Final[dict[str, dict[str, Any]]] = {
    "GET /v1/share-of-voice": {"queries": ["배터리", "battery"]},
    "POST /v1/share-of-voice": {"queries": [{"name": "one", "q": "배터리"}, {"name": "two", "q": "battery"}]},
}


def asked(name: str) -> list[dict[str, Any]]:
    variants = [VOICES[name]] if name in VOICES else ASKED.get(name.partition(" ")[2], [{}])
    return [{**WINDOW, **variant} for variant in variants] if name in FOUND else variants


class Seen(NamedTuple):
    """What somebody is told by a list, and what it would be if it were another time."""

    status: int
    text: str


class World:
    """Two organizations. What each key sees is written down before and after others have something."""

    def __init__(self, api: Gateway, engine_url: str) -> None:
        self.api = api
        self.ours = Tenant(api)
        self.own = self.ours.furnished()
        self.key = self.ours.key(self.own.id)
        write(engine_url, [*public_posts(), *self.own.posts()])
        mention(engine_url, self.own)
        self.alone, self.manager_alone = self.lists(self.key), self.lists(self.ours.manager)

        self.theirs = Tenant(api)
        self.foreign = self.theirs.furnished()
        self.their_key = self.theirs.key(self.foreign.id)
        self.they_without_posts = self.lists(self.their_key)
        write(engine_url, self.foreign.posts())
        mention(engine_url, self.foreign)
        self.they_with_posts = self.lists(self.their_key)
        self.beside_them, self.manager_beside_them = self.lists(self.key), self.lists(self.ours.manager)

        self.next_door = self.ours.furnished()
        write(engine_url, self.next_door.posts())
        mention(engine_url, self.next_door)
        self.beside_neighbors = self.lists(self.key)

    def lists(self, key: str) -> dict[str, list[Seen]]:
        """What a key is told by each list that it may ask for."""
        told = {name: [self.list(key, name, variant) for variant in asked(name)] for name in LISTS}
        return {name: [Seen(one.status, stopped(one.text)) for one in answers] for name, answers in told.items()}

    def list(self, key: str, name: str, given: dict[str, Any]) -> Told:
        method, path = name.split(" ")
        if method == "POST":
            return self.api.call(key, method, path, body=given)
        return self.api.call(key, method, path, {field: in_url(value) for field, value in given.items()})

    def call(self, key: str | None, name: str, ids: dict[str, str], query: dict[str, str] | None = None) -> Told:
        """A route with these ids in its path, and a body that could be taken."""
        method, path = name.split(" ")
        schema = DOCUMENT["paths"][path][method.lower()].get("requestBody")
        content = schema["content"]["application/json"]["schema"] if schema else None
        body = example(content, DOCUMENT["components"]["schemas"]) if content else ...
        return self.api.call(key, method, aimed(path, ids), query, body)


def aimed(path: str, ids: dict[str, str]) -> str:
    """A path with ids in it, each by the part that it follows."""
    parts = path.split("/")
    found = [ids[before] if part.startswith("{") else part for before, part in itertools.pairwise(parts)]
    return "/".join([parts[0], *found])


def in_url(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case list():
            return ",".join(value)
        case _:
            return str(value)


def stopped(text: str) -> str:
    """An answer without what differs from one moment and request to the next."""
    timeless = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)", "T", text)
    return re.sub(r'"request_id":"[^"]*"', "", timeless)


NOTHING: Final = {
    "workspaces": "ws_aaaaaaaaaaaaaaaa",
    "imports": "im_aaaaaaaaaaaaaaaa",
    "exports": "ex_aaaaaaaaaaaaaaaa",
    "networks": "nw_aaaaaaaaaaaaaaaa",
    "topics": "tp_aaaaaaaaaaaaaaaa",
    "destinations": "ds_aaaaaaaaaaaaaaaa",
    "deliveries": "msg_aaaaaaaaaaaaaaaaaaaaaaaa",
    "alerts": "al_aaaaaaaaaaaaaaaaaaaaaaaa",
    "mentions": "mn_aaaaaaaaaaaaaaaaaaaaaaaa",
    "members": "mb_aaaaaaaaaaaaaaaa",
    "keys": "key_aaaaaaaaaaaaaaaa",
    "organizations": "org_aaaaaaaaaaaaaaaa",
    "posts": post_id("urn:nothing"),
    "authors": author_key("urn:nobody"),
    "terms": "board.example.com",
    "dictionary": "nothing",
    "channels": "ch_nothing",
    "removals": "rm_aaaaaaaaaaaaaaaa",
}
"""Ids of what is not there, for every part of a path that an id follows."""


@pytest.fixture(scope="module")
def world(servers: Running, engine_url: str) -> Iterator[World]:
    with real_parts(servers) as parts, whole_api(parts, engine_url) as api:
        clear(engine_url)
        yield World(api, engine_url)
        clear(engine_url)


@pytest.mark.parametrize("name", KEYED)
def test_without_a_key_nothing_is_told(world: World, name: str) -> None:
    assert world.call(None, name, NOTHING).status == 401


@pytest.mark.parametrize("name", KEYED)
def test_a_key_without_the_scope_may_not(world: World, name: str) -> None:
    others = [scope for scope in Scope if scope is not ROUTES[name].scope]
    told = world.call(world.ours.key(world.own.id, scopes=others), name, {**NOTHING, **world.own.ids})
    assert (told.status, told.content_type) == (403, "application/problem+json")


def seekers(world: World, name: str) -> list[tuple[str, Furnished]]:
    """Keys with things that are none of theirs. Who runs an organization may see all of its workspaces."""
    if ROUTES[name].scope is Scope.MANAGE:
        return [(world.ours.manager, world.foreign)]
    return [(world.key, world.foreign), (world.key, world.next_door), (world.ours.manager, world.foreign)]


@pytest.mark.parametrize("name", NAMED)
def test_what_is_not_yours_is_not_there(world: World, name: str) -> None:
    for key, other in seekers(world, name):
        for own in parts_of_its_own(world, name):
            ids, nothing = {**other.ids, **own}, {**NOTHING, **own}
            told = world.call(key, name, ids)
            assert told.status == 404
            assert words(told, ids) == words(world.call(key, name, nothing), nothing)


def parts_of_its_own(world: World, name: str) -> list[dict[str, str]]:
    """Parts of a path that may be the caller's own while the rest is somebody else's."""
    own = {"workspaces": world.own.id, "topics": world.own.ids["topics"]}
    return [{}, own] if name.count("{") > 1 else [{}]


def words(told: Told, ids: dict[str, str]) -> str:
    """What an answer says, whatever thing was asked for."""
    text = json.dumps({name: value for name, value in told.body.items() if name != "request_id"})
    for one in ids.values():
        text = text.replace(one, "ID")
    return text


@pytest.mark.parametrize("name", [name for name in NAMED if name.startswith("GET ") and not name.endswith("/file")])
def test_what_is_yours_is_there(world: World, name: str) -> None:
    status = world.call(world.ours.manager, name, world.own.ids).status
    assert status == (409 if name.endswith("/proposal") else 200)


@pytest.mark.parametrize("name", WITHIN)
def test_no_parameter_leads_into_another_organization(world: World, name: str) -> None:
    told = world.call(world.ours.manager, name, world.foreign.ids, {"organization": world.theirs.id})
    nowhere = world.call(world.ours.manager, name, NOTHING, {"organization": NOTHING["organizations"]})
    assert told.status == 404
    assert words(told, world.foreign.ids) == words(nowhere, NOTHING)


@pytest.mark.parametrize("given", ["workspaces", "member"])
def test_no_key_is_made_for_what_is_not_yours(world: World, given: str) -> None:
    ids = {"workspaces": [world.foreign.id], "member": world.foreign.ids["members"]}
    body = {"label": "a machine", "scopes": ["read"], given: ids[given]}
    assert world.api.call(world.ours.manager, "POST", "/v1/keys", body=body).status in {400, 404}
    change = world.api.call(world.ours.manager, "PATCH", f"/v1/keys/{world.own.ids['keys']}", body={given: ids[given]})
    assert change.status in {400, 404}


@pytest.mark.parametrize("field", ["q", "hashtag", "author", "thread", "cluster", "fields"])
def test_no_filter_finds_what_is_not_yours(world: World, field: str) -> None:
    for other in (world.foreign, world.next_door):
        values = {
            "q": other.word,
            "hashtag": other.word,
            "author": f"handle_{other.word}",
            "thread": other.ids["posts"],
            "cluster": other.ids["posts"],
            "fields": "visibility,text",
        }
        told = world.api.call(world.key, "GET", "/v1/posts", {field: values[field], "limit": "100"})
        assert told.status == 200
        assert not [one for one in (other.word, other.id) if one in told.text.replace(values[field], "")]
        assert field == "fields" or told.body["total"] == 0


def test_usage_tells_of_nobody_else(world: World) -> None:
    told = world.api.call(world.ours.manager, "GET", "/v1/usage")
    assert told.status == 200
    assert world.own.ids["keys"] in told.text
    assert not [one for one in world.foreign.ids.values() if one in told.text]


@pytest.mark.parametrize("name", LISTS)
def test_lists_do_not_tell_that_others_are_there(world: World, name: str) -> None:
    assert world.beside_them[name] == world.alone[name]
    assert world.manager_beside_them[name] == world.manager_alone[name]
    assert world.beside_neighbors[name] == world.alone[name]


@pytest.mark.parametrize("name", LISTS)
def test_lists_can_be_asked_for(world: World, name: str) -> None:
    allowed = 200 if ROUTES[name].scope is not Scope.MANAGE else 403
    assert {seen.status for seen in world.alone[name]} == {allowed}
    assert {seen.status for seen in world.manager_alone[name]} == {200}


@pytest.mark.parametrize("name", FOUND)
def test_lists_tell_their_owners(world: World, name: str) -> None:
    assert world.they_with_posts[name] != world.they_without_posts[name]
