"""Whatever a server does, a fetch ends soon, with a verdict or a reason, and takes neither memory nor the process."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
from functools import partial
from time import perf_counter
from typing import Any

import brotli
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialindex.crawl.fetch import Fetcher, Transient
from socialindex.errors import Discarded
from socialindex.sources.base import Request
from tests.unit.crawl.site import LOCAL, Names, Site, fetch, page

MIB = 1024 * 1024
SMALL = msgspec.structs.replace(LOCAL, request_seconds=10.0, retries=0, max_body_bytes=MIB)
HASTY = msgspec.structs.replace(SMALL, request_seconds=0.3, connect_seconds=0.2)
HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def outcome(script: Any, **options: Any) -> str:
    """How a fetch of ``script`` ended: the verdict's or the failure's reason, or ``ok``."""
    try:
        fetch({"/": script}, settings=options.pop("settings", SMALL), **options)
    except (Discarded, Transient) as error:
        return error.reason
    return "ok"


def drip(first: bytes, drop: bytes, pause: float) -> Any:
    """A server that sends ``drop`` again and again, for ever."""

    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        await asyncio.sleep(pause)
        while True:
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(pause)

    return script


def close_after(data: bytes) -> Any:
    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return script


@pytest.mark.parametrize(
    "encode", [("gzip", gzip.compress), ("br", partial(brotli.compress, quality=1))], ids=["gzip", "br"]
)
def test_a_compressed_bomb_is_stopped(encode: Any) -> None:
    encoding, compress = encode
    script = page(compress(b"\0" * (64 * MIB)), content_encoding=encoding)
    tracemalloc.start()
    try:
        assert outcome(script) in {"compression_bomb", "too_large"}
        assert tracemalloc.get_traced_memory()[1] < 4 * MIB
    finally:
        tracemalloc.stop()


CHUNKED = HTML + b"Transfer-Encoding: chunked\r\n\r\n"
LINE = b"a" * 65_536


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        pytest.param(drip(HTML + b"\r\n", LINE, 0), "too_large", id="endless body"),
        pytest.param(drip(CHUNKED, b"10000\r\n" + LINE + b"\r\n", 0), "too_large", id="endless chunks"),
        pytest.param(HTML + b"Content-Length: 99999999\r\n\r\n", "too_large", id="announced too large"),
        pytest.param(drip(HTML + b"\r\n", b"a", 0.05), "timeout", id="a byte now and then"),
        pytest.param(drip(CHUNKED + b"1;", b"x", 0.05), "timeout", id="an endless chunk extension, slowly"),
        pytest.param(drip(HTML, b"X-A: b\r\n", 0.05), "timeout", id="a header now and then"),
        pytest.param(drip(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.02), "timeout", id="endless early hints"),
        pytest.param(drip(b"", b"", 0.05), "timeout", id="silence"),
        pytest.param(drip(HTML, b"X-A: b\r\n", 0), "bad_response", id="endless headers"),
        pytest.param(drip(HTML + b"X-A: ", LINE, 0), "bad_response", id="an endless header"),
        pytest.param(drip(b"HTTP/1.1 200 ", LINE, 0), "bad_response", id="an endless reason phrase"),
        pytest.param(HTML + b"X-A: b\r\n" * 500 + b"\r\n", "bad_response", id="many headers"),
        pytest.param(HTML + b"X-A: " + b"a" * 20_000 + b"\r\n\r\n", "bad_response", id="a long header"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", "bad_response", id="another protocol"),
        pytest.param(b"\x15\x03\x01\x00\x02\x02\x16", "bad_response", id="TLS where HTTP was asked for"),
        pytest.param(b"HTTP/1.1 9999 Huge\r\n\r\n", "bad_response", id="an impossible status"),
        pytest.param(HTML + b"Content-Length: nine\r\n\r\n", "bad_response", id="a length that is no number"),
        pytest.param(CHUNKED + b"zz\r\nhello\r\n", "bad_response", id="a chunk size that is no number"),
        # aiohttp notices, and waits all the same.
        pytest.param(drip(CHUNKED + b"5\r\nhello\r\n", b"zz\r\n", 0.1), "timeout", id="chunks that go wrong later"),
        pytest.param(CHUNKED + b"5\r\nhel", "truncated", id="chunks that break off"),
        pytest.param(close_after(HTML + b"Content-Length: 10\r\n\r\nhello"), "truncated", id="a body that breaks off"),
        pytest.param(
            page(gzip.compress(bytes(range(256)) * 9)[:-9], content_encoding="gzip"), "truncated", id="truncated gzip"
        ),
        pytest.param(page(b"<p>plain", content_encoding="gzip"), "bad_encoding", id="gzip that is none"),
        pytest.param(page(b"\x28\xb5\x2f\xfd", content_encoding="zstd"), "content_encoding", id="zstd unasked"),
        pytest.param(page(b"a" * (MIB + 1)), "too_large", id="just too large"),
        pytest.param(page(b"a" * MIB), "ok", id="as large as may be"),
        pytest.param(b"", "reset", id="nothing"),
    ],
)
def test_hostile_servers_come_to_a_quick_end(script: Any, reason: str) -> None:
    started = perf_counter()
    assert outcome(script, settings=HASTY if reason == "timeout" else SMALL) == reason
    assert perf_counter() - started < SMALL.request_seconds / 2


def test_a_whole_fetch_has_its_time_too() -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n")

    site = Site({"/": slow, "/next": page()})
    hasty = msgspec.structs.replace(LOCAL, fetch_seconds=0.05)
    with pytest.raises(Transient) as failure:
        fetch({}, site=site, settings=hasty)
    assert failure.value.reason == "timeout"
    assert site.paths == ["/"]


def test_a_port_that_nobody_listens_at_is_transient() -> None:
    site = Site({"/": page()})

    async def run() -> None:
        async with site.serving():
            url = site.url()
        async with Fetcher(HASTY) as fetcher:
            await fetcher.fetch(Request(url=url))

    with pytest.raises(Transient) as failure:
        asyncio.run(run())
    assert (failure.value.reason, failure.value.brief) == ("connect", False)
    assert failure.value.status is None


def test_a_name_that_does_not_resolve_is_transient() -> None:
    async def run() -> None:
        async with Fetcher(HASTY, resolver=Names()) as fetcher:
            await fetcher.fetch(Request(url="http://gone.example/"))

    with pytest.raises(Transient, match=r"gone\.example") as failure:
        asyncio.run(run())
    assert failure.value.reason == "dns"


def test_a_server_that_does_not_speak_tls_is_transient() -> None:
    site = Site({"/": page()})

    async def run() -> None:
        async with site.serving(), Fetcher(HASTY) as fetcher:
            await fetcher.fetch(Request(url=site.url().replace("http:", "https:")))

    with pytest.raises(Transient):
        asyncio.run(run())


def test_a_bad_host_does_not_hurt_its_neighbors() -> None:
    bad, good = Site({"/": drip(HTML + b"\r\n", b"a", 0.05)}), Site({"/": page()})

    async def run() -> list[Any]:
        async with (
            bad.serving(),
            good.serving(),
            Fetcher(msgspec.structs.replace(HASTY, request_seconds=1.0)) as fetcher,
        ):
            fetches = [fetcher.fetch(Request(url=site.url())) for site in [bad, good] * 3]
            return await asyncio.gather(*fetches, return_exceptions=True)

    outcomes = asyncio.run(run())
    assert [type(outcome).__name__ for outcome in outcomes] == ["Transient", "Fetched"] * 3


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=200).map(b"HTTP/1.1 200 OK\r\n".__add__),
        st.binary(max_size=200).map((CHUNKED).__add__),
        st.binary(max_size=200).map(lambda data: HTML + b"Content-Encoding: gzip\r\n\r\n" + data),
        st.binary(max_size=60).map(
            lambda data: b"HTTP/1.1 302 X\r\nLocation: " + data + b"\r\nContent-Length: 0\r\n\r\n"
        ),
    )
)
def test_any_bytes_end_in_an_outcome(data: bytes) -> None:
    assert outcome(close_after(data), settings=HASTY)
