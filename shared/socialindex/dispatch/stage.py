"""The dispatch stage, once a minute: due channels -> frontier; hosts with work, in groups -> CrawlQueue."""

from __future__ import annotations

import itertools
import random
import time
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from socialindex import sources, terms
from socialindex.aws.frontier import Pending
from socialindex.batch import reason_of
from socialindex.crawl.urls import host_of
from socialindex.errors import Refused
from socialindex.messages import CrawlGroup, encode
from socialindex.outcomes import OutcomeStore, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from socialindex.aws.channels import Channels, ChannelState
    from socialindex.aws.frontier import Frontier
    from socialindex.aws.hosts import Hosts
    from socialindex.aws.queues import Queue

STAGE = "dispatch"
GROUP = 100
"""Hosts of one message: a crawler drains them at once, each at its own pace."""
QUEUED_SECONDS = 300
"""How long a host counts as queued; afterwards its message is taken for lost and it is queued again."""
POLLING_SECONDS = 40.0
"""After so long the hosts are queued, and the channels that are left wait for the next minute: who falls behind crawls
less often, instead of not at all."""
JITTER = 0.1
"""Share of the interval by which polls are spread, so that channels added together do not stay together."""

logger = Logger(child=True)


class Dispatch:
    """Hands out the work that is due; running twice at once queues nothing twice."""

    def __init__(
        self, channels: Channels, hosts: Hosts, frontier: Frontier, queue: Queue, outcomes: OutcomeStore
    ) -> None:
        self._channels = channels
        self._hosts = hosts
        self._frontier = frontier
        self._queue = queue
        self._outcomes = outcomes

    def run(self, poll_seconds: float, *, seconds: float = POLLING_SECONDS) -> dict[str, int]:
        """Put due polls in the frontier, for so many seconds at most, and queue hosts with work; how many of each."""
        tally = Tally(STAGE)
        now = time.time()
        due = itertools.takewhile(lambda _: time.time() < now + seconds, self._channels.due(now))
        polls = sum(self._poll(state, now, poll_seconds, tally) for state in due)
        hosts = self._queue_hosts(time.time())
        self._outcomes.add(tally.take())
        return {"polls": polls, "hosts": hosts}

    def _poll(self, state: ChannelState, now: float, poll_seconds: float, tally: Tally) -> bool:
        channel = state.channel
        pause = poll_seconds * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, keeps no secret
        try:
            terms.check(channel.url)
            request = sources.find(channel.source).start(channel)
            host = host_of(request.url)
        except Exception as error:  # noqa: BLE001 - a channel that its adapter cannot take must not stop the others
            reason = error.reason if isinstance(error, Refused) else "invalid_channel"
            logger.warning("no poll", extra={"channel": channel.id, "reason": reason_of(error)})
            tally.add("discard", source=channel.source, reason=reason)
            self._channels.schedule(channel.id, now + pause)
            return False
        self._frontier.put(Pending(host=host, channel=channel.id, request=request, not_before=now, poll=True))
        self._hosts.wake(host, now)
        # Last, so that a crash before it only means that the poll is put once more, under the same id.
        self._channels.schedule(channel.id, now + pause)
        tally.add("ok", source=channel.source)
        return True

    def _queue_hosts(self, now: float) -> int:
        marked = (host for host in self._hosts.ready(now) if self._hosts.queue(host, now, now + QUEUED_SECONDS))
        return sum(self._send(group) for group in _groups(marked))

    def _send(self, hosts: list[str]) -> int:
        self._queue.send_all([encode(CrawlGroup(hosts=hosts))])
        return len(hosts)


def _groups(hosts: Iterable[str]) -> Iterator[list[str]]:
    iterator = iter(hosts)
    while group := list(itertools.islice(iterator, GROUP)):
        yield group
