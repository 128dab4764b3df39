"""One attempt at one pending request: fetch it and decide what becomes of it."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from socialindex import terms
from socialindex.aws.channels import Unchanged
from socialindex.batch import DeadLetters, reason_of
from socialindex.crawl.advice import check_patience, followed, refusal, retreat
from socialindex.crawl.asking import Asking, Host
from socialindex.crawl.fetch import Fetched, Fetcher, Transient
from socialindex.crawl.onward import Onward
from socialindex.crawl.reasons import OURS, PAUSED
from socialindex.crawl.recorder import Done, Learned, Recorder
from socialindex.crawl.refusals import answered, is_part, wait
from socialindex.crawl.rhythm import CHECK_EVERY, CHECK_SECONDS, Poll, Polling
from socialindex.crawl.urls import over_http
from socialindex.crawl.verdicts import EXPLAINED, GONE, REFUSALS
from socialindex.errors import Discarded, ParseError
from socialindex.messages import encode
from socialindex.sources.base import POST_KIND, REREAD_CONTEXT, Follow, Response
from socialindex.terms.keeping import refreshes
from socialindex.warc import Exchange

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialindex.aws.channels import Channels, ChannelState
    from socialindex.aws.frontier import Frontier, Pending
    from socialindex.aws.hosts import Hosts
    from socialindex.crawl.credentials import Credentials
    from socialindex.crawl.states import States
    from socialindex.errors import Refused
    from socialindex.outcomes import Outcome, Tally

MAX_ATTEMPTS = 6
MAX_HOPS = 5
"""Redirects from host to host (RFC 9110, section 15.4, leaves the limit to us)."""
_BACKOFF = 30.0
_MAX_BACKOFF = 6 * 3600.0
WITHDRAWING = frozenset({"noindex", "noarchive", "legal"})
"""Verdicts on a page's headers and status that say that it must not be kept; ``legal`` is 451 (RFC 7725)."""
REREAD = 2
"""Priority of pages that are read again."""
_PAUSED_WAIT = 900.0
"""Until a request of a paused channel is looked at again: so long it takes at most to go on after a pause."""


class Workshop(NamedTuple):
    """What all attempts of an invocation share."""

    fetcher: Fetcher
    channels: Channels
    hosts: Hosts
    frontier: Frontier
    recorder: Recorder
    dead_letters: DeadLetters
    tally: Tally
    credentials: Credentials
    polling: Polling
    states: States
    clock: Callable[[], float] = time.time
    """Gives the Unix time."""


class Tried(NamedTuple):
    """What an attempt told about the host: a fetch, a failure, or neither, and whether the host was asked at all."""

    asked: bool
    fetched: Fetched | None = None
    failure: Transient | None = None


class Attempt:
    """An attempt at a request, whose outcome is counted exactly once."""

    def __init__(self, shop: Workshop, pending: Pending, host: Host) -> None:
        self._shop = shop
        self._pending = pending
        self._asking = Asking(shop.fetcher, shop.credentials, pending, host)
        self._onward = Onward(shop.frontier, shop.hosts, pending, shop.clock)
        self._source = ""

    async def make(self) -> Tried:
        """Fetch, and settle the request or leave it waiting in the frontier.

        Raises:
            Unavailable: a part of ours does not answer; the request stays in the frontier.
        """
        state = await self._shop.states.of(self._pending)
        if state is None:
            await self._settle("discard", "channel_removed")
            return Tried(asked=False)
        self._source = state.channel.source
        if state.paused:
            await self._later(Transient(PAUSED, state.paused[0].reason, retry_after=_PAUSED_WAIT))
            return Tried(asked=False)
        try:
            terms.check(over_http(self._pending.request.url))
            fetched = await self._asking.fetch(state)
            check_patience(state, fetched.response)
        except Transient as failure:
            await self._later(failure)
            return Tried(self._asking.asked, failure=failure)
        except Discarded as verdict:
            if is_part(self._pending) and verdict.reason in REFUSALS:
                await self._leave_alone(verdict.reason)
            else:
                await self._drop(verdict.reason, self._withdrawal(state, verdict))
            return Tried(self._asking.asked)
        await self._take(state, fetched)
        return Tried(self._asking.asked, fetched=fetched)

    async def _take(self, state: ChannelState, fetched: Fetched) -> None:
        if fetched.moved_to is not None:
            await self._move(fetched.moved_to)
            return
        if fetched.response.status in EXPLAINED and is_part(self._pending):
            await self._leave_alone(refusal(state, fetched.response))
            return
        if state.refused:
            await answered(self._shop.channels, state, self._pending)
        if fetched.not_modified:
            await self._unchanged(state, fetched)
        elif self._pending.request.kind == POST_KIND:
            await self._keep(state, fetched)
        elif fetched.response.status in GONE:
            await self._gone(state, fetched.response)
        elif fetched.response.status in EXPLAINED:
            await self._drop(refusal(state, fetched.response))
        else:
            await self._keep(state, fetched)

    async def _gone(self, state: ChannelState, response: Response) -> None:
        """Nothing is there to keep; but the adapter may have to forget where it was."""
        with suppress(ParseError, Discarded):
            await self._remember(state, followed(state, response).cursor)
        await self._drop("gone")

    async def _remember(self, state: ChannelState, cursor: dict[str, str] | None) -> None:
        """Move the cursor of a channel whose answer is not archived."""
        if cursor is not None:
            await asyncio.to_thread(self._shop.channels.move, state.channel.id, cursor)
            self._shop.states.move(state.channel.id, cursor)

    async def _move(self, url: str) -> None:
        """Hand a redirect to the frontier: at another host, its pace and rules count."""
        pending = self._pending
        if pending.hops >= MAX_HOPS:
            await self._drop("redirects")
            return
        request = msgspec.structs.replace(pending.request, url=url)
        await self._onward.put(request, hops=pending.hops + 1, poll=pending.poll, verifies=pending.verifies)
        await self._settle("discard", "moved")

    async def _unchanged(self, state: ChannelState, fetched: Fetched) -> None:
        await self._ask_all_the_same(state, fetched.response)
        at, url = fetched.response.received_at, self._pending.request.url
        # That nothing is new since the last whole answer tells nothing until normalize has told what was new in that.
        rhythm = state.rhythm.heard(self._shop.polling, at.timestamp(), []) if is_told(state) else None
        poll_at = at.timestamp() + self._shop.polling.pause(rhythm or state.rhythm)
        answer = Unchanged(at, url, fetched.validators)
        await asyncio.to_thread(self._shop.channels.unchanged, state.channel.id, answer, rhythm, poll_at)
        if is_to_be_checked(state, at):
            await self._onward.put(self._pending.request, hops=self._pending.hops, poll=True, verifies=at.timestamp())
        await self._settle("discard", "not_modified")

    async def _ask_all_the_same(self, state: ChannelState, response: Response) -> None:
        """Put what follows from a "not modified" in the frontier; a poll that was answered so has not failed."""
        with suppress(ParseError, Discarded):
            follow = followed(state, response)
            await self._onward.put_all(follow.requests, self._refused_address)
            await self._remember(state, follow.cursor)

    async def _keep(self, state: ChannelState, fetched: Fetched) -> None:
        """Put what follows in the frontier, then let the response be archived."""
        follow = await self._follow(state, fetched.response)
        if follow is None:
            return
        are_new = await self._onward.put_all(follow.requests, self._refused_address)
        # Pages that the poll found; what else it asks for (figures of known posts, further lists) tells of nothing new.
        led_to = sum(request.priority == 1 for request in are_new)
        learned = Learned(follow.cursor, fetched.validators if self._pending.poll else None)
        poll = self._poll(state, fetched.response, led_to) if self._pending.poll else None
        if follow.cursor is not None:
            self._shop.states.move(state.channel.id, follow.cursor)
        exchange = Exchange(state.channel, fetched.response)
        await self._shop.recorder.add(Done(self._pending, self._source, "ok", "", exchange, learned, poll))

    def _poll(self, state: ChannelState, response: Response, led_to: int) -> Poll:
        # Else what is new to us may have been in the last whole answer, and nobody lied.
        verifies = self._pending.verifies if is_told(state) else None
        at = response.received_at.timestamp()
        return Poll(channel=state.channel.id, at=at, rhythm=state.rhythm, led_to=led_to, verifies=verifies)

    async def _follow(self, state: ChannelState, response: Response) -> Follow | None:
        """What follows; None where the request is settled, its response archived all the same.

        So it is where the page cannot be read and is quarantined, and where a poll meets a closed door: a channel that
        says with a good status that it is not ours to read has not answered its poll.
        """
        try:
            return followed(state, response)
        except Discarded as verdict:
            if not self._pending.poll:
                return Follow()  # normalize meets the same verdict and counts it
            await self._drop(verdict.reason, Exchange(state.channel, response))
            return None
        except ParseError as error:
            await asyncio.to_thread(self._shop.dead_letters.put, encode(self._pending), reason=reason_of(error))
            await self._failed(type(error).__name__)
            exchange = Exchange(state.channel, response)
            done = Done(self._pending, self._source, "quarantine", type(error).__name__, exchange)
            await self._shop.recorder.add(done)
            return None

    def _refused_address(self, verdict: Refused) -> None:
        self._shop.tally.add("discard", source=self._source, reason=verdict.reason)

    async def _later(self, failure: Transient) -> None:
        """Leave the request in the frontier, unless it failed too often.

        What was not even sent, since the host's rules, pace or budget made it wait, has not failed.
        """
        failed = self._asking.asked and failure.reason not in OURS
        if not failed or self._pending.attempts + 1 < MAX_ATTEMPTS:
            wait = failure.retry_after or min(_BACKOFF * 2**self._pending.attempts, _MAX_BACKOFF)
            until = self._shop.clock() + wait
            await asyncio.to_thread(self._shop.frontier.postpone, self._pending, until, failed=failed)
            self._shop.tally.add("retry", source=self._source, reason=failure.reason)
            return
        await self._give_up(failure)

    async def _leave_alone(self, reason: str) -> None:
        """Let a request that its host refuses wait; no further poll asks for the same then."""
        if await wait(self._shop, self._pending, reason):
            self._shop.tally.add("discard", source=self._source, reason=reason)
        else:
            await self._drop(reason)

    async def _give_up(self, failure: Transient) -> None:
        """Let go of a request that failed too often: a poll for the channel's next one, which asks the same.

        There is nothing that a person could do about a poll: each site that is gone for good would have an alarm ring
        for ever, once a day anew. What is wrong with its channel is told as such (``watch.channels``). The same goes
        for its posts' re-reads.
        """
        if self._pending.poll or self._is_spare:
            await self._failed(failure.reason)
            await self._settle("retry", failure.reason)
            return
        await asyncio.to_thread(self._shop.dead_letters.put, encode(self._pending), reason=reason_of(failure))
        await self._settle("quarantine", failure.reason)

    @property
    def _is_spare(self) -> bool:
        """Whether it reads known posts again, as a later request does, and nothing is lost where none does.

        What may not be kept unless it is read again would be deleted.
        """
        request = self._pending.request
        return request.context.items() >= REREAD_CONTEXT.items() and not refreshes(over_http(request.url))

    def _withdrawal(self, state: ChannelState, verdict: Discarded) -> Exchange | None:
        """What its adapter is shown of a page that is read again and says that it must not be kept.

        It is as good as gone: what we hold of it is taken down.
        """
        request = self._pending.request
        if verdict.reason not in WITHDRAWING or request.kind != POST_KIND or request.priority != REREAD:
            return None
        at = datetime.fromtimestamp(self._shop.clock(), tz=UTC)
        return Exchange(state.channel, Response(request=request, url=request.url, status=410, received_at=at))

    async def _drop(self, reason: str, exchange: Exchange | None = None) -> None:
        """Discard a request for good; where it is a poll, its channel has failed, and is polled less often."""
        await self._failed(reason)
        await self._shop.recorder.add(Done(self._pending, self._source, "discard", reason, exchange))

    async def _failed(self, reason: str) -> None:
        if not self._pending.poll:
            return
        await asyncio.to_thread(self._shop.channels.failed, self._pending.channel, reason)
        if state := await self._shop.states.of(self._pending):
            await self._remember(state, retreat(state))

    async def _settle(self, outcome: Outcome, reason: str) -> None:
        await self._shop.recorder.add(Done(self._pending, self._source, outcome, reason))


def is_to_be_checked(state: ChannelState, at: datetime) -> bool:
    """Whether a "not modified" that came at ``at`` is due to be checked: one in so many, and one a day."""
    is_old = state.full_at is None or (at - state.full_at).total_seconds() > CHECK_SECONDS
    return is_old or state.unchanged + 1 >= CHECK_EVERY


def is_told(state: ChannelState) -> bool:
    """Whether normalize has told what was in the channel's last whole answer, so that its newest post is known."""
    return state.full_at is None or (state.rhythm.at or 0.0) >= state.full_at.timestamp()
