"""One attempt at one pending request: fetch it and decide what becomes of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from socialindex import sources, terms
from socialindex.aws.frontier import Frontier, Pending
from socialindex.batch import DeadLetters, reason_of
from socialindex.crawl.fetch import Fetched, Fetcher, Transient, Validators
from socialindex.crawl.recorder import Done, Learned, Recorder
from socialindex.crawl.robots import RobotsRules
from socialindex.crawl.urls import host_of
from socialindex.crawl.verdicts import GONE
from socialindex.errors import Discarded, ParseError, Refused
from socialindex.sources.base import Follow, Request, Response
from socialindex.warc import Exchange

if TYPE_CHECKING:
    from socialindex.aws.channels import Channels, ChannelState
    from socialindex.aws.hosts import Hosts
    from socialindex.model import Struct
    from socialindex.outcomes import Outcome, Tally

RulesFor = Callable[[str], Awaitable[RobotsRules]]
"""Gives the robots rules that hold for an address."""
MAX_ATTEMPTS = 6
MAX_HOPS = 5
"""Redirects from host to host (RFC 9110, section 15.4, leaves the limit to us)."""
_BACKOFF = 30.0
_MAX_BACKOFF = 6 * 3600.0


class Workshop(NamedTuple):
    """What all attempts of an invocation share."""

    fetcher: Fetcher
    channels: Channels
    hosts: Hosts
    frontier: Frontier
    recorder: Recorder
    dead_letters: DeadLetters
    tally: Tally
    cursors: dict[str, dict[str, str]]
    """Cursors by channel that are not written down yet: the next page of a walk must see them."""


class Tried(NamedTuple):
    """What an attempt told about the host: a fetch, a failure, or neither, and whether the host was asked at all."""

    asked: bool
    fetched: Fetched | None = None
    failure: Transient | None = None


class Attempt:
    """An attempt at a request, whose outcome is counted exactly once."""

    def __init__(self, shop: Workshop, pending: Pending, rules: RulesFor, delay: float) -> None:
        self._shop = shop
        self._pending = pending
        self._rules = rules
        self._delay = delay
        self._source = ""
        self._asked = False

    async def make(self) -> Tried:
        """Fetch, and settle the request or leave it waiting in the frontier.

        Raises:
            Unavailable: a part of ours does not answer; the request stays in the frontier.
        """
        state = await self._state()
        if state is None:
            await self._settle("discard", "channel_removed")
            return Tried(asked=False)
        self._source = state.channel.source
        try:
            terms.check(self._pending.request.url)
            fetched = await self._fetch(state)
        except Transient as failure:
            await self._later(failure)
            return Tried(self._asked, failure=failure)
        except Discarded as verdict:
            await self._settle("discard", verdict.reason)
            return Tried(self._asked)
        await self._take(state, fetched)
        return Tried(self._asked, fetched=fetched)

    async def _state(self) -> ChannelState | None:
        state = await asyncio.to_thread(self._shop.channels.get, self._pending.channel)
        cursor = self._shop.cursors.get(self._pending.channel)
        if state is None or cursor is None:
            return state
        return msgspec.structs.replace(state, channel=msgspec.structs.replace(state.channel, cursor=cursor))

    async def _fetch(self, state: ChannelState) -> Fetched:
        request = self._pending.request
        before = Validators(etag=state.etag, last_modified=state.last_modified)
        return await self._shop.fetcher.fetch(
            request,
            validators=before if state.validated == request.url else None,
            allowed=self._allowed,
            delay=self._delay,
        )

    async def _allowed(self, url: str) -> None:
        """Is asked before every single request: retries and redirects within the host included."""
        (await self._rules(url)).check(url)
        self._asked = True

    async def _take(self, state: ChannelState, fetched: Fetched) -> None:
        if fetched.moved_to is not None:
            await self._move(fetched.moved_to)
        elif fetched.not_modified:
            await self._unchanged(state, fetched)
        elif fetched.response.status in GONE and self._pending.request.kind != "post":
            await self._gone(state, fetched.response)
        else:
            await self._keep(state, fetched)

    async def _gone(self, state: ChannelState, response: Response) -> None:
        """Nothing is there to keep; but the adapter may have to forget where it was."""
        with suppress(ParseError, Discarded):
            cursor = _follow(state, response).cursor
            if cursor is not None:
                await asyncio.to_thread(self._shop.channels.move, state.channel.id, cursor)
        await self._settle("discard", "gone")

    async def _move(self, url: str) -> None:
        """Hand a redirect to the frontier: at another host, its pace and rules count."""
        pending = self._pending
        if pending.hops >= MAX_HOPS:
            await self._settle("discard", "redirects")
            return
        request = msgspec.structs.replace(pending.request, url=url)
        await self._put(request, hops=pending.hops + 1, poll=pending.poll)
        await self._settle("discard", "moved")

    async def _unchanged(self, state: ChannelState, fetched: Fetched) -> None:
        at, url = fetched.response.received_at, self._pending.request.url
        await asyncio.to_thread(self._shop.channels.succeeded, state.channel.id, at, url, fetched.validators)
        await self._settle("discard", "not_modified")

    async def _keep(self, state: ChannelState, fetched: Fetched) -> None:
        """Put what follows in the frontier, then let the response be archived."""
        follow = await self._follow(state, fetched.response)
        if follow is None:
            return
        for request in follow.requests:
            await self._follow_up(request)
        learned = Learned(follow.cursor, fetched.validators if self._pending.poll else None)
        if follow.cursor is not None:
            self._shop.cursors[state.channel.id] = follow.cursor
        exchange = Exchange(state.channel, fetched.response)
        await self._shop.recorder.add(Done(self._pending, self._source, "ok", exchange=exchange, learned=learned))

    async def _follow(self, state: ChannelState, response: Response) -> Follow | None:
        """What follows; None where the page cannot be read and is quarantined, its response archived all the same."""
        try:
            return _follow(state, response)
        except Discarded:
            return Follow()  # normalize meets the same verdict and counts it
        except ParseError as error:
            await asyncio.to_thread(self._shop.dead_letters.put, _encoded(self._pending), reason=reason_of(error))
            await asyncio.to_thread(self._shop.channels.failed, state.channel.id)
            exchange = Exchange(state.channel, response)
            done = Done(self._pending, self._source, "quarantine", type(error).__name__, exchange)
            await self._shop.recorder.add(done)
            return None

    async def _follow_up(self, request: Request) -> None:
        try:
            await self._put(request)
        except Refused as verdict:
            self._shop.tally.add("discard", source=self._source, reason=verdict.reason)

    async def _put(self, request: Request, *, hops: int = 0, poll: bool = False) -> None:
        """Put a request of the same channel in the frontier, behind what waits there already."""
        now, host = time.time(), host_of(request.url)
        channel = self._pending.channel
        pending = Pending(host=host, channel=channel, request=request, not_before=now, hops=hops, poll=poll)
        await asyncio.to_thread(self._shop.frontier.put, pending)
        # Our own host needs no waking: its frontier is looked at again before it is let go.
        if host != self._pending.host:
            await asyncio.to_thread(self._shop.hosts.wake, host, now)

    async def _later(self, failure: Transient) -> None:
        """Leave the request in the frontier; what failed too often is quarantined with its reason.

        What was not even sent, since the host's rules or pace made it wait, has not failed.
        """
        if not self._asked or self._pending.attempts + 1 < MAX_ATTEMPTS:
            wait = failure.retry_after or min(_BACKOFF * 2**self._pending.attempts, _MAX_BACKOFF)
            until = time.time() + wait
            await asyncio.to_thread(self._shop.frontier.postpone, self._pending, until, failed=self._asked)
            self._shop.tally.add("retry", source=self._source, reason=failure.reason)
            return
        await asyncio.to_thread(self._shop.dead_letters.put, _encoded(self._pending), reason=reason_of(failure))
        await asyncio.to_thread(self._shop.channels.failed, self._pending.channel)
        await self._settle("quarantine", failure.reason)

    async def _settle(self, outcome: Outcome, reason: str) -> None:
        await self._shop.recorder.add(Done(self._pending, self._source, outcome, reason))


def _follow(state: ChannelState, response: Response) -> Follow:
    """What the channel's adapter says that follows.

    Raises:
        ParseError: it cannot read the page, or stumbles over it: one page must not stop its host.
        Discarded: the page is not ours to keep.
    """
    try:
        return sources.find(state.channel.source).follow(state.channel, response)
    except (ParseError, Discarded):
        raise
    except Exception as error:
        raise ParseError(f"the adapter stumbles: {reason_of(error)}") from error


def _encoded(message: Struct) -> str:
    return msgspec.json.encode(message).decode()
