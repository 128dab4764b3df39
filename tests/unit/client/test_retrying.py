"""Another try where that does no harm: when, how often, and with the pause that the API asks for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.client import ApiError, Client, NoAnswer, RateLimited, ServiceUnavailable, Unavailable, waiting
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


class Slow(dict[str, Any]):
    """Answers that take their time: seconds and then what is answered, in turn, the last again and again."""

    def get(self, *_: Any) -> Any:
        turns = self["turns"]
        seconds, answer = turns.pop(0) if len(turns) > 1 else turns[0]
        time.sleep(seconds)
        return answer


AWAY = (503, {"detail": "it is away"}, {"Retry-After": "1"})


@pytest.mark.parametrize(("patience", "times"), [(0.7, 1), (1.1, 2), (60, 4)])
def test_what_failed_slowly_is_not_begun_again_where_it_would_outlast_the_patience(patience: float, times: int) -> None:
    with serving(Slow(turns=[(0.4, BUSY)])) as api, pytest.raises(ServiceUnavailable, match="busy"):
        Client(api.url, "si_abc", patience=patience).channels()
    assert len(api.asked) == times


def test_all_attempts_share_the_patience() -> None:
    with serving(Slow(turns=[(0.8, BUSY), (3, BROKEN)])) as api:
        began = time.monotonic()
        with pytest.raises(NoAnswer, match="timed out"):
            Client(api.url, "si_abc", timeout=2, patience=2, attempts=2).channels()
        assert time.monotonic() - began < 2.5


@pytest.mark.parametrize(
    ("turns", "told"),
    [
        ([(0.0, PAGE)], []),
        ([(0.6, PAGE)], ["{url} has not answered for 0 s: waiting on, for 40 s in all at most"]),
        ([(0.0, AWAY), (0.0, PAGE)], ["it is away: asking again in 1 s"]),
        ([(0.0, BUSY), (0.0, PAGE)], []),
    ],
)
def test_who_waits_longer_than_some_seconds_is_told_why(
    monkeypatch: pytest.MonkeyPatch, turns: Any, told: list[str]
) -> None:
    monkeypatch.setattr(waiting, "_SILENCE", 0.3)
    heard: list[str] = []
    with serving(Slow(turns=turns)) as api:
        assert Client(api.url, "si_abc", patience=40).telling(heard.append).search("x").first.total == 0
    assert heard[:1] == [words.format(url=api.url) for words in told]
