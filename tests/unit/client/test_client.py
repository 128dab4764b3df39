"""The client: one method per route, typed errors, whatever answers at the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from socialindex.client import ApiError, Client
from socialindex.errors import InvalidInput, SocialIndexError, Unavailable
from tests.unit.client.api_server import ApiServer, serving

if TYPE_CHECKING:
    from collections.abc import Callable


CALLS: list[tuple[str, Callable[[Client], Any], Any]] = [
    (
        "POST /v1/posts/search",
        lambda client: client.search(q="배터리", source=["feed"]),
        {"q": "배터리", "source": ["feed"]},
    ),
    ("GET /v1/posts/a%2Fb%20c", lambda client: client.post("a/b c"), None),
    ("GET /v1/channels", lambda client: client.channels(), None),
    (
        "POST /v1/channels",
        lambda client: client.add_channel("https://a.example", {"pages": "2"}),
        {"url": "https://a.example", "options": {"pages": "2"}},
    ),
    ("DELETE /v1/channels/ch%2F..", lambda client: client.remove_channel("ch/.."), None),
    ("GET /v1/status", lambda client: client.status(), None),
    (
        "POST /v1/replays",
        lambda client: client.replay(day="2026-11-20", source="feed"),
        {"day": "2026-11-20", "source": "feed", "after": ""},
    ),
]


def called(call: Callable[[Client], Any], route: str, status: int, answer: Any) -> tuple[Any, ApiServer]:
    with serving({route: (status, answer)}) as api:
        return call(Client(api.url + "/", "si_abc")), api


@pytest.mark.parametrize(("route", "call", "body"), CALLS, ids=[route for route, _, _ in CALLS])
def test_each_method_asks_its_route_with_the_key(route: str, call: Callable[[Client], Any], body: Any) -> None:
    answer = {"items": [{"id": "p1"}]}
    result, api = called(call, route, 200, answer)
    (asked,) = api.asked
    assert (f"{asked.method} {asked.path}", asked.body) == (route, body)
    assert asked.headers["authorization"] == "Bearer si_abc"
    assert result in (answer, answer["items"], None)


@pytest.mark.parametrize(("route", "call", "body"), CALLS, ids=[route for route, _, _ in CALLS])
def test_a_refusal_is_told_with_its_problem(route: str, call: Callable[[Client], Any], body: Any) -> None:
    problem = {"title": "No", "detail": "because of this", "status": 403, "remedy": "ask"}
    with pytest.raises(ApiError, match="because of this") as refused:
        called(call, route, 403, problem)
    assert (refused.value.status, refused.value.problem) == (403, problem)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"message": "Internal Server Error"}, "Internal Server Error"),
        ({"title": "No"}, "No"),
        ({}, "status 500"),
        (b"", "status 500"),
        (b"<html>oops", "<html>oops"),
        (b"\xff\xfe", "\ufffd"),
        ([1], "[1]"),
    ],
)
def test_a_refusal_in_any_form_is_told_in_words(answer: Any, said: str) -> None:
    with pytest.raises(ApiError, match="^" + said.replace("[", r"\[")):
        called(lambda client: client.status(), "GET /v1/status", 500, answer)


@pytest.mark.parametrize("answer", [b"<html>Welcome", b"[1]", b"null", b'"text"'])
@pytest.mark.parametrize("status", [200, 301])
def test_another_server_at_the_address_is_told_apart_from_the_api(answer: bytes, status: int) -> None:
    with pytest.raises(SocialIndexError, match=r"127.0.0.1.* is not the API"):
        called(lambda client: client.status(), "GET /v1/status", status, answer)


@pytest.mark.parametrize("url", ["", "127.0.0.1:8080", "ftp://a.example", "nonsense"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="no address") as refused:
        Client(url, "si_abc")
    assert refused.value.remedy


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://", "http://["])
def test_an_address_at_which_nothing_answers_is_unavailable(url: str) -> None:
    with pytest.raises(Unavailable, match="nothing answers"):
        Client(url, "si_abc").status()


@pytest.mark.parametrize("key", ["si_배터리", "si_abc\n", "si_a b", "si_abc\r\nX-Evil: 1"])
def test_a_key_that_no_header_can_carry_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput, match="key") as refused:
        Client("http://127.0.0.1:1", key)
    assert refused.value.remedy
