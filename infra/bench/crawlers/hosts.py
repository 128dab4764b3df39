"""Loopback hosts to crawl: the ports of one process that does as little as a server can."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

HOSTS: Final = 20
PAGES: Final = 200
"""Of a host, beside the sitemap that leads to them."""
SITEMAP: Final = "/sitemap.xml"
WORDS: Final = 1_200
"""Of a page: 10 KB of markup, and a third of that when compressed, as articles have."""

_ROBOTS = b"User-agent: *\nDisallow: /private\n"
_HEAD = "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n"


@contextmanager
def serving(hosts: int = HOSTS, pages: int = PAGES) -> Iterator[list[int]]:
    """The hosts' ports, in a process of their own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(theirs, hosts, pages), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _run(ready: Connection, hosts: int, pages: int) -> None:
    asyncio.run(_serve(ready, hosts, _answers(pages)))


async def _serve(ready: Connection, hosts: int, answers: dict[bytes, bytes]) -> None:
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(lambda: _Host(answers), "127.0.0.1", 0) for _ in range(hosts)]
    ready.send([server.sockets[0].getsockname()[1] for server in servers])
    await asyncio.gather(*(server.serve_forever() for server in servers))


class _Host(asyncio.Protocol):
    def __init__(self, answers: dict[bytes, bytes]) -> None:
        self._answers = answers

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type checker
        self._transport = transport
        sitemap = _sitemap(transport.get_extra_info("sockname")[1], [path for path in self._answers if b"page" in path])
        self._answers = {**self._answers, SITEMAP.encode(): sitemap}

    def data_received(self, data: bytes) -> None:
        path = data.split(b" ", 2)[1]
        self._transport.write(self._answers.get(path) or self._answers[b"/nowhere"])


def _answers(pages: int) -> dict[bytes, bytes]:
    """Whole answers by path; without the sitemap, whose addresses have the host's port."""
    answers = {
        b"/robots.txt": _answer("200 OK", "text/plain", _ROBOTS),
        b"/nowhere": _answer("404 Not Found", "text/plain", b""),
    }
    chance = random.Random(1)  # noqa: S311 - the same pages every time
    for number in range(pages):
        answers[b"/page/%d" % number] = _page(f"Page {number}", _prose(chance))
    return answers


def _prose(chance: random.Random) -> str:
    """Paragraphs of made-up words, the frequent ones more often, as in a language."""
    words = ["".join(chance.choices("aeioumnrtslkdp", k=chance.randint(2, 10))) for _ in range(2_000)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    text = chance.choices(words, weights, k=WORDS)
    paragraphs = (" ".join(text[start : start + 60]) for start in range(0, len(text), 60))
    return "".join(f'<p class="text">{paragraph}.</p>\n' for paragraph in paragraphs)


def _sitemap(port: int, paths: list[bytes]) -> bytes:
    entries = b"".join(b"<url><loc>http://127.0.0.1:%d%s</loc></url>" % (port, path) for path in paths)
    markup = b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">%s</urlset>' % entries
    return _answer("200 OK", "application/xml", markup)


def _page(title: str, body: str) -> bytes:
    markup = f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"
    return _answer("200 OK", "text/html; charset=utf-8", markup.encode())


def _answer(status: str, content_type: str, body: bytes) -> bytes:
    return _HEAD.format(status, content_type, len(body)).encode() + body
