"""Draining one host: its due requests one after the other, at its pace, until nothing is due or time is up."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import msgspec

from socialindex.crawl.attempt import Attempt, Workshop
from socialindex.crawl.manners import Manners
from socialindex.crawl.reasons import OURS
from socialindex.crawl.robots import RobotsRules, read_robots
from socialindex.crawl.transient import Transient
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from socialindex.aws.frontier import Pending
    from socialindex.aws.hosts import Lease
    from socialindex.crawl.settings import Habits

_LOOK_AHEAD = 50
"""Requests read from the frontier at once, at most."""
_LOOK_SECONDS = 20.0
"""As many as the host takes in so long: what is more urgent and comes meanwhile need not wait longer."""
_FEWEST = 5
_LONGEST_WAIT = 20.0
"""A host that must wait longer is let go: dispatch wakes it again, and nobody pays for the waiting."""
_RELEASES = 3
"""Tries to let go of a host that is woken at the same moment; then its lease runs out by itself."""


class Drain:
    """The work of one lease; to its attempts, the host."""

    def __init__(self, shop: Workshop, lease: Lease, habits: Habits, *, deadline: float) -> None:
        self._shop = shop
        self._lease = lease
        self._deadline = deadline
        self._manners = Manners(lease, habits, shop.clock)
        self._until = lease.until
        self._lost = False
        self.ended = False
        """Whether the host is let go, or given up: its lease needs no heartbeat any more."""

    @property
    def lost(self) -> bool:
        """Whether another crawler has the host, or may have it: nothing more may be fetched."""
        return self._lost or self._shop.clock() >= self._until

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
        began = self._shop.clock()
        try:
            forget_at = await asyncio.to_thread(
                self._shop.hosts.extend, self._lease, seconds, spent=self._manners.spent
            )
        except Unavailable:
            return  # nobody else has the host before the lease runs out
        if forget_at is None:
            self._lost = True
        else:
            self._until = began + seconds
            self._manners.forget_at = forget_at

    async def _until_idle(self) -> None:
        while self._pause is not None and (due := await self._due()):
            while due:
                if not await self._wait():
                    return
                await self._one(due.popleft())

    async def _due(self) -> deque[Pending]:
        """Requests whose time has come, without those that are fetched but not yet written down."""
        # Before the frontier is read: what is written down in between is in neither afterwards.
        done = self._shop.recorder.unwritten(self._lease.host)
        limit = self._look_ahead + len(done)
        found = await asyncio.to_thread(self._shop.frontier.due, self._lease.host, self._shop.clock(), limit)
        return deque(pending for pending in found if pending.id not in done)

    @property
    def _look_ahead(self) -> int:
        pause = self._manners.pause
        if pause > _LONGEST_WAIT:
            return 1  # the host is let go after it: of several, the most urgent alone would ever be asked for
        return int(min(max(_LOOK_SECONDS / pause, _FEWEST), _LOOK_AHEAD)) if pause else _LOOK_AHEAD

    async def _wait(self) -> bool:
        """Keep the host's pace; False where it must wait too long for us, or is lost."""
        pause = self._pause
        if pause is None:
            return False
        if pause:
            await asyncio.sleep(pause)
        return not self.lost

    @property
    def _pause(self) -> float | None:
        """Seconds until the host may be asked; ``None`` where that is too long for us."""
        pause = max(self._manners.next_at - self._shop.clock(), 0.0)
        return None if pause >= self.seconds_left or pause > _LONGEST_WAIT else pause

    async def _one(self, pending: Pending) -> None:
        tried = await Attempt(self._shop, pending, self).make()
        if tried.asked:
            failure = None if tried.failure is None or tried.failure.reason in OURS else tried.failure
            self._manners.learn(fetched=tried.fetched, failure=failure)

    # The host, as an attempt meets it

    @property
    def delay(self) -> float:
        """Seconds between two requests."""
        return self._manners.delay

    @property
    def seconds_left(self) -> float:
        """Until the work must end."""
        return self._deadline - self._shop.clock()

    def spend(self, cost: int) -> None:
        """Count a request that is about to be sent.

        Raises:
            Transient: ``budget``: the day's is spent.
        """
        self._manners.spend(cost)

    async def rules_for(self, url: str) -> RobotsRules:
        """The rules that hold for an address.

        Raises:
            Transient: ``paced``: they had to be asked for, and the host must wait too long for us now; ``budget``.
        """
        rules = self._manners.rules(url)
        if rules is None:
            self.spend(1)
            manners, fetcher = self._manners, self._shop.fetcher
            before = manners.old_rules(url)
            rules = await read_robots(fetcher, url, before=before, delay=self.delay, more=manners.spend_more)
            manners.heed(url, rules)
            await asyncio.to_thread(self._keep)
            # Rules that are not known make the request wait by themselves, for longer.
            if rules.verdict != "unknown" and not await self._wait():
                raise Transient("paced", "its robots.txt was just read", retry_after=self.delay)
        return rules

    async def _release(self) -> bool:
        """Let the host go; False where it has work again, or a part of ours failed to say."""
        await self._shop.recorder.flush()
        return await asyncio.to_thread(self._let_go) or self.seconds_left <= 0

    def _let_go(self) -> bool:
        """In one thread, as ``_keep``: clients of tables block, and each thread's turn costs the loop a page's time."""
        self._keep()
        hosts, host = self._shop.hosts, self._lease.host
        wakes, due = hosts.wakes(host), self._shop.frontier.next_at(host)
        ready_at = None if due is None else max(due, self._manners.next_at)
        return hosts.release(self._lease, wakes=wakes, ready_at=ready_at)

    def _keep(self) -> None:
        kept = self._manners.kept()
        is_ours = self._shop.hosts.learn(self._lease, **kept, next_at=self._manners.next_at)
        self._lost = self._lost or not is_ours
        self._lease = msgspec.structs.replace(self._lease, robots=kept["robots"])


async def beat(drains: list[Drain], lease_seconds: float) -> None:
    """Keep the leases of running drains alive. Runs until cancelled."""
    while True:
        await asyncio.sleep(lease_seconds / 3)
        await asyncio.gather(*(drain.beat(lease_seconds) for drain in drains if not drain.ended))
