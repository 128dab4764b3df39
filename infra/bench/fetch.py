"""Fetching from one loopback host without a delay, beside a plain loop of the same HTTP client in the same run."""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Final

import aiohttp

from infra.bench.figure import Figure, compared
from socialindex.crawl.fetch import Fetcher, FetchSettings
from socialindex.sources.base import Request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from multiprocessing.connection import Connection

REQUESTS: Final = 1_000
WORKERS: Final = 50
ROUNDS: Final = 15
PAGE: Final = b"<!doctype html><title>A page</title>" + b"<p>ten kilobytes of it</p>" * 400
"""10 KB."""


def run() -> list[Figure]:
    """Requests per second of the fetcher and of the bare client, in turns: the machine's moods hit both alike."""
    with _server() as url:
        rounds = asyncio.run(_rounds(url))
    return [compared("fetch", "requests/s", [(fetched, plain) for plain, fetched in rounds])]


async def _rounds(url: str) -> list[tuple[float, float]]:
    """Rates of the bare client and of the fetcher, round by round, after one that warms up."""
    settings = FetchSettings(
        contact="https://crawler.example/", allow_loopback=True, connections=WORKERS, connections_per_host=WORKERS
    )
    connector = aiohttp.TCPConnector(limit=WORKERS)
    addresses = (f"{url}{number}" for number in itertools.count())  # none twice, as in a crawl
    async with aiohttp.ClientSession(connector=connector) as session, Fetcher(settings) as fetcher:

        async def get() -> None:
            async with session.get(next(addresses)) as response:
                await response.read()

        async def fetch() -> None:
            await fetcher.fetch(Request(url=next(addresses)))

        return [(await _rate(get), await _rate(fetch)) for _ in range(1 + ROUNDS)][1:]


async def _rate(once: Callable[[], Awaitable[object]]) -> float:
    """Calls per second with ``WORKERS`` at work at once."""

    async def work() -> None:
        for _ in range(REQUESTS // WORKERS):
            await once()

    started = perf_counter()
    await asyncio.gather(*(work() for _ in range(WORKERS)))
    return REQUESTS / (perf_counter() - started)


class _Pages(asyncio.Protocol):
    """As little of a server as possible, so that the client is what is measured."""

    _ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(PAGE) + PAGE

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type checker
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if data.endswith(b"\r\n\r\n"):
            self._transport.write(self._ANSWER)


async def _serve(ready: Connection) -> None:
    server = await asyncio.get_running_loop().create_server(_Pages, "127.0.0.1", 0)
    ready.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def _serve_process(ready: Connection) -> None:
    asyncio.run(_serve(ready))


@contextmanager
def _server() -> Iterator[str]:
    """The server, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve_process, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}/"
    finally:
        process.terminate()
        process.join()
