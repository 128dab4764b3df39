"""The routes that search: what each takes and gives is described, mistakes are told, and posts are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from socialindex.access import Caller, Scope
from socialindex.errors import InvalidInput, NotFound
from socialindex.search.analytics.part import AnalyticsPart
from socialindex.search.authors import AuthorsPart
from socialindex.search.cluster import ClusterPart
from socialindex.search.http import HttpRequest
from socialindex.search.queries import QueriesPart
from socialindex.search.thread import ThreadPart

if TYPE_CHECKING:
    from socialindex.search.routes import Route

CALLER = Caller(organization="org_a", workspaces=frozenset({"ws_a"}), scopes=frozenset({Scope.READ}))


class Engine:
    """Holds these posts, whatever is asked."""

    def __init__(self, *posts: dict[str, Any]) -> None:
        self._posts = posts

    def search(self, *, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        hits = [{"_source": post, "sort": [1, post["id"]]} for post in self._posts[: body["size"]]]
        total = {"value": len(self._posts), "relation": "eq"}
        return {"timed_out": False, "_shards": {"failed": 0}, "hits": {"hits": hits, "total": total}}


def routes(engine: Engine) -> dict[str, Route]:
    searched = cast("Any", engine)
    parts = (
        ThreadPart(searched),
        ClusterPart(searched),
        QueriesPart(searched),
        AuthorsPart(searched, AnalyticsPart(searched, cast("Any", None))),
    )
    return {name: route for part in parts for name, route in part.routes().items()}


def asked(engine: Engine, name: str, query: dict[str, str] | None = None, body: str = "") -> Any:
    request = HttpRequest(id="1", route=name, path={"id": "p"}, query=query or {}, headers={}, raw={"body": body})
    return routes(engine)[name].handle(request, CALLER)


@pytest.mark.parametrize("name", routes(Engine()))
def test_a_route_is_described(name: str) -> None:
    route = routes(Engine())[name]
    assert route.scope is Scope.READ
    assert route.doc.summary
    assert route.doc.tag
    assert route.doc.answer
    taken = [kind for kind in (route.doc.query, route.doc.body) if kind]
    names_topics = any("topic" in kind.__struct_fields__ for kind in taken)
    assert ("{id}" in name or names_topics) == (404 in route.doc.errors)
    assert (route.doc.body is not None) == name.startswith("POST")


@pytest.mark.parametrize("path", ["/v1/posts/{id}/thread", "/v1/posts/{id}/copies", "/v1/authors/{id}"])
def test_what_is_not_there_is_not_found(path: str) -> None:
    with pytest.raises(NotFound, match="'p'"):
        asked(Engine(), f"GET {path}")


@pytest.mark.parametrize("path", ["/v1/posts/{id}/thread", "/v1/posts/{id}/copies"])
def test_posts_that_are_given_are_counted(path: str) -> None:
    posts = [{"id": name, "cluster_id": "p"} for name in "pqr"]
    assert asked(Engine(*posts), f"GET {path}").posts == 3


def test_a_post_that_was_not_compared_yet_is_its_only_copy() -> None:
    answer = asked(Engine({"id": "p"}), "GET /v1/posts/{id}/copies")
    assert (answer.body.items, answer.body.total, answer.posts) == ([{"id": "p"}], 1, 1)


@pytest.mark.parametrize(
    ("name", "query", "body", "field"),
    [
        ("GET /v1/posts/{id}/thread", {"depth": "0"}, "", "depth"),
        ("GET /v1/posts/{id}/thread", {"depth": "51"}, "", "depth"),
        ("GET /v1/posts/{id}/copies", {"limit": "101"}, "", "limit"),
        ("GET /v1/posts/{id}/copies", {"cursor": "x"}, "", "cursor"),
        ("GET /v1/authors", {"by": "name"}, "", "by"),
        ("GET /v1/authors", {"limit": "101"}, "", "limit"),
        ("GET /v1/authors", {"q": "("}, "", "q"),
        ("POST /v1/authors", {}, '{"time_zone": "Asia/Nowhere"}', "time_zone"),
        ("POST /v1/authors", {}, '{"cursor": "x"}', "cursor"),
        ("POST /v1/queries/validate", {}, '{"guided": {"near": {"terms": ["a"]}}}', "guided.near.terms"),
    ],
)
def test_a_mistake_names_its_field(name: str, query: dict[str, str], body: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        asked(Engine({"id": "p", "cluster_id": "p"}), name, query, body)
    assert refused.value.field == field
    assert refused.value.remedy
