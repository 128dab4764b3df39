"""A scripted server on loopback, and one fetch from it: bytes in, bytes out, nothing between that could be polite."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp.abc import AbstractResolver, ResolveResult

from socialindex.crawl.fetch import Fetched, Fetcher, FetchSettings
from socialindex.sources.base import Request

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable, Mapping

    Script = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]

CONTACT = "https://crawler.example/about"
LOCAL = FetchSettings(contact=CONTACT, allow_loopback=True, dns_cache_seconds=0)
_taken: set[int] = set()
"""Ports that a site had."""


def answer(status: int = 200, body: bytes = b"", /, **headers: str) -> bytes:
    """An HTTP answer; a header's name is given in snake_case, and Content-Length is added."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def page(body: bytes = b"<p>hello", /, **headers: str) -> bytes:
    return answer(200, body, **{"Content_Type": "text/html", **headers})


@dataclass
class Asked:
    path: str
    headers: dict[str, str]


@dataclass
class Site:
    """Answers each path with its script; with a list of scripts one after another, the last one for ever."""

    scripts: Mapping[str, Script | list[Script]]
    asked: list[Asked] = field(default_factory=list)
    port: int = 0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}{path}"

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    @contextlib.asynccontextmanager
    async def serving(self) -> Any:
        self._queues = {path: deque(s if isinstance(s, list) else [s]) for path, s in self.scripts.items()}
        self._connections: list[Any] = []
        server = await self._listening()
        try:
            yield self
        finally:
            server.close()
            for task in self._connections:
                task.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)
            await server.wait_closed()

    async def _listening(self) -> asyncio.Server:
        """Listen where it listened before, else at a port that no site had: tables remember how a host has behaved."""
        while True:
            server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
            port = server.sockets[0].getsockname()[1]
            if self.port or port not in _taken:
                _taken.add(port)
                self.port = port
                return server
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.append(asyncio.current_task())
        try:
            await self._converse(reader, writer)
        finally:
            writer.transport.abort()
            await asyncio.sleep(0)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                request, *lines = head.strip().split("\r\n")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
                self.asked.append(Asked(request.split(" ")[1], headers))
                if not await self._answer(writer):
                    break
            writer.close()
            await writer.wait_closed()

    async def _answer(self, writer: asyncio.StreamWriter) -> bool:
        queue = self._queues[self.asked[-1].path]
        script = queue.popleft() if len(queue) > 1 else queue[0]
        if not isinstance(script, bytes):
            await script(writer)
            return False
        # A port is known only when the server runs.
        writer.write(script.replace(b"{host}", self.host.encode()))
        await writer.drain()
        return b"Content-Length" in script


@dataclass
class Run:
    """What one fetch came to."""

    site: Site
    fetched: Fetched
    sleeps: list[float]


def fetch(
    scripts: Mapping[str, Script | list[Script]],
    path: str = "/",
    *,
    settings: FetchSettings = LOCAL,
    site: Site | None = None,
    headers: dict[str, str] | None = None,
    sleeps: list[float] | None = None,
    **options: Any,
) -> Run:
    """Fetch ``path`` from a site with these scripts. Sleeps are noted, not slept; errors come through."""
    site = site or Site(scripts)
    slept = [] if sleeps is None else sleeps

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    async def run() -> Fetched:
        async with site.serving(), Fetcher(settings, sleep=sleep) as fetcher:
            return await fetcher.fetch(Request(url=site.url(path), headers=headers or {}), **options)

    return Run(site, asyncio.run(run()), slept)


class Names(AbstractResolver):
    """A DNS of our own: each name's answers in turn, the last one for ever."""

    def __init__(self, **names: list[str] | str) -> None:
        self._names = {name.replace("_", "."): deque([a] if isinstance(a, str) else a) for name, a in names.items()}
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily | int = 0) -> list[ResolveResult]:
        self.asked.append(host)
        if host not in self._names:
            raise OSError(f"{host} is not known")
        answers = self._names[host]
        addresses = answers.popleft() if len(answers) > 1 else answers[0]
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in addresses.split()
        ]

    async def close(self) -> None:
        pass
