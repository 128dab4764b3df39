"""Settling what was fetched: archive first, then the normalize queue, the channel and its walk, then the frontier.

A crash between two of these steps repeats a fetch; it never loses a response. Many responses share one archive object,
which is closed by count, bytes or seconds.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

import msgspec
from aws_lambda_powertools import Logger

from socialindex import correlation
from socialindex.crawl import walks
from socialindex.errors import Unavailable
from socialindex.messages import Archived, Tagged, encode
from socialindex.warc import Exchange, Span, WarcObject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.aws.channels import Channels
    from socialindex.aws.frontier import Frontier, Pending
    from socialindex.crawl.fetch import Validators
    from socialindex.crawl.rhythm import Poll
    from socialindex.outcomes import Outcome, Tally

MAX_RECORDS = 500
MAX_BYTES = 16 * 1024 * 1024
"""Of bodies, before they are packed."""
MAX_SECONDS = 1.0
"""How long a response may wait for others to share its object: a write request costs the same for one as for many."""

logger = Logger(child=True)


class Store(Protocol):
    """Where archive objects are kept."""

    def store(self, data: bytes) -> str:
        """Keep an object; its key."""


class Sender(Protocol):
    """The normalize queue."""

    def send_tagged(self, messages: Iterable[Tagged]) -> int:
        """Send every message."""


class Learned(NamedTuple):
    """What a page taught about its channel: the adapter's new cursor and, of a poll, validators for the next time."""

    cursor: dict[str, str] | None
    validators: Validators | None


class Done(NamedTuple):
    """A request that is settled, with its outcome, and with its response where that is to be kept."""

    pending: Pending
    source: str
    outcome: Outcome
    reason: str = ""
    exchange: Exchange | None = None
    learned: Learned | None = None
    poll: Poll | None = None


class _Growing:
    """An archive object that grows, with what is written down together with it.

    A response is packed as soon as it comes, in the event loop: a thread that packs while others fetch takes Python's
    lock in turns with them, and both are slower for it (``make bench NAME=crawl``: by a sixth).
    """

    def __init__(self) -> None:
        self.done: list[Done] = []
        self.archived = WarcObject()
        self.spans: list[tuple[Done, Span]] = []
        """Of the requests whose responses are kept."""
        self._bytes = 0

    def add(self, done: Done) -> None:
        if done.exchange:
            self._bytes += len(done.exchange.response.body)
            span = self.archived.add(done.exchange)
            done = done if done.pending.walk else _lightened(done, done.exchange)
            self.spans.append((done, span))
        self.done.append(done)

    @property
    def full(self) -> bool:
        return len(self.spans) >= MAX_RECORDS or self._bytes >= MAX_BYTES


class Recorder:
    """Collects settled requests and writes them down together. An async context manager; leaving it writes the rest.

    Raises (``add``, ``flush``):
        Unavailable: an earlier or this write failed. What was not written down is still in the frontier and will be
            fetched again.
    """

    def __init__(self, archive: Store, queue: Sender, frontier: Frontier, channels: Channels, tally: Tally) -> None:
        self._archive = archive
        self._queue = queue
        self._frontier = frontier
        self._channels = channels
        self._tally = tally
        self._growing = _Growing()
        self._unwritten: dict[str, set[str]] = defaultdict(set)
        self._writing = asyncio.Lock()
        self._broken: Unavailable | None = None

    async def __aenter__(self) -> Self:
        self._clock = asyncio.create_task(self._regularly())
        return self

    async def __aexit__(self, *_: object) -> None:
        async with self._writing:  # not in the middle of a write, whose outcomes would be counted by nobody
            self._clock.cancel()
        with suppress(asyncio.CancelledError):
            await self._clock
        if self._broken is None:
            await self.flush()

    def unwritten(self, host: str) -> frozenset[str]:
        """Ids of the host's requests that were added and are still in the frontier."""
        return frozenset(self._unwritten.get(host, ()))

    async def add(self, done: Done) -> None:
        """Take a settled request; it leaves the frontier at the next flush."""
        self._check()
        self._unwritten[done.pending.host].add(done.pending.id)
        self._growing.add(done)
        if self._growing.full:
            await self.flush()

    async def flush(self) -> None:
        """Write everything down that was added before."""
        async with self._writing:
            self._check()
            if not self._growing.done:
                return
            grown, self._growing = self._growing, _Growing()
            try:
                await asyncio.to_thread(self._write, grown)
            except Unavailable as error:
                self._broken = error
                self._count(grown.done, failed=True)
                raise
            self._count(grown.done, failed=False)

    def _write(self, grown: _Growing) -> None:
        """In a thread: clients of tables, queues and buckets block."""
        self._keep(grown)
        for settled in grown.done:
            if settled.learned and settled.exchange:
                self._remember(settled, settled.exchange, settled.learned)
        for settled in grown.done:
            if settled.pending.walk:
                walks.settled(settled, self._channels.backfills, self._frontier)
        # At the end: what is not written down now will be fetched again. A page then counts twice in its walk; one
        # that had left the frontier uncounted would let its walk run for ever.
        self._frontier.remove(settled.pending for settled in grown.done)

    def _keep(self, grown: _Growing) -> None:
        """Archive responses, and hand them on."""
        if grown.spans:
            key = self._archive.store(grown.archived.data())
            messages = [_message(key, span, settled) for settled, span in grown.spans]
            self._queue.send_tagged(messages)
            ids = correlation.distinct(each for message in messages for each in message.correlation)
            logger.info("archived", extra={"responses": len(messages), correlation.ATTRIBUTE: ids})

    def _count(self, done: list[Done], *, failed: bool) -> None:
        """Count outcomes, once they are true. What could not be written is in the frontier for another crawler."""
        for settled in done:
            if failed:
                self._tally.add("retry", source=settled.source, reason="not_written")
            else:
                self._unwritten[settled.pending.host].discard(settled.pending.id)
                self._tally.add(settled.outcome, source=settled.source, reason=settled.reason)

    def _remember(self, done: Done, exchange: Exchange, learned: Learned) -> None:
        channel, response = exchange.channel.id, exchange.response
        if learned.validators is not None:
            at, checked = response.received_at, done.pending.verifies is not None
            self._channels.succeeded(channel, at, response.request.url, learned.validators, checked=checked)
        if learned.cursor is not None:
            self._channels.move(channel, learned.cursor)

    async def _regularly(self) -> None:
        while True:
            await asyncio.sleep(MAX_SECONDS)
            # The next ``add`` or ``flush`` of a crawler meets the same error, and stops it.
            with suppress(Unavailable):
                await self.flush()

    def _check(self) -> None:
        if self._broken is not None:
            raise Unavailable("what was fetched cannot be written down") from self._broken


def _lightened(done: Done, exchange: Exchange) -> Done:
    """Without its body, which is packed; only of a walk's pages it is read again."""
    response = msgspec.structs.replace(exchange.response, body=b"")
    return done._replace(exchange=exchange._replace(response=response))


def _message(key: str, span: Span, done: Done) -> Tagged:
    archived = Archived(key=key, offset=span.offset, length=span.length, source=done.source, poll=done.poll)
    return Tagged(encode(archived), (*correlation.current(), correlation.of_place(key, span.offset)))
