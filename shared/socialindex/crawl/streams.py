"""A slice of a stream of messages (RFC 6455): connect, read for a while, say good-bye.

A stream has no end and no pages. What comes within a bounded time is read and taken for an answer like any other, one
text message a line; where the next slice begins is for the adapter to say in its request, by the cursor that the last
message had.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Final

import aiohttp
from yarl import URL

from socialindex.crawl.addresses import check_place
from socialindex.crawl.exchange import Answer, Head
from socialindex.crawl.faults import translated
from socialindex.crawl.headers import folded
from socialindex.crawl.settings import PAGE
from socialindex.crawl.transient import Transient
from socialindex.crawl.urls import host_of, over_http, place_of, sendable
from socialindex.crawl.verdicts import wants_body
from socialindex.errors import Discarded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from socialindex.crawl.settings import FetchSettings

_STREAM: Final = Head(200, {}, (), None)
"""The stream as if it were a page: the handshake is between us and the host."""
_CLOSE_SECONDS: Final = 2.0
"""For the host's own good-bye; then the connection is cut."""
_ENDS: Final = frozenset(
    {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}
)
_BROKEN: Final = frozenset(
    {
        aiohttp.WSCloseCode.ABNORMAL_CLOSURE,
        aiohttp.WSCloseCode.INVALID_TEXT,
        aiohttp.WSCloseCode.PROTOCOL_ERROR,
        aiohttp.WSCloseCode.INTERNAL_ERROR,
        aiohttp.WSCloseCode.SERVICE_RESTART,
        aiohttp.WSCloseCode.TRY_AGAIN_LATER,
    }
)
"""RFC 6455, section 7.4.1, and IANA's registry of close codes."""
_LINE_END = re.compile(r"[\r\n]+")


async def read_slice(
    session: aiohttp.ClientSession,
    url: str,
    headers: Mapping[str, str],
    settings: FetchSettings,
    now: datetime,
    *,
    seconds: float,
) -> Answer:
    """The messages that a stream has for us now; none is an answer too.

    Args:
        session: made by ``open_session``.
        url: with the scheme ``ws`` or ``wss``.
        headers: to send beside the session's own.
        settings: limits.
        now: the time by which dates in headers are read.
        seconds: from connecting on, at most ``settings.stream_seconds``.

    Raises:
        Refused: the host's address is not a public one.
        Discarded: ``content_type``: messages that are not text; what an HTTP answer without a stream says, as
            ``verdicts.wants_body``; ``bad_response`` where it is a good one; ``bad_redirect``; ``too_large``: a single
            message beyond ``settings.max_body_bytes``.
        Transient: there is no connection, or it broke before the first message.
    """
    check_place(place_of(over_http(url)), allow_loopback=settings.allow_loopback)
    started = perf_counter()
    try:
        stream = await _connect(session, url, headers, settings)
        answered = perf_counter() - started
        reading = _Slice(stream, settings, asyncio.get_running_loop().time() + min(seconds, settings.stream_seconds))
        try:
            return Answer(_STREAM, await reading.body(), reading.size, answered)
        finally:
            await _take_leave(stream)
    except aiohttp.WSServerHandshakeError as refusal:
        raise _refused(refusal, settings, now) from refusal
    except (aiohttp.ClientError, TimeoutError) as error:
        raise translated(error, host_of(over_http(url))) from error


async def _connect(
    session: aiohttp.ClientSession, url: str, headers: Mapping[str, str], settings: FetchSettings
) -> aiohttp.ClientWebSocketResponse:
    """A connection; without compression, so that what is read is bounded by what is sent."""
    async with asyncio.timeout(settings.request_seconds):
        return await session.ws_connect(
            URL(sendable(over_http(url)), encoded=True),
            headers=headers,
            max_msg_size=settings.max_body_bytes,
            timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_SECONDS),
            compress=0,
        )


async def _take_leave(stream: aiohttp.ClientWebSocketResponse) -> None:
    """Say good-bye, and cut the connection where a host goes on talking instead of answering it."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_CLOSE_SECONDS):
            await stream.close()


@dataclass
class _Slice:
    """What is read of a stream until a bound is reached."""

    stream: aiohttp.ClientWebSocketResponse
    settings: FetchSettings
    until: float
    """By the event loop's clock."""
    lines: list[bytes] = field(default_factory=list)
    size: int = 0

    async def body(self) -> bytes:
        """The messages, each with an end of line."""
        with suppress(TimeoutError):
            # Around all of it, since a ping begins the waiting anew within aiohttp.
            async with asyncio.timeout_at(self.until):
                while not self._is_full and (message := await self._next()) is not None:
                    line = _line(message)
                    self.size += len(line)
                    self.lines.append(line)
        return b"".join(self.lines)

    @property
    def _is_full(self) -> bool:
        return len(self.lines) >= self.settings.stream_messages or self.size >= self.settings.max_body_bytes

    async def _next(self) -> aiohttp.WSMessage | None:
        """The next message; None where the host has no more. What came before a stream broke off is whole.

        Raises:
            Discarded, Transient: as ``read_slice``, where it broke off before the first one.
        """
        message = await self.stream.receive()
        if message.type not in _ENDS:
            return message
        if not self.lines:
            self._check_end(self.stream.close_code)
        return None

    def _check_end(self, code: int | None) -> None:
        if code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG:
            raise Discarded("too_large", f"a message of more than {self.settings.max_body_bytes} bytes")
        if code in _BROKEN:
            raise Transient("reset", "the stream broke off before its first message")


def _line(message: aiohttp.WSMessage) -> bytes:
    """A message on one line: a line end within JSON is a space like any other.

    Raises:
        Discarded: ``content_type``.
    """
    if message.type is not aiohttp.WSMsgType.TEXT:
        raise Discarded("content_type", "a stream of binary messages: only text is read")
    text: str = message.data
    return _LINE_END.sub(" ", text).encode() + b"\n"


def _refused(refusal: aiohttp.WSServerHandshakeError, settings: FetchSettings, now: datetime) -> Exception:
    """The error for a host that answers without opening a stream."""
    raw = [(name.encode("latin-1"), value.encode()) for name, value in (refusal.headers or {}).items()]
    try:
        wants_body(Head(refusal.status, folded(raw), (), None), PAGE, settings, now)
    except (Discarded, Transient) as verdict:
        return verdict
    return Discarded("bad_response", f"status {refusal.status} to a request for a stream")
