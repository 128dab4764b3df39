"""The dispatch stage, once a minute: due channels -> frontier; hosts with work, in groups -> CrawlQueue."""

from __future__ import annotations

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from aws_lambda_powertools import Logger

from socialindex import sources, terms
from socialindex.aws.frontier import Pending
from socialindex.batch import reason_of
from socialindex.crawl.credentials import Credentials, needed
from socialindex.crawl.urls import host_of, over_http
from socialindex.errors import Refused, Unavailable
from socialindex.groups import groups
from socialindex.messages import CrawlGroup, encode
from socialindex.outcomes import OutcomeStore, Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from socialindex.aws.channels import Channels, ChannelState
    from socialindex.aws.frontier import Frontier
    from socialindex.aws.hosts import Hosts
    from socialindex.aws.queues import Queue
    from socialindex.crawl.rhythm import Polling

STAGE = "dispatch"
GROUP = 100
"""Hosts of one message: a crawler drains them at once, each at its own pace."""
QUEUED_SECONDS = 300
"""How long a host counts as queued; afterwards its message is taken for lost and it is queued again."""
POLLING_SECONDS = 40.0
"""After so long the hosts are queued, and the channels that are left wait for the next minute: who falls behind crawls
less often, instead of not at all."""
MARKING_SECONDS = 10.0
"""The same for hosts, where a table does not answer for some of them."""
THREADS = 16
"""Calls of tables at once: the time goes into waiting for them."""
BATCH = 2_000
"""Channels that are handed out together; a host that several of them are at is woken once."""
_TOGETHER = 25
"""Of these, in one call of a table."""

T = TypeVar("T")

logger = Logger(child=True)


class Dispatch:
    """Hands out the work that is due; running twice at once queues nothing twice.

    What a table does not answer for stays due, and keeps nothing else waiting: a host with thousands of channels, say,
    which are all in one partition.
    """

    def __init__(  # noqa: PLR0913 - what the stage stands on
        self,
        channels: Channels,
        hosts: Hosts,
        frontier: Frontier,
        queue: Queue,
        outcomes: OutcomeStore,
        credentials: Credentials | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._channels = channels
        self._hosts = hosts
        self._frontier = frontier
        self._queue = queue
        self._outcomes = outcomes
        self._credentials = credentials or Credentials()
        self._clock = clock
        self._outage: Unavailable | None = None
        self._until = 0.0
        """Unix time up to which more is tried after an outage."""

    def run(self, polling: Polling, *, seconds: float = POLLING_SECONDS) -> dict[str, int]:
        """Put due polls in the frontier, for so many seconds at most, and queue hosts with work; how many of each.

        The next poll is set by what is known now; the answer to this one may tell better.

        Raises:
            Unavailable: a part does not answer; what it did not answer for is left for the next run.
        """
        tally, now = Tally(STAGE), self._clock()
        self._credentials.refresh()
        self._outage, self._until = None, now + seconds
        with ThreadPoolExecutor(THREADS) as pool:
            polls = self._poll_due(now, polling, pool, tally)
            self._until = self._clock() + MARKING_SECONDS
            hosts = self._queue_hosts(self._clock(), pool)
        self._outcomes.add(tally.take())
        logger.info("handed out", extra={"polls": polls, "hosts": hosts})
        if self._outage:
            raise self._outage
        return {"polls": polls, "hosts": hosts}

    def _poll_due(self, now: float, polling: Polling, pool: ThreadPoolExecutor, tally: Tally) -> int:
        """Hand out the polls that are due; how many."""
        polls, until = 0, self._until
        try:
            due = itertools.takewhile(lambda _: self._clock() < until, self._told(self._channels.due(now)))
            for batch in groups(due, BATCH):
                polls += self._poll_all(batch, now, polling, pool, tally)
        except Unavailable as error:  # what waits at the hosts does not wait for it
            self._outage = error
        return polls

    def _poll_all(
        self, states: list[ChannelState], now: float, polling: Polling, pool: ThreadPoolExecutor, tally: Tally
    ) -> int:
        """Hand out polls of these channels; how many."""
        polls = {pending.id: pending for state in states if (pending := self._begun(state, now, tally))}
        waiting = set[str]()
        """Channels whose last poll waits yet."""

        def put_all(group: list[Pending]) -> None:
            are_new = self._frontier.put_all(group)
            waiting.update(poll.channel for poll, is_new in zip(group, are_new, strict=True) if not is_new)

        put = [poll for group in self._done(put_all, groups(polls.values(), _TOGETHER), pool) for poll in group]
        awake = set(self._done(lambda host: self._hosts.wake(host, now), {poll.host for poll in put}, pool))
        handed_out = {poll.channel for poll in put if poll.host in awake}
        left = {poll.channel for poll in polls.values()} - handed_out
        # Last, so that a crash before it only means that the poll is put once more, under the same id.
        tries = ((state, max(state.failures, int(state.channel.id in waiting))) for state in states)
        pauses = ((state.channel.id, polling.pause(state.rhythm, failures)) for state, failures in tries)
        times = [(channel, now + pause) for channel, pause in pauses if channel not in left]
        list(self._done(self._channels.schedule_all, map(dict, groups(times, _TOGETHER)), pool))
        return len(handed_out)

    def _done(self, call: Callable[[T], object], things: Iterable[T], pool: ThreadPoolExecutor) -> Iterator[T]:
        """Those of the things for which a call has worked; after an outage, no more is tried beyond ``_until``."""

        def works(thing: T) -> bool:
            if self._outage and self._clock() >= self._until:
                return False
            try:
                return call(thing) is not False
            except Unavailable as error:
                self._outage = error
                return False

        listed = list(things)
        return (thing for thing, works_so in zip(listed, pool.map(works, listed), strict=True) if works_so)

    def _told(self, things: Iterable[T]) -> Iterator[T]:
        """Things as far as a table tells them: those that it has told need not wait for the others."""
        try:
            yield from things
        except Unavailable as error:
            self._outage = error

    def _begun(self, state: ChannelState, now: float, tally: Tally) -> Pending | None:
        """The poll of a channel; None, counted and noted at the channel, where there can be none."""
        channel = state.channel
        try:
            pending = self._poll(state, now)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - a channel that its adapter cannot take must not stop the others
            reason = error.reason if isinstance(error, Refused) else "invalid_channel"
            logger.warning("no poll", extra={"channel": channel.id, "reason": reason_of(error)})
            self._channels.failed(channel.id, reason)
            tally.add("discard", source=channel.source, reason=reason)
            return None
        tally.add("ok", source=channel.source)
        return pending

    def _poll(self, state: ChannelState, now: float) -> Pending:
        channel = state.channel
        terms.check_post(over_http(channel.url))
        adapter = sources.find(channel.source)
        request = adapter.start(channel)
        needed(adapter, request.url, self._credentials)
        host = host_of(over_http(request.url))
        return Pending(host=host, channel=channel.id, request=request, not_before=now, poll=True)

    def _queue_hosts(self, now: float, pool: ThreadPoolExecutor) -> int:
        return sum(self._send(hosts) for hosts in groups(self._marked(now, pool), GROUP))

    def _marked(self, now: float, pool: ThreadPoolExecutor) -> Iterator[str]:
        """Hosts with work that are queued by us, and by nobody else."""
        for hosts in groups(self._told(self._hosts.ready(now)), BATCH):
            yield from self._done(lambda host: self._hosts.queue(host, now, now + QUEUED_SECONDS), hosts, pool)

    def _send(self, hosts: list[str]) -> int:
        try:
            self._queue.send_all([encode(CrawlGroup(hosts=hosts))])
        except Unavailable as error:  # others are marked, too, and would be left for as long
            self._outage = error
            return 0
        return len(hosts)
