"""Draining one host: its due requests one after the other, at its pace, until nothing is due or time is up."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from socialindex.crawl.attempt import Attempt, Tried, Workshop
from socialindex.crawl.faults import Transient
from socialindex.crawl.politeness import Pace, sign_of, sign_of_failure
from socialindex.crawl.robots import RobotsRules, read_robots
from socialindex.crawl.urls import place_of
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from socialindex.aws.frontier import Pending
    from socialindex.aws.hosts import Lease

_LOOK_AHEAD = 50
"""Requests read from the frontier at once."""
_LONGEST_WAIT = 20.0
"""A host that must wait longer is let go: dispatch wakes it again, and nobody pays for the waiting."""
_RELEASES = 3
"""Tries to let go of a host that is woken at the same moment; then its lease runs out by itself."""


class Drain:
    """The work of one lease."""

    def __init__(self, shop: Workshop, lease: Lease, *, default_delay: float, deadline: float) -> None:
        self._shop = shop
        self._lease = lease
        self._default_delay = default_delay
        self._deadline = deadline
        self._next_at = lease.next_at
        self._pace = msgspec.json.decode(lease.pace, type=Pace) if lease.pace else Pace.at(default_delay)
        # By origin (RFC 9309, section 2.3): a host may have one for http and one for https.
        self._rules = msgspec.json.decode(lease.robots or "{}", type=dict[str, RobotsRules])
        self._taken: set[str] = set()
        self._until = lease.until
        self._lost = False
        self.ended = False
        """Whether the host is let go, or given up: its lease needs no heartbeat any more."""

    @property
    def lost(self) -> bool:
        """Whether another crawler has the host, or may have it: nothing more may be fetched."""
        return self._lost or time.time() >= self._until

    async def run(self) -> None:
        """Fetch until nothing is due, then let the host go.

        Raises:
            Unavailable: a part of ours does not answer; the lease runs out by itself.
        """
        try:
            for _ in range(_RELEASES):
                await self._until_idle()
                if self.lost or await self._release():
                    return
        finally:
            self.ended = True

    async def beat(self, seconds: float) -> None:
        """A heartbeat: keep the lease for so many seconds from now on, if it is still ours."""
        began = time.time()
        try:
            held = await asyncio.to_thread(self._shop.hosts.extend, self._lease, seconds)
        except Unavailable:
            return  # nobody else has the host before the lease runs out
        if held:
            self._until = began + seconds
        else:
            self._lost = True

    async def _until_idle(self) -> None:
        while due := await self._due():
            while due:
                if not await self._wait():
                    return
                await self._one(due.popleft())

    async def _due(self) -> deque[Pending]:
        """Requests whose time has come, without those that are fetched but not yet written down."""
        limit = _LOOK_AHEAD + len(self._taken)
        found = await asyncio.to_thread(self._shop.frontier.due, self._lease.host, time.time(), limit)
        fresh = deque(pending for pending in found if pending.id not in self._taken)
        if not fresh and self._taken:
            await self._shop.recorder.flush()
            self._taken.clear()
        return fresh

    async def _wait(self) -> bool:
        """Keep the host's pace; False where it must wait too long for us, or is lost."""
        pause = self._next_at - time.time()
        if time.time() + max(pause, 0.0) >= self._deadline or pause > _LONGEST_WAIT:
            return False
        await asyncio.sleep(max(pause, 0.0))
        return not self.lost

    async def _one(self, pending: Pending) -> None:
        tried = await Attempt(self._shop, pending, self._rules_for, self._pace.delay).make()
        self._taken.add(pending.id)
        self._learn(tried)

    async def _rules_for(self, url: str) -> RobotsRules:
        """The rules that hold for an address.

        Raises:
            Transient: ``paced``: they had to be asked for, and the host must wait too long for us now.
        """
        origin = place_of(url).origin
        rules = self._rules.get(origin)
        if rules is None or rules.stale(datetime.now(tz=UTC)):
            rules = await read_robots(self._shop.fetcher, url, before=rules, delay=self._pace.delay)
            self._rules[origin] = rules
            self._pace = self._pace.with_floor(rules.delay or self._default_delay)
            self._next_at = time.time() + self._pace.delay
            await self._keep()
            if not await self._wait():
                raise Transient("paced", "its robots.txt was just read", retry_after=self._pace.delay)
        return rules

    def _learn(self, tried: Tried) -> None:
        if tried.fetched is not None:
            elapsed = tried.fetched.elapsed
            self._pace = self._pace.after(sign_of(elapsed), elapsed=elapsed, hold=tried.fetched.rate_hint)
        elif tried.asked and tried.failure is not None:
            self._pace = self._pace.after(sign_of_failure(tried.failure.reason), hold=tried.failure.retry_after)
        if tried.asked:
            self._next_at = time.time() + self._pace.wait

    async def _keep(self) -> None:
        robots = msgspec.json.encode(self._rules).decode()
        pace = msgspec.json.encode(self._pace).decode()
        kept = await asyncio.to_thread(
            self._shop.hosts.learn, self._lease, robots=robots, pace=pace, next_at=self._next_at
        )
        self._lost = self._lost or not kept

    async def _release(self) -> bool:
        """Let the host go; False where it has work again, or a part of ours failed to say."""
        await self._shop.recorder.flush()
        self._taken.clear()
        await self._keep()
        host = self._lease.host
        wakes = await asyncio.to_thread(self._shop.hosts.wakes, host)
        due = await asyncio.to_thread(self._shop.frontier.next_at, host)
        ready_at = None if due is None else max(due, self._next_at)
        released = await asyncio.to_thread(self._shop.hosts.release, self._lease, wakes=wakes, ready_at=ready_at)
        return released or time.time() >= self._deadline


async def beat(drains: list[Drain], lease_seconds: float) -> None:
    """Keep the leases of running drains alive. Runs until cancelled."""
    while True:
        await asyncio.sleep(lease_seconds / 3)
        await asyncio.gather(*(drain.beat(lease_seconds) for drain in drains if not drain.ended))
