"""What hostile and broken servers send, and a case of it, with the outcome that it gets (``hostile_cases.py``).

Most cases are an article's page at a host of its own. What its server says is bytes or a script for its socket, since
http.server would be too polite. ``docs/hostile-input.md`` shows this table; a test holds the two together.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import brotli

from tests.unit.crawl.site import answer, page

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.crawl.site import Script

    Said = Callable[[], Script]

MIB: Final = 1024 * 1024
BOMB: Final = 256 * MIB
"""Decoded bytes of each bomb: far beyond the memory that a case may take."""
TEXT: Final = "보조배터리가 부풀어 올랐다는 신고가 이어지고 있다. " * 12
HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
CHUNKED: Final = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
GZIP_COMMENT: Final = b"\x1f\x8b\x08\x10" + bytes(6)
"""A header of gzip up to its comment, which ends with the first NUL (RFC 1952, section 2.3)."""
GZIP_MEMBER: Final = b"\x1f\x8b\x08\x08" + bytes(6) + b"a" * 4_000 + b"\0\x03\0" + bytes(8)
"""A member of gzip with a long name and nothing in it."""
DEFLATE_BLOCK: Final = b"\0\0\0\xff\xff"
"""A stored block with nothing in it, which is not the last one (RFC 1951, section 3.2.4)."""
NO_ROBOTS: Final = answer(404)
TIMELINE: Final = "/api/v1/timelines/public?limit=40&local=true"
PRIVATE: Final[dict[str, list[str] | str]] = {"inner_test": "10.0.0.5", "rebind_test": ["127.0.0.1", "10.0.0.5"]}
"""The names of the cases' DNS, for ``tests.unit.crawl.site.Names``; loopback stands for a public address."""


@dataclass(frozen=True)
class Case:
    """What a server says, and what becomes of it.

    Attributes:
        comes: the words for it.
        said: makes what the server says to the request for the page.
        gets: every outcome that is counted, as "stage outcome reason".
        posts: the posts that reach the index queue, by the fields in question; ``None`` is an absent value.
        source: whose adapter reads it: an ``article``'s page, a ``feed``, a sitemap, or a timeline of ``mastodon``.
        robots: makes what the server says to the request for robots.txt.
        others: what it says at other paths.
        url: of the page; ``{host}`` is the server's own, ``{port}`` its port.
    """

    comes: str
    said: Said
    gets: list[str]
    posts: list[dict[str, Any]] = field(default_factory=list)
    source: str = "article"
    robots: Said = lambda: NO_ROBOTS
    others: dict[str, bytes] = field(default_factory=dict)
    url: str = "http://{host}/page"

    @property
    def waits(self) -> bool:
        """Whether the request is left for another attempt, because what is wrong may be over by then."""
        return any(" retry " in outcome for outcome in self.gets)


# What servers say


def forever(first: bytes, drop: bytes, pause: float = 0.0) -> Said:
    """``first``, then ``drop`` again and again until we hang up."""

    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        while True:
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(pause)

    return lambda: script


def nothing(encoding: str, first: bytes, drop: bytes) -> Said:
    """An encoded body without an end that decodes to nothing."""
    return forever(HEAD + f"Content-Encoding: {encoding}\r\n\r\n".encode() + first, drop)


def raw(data: bytes) -> Said:
    """These very bytes, then the end of the connection."""

    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return lambda: script


def moved(location: str) -> Said:
    return lambda: answer(302, b"", Location=location, Connection="close")


def html(body: str | bytes, charset: str = "utf-8", **headers: str) -> Said:
    data = body if isinstance(body, bytes) else body.encode(charset)
    return lambda: page(data, Content_Type=f"text/html; charset={charset}", **headers)


def article(text: str = TEXT, title: str = "리콜 안내", head: str = "") -> str:
    return (
        f"<!doctype html><html lang=ko><head><title>{title}</title>"
        f'<meta property="og:type" content="article">{head}</head>'
        f"<body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
    )


def rss(item: str = "", before: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{before}<rss version="2.0"><channel><title>Notices</title>'
        f"<item><title>Recall</title><link>https://a.example/1</link>{item}</item></channel></rss>"
    ).encode()


def xml(body: bytes) -> Said:
    return lambda: page(body, Content_Type="application/rss+xml")


def status(number: int = 1, **fields: Any) -> dict[str, Any]:
    account = {"id": "1", "acct": "mina", "url": "https://social.example/@mina", "indexable": True}
    return {
        "id": str(number),
        "uri": f"https://social.example/statuses/{number}",
        "url": f"https://social.example/@mina/{number}",
        "created_at": "2026-11-20T08:00:00.000Z",
        "visibility": "public",
        "content": "<p>배터리</p>",
        "account": account,
        **fields,
    }


def timeline(*statuses: dict[str, Any]) -> Said:
    return said_json(json.dumps(statuses).encode())


def long_status(size: int) -> Said:
    def make() -> Script:
        return timeline(status(content="a" * size))()

    return make


def said_json(body: bytes) -> Said:
    return lambda: page(body, Content_Type="application/json")


def zeros(encoder: Any, finish: Callable[[Any], bytes], step: Callable[[Any, bytes], bytes]) -> bytes:
    piece = bytes(MIB)
    return b"".join([*(step(encoder, piece) for _ in range(BOMB // MIB)), finish(encoder)])


def gzipped() -> bytes:
    return zeros(zlib.compressobj(wbits=31), lambda e: e.flush(), lambda e, piece: e.compress(piece))


def bomb(encoding: str) -> Said:
    """A bomb whose first bytes come alone: what it decodes to is then out of all proportion, however the rest comes."""

    def make() -> Script:
        packed = page(_packed(encoding), Content_Encoding=encoding)

        async def script(writer: asyncio.StreamWriter) -> None:
            writer.write(packed[:16_384])
            await writer.drain()
            await asyncio.sleep(0.2)
            writer.write(packed[16_384:])
            await writer.drain()

        return script

    return make


def _packed(encoding: str) -> bytes:
    if encoding == "br":
        return zeros(brotli.Compressor(quality=1), lambda e: e.finish(), lambda e, piece: e.process(piece))
    if encoding == "deflate":
        return zeros(zlib.compressobj(), lambda e: e.flush(), lambda e, piece: e.compress(piece))
    return gzip.compress(gzipped()) if "," in encoding else gzipped()
