from __future__ import annotations

import pytest

from infra.local.events.routes import Routes
from infra.local.template.model import Route


def route(key: str) -> Route:
    method, _, path = key.rpartition(" ")
    return Route(function="F", api="api", method=method or "ANY", path=path)


KEYS = [
    "ANY /{proxy+}",
    "GET /pets/{proxy+}",
    "GET /pets/dog/{id}",
    "GET /pets/dog/1",
    "ANY /pets/dog/{id}",
    "GET /v1/posts/{id}",
    "POST /v1/posts/search",
    "GET /a/{x}/c",
    "GET /a/b/{y}",
    "GET /",
]


@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("GET", "/pets/dog/1", "GET /pets/dog/1", {}),
        ("GET", "/pets/dog/2", "GET /pets/dog/{id}", {"id": "2"}),
        ("PUT", "/pets/dog/2", "ANY /pets/dog/{id}", {"id": "2"}),
        ("GET", "/pets/cat/1", "GET /pets/{proxy+}", {"proxy": "cat/1"}),
        ("POST", "/test/5", "ANY /{proxy+}", {"proxy": "test/5"}),
        ("GET", "/v1/posts/a%20b", "GET /v1/posts/{id}", {"id": "a b"}),
        ("GET", "/v1/posts/%EB%B0%B0%ED%84%B0%EB%A6%AC", "GET /v1/posts/{id}", {"id": "배터리"}),
        ("GET", "/v1/posts/https%3A%2F%2Fa.example%2F1", "GET /v1/posts/{id}", {"id": "https://a.example/1"}),
        ("POST", "/v1/posts/search", "POST /v1/posts/search", {}),
        ("GET", "/v1/posts/search", "GET /v1/posts/{id}", {"id": "search"}),
        ("GET", "/v1/posts/", "ANY /{proxy+}", {"proxy": "v1/posts/"}),
        ("GET", "/a/b/c", "GET /a/b/{y}", {"y": "c"}),
        ("GET", "/a/z/c", "GET /a/{x}/c", {"x": "z"}),
        ("GET", "/%70ets/dog/1", "GET /pets/dog/1", {}),
        ("GET", "/", "GET /", {}),
    ],
)
@pytest.mark.parametrize("order", [1, -1], ids=["as written", "reversed"])
def test_the_most_specific_route_is_taken(
    method: str, path: str, key: str, parameters: dict[str, str], order: int
) -> None:
    found = Routes(route(one) for one in KEYS[::order]).match(method, path)
    assert found is not None
    assert (found.route.key, found.parameters) == (key, parameters)


def test_the_default_route_takes_the_rest() -> None:
    found = Routes([route("$default"), route("GET /v1")]).match("POST", "/v1")
    assert found is not None
    assert (found.route.key, found.parameters) == ("$default", {})


@pytest.mark.parametrize(("method", "path"), [("GET", "/v2"), ("POST", "/v1"), ("GET", "/v1/"), ("GET", "//v1")])
def test_without_one_nothing_matches(method: str, path: str) -> None:
    assert Routes([route("GET /v1")]).match(method, path) is None
