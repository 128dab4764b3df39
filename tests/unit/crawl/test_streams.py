"""A slice of a stream is bounded, whatever the host sends, and is read like any other answer."""

from __future__ import annotations

import asyncio
import io
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from aiohttp import WSCloseCode, web

from socialindex import warc
from socialindex.crawl.fetch import Fetched, Fetcher, FetchSettings, Transient
from socialindex.crawl.urls import host_of, is_stream, over_http
from socialindex.errors import Discarded, Refused
from socialindex.sources.base import Channel, Request
from socialindex.warc import Exchange, WarcObject
from tests.unit.crawl.site import CONTACT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Talk = Callable[[web.WebSocketResponse], Awaitable[None]]

QUICK = FetchSettings(
    contact=CONTACT,
    allow_loopback=True,
    stream_seconds=0.4,
    stream_messages=50,
    max_body_bytes=2_000,
    dns_cache_seconds=0,
)


@asynccontextmanager
async def serving(answer: Any) -> AsyncIterator[tuple[str, list[web.Request]]]:
    """A server on loopback: its address for streams, and the requests that it saw."""
    asked: list[web.Request] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        asked.append(request)
        response: web.StreamResponse = await answer(request)
        return response

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"ws://127.0.0.1:{runner.addresses[0][1]}/sub?cursor=1", asked
    finally:
        await runner.cleanup()


def talking(talk: Talk) -> Any:
    async def answer(request: web.Request) -> web.StreamResponse:
        stream = web.WebSocketResponse(timeout=0.1)
        await stream.prepare(request)
        await talk(stream)
        return stream

    return answer


class Slice:
    """One slice of a stream that answers like this."""

    def __init__(self, answer: Any, settings: FetchSettings = QUICK, **options: Any) -> None:
        self.fetched = asyncio.run(self._run(answer, settings, options))

    async def _run(self, answer: Any, settings: FetchSettings, options: dict[str, Any]) -> Fetched:
        async with serving(answer) as (url, self.asked), Fetcher(settings) as fetcher:
            began = time.monotonic()
            try:
                return await fetcher.fetch(Request(url=url, headers={"Accept": "application/json"}), **options)
            finally:
                self.seconds = time.monotonic() - began

    @property
    def lines(self) -> list[bytes]:
        return self.fetched.response.body.splitlines()


async def forever(stream: web.WebSocketResponse) -> None:
    """Read until the other side says good-bye."""
    async for _ in stream:
        pass


async def three(stream: web.WebSocketResponse) -> None:
    for number in range(3):
        await stream.send_str(f'{{"번호": {number}}}')
    await forever(stream)


def test_messages_come_back_one_a_line_as_a_page_does() -> None:
    read = Slice(talking(three))
    response = read.fetched.response
    assert response.status == 200
    assert response.body.decode() == '{"번호": 0}\n{"번호": 1}\n{"번호": 2}\n'
    assert response.url == response.request.url
    assert response.received_at.tzinfo is UTC
    assert (read.fetched.requests, read.fetched.wire_bytes) == (1, len(response.body))
    (asked,) = read.asked
    assert asked.path_qs == "/sub?cursor=1"
    assert asked.headers["User-Agent"].startswith("socialindexbot/")
    assert asked.headers["Accept"] == "application/json"
    assert "Sec-WebSocket-Extensions" not in asked.headers


def test_a_stream_that_says_nothing_is_an_empty_page_and_no_slow_host() -> None:
    read = Slice(talking(forever), msgspec.structs.replace(QUICK, stream_seconds=3.0))
    assert (read.fetched.response.status, read.fetched.response.body) == (200, b"")
    assert 2.9 < read.seconds < 20
    assert read.fetched.elapsed < 2.5


def test_the_caller_may_have_less_time() -> None:
    patient = msgspec.structs.replace(QUICK, stream_seconds=20.0)
    assert Slice(talking(forever), patient, seconds=0.05).seconds < 10


async def chatter(stream: web.WebSocketResponse) -> None:
    while not stream.closed:
        await stream.send_str("x" * 10)
        await asyncio.sleep(0)


async def pings(stream: web.WebSocketResponse) -> None:
    while not stream.closed:
        await stream.ping()
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(("limit", "count"), [({}, 50), ({"stream_messages": 7}, 7), ({"max_body_bytes": 100}, 10)])
def test_a_slice_ends_at_its_bounds_though_the_host_never_does(limit: dict[str, int], count: int) -> None:
    read = Slice(talking(chatter), msgspec.structs.replace(QUICK, stream_seconds=20.0, **limit))
    assert len(read.lines) == count
    assert read.seconds < 5


def test_pings_do_not_make_a_slice_longer() -> None:
    read = Slice(talking(pings))
    assert read.lines == []
    assert read.seconds < 2


def test_a_host_that_closes_ends_the_slice() -> None:
    async def brief(stream: web.WebSocketResponse) -> None:
        await stream.send_str("only")

    read = Slice(talking(brief), msgspec.structs.replace(QUICK, stream_seconds=20.0))
    assert read.lines == [b"only"]
    assert read.seconds < 2


def test_line_ends_within_a_message_are_spaces() -> None:
    async def pretty(stream: web.WebSocketResponse) -> None:
        await stream.send_str('{\r\n "a": "\u2028"\n}')

    assert Slice(talking(pretty)).fetched.response.body.decode() == '{  "a": "\u2028" }\n'


def test_we_say_good_bye() -> None:
    said: list[int | None] = []

    async def listen(stream: web.WebSocketResponse) -> None:
        await forever(stream)
        said.append(stream.close_code)

    Slice(talking(listen))
    assert said == [WSCloseCode.OK]


# What is no stream of ours


def refused(answer: Any, settings: FetchSettings = QUICK, **options: Any) -> Discarded | Transient:
    with pytest.raises((Discarded, Transient)) as error:
        Slice(answer, settings, **options)
    assert isinstance(error.value, Discarded | Transient)
    return error.value


async def binary(stream: web.WebSocketResponse) -> None:
    await stream.send_bytes(b"\x00\x01")
    await forever(stream)


async def huge(stream: web.WebSocketResponse) -> None:
    await stream.send_str("x" * 10_000)
    await forever(stream)


async def cut(stream: web.WebSocketResponse) -> None:
    assert stream._req is not None  # noqa: SLF001 - there is no other way to break a connection off
    assert stream._req.transport is not None  # noqa: SLF001
    stream._req.transport.abort()  # noqa: SLF001


async def sorry(stream: web.WebSocketResponse) -> None:
    await stream.close(code=WSCloseCode.TRY_AGAIN_LATER)


@pytest.mark.parametrize(
    ("talk", "reason"), [(binary, "content_type"), (huge, "too_large"), (cut, "reset"), (sorry, "reset")]
)
def test_a_stream_that_cannot_be_read_says_why(talk: Talk, reason: str) -> None:
    assert refused(talking(talk)).reason == reason


def test_what_came_before_a_stream_broke_off_is_kept() -> None:
    async def broken(stream: web.WebSocketResponse) -> None:
        await stream.send_str("whole")
        await asyncio.sleep(0.05)
        await cut(stream)

    assert Slice(talking(broken)).lines == [b"whole"]


def answering(status: int, **headers: str) -> Any:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return answer


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (answering(200), "bad_response"),
        (answering(401), "unauthorized"),
        (answering(403), "forbidden"),
        (answering(404), "bad_response"),
        (answering(500), "server_error"),
        (answering(429, Retry_After="7"), "throttled"),
        (answering(302, Location="http://127.0.0.1:9/elsewhere"), "bad_redirect"),
    ],
)
def test_an_answer_that_opens_no_stream_is_a_verdict_like_any_other(answer: Any, reason: str) -> None:
    verdict = refused(answer)
    assert verdict.reason == reason
    assert getattr(verdict, "retry_after", None) == (7.0 if reason == "throttled" else None)


def test_the_address_is_checked_and_the_host_asked_whether_it_allows() -> None:
    asked: list[str] = []

    async def no(url: str) -> None:
        asked.append(url)
        raise Discarded("robots")

    assert refused(talking(three), allowed=no).reason == "robots"
    assert [url.partition("://")[0] for url in asked] == ["http"]
    hidden = msgspec.structs.replace(QUICK, allow_loopback=False)
    assert refused(talking(three), hidden).reason == "private_address"


def test_secrets_are_sent_and_not_kept() -> None:
    read = Slice(talking(three), secrets={"Authorization": "Bearer s3cret"})
    assert read.asked[0].headers["Authorization"] == "Bearer s3cret"
    assert b"s3cret" not in msgspec.json.encode(read.fetched)


def test_a_slice_is_archived_like_a_page() -> None:
    response = Slice(talking(three)).fetched.response
    channel = Channel(id="ch", source="feed", url="https://a.example/", created_at=datetime(2026, 11, 1, tzinfo=UTC))
    archived = WarcObject()
    archived.add(Exchange(channel, response))
    ((_, held),) = warc.walk(io.BytesIO(archived.data()))
    assert held == Exchange(channel, response)


# Addresses


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("wss://a.example/x?y", "https://a.example/x?y"),
        ("ws://a.example:8080/", "http://a.example:8080/"),
        ("https://a.example/ws://b", "https://a.example/ws://b"),
        ("WSS://a.example/", "WSS://a.example/"),
        ("nonsense", "nonsense"),
    ],
)
def test_a_stream_is_asked_for_over_http(url: str, other: str) -> None:
    assert over_http(url) == other
    assert is_stream(url) is (url != other)


@pytest.mark.parametrize("url", ["ws://a.example/", "wss://a.example/"])
def test_a_pasted_stream_is_not_fetched(url: str) -> None:
    with pytest.raises(Refused) as refusal:
        host_of(url)
    assert refusal.value.reason == "scheme"
