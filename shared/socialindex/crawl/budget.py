"""What one host may be asked in a day, in units: one a request, unless its platform counts otherwise.

A pace bounds how fast a host is asked, a budget how much in all: no site is crawled from midnight to midnight because
it bears it, and a platform's daily quota is not overdrawn. Days are UTC's.
"""

from __future__ import annotations

import random
from typing import Final

from socialindex.crawl.transient import Transient
from socialindex.model import Struct

DAY: Final = 86_400.0
SPREAD: Final = 3_600.0
"""Seconds of the next day over which hosts come back, so that they do not all come at midnight."""


class Spent(Struct, frozen=True, kw_only=True):
    """What a host was asked on one day. Serializable: the stage keeps it with the host."""

    day: int = 0
    """Days since 1970."""
    units: int = 0

    def on(self, now: float) -> Spent:
        """What is spent on the day of ``now`` (Unix time)."""
        day = int(now // DAY)
        return self if day == self.day else Spent(day=day)

    def after(self, cost: int, daily: int, now: float) -> Spent:
        """With one more request.

        What costs more than a whole day's budget is asked first thing on a day, or it would never be.

        Raises:
            Transient: ``budget``: it does not fit into this day; to be tried again on the next.
        """
        today = self.on(now)
        if today.units and today.units + cost > daily:
            wait = next_day(now) - now
            raise Transient("budget", f"{today.units} of {daily} units are spent today", retry_after=wait)
        return Spent(day=today.day, units=today.units + cost)

    def beside(self, now: float) -> Spent:
        """With one more request of something that has begun, and is not left in the middle for a budget."""
        today = self.on(now)
        return Spent(day=today.day, units=today.units + 1)

    def is_used_up(self, daily: int, now: float) -> bool:
        """Whether nothing more can be asked today."""
        return self.on(now).units >= max(daily, 1)


def next_day(now: float) -> float:
    """A Unix time soon after the next midnight."""
    return (now // DAY + 1) * DAY + random.uniform(0, SPREAD)  # noqa: S311 - spreads load, keeps no secret
