"""Another try where that does no harm: when, how often, and with the pause that the API asks for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.client import ApiError, Client, NoAnswer, RateLimited, ServiceUnavailable, Unavailable
from tests.unit.client.api_server import serving

if TYPE_CHECKING:
    from collections.abc import Callable

AT_ONCE = {"Retry-After": "0"}
BUSY = (503, {"title": "busy"}, AT_ONCE)
FULL = (429, {"title": "full", "violated-policies": ["minute"]}, AT_ONCE)
BROKEN = (0, b"")
PAGE: Any = (200, {"items": [], "next_cursor": None, "total": 0})
KEY = {
    "id": "key_a",
    "label": "a",
    "scopes": ["read"],
    "workspaces": [],
    "member": None,
    "sandbox": False,
    "created_at": "2026-11-28T09:00:00Z",
    "expires_at": None,
    "revoked_at": None,
    "used_on": None,
    "rotated_at": None,
    "previous_until": None,
}
REPEATED: list[tuple[str, Callable[[Client], Any], Any]] = [
    ("GET /v1/channels", lambda client: client.channels(), (200, {"items": []})),
    ("DELETE /v1/channels/ch_a", lambda client: client.remove_channel("ch_a"), (204, b"")),
    ("PUT /v1/terms/a.example", lambda client: client.enter_terms("a.example", {}), (200, {})),
    ("POST /v1/posts/search", lambda client: client.search("x").first, PAGE),
    ("POST /v1/keys", lambda client: client.add_key("a", ["read"]), (201, {"key": KEY, "secret": "si_new"})),
]
SENT_ONCE: list[tuple[str, Callable[[Client], Any]]] = [
    ("POST /v1/channels", lambda client: client.add_channel("https://a.example")),
    ("POST /v1/replays", lambda client: client.replay()),
    ("PATCH /v1/workspaces/ws_a", lambda client: client.rename_workspace("ws_a", "b")),
    ("POST /v1/workspaces/ws_a/imports/im_a/runs", lambda client: client.start_import("im_a", workspace="ws_a")),
]


@pytest.mark.parametrize("trouble", [BUSY, FULL, (502, b"<html>", AT_ONCE), (504, b"", AT_ONCE), BROKEN], ids=str)
@pytest.mark.parametrize(("route", "call", "answer"), REPEATED, ids=[case[0] for case in REPEATED])
def test_what_may_be_repeated_is(route: str, call: Callable[[Client], Any], answer: Any, trouble: Any) -> None:
    with serving({route: [trouble, trouble, answer]}) as api:
        call(Client(api.url, "si_abc"))
    assert len(api.asked) == 3
    assert len({str(asked.body) for asked in api.asked}) == 1


@pytest.mark.parametrize("trouble", [BUSY, FULL, BROKEN], ids=str)
@pytest.mark.parametrize(("route", "call"), SENT_ONCE, ids=[case[0] for case in SENT_ONCE])
def test_what_might_happen_twice_is_sent_once(route: str, call: Callable[[Client], Any], trouble: Any) -> None:
    with serving({route: trouble}) as api, pytest.raises((ApiError, Unavailable)):
        call(Client(api.url, "si_abc"))
    assert len(api.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500])
def test_what_would_be_said_again_is_not_asked_again(status: int) -> None:
    with serving({"GET /v1/channels": (status, {"title": "no"}, AT_ONCE)}) as api, pytest.raises(ApiError):
        Client(api.url, "si_abc").channels()
    assert len(api.asked) == 1


def test_tries_end() -> None:
    with serving({"GET /v1/channels": BUSY}) as api, pytest.raises(ServiceUnavailable, match="busy"):
        Client(api.url, "si_abc", attempts=3).channels()
    assert len(api.asked) == 3


def test_the_same_key_makes_that_nothing_is_made_twice() -> None:
    made = (201, {"id": "ws_a", "name": "a", "created_at": "2026-11-28T09:00:00Z"})
    with serving({"POST /v1/workspaces": [BROKEN, made]}) as api:
        client = Client(api.url, "si_abc")
        client.add_workspace("a")
        client.add_workspace("a")
        client.add_workspace("a", idempotency_key="mine")
    keys = [asked.headers["idempotency-key"] for asked in api.asked]
    assert keys[0] == keys[1] != keys[2]
    assert keys[3] == "mine"
    assert all(keys)


def test_a_call_can_be_made_repeatable_by_a_key_of_its_own() -> None:
    with serving({"POST /v1/members": [BUSY, (201, {"id": "mb_a"})]}) as api:
        assert Client(api.url, "si_abc").call("POST", "/v1/members", {"name": "소라"}, idempotency_key="mine")
    assert [asked.headers["idempotency-key"] for asked in api.asked] == ["mine", "mine"]


def test_the_pause_is_as_long_as_the_api_asks_for() -> None:
    answers: Any = [(429, {"title": "full"}, {"Retry-After": "1"}), (200, {"items": []})]
    with serving({"GET /v1/channels": answers}) as api:
        began = time.monotonic()
        Client(api.url, "si_abc").channels()
        assert time.monotonic() - began >= 1.0


@pytest.mark.parametrize("told", ["86400", "Fri, 01 Jan 2100 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 -0000"])
def test_a_longer_pause_than_anybody_waits_is_told_at_once(told: str) -> None:
    problem = {"detail": "500 queries of this day (UTC) are used", "violated-policies": ["day"]}
    with serving({"GET /v1/channels": (429, problem, {"Retry-After": told})}) as api:
        began = time.monotonic()
        with pytest.raises(RateLimited, match="of this day") as refused:
            Client(api.url, "si_abc", patience=5).channels()
        assert time.monotonic() - began < 4
    assert refused.value.policies == ["day"]
    assert refused.value.retry_after
    assert refused.value.retry_after >= 86_400
    assert len(api.asked) == 1


@pytest.mark.parametrize("told", ["soon", "", "-1", "Fri, 99 Jan 2100 00:00:00 GMT"])
def test_a_pause_that_is_none_is_passed_over(told: str) -> None:
    with serving({"GET /v1/channels": [(503, b"", {"Retry-After": told}), (200, {"items": []})]}) as api:
        assert Client(api.url, "si_abc").channels() == []


def test_where_nothing_answers_in_time_that_is_told() -> None:
    class Slow(dict[str, Any]):
        def get(self, *_: Any) -> Any:
            time.sleep(0.5)
            return (200, {"items": []})

    with serving(Slow()) as api, pytest.raises(NoAnswer, match="timed out"):
        Client(api.url, "si_abc", timeout=0.1, attempts=1).channels()
