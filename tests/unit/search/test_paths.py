"""Which route a request takes: by method and path, a literal part before a parameter."""

from __future__ import annotations

from typing import Any

import pytest

from socialindex.search.http import request_of
from socialindex.search.paths import Paths

PATHS = Paths(
    [
        "GET /v1/posts",
        "GET /v1/posts/{id}",
        "GET /v1/posts/latest",
        "POST /v1/posts/search",
        "GET /v1/posts/{id}/thread",
        "DELETE /v1/workspaces/{id}/imports/{import}",
        "GET /crawler",
    ]
)


def event(method: str, path: str, route: str = "$default") -> dict[str, Any]:
    http = {"method": method, "path": path}
    return {"requestContext": {"requestId": "r1", "http": http}, "routeKey": route, "rawPath": path, "headers": {}}


@pytest.mark.parametrize(
    ("method", "path", "route", "values"),
    [
        ("GET", "/v1/posts", "GET /v1/posts", {}),
        ("GET", "/v1/posts/abc", "GET /v1/posts/{id}", {"id": "abc"}),
        ("GET", "/v1/posts/누리폰 12", "GET /v1/posts/{id}", {"id": "누리폰 12"}),
        ("GET", "/v1/posts/latest", "GET /v1/posts/latest", {}),
        ("POST", "/v1/posts/search", "POST /v1/posts/search", {}),
        ("GET", "/v1/posts/a/thread", "GET /v1/posts/{id}/thread", {"id": "a"}),
        (
            "DELETE",
            "/v1/workspaces/w/imports/i",
            "DELETE /v1/workspaces/{id}/imports/{import}",
            {"id": "w", "import": "i"},
        ),
        ("GET", "/v1/posts/", "$default", {}),
        ("GET", "/v1/posts//thread", "$default", {}),
        ("GET", "v1/posts", "$default", {}),
        ("GET", "/v1/posts/{id}/threads", "$default", {}),
        ("PUT", "/v1/posts", "$default", {}),
        ("get", "/v1/posts", "$default", {}),
        ("GET", "/", "$default", {}),
        ("GET", "", "$default", {}),
    ],
)
def test_a_request_takes_the_route_of_its_method_and_path(
    method: str, path: str, route: str, values: dict[str, str]
) -> None:
    placed = PATHS.placed(request_of(event(method, path)))
    assert (placed.route, placed.path) == (route, values)


def test_a_route_that_the_gateway_has_matched_stays() -> None:
    matched = {**event("GET", "/v1/posts/a"), "routeKey": "GET /v1/old/{key}", "pathParameters": {"key": "a"}}
    placed = PATHS.placed(request_of(matched))
    assert (placed.route, placed.path) == ("GET /v1/old/{key}", {"key": "a"})


def test_a_route_for_every_method_and_path_is_placed_by_the_api() -> None:
    greedy = {**event("GET", "/v1/posts/a/thread"), "routeKey": "ANY /v1/posts/{proxy+}"}
    placed = PATHS.placed(request_of({**greedy, "pathParameters": {"proxy": "a/thread"}}))
    assert (placed.route, placed.path) == ("GET /v1/posts/{id}/thread", {"id": "a"})
    unknown = PATHS.placed(request_of({**greedy, "rawPath": "/v1/posts/a/b/c"}))
    assert unknown.route == "ANY /v1/posts/{proxy+}"
