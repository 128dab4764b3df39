"""One request and its answer on the wire: aiohttp, tamed. Everything above deals in ``Head`` and ``Answer``."""

from __future__ import annotations

from http import HTTPStatus
from time import perf_counter
from typing import TYPE_CHECKING, Final, NamedTuple

import aiohttp
from yarl import URL

from socialindex.crawl.addresses import PublicResolver, SystemResolver, public_socket
from socialindex.crawl.decompress import ACCEPTED
from socialindex.crawl.faults import translated
from socialindex.crawl.headers import folded
from socialindex.crawl.urls import host_of, sendable
from socialindex.errors import Discarded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from aiohttp.abc import AbstractResolver

    from socialindex.crawl.decompress import Body
    from socialindex.crawl.settings import FetchSettings

_REDIRECTS: Final = range(300, 400)
_ACCEPT: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.9,text/*;q=0.8,*/*;q=0.1"


class Head(NamedTuple):
    """The part of an answer that comes before its body."""

    status: int
    headers: dict[str, str]
    robots_tags: tuple[str, ...]
    """``X-Robots-Tag`` headers, each for itself: joined, they would no longer say whom they are for."""
    location: bytes | None
    """``Location`` in the server's own bytes."""


class Answer(NamedTuple):
    """A whole answer. ``body`` is decoded of its content encoding; ``wire_bytes`` is what it was before."""

    head: Head
    body: bytes
    wire_bytes: int
    seconds: float
    """From the moment of asking to the body's last byte."""


def open_session(settings: FetchSettings, resolver: AbstractResolver | None = None) -> aiohttp.ClientSession:
    """A session that says who we are, keeps connections alive and opens them to public addresses only.

    No cookies, no proxy and no netrc from the environment, no redirects or decompression of aiohttp's own.

    Args:
        settings: limits and timeouts.
        resolver: the DNS; the system's own where it is None.
    """
    loopback = settings.allow_loopback
    connector = aiohttp.TCPConnector(
        limit=settings.connections,
        limit_per_host=settings.connections_per_host,
        keepalive_timeout=settings.keep_alive_seconds,
        use_dns_cache=settings.dns_cache_seconds > 0,
        ttl_dns_cache=settings.dns_cache_seconds,
        resolver=PublicResolver(resolver or SystemResolver(), allow_loopback=loopback),
        socket_factory=public_socket(allow_loopback=loopback),
    )
    return aiohttp.ClientSession(
        connector=connector,
        headers={"User-Agent": settings.user_agent, "Accept-Encoding": ACCEPTED, "Accept": _ACCEPT},
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        max_line_size=settings.max_header_bytes,
        max_field_size=settings.max_header_bytes,
        max_headers=settings.max_headers,
        middlewares=(_as_asked,),
        timeout=aiohttp.ClientTimeout(total=settings.request_seconds, sock_connect=settings.connect_seconds),
    )


async def exchange(
    session: aiohttp.ClientSession,
    url: str,
    headers: Mapping[str, str],
    *,
    judge: Callable[[Head], bool],
    make_body: Callable[[str], Body],
    form: Mapping[str, str] | None = None,
) -> Answer:
    """Ask once.

    Args:
        session: made by ``open_session``.
        url: checked already.
        headers: to send beside the session's own.
        judge: sees the head; whether the body is wanted. What it raises ends the exchange before the body is read.
        make_body: makes what collects the body, from the Content-Encoding header.
        form: what is posted; the request is a GET where it is None.

    Raises:
        Refused: the host's address is not a public one.
        Discarded: the answer is nothing that can be read, or ``judge`` or the body's limits say so. Of a refusal (4xx,
            5xx) that cannot be read, the body is empty.
        Transient: there was no whole answer.
    """
    started, method = perf_counter(), "GET" if form is None else "POST"
    target = URL(sendable(url), encoded=True)
    try:
        async with session.request(method, target, headers=headers, data=form, allow_redirects=False) as response:
            head = head_of(response)
            content, wire_bytes = await _wanted(response, head, make_body) if judge(head) else (b"", 0)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise translated(error, host_of(url)) from error
    return Answer(head, content, wire_bytes, perf_counter() - started)


def head_of(response: aiohttp.ClientResponse) -> Head:
    """What came before the answer's body."""
    raw = response.raw_headers
    headers = folded(raw)
    tags = tuple(_values(raw, b"x-robots-tag")) if "x-robots-tag" in headers else ()
    location = next(_values(raw, b"location")) if "location" in headers else None
    return Head(response.status, headers, tuple(tag.decode("latin-1") for tag in tags), location)


def _values(raw: Iterable[tuple[bytes, bytes]], name: bytes) -> Iterator[bytes]:
    return (value for key, value in raw if key.lower() == name)


async def _wanted(response: aiohttp.ClientResponse, head: Head, make_body: Callable[[str], Body]) -> tuple[bytes, int]:
    """As ``_content``; empty where a refusal cannot be read: it is one whatever it says of itself."""
    try:
        return await _content(response, head, make_body)
    except Discarded:
        if head.status < HTTPStatus.BAD_REQUEST:
            raise
        return b"", 0


async def _content(response: aiohttp.ClientResponse, head: Head, make_body: Callable[[str], Body]) -> tuple[bytes, int]:
    """The decoded body and its bytes on the wire."""
    body = make_body(head.headers.get("content-encoding", ""))
    body.announced(response.content_length)
    async for chunk in response.content.iter_any():
        body.feed(chunk)
        if body.full:
            break
    return body.finish(), body.wire_bytes


async def _as_asked(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from requests of its own.

    It would ask a second time when a connection breaks: every request to a host is ours to count. And it would follow
    the redirect of a stream, with our secrets, to wherever it leads. Both in one, since a chain of middlewares is built
    anew for each request.
    """
    try:
        response = await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise translated(error, request.url.authority) from error
    if response.status in _REDIRECTS and "Upgrade" in request.headers:
        response.close()
        raise Discarded("bad_redirect", f"{request.url.authority} sends us elsewhere for a stream")
    return response
