"""The client: one method per route, typed errors, whatever answers at the address."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from socialindex import __version__
from socialindex.client import ApiError, Client, Unauthorized
from socialindex.errors import InvalidInput, InvalidSettings, SocialIndexError, Unavailable
from tests.unit.client.api_server import ApiServer, serving

if TYPE_CHECKING:
    from collections.abc import Callable


PAGE = {"items": [{"id": "p1"}], "next_cursor": None, "total": 1}
CALLS: list[tuple[str, Callable[[Client], Any], Any, Any]] = [
    (
        "POST /v1/posts/search",
        lambda client: client.search("배터리", source="feed", limit=7).first,
        {"q": "배터리", "source": ["feed"], "limit": 7},
        PAGE,
    ),
    ("GET /v1/posts/a%2Fb%20c", lambda client: client.post("a/b c"), None, {"id": "a/b c"}),
    ("GET /v1/channels", lambda client: client.channels(), None, {"items": [{"id": "p1"}]}),
    (
        "POST /v1/channels",
        lambda client: client.add_channel("https://a.example", {"pages": "2"}),
        {"url": "https://a.example", "options": {"pages": "2"}},
        {"why": "it is a feed"},
    ),
    ("DELETE /v1/channels/ch%2F..", lambda client: client.remove_channel("ch/.."), None, {}),
    ("GET /v1/sources", lambda client: client.sources(), None, {"items": []}),
    (
        "POST /v1/replays",
        lambda client: client.replay(day="2026-11-20", source="feed"),
        {"day": "2026-11-20", "source": "feed", "after": ""},
        {"objects": 2},
    ),
    (
        "GET /v1/health?days=30",
        lambda client: client.health(days=30),
        None,
        {"open": [], "closed": [], "open_counts": [], "closed_counts": []},
    ),
]


def called(call: Callable[[Client], Any], route: str, status: int, answer: Any) -> tuple[Any, ApiServer]:
    with serving({route: (status, answer)}) as api:
        return call(Client(api.url + "/", "si_abc")), api


every_call = pytest.mark.parametrize(("route", "call", "body", "answer"), CALLS, ids=[case[0] for case in CALLS])


@every_call
def test_each_method_asks_its_route_with_the_key(
    route: str, call: Callable[[Client], Any], body: Any, answer: Any
) -> None:
    result, api = called(call, route, 200, answer)
    (asked,) = api.asked
    assert (f"{asked.method} {asked.path}", asked.body) == (route, body)
    assert asked.headers["authorization"] == "Bearer si_abc"
    assert msgspec.to_builtins(result) in (answer, answer.get("items"), {**answer, "facets": None, "notes": ()}, None)


@every_call
def test_a_refusal_is_told_with_its_problem(route: str, call: Callable[[Client], Any], body: Any, answer: Any) -> None:
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


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:8080",
        "ftp://a.example",
        "nonsense",
        "https://me:secret@a.example",
        "https://a.example/?k=1",
        "https://a.example/v1",
        "https://a.example/si/v1/",
        "https://",
        "https://[::1",
        "https://a.example:99999",
        "https://a.example:80 80",
        "https://a..example",
        f"https://{'a' * 64}.example",
    ],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="no address") as refused:
        Client(url, "si_abc")
    assert refused.value.remedy


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://127.0.0.1:1/si", "http://127.0.0.1:1 \n"])
def test_an_address_at_which_nothing_answers_is_unavailable(url: str) -> None:
    with pytest.raises(Unavailable, match="nothing answers"):
        Client(url, "si_abc", attempts=1).status()


@pytest.mark.parametrize("key", ["si_배터리", "si_abc\n", "si_a b", "si_abc\r\nX-Evil: 1"])
def test_a_key_that_no_header_can_carry_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput, match="key") as refused:
        Client("http://127.0.0.1:1", key)
    assert refused.value.remedy


HALF = b"\xb9\xe8".decode("utf-8", "surrogateescape")
"""A word of a terminal that does not write UTF-8, as Python has it."""


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.search(HALF).first,
        lambda client: client.post(HALF),
        lambda client: client.exports(workspace="ws_a", cursor=HALF),
        lambda client: client.call("POST", "/v1/posts/search", {"q": HALF}),
        lambda client: client.report("tp_a", HALF),
    ],
)
def test_words_that_are_no_unicode_are_refused_and_not_sent(call: Callable[[Client], Any]) -> None:
    with serving({}) as api, pytest.raises(InvalidInput, match="no Unicode") as refused:
        call(Client(api.url, "si_abc"))
    assert refused.value.remedy
    assert not api.asked


@pytest.mark.parametrize(
    ("call", "route", "body"),
    [
        (lambda one: one.deliveries(state="failed", workspace="w"), "/v1/workspaces/w/deliveries?state=failed", None),
        (lambda one: one.report_figures("t", beside="tp_b"), "/v1/topics/t/report?beside=tp_b&format=json", None),
        (lambda one: one.add_key("k", "read"), "/v1/keys", {"label": "k", "scopes": ["read"]}),
        (
            lambda one: one.share_of_voice("누리폰"),
            "/v1/share-of-voice",
            {"queries": [{"name": "누리폰", "q": "누리폰"}]},
        ),
        (
            lambda one: one.change_mentions("t", "mn_a", note="n"),
            "/v1/topics/t/mentions/changes",
            {"mentions": ["mn_a"], "note": "n"},
        ),
    ],
)
def test_a_text_is_one_value_wherever_several_are_taken(call: Callable[[Client], Any], route: str, body: Any) -> None:
    """Python takes a text for a list of its characters: each would be a scope, a state or a voice."""
    with serving({}) as api:
        with pytest.raises(ApiError):
            call(Client(api.url, "si_abc"))
        assert [(asked.path, asked.body) for asked in api.asked] == [(route, body)]


@pytest.mark.parametrize("start", ["@{host}/", "{host}/", ""])
def test_a_path_cannot_lead_to_another_host(start: str) -> None:
    """What does not begin with a slash belongs to the host's name once it is put behind the address."""
    with serving({"GET /v1/posts": (200, {})}) as other:
        client = Client("http://api.example.test", "si_abc")
        with pytest.raises(InvalidInput) as refused:
            client.call("GET", f"{start.format(host=other.url.removeprefix('http://'))}v1/posts")
        assert (refused.value.field, other.asked) == ("path", [])


def test_the_key_is_shown_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with serving({"GET /v1/sources": [(503, b""), (401, {"title": "An API key is needed"})]}) as api:
        client = Client(api.url, "si_secret")
        with pytest.raises(Unauthorized) as refused:
            client.sources()
    shown = [repr(client), str(client), repr(refused.value), str(refused.value), caplog.text]
    assert caplog.text
    assert [text for text in shown if "si_secret" in text] == []
    assert api.url in repr(client)


def test_the_environment_says_where_the_api_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"GET /v1/sources": (200, {"items": []})}) as api:
        monkeypatch.setenv("SOCIALINDEX_URL", f"{api.url}\n")
        monkeypatch.setenv("SOCIALINDEX_KEY", "si_abc")
        assert Client.from_environment().sources() == []
    assert api.asked[0].headers["authorization"] == "Bearer si_abc"


@pytest.mark.parametrize("missing", ["SOCIALINDEX_URL", "SOCIALINDEX_KEY"])
def test_an_environment_that_says_nothing_is_told_so(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setenv("SOCIALINDEX_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("SOCIALINDEX_KEY", "si_abc")
    monkeypatch.setenv(missing, " ")
    with pytest.raises(InvalidSettings, match=missing) as refused:
        Client.from_environment()
    assert refused.value.field == missing
    assert refused.value.remedy


def test_an_answer_may_come_packed() -> None:
    packed = gzip.compress(json.dumps({"items": [{"name": "feed"}]}).encode())
    with serving({"GET /v1/channels": (200, packed, {"Content-Encoding": "gzip"})}) as api:
        assert Client(api.url, "si_abc").channels() == [{"name": "feed"}]
    assert api.asked[0].headers["accept-encoding"] == "gzip"


def test_channels_are_read_page_by_page() -> None:
    pages = [(200, {"items": [{"id": "a"}], "next_cursor": "feed https://a"}), (200, {"items": [{"id": "b"}]})]
    with serving({"GET /v1/channels": pages[0], "GET /v1/channels?cursor=feed+https%3A%2F%2Fa": pages[1]}) as api:
        assert Client(api.url, "si_abc").channels() == [{"id": "a"}, {"id": "b"}]


def test_it_says_who_asks() -> None:
    with serving({"GET /v1/sources": (200, {"items": []})}) as api:
        Client(api.url, "si_abc").sources()
    assert api.asked[0].headers["user-agent"].startswith(f"socialindex-python/{__version__} (Python 3.")


def test_threads_share_a_client_and_its_connections() -> None:
    def asked(number: int) -> str:
        return client.post(f"p{number}").id

    answers = {f"GET /v1/posts/p{number}": (200, {"id": f"p{number}"}) for number in range(200)}
    with serving(answers) as api, Client(api.url, "si_abc", connections=8) as client, ThreadPoolExecutor(8) as threads:
        assert list(threads.map(asked, range(200))) == [f"p{number}" for number in range(200)]
        assert len(api.asked) == 200
        assert len(api.connections) <= 8


def test_a_client_needs_little_of_this_package_and_nothing_of_its_cloud() -> None:
    code = "import sys, socialindex.client; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    modules = told.stdout.split()
    own = {name.split(".")[1] for name in modules if name.startswith("socialindex.")}
    assert own == {"client", "errors"}
    assert {name.split(".")[0] for name in modules} & {"boto3", "opensearchpy", "aiohttp", "click", "lxml"} == set()


@pytest.mark.parametrize(("url", "key"), [("si_secret", "http://127.0.0.1:1"), ("https://me:si_secret@a.example", "k")])
def test_a_key_in_the_wrong_place_is_not_shown(url: str, key: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Client(url, key)
    assert "si_secret" not in str(refused.value)
