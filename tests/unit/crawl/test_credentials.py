"""Credentials go to their own host, are renewed when they must be, and are shown nowhere."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import logging
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, cast

import pytest
from aiohttp import web

from socialindex.crawl import credentials as module
from socialindex.crawl.credentials import Bearer, Credentials, Header, OAuth2, needed
from socialindex.crawl.fetch import Fetcher, Transient
from socialindex.errors import Discarded, InvalidSettings, Refused, Unavailable
from tests.unit.crawl.site import LOCAL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from socialindex.sources.base import Adapter

SECRET = "hunter2-hunter2"
HOST = "api.example.com"
URL = f"https://{HOST}/v1/items?a=1"


def of(credential: dict[str, str] | None, host: str = HOST) -> Credentials:
    credentials = Credentials(lambda: json.dumps({host: credential}) if credential else "")
    credentials.refresh()
    return credentials


def headers(credentials: Credentials, url: str = URL) -> dict[str, str]:
    async def run() -> dict[str, str]:
        async with Fetcher(LOCAL) as fetcher:
            return await credentials.headers(url, fetcher)

    return asyncio.run(run())


# What is configured


@pytest.mark.parametrize(
    ("credential", "sent"),
    [
        ({"kind": "header", "name": "X-Goog-Api-Key", "value": SECRET}, {"X-Goog-Api-Key": SECRET}),
        ({"kind": "bearer", "token": SECRET}, {"authorization": f"Bearer {SECRET}"}),
        (None, {}),
    ],
)
def test_a_key_is_sent_as_its_platform_wants_it(credential: dict[str, str] | None, sent: dict[str, str]) -> None:
    assert headers(of(credential)) == sent


@pytest.mark.parametrize(
    ("url", "has"),
    [
        (URL, True),
        ("http://api.example.com:80/", True),
        ("wss://api.example.com/stream", True),
        ("https://api.example.com:8443/", False),
        ("https://example.com/", False),
        ("https://api.example.com.evil.example/", False),
    ],
)
def test_a_credential_is_for_its_host_alone(url: str, has: bool) -> None:
    credentials = of({"kind": "bearer", "token": SECRET})
    assert credentials.has(url) is has
    assert (headers(credentials, url) != {}) is has


@pytest.mark.parametrize(
    "document",
    [
        "{",
        "[]",
        '{"api.example.com": {}}',
        '{"api.example.com": {"kind": "password", "token": "hunter2-hunter2"}}',
        '{"api.example.com": {"kind": "bearer", "token": "hunter2-hunter2", "more": 1}}',
        '{"api.example.com": {"kind": "bearer", "token": "hunter2\\r\\nX-Evil: hunter2-hunter2"}}',
        '{"api.example.com": {"kind": "bearer", "token": ""}}',
        '{"api.example.com": {"kind": "header", "name": "X Key", "value": "hunter2-hunter2"}}',
        '{"https://api.example.com/": {"kind": "bearer", "token": "hunter2-hunter2"}}',
        '{"API.example.com": {"kind": "bearer", "token": "hunter2-hunter2"}}',
    ],
)
def test_a_document_that_cannot_be_used_is_refused_without_showing_it(document: str) -> None:
    with pytest.raises(InvalidSettings) as invalid:
        Credentials(lambda: document).refresh()
    assert invalid.value.field == "CREDENTIALS_SECRET"
    assert invalid.value.remedy
    assert "hunter2" not in f"{invalid.value} {invalid.value.__cause__} {invalid.value.remedy}"


@pytest.mark.parametrize(
    "credential",
    [
        Header(name="X-Key", value=SECRET),
        Bearer(token=SECRET),
        OAuth2(token_url="https://a.example/", client_id="id", client_secret=SECRET),
    ],
)
def test_a_credential_shows_nothing_of_itself(credential: object) -> None:
    assert SECRET not in f"{credential} {credential!r}"


def test_a_changed_document_counts() -> None:
    documents = ["", json.dumps({HOST: {"kind": "bearer", "token": "one"}}), ""]
    credentials = Credentials(lambda: documents.pop(0))
    seen = []
    for _ in range(3):
        credentials.refresh()
        seen.append(credentials.has(URL))
    assert seen == [False, True, False]


@pytest.mark.parametrize("trouble", [Unavailable("no answer"), "not JSON"])
def test_what_cannot_be_read_now_does_not_undo_what_was_read(trouble: Exception | str) -> None:
    answers: list[Exception | str] = [json.dumps({HOST: {"kind": "bearer", "token": "one"}}), trouble]

    def read() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    credentials = Credentials(read)
    credentials.refresh()
    credentials.refresh()
    assert credentials.has(URL)


def test_what_was_never_read_is_an_error() -> None:
    def read() -> str:
        raise Unavailable("no answer")

    with pytest.raises(Unavailable):
        Credentials(read).refresh()


# Tokens


class Platform:
    """A token endpoint on loopback."""

    def __init__(self, **granted: Any) -> None:
        self.granted = {"access_token": "t0", "token_type": "bearer", "expires_in": 3600, **granted}
        self.status = 200
        self.headers: dict[str, str] = {}
        self.asked: list[tuple[dict[str, str], str]] = []

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Credentials]:
        async def token(request: web.Request) -> web.Response:
            self.asked.append((dict(request.headers), await request.text()))
            answer = {**self.granted, "access_token": f"t{len(self.asked)}"}
            body = answer if self.status == 200 else {"error": SECRET}
            return web.json_response(body, status=self.status, headers=self.headers)

        app = web.Application()
        app.router.add_post("/token", token)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield of(
                {
                    "kind": "oauth2",
                    "token_url": f"http://127.0.0.1:{runner.addresses[0][1]}/token",
                    "client_id": "client:1",
                    "client_secret": SECRET,
                    "user_agent": "web:com.example:1 (by /u/example)",
                }
            )
        finally:
            await runner.cleanup()

    def run(self, times: int = 1, between: Callable[[Credentials], object] = id) -> list[dict[str, str]]:
        async def run() -> list[dict[str, str]]:
            async with self.serving() as credentials, Fetcher(LOCAL) as fetcher:
                found = []
                for _ in range(times):
                    found.append(await credentials.headers(URL, fetcher))
                    between(credentials)
                return found

        return asyncio.run(run())


def test_a_client_gets_itself_a_token_and_keeps_it() -> None:
    platform = Platform()
    sent = platform.run(times=3)
    assert sent == [{"authorization": "Bearer t1", "user-agent": "web:com.example:1 (by /u/example)"}] * 3
    ((headers, body),) = platform.asked
    assert body == "grant_type=client_credentials"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert headers["User-Agent"] == "web:com.example:1 (by /u/example)"
    pair = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
    assert pair == f"client%3A1:{SECRET}"


def test_a_token_that_is_about_to_expire_is_replaced() -> None:
    assert [sent["authorization"] for sent in Platform(expires_in=59).run(times=2)] == ["Bearer t1", "Bearer t2"]


def test_a_token_that_is_not_taken_is_forgotten_once() -> None:
    forgotten: list[bool] = []

    def forget(credentials: Credentials) -> None:
        forgotten.extend([credentials.forget_token(URL), credentials.forget_token(URL)])

    sent = Platform().run(times=2, between=forget)
    assert [one["authorization"] for one in sent] == ["Bearer t1", "Bearer t2"]
    assert forgotten == [True, False] * 2
    assert of({"kind": "bearer", "token": SECRET}).forget_token(URL) is False


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404])
def test_a_platform_that_gives_no_token_is_a_verdict_that_tells_no_secret(status: int) -> None:
    platform = Platform()
    platform.status = status
    with pytest.raises(Discarded) as verdict:
        platform.run()
    assert verdict.value.reason == "credentials_refused"
    assert SECRET not in str(verdict.value)


@pytest.mark.parametrize("granted", [{"token_type": "mac"}, {"expires_in": "soon"}, {"token_type": None}])
def test_an_answer_that_is_no_token_is_one_too(granted: dict[str, Any]) -> None:
    with pytest.raises(Discarded) as verdict:
        Platform(**granted).run()
    assert verdict.value.reason == "credentials_refused"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_platform_in_trouble_is_asked_again_later(status: int) -> None:
    platform = Platform()
    platform.status = status
    with pytest.raises(Transient):
        platform.run()


class Hours:
    """A monotonic clock that is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000.0
        monkeypatch.setattr(module, "time", self)

    def monotonic(self) -> float:
        return self.now


def denied(platform: Platform, hours: Hours, pauses: Sequence[float]) -> list[tuple[int, str, float | None]]:
    """After each pause: how often the platform has been asked, and what became of a request."""

    async def run() -> list[tuple[int, str, float | None]]:
        async with platform.serving() as credentials, Fetcher(LOCAL) as fetcher:
            found: list[tuple[int, str, float | None]] = []
            for pause in pauses:
                hours.now += pause
                try:
                    await credentials.headers(URL, fetcher)
                    found.append((len(platform.asked), "", None))
                except Transient as failure:
                    found.append((len(platform.asked), failure.reason, failure.retry_after))
                except Discarded as verdict:
                    found.append((len(platform.asked), verdict.reason, None))
            return found

    return asyncio.run(run())


def test_a_platform_that_says_until_when_is_asked_for_no_token_before(monkeypatch: pytest.MonkeyPatch) -> None:
    platform, hours = Platform(), Hours(monkeypatch)
    platform.status, platform.headers = 429, {"Retry-After": "600"}
    assert denied(platform, hours, [0, 0, 590, 9, 1]) == [
        (1, "throttled", 600), (1, "throttled", 600), (1, "throttled", 10), (1, "throttled", 1), (2, "throttled", 600),
    ]  # fmt: skip


@pytest.mark.parametrize(("status", "reason"), [(500, "server_error"), (401, "credentials_refused")])
def test_who_gives_no_token_is_asked_ever_less_often(monkeypatch: pytest.MonkeyPatch, status: int, reason: str) -> None:
    platform, hours = Platform(), Hours(monkeypatch)
    platform.status = status
    found = denied(platform, hours, [10] * 2_000)
    assert {why for _, why, _ in found} == {reason}
    asked = [10 * turn for turn in range(1, len(found)) if found[turn][0] > found[turn - 1][0]]
    assert [later - sooner for sooner, later in pairwise([0, *asked])] == [60, 120, 240, 480, 960, 1920, *[3600] * 4]


def test_a_token_that_is_given_after_all_ends_the_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    platform, hours = Platform(expires_in=60), Hours(monkeypatch)

    def turn(status: int) -> Iterator[float]:
        platform.status = status
        yield 60.0

    pauses = itertools.chain(turn(500), turn(200), turn(500), [59.0], turn(200))
    assert [asked for asked, _, _ in denied(platform, hours, cast("Any", pauses))] == [1, 2, 3, 3, 4]


def test_a_changed_document_ends_the_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    Hours(monkeypatch)
    inside = {"kind": "oauth2", "token_url": "http://169.254.169.254/token", "client_id": "a", "client_secret": "b"}
    documents = [json.dumps({HOST: inside}), json.dumps({HOST: {**inside, "client_id": "c"}})]
    asked = list[str]()

    async def post(_: Fetcher, url: str, *__: Any) -> bytes:
        asked.append(url)
        raise Discarded("forbidden", "no")

    monkeypatch.setattr(Fetcher, "post", post)
    credentials = Credentials(lambda: documents[0])
    for _ in range(2):
        credentials.refresh()
        for _ in range(2):
            with pytest.raises(Discarded):
                headers(credentials)
        documents.reverse()
    assert len(asked) == 2


def test_tokens_come_from_public_addresses_only() -> None:
    inside = {"kind": "oauth2", "token_url": "http://169.254.169.254/token", "client_id": "a", "client_secret": "b"}
    with pytest.raises(Discarded) as verdict:
        headers(of(inside))
    assert "private_address" in str(verdict.value)


# Who needs them


class Demanding:
    """A source that needs credentials."""

    needs_credentials: ClassVar[bool] = True
    title: ClassVar[str] = "Demanding"


class Modest(Demanding):
    needs_credentials = False


def test_a_source_that_needs_credentials_is_refused_without_them() -> None:
    with pytest.raises(Refused) as refusal:
        needed(cast("Adapter", Demanding()), URL, of(None))
    assert refusal.value.reason == "no_credentials"
    assert HOST in str(refusal.value)
    assert "CREDENTIALS_SECRET" in str(refusal.value)


def test_with_credentials_or_without_need_it_passes() -> None:
    needed(cast("Adapter", Demanding()), URL, of({"kind": "bearer", "token": SECRET}))
    needed(cast("Adapter", Modest()), URL, of(None))


def test_no_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    platform = Platform()
    platform.run(times=2)
    platform.status = 400
    with pytest.raises(Discarded):
        platform.run()
    assert SECRET not in caplog.text
    assert "Bearer" not in caplog.text
