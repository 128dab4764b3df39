"""How one host is treated: its rules, its pace and its budget, as they are kept with it from lease to lease."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from socialindex import releases, terms
from socialindex.crawl.budget import Spent, next_day
from socialindex.crawl.politeness import Pace, sign_of, sign_of_failure
from socialindex.crawl.robots import MAX_DELAY, RobotsRules
from socialindex.crawl.urls import place_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialindex.aws.hosts import Lease
    from socialindex.crawl.fetch import Fetched, Transient
    from socialindex.crawl.settings import Habits


class Manners:
    """What holds for a host now.

    Args:
        lease: with what is kept of the host.
        habits: for what is not.
        clock: gives the Unix time.
    """

    def __init__(self, lease: Lease, habits: Habits, clock: Callable[[], float]) -> None:
        self._habits = habits
        self._clock = clock
        self._pace = releases.decode(lease.pace, Pace) if lease.pace else Pace.at(habits.delay)
        # By origin (RFC 9309, section 2.3): a host may have one for http and one for https.
        self._rules = releases.decode(lease.robots or "{}", dict[str, RobotsRules])
        self._spent = releases.decode(lease.spent or "{}", Spent)
        self._daily = _granted(lease.host) or habits.daily
        self.next_at = lease.next_at
        """No request before this Unix time."""
        self.forget_at = lease.forget_at
        """Rules that were read before this Unix time do not count: the host's operator has asked for it."""

    @property
    def delay(self) -> float:
        """Seconds between two requests."""
        return self._pace.delay

    @property
    def pause(self) -> float:
        """Seconds from the last request to the next: ``delay``, or more where a rate limit or the like asks for it."""
        return self._pace.wait

    def rules(self, url: str) -> RobotsRules | None:
        """The rules that hold for an address; None where they are not known any more, or were never."""
        rules = self._rules.get(place_of(url).origin)
        if rules is None or rules.stale(self._now):
            return None
        return rules if rules.fetched_at.timestamp() >= self.forget_at else None

    def old_rules(self, url: str) -> RobotsRules | None:
        """The last known rules for an address, stale or not."""
        return self._rules.get(place_of(url).origin)

    def heed(self, url: str, rules: RobotsRules) -> None:
        """Take the rules that were just read."""
        self._rules[place_of(url).origin] = rules
        # The host has one pace: that of the origin which wants the longest pauses, whichever was read last.
        self._pace = self._pace.with_floor(max(self._wanted(each) for each in self._rules.values()))
        self.next_at = self._clock() + max(self._pace.delay, rules.hold)

    def spend(self, cost: int) -> None:
        """Count a request that is about to be sent.

        Raises:
            Transient: ``budget``: it must wait for the next day; where nothing is left at all, so must the host.
        """
        now = self._clock()
        if self._spent.is_used_up(self._daily, now):
            self.next_at = max(self.next_at, next_day(now))
        self._spent = self._spent.after(cost, self._daily, now)

    def spend_more(self) -> None:
        """Count one more request of something that has begun: a redirect or a further try."""
        self._spent = self._spent.beside(self._clock())

    def learn(self, *, fetched: Fetched | None = None, failure: Transient | None = None) -> None:
        """Take what a request told, which was answered, failed, or met a verdict, at its end."""
        if fetched is not None:
            elapsed = fetched.elapsed
            self._pace = self._pace.after(sign_of(elapsed), elapsed=elapsed, hold=fetched.rate_hint)
        elif failure is not None:
            self._pace = self._pace.after(sign_of_failure(failure.reason), hold=failure.retry_after)
        else:
            self._pace = self._pace.asked()
        self.next_at = max(self.next_at, self._clock() + self._pace.wait)

    def _wanted(self, rules: RobotsRules) -> float:
        """Seconds between requests that an origin's rules ask for, as long as they hold.

        Where they ask for more than we keep, nothing is asked of the origin (``RobotsRules.check``), at whatever pace.
        """
        delay = None if rules.stale(self._now) else rules.delay
        return delay if delay and delay <= MAX_DELAY else self._habits.delay

    @property
    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    @property
    def spent(self) -> str:
        """What was asked today, as it is kept."""
        return msgspec.json.encode(self._spent).decode()

    def kept(self) -> dict[str, str]:
        """All that is kept, as ``Hosts.learn`` takes it beside ``next_at``."""
        robots = msgspec.json.encode(self._rules).decode()
        return {"robots": robots, "pace": msgspec.json.encode(self._pace).decode(), "spent": self.spent}


def _granted(host: str) -> int | None:
    """Units a day that the host's operator or its platform grants."""
    entry = terms.find(f"https://{host}/")
    return entry.daily if entry else None
