"""What an export costs: its posts when it is asked for, so that it never stops half-way for want of them.

What does not get into the file is given back, all of it where there is no file in the end. Giving back comes after what
it is for is written down: a crash between the two costs the client posts of the plan, never gives any away twice.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

from socialindex.aws.usage import Charge, Standing
from socialindex.errors import TooManyRequests
from socialindex.plans import PLANS

if TYPE_CHECKING:
    from socialindex.access import Caller
    from socialindex.exports.job import Export

AT_ONCE: Final = 3
"""Exports of an organization that are under way at a time."""
_SOON: Final = 60
"""Seconds after which one of those may have ended."""


class Counters(Protocol):
    """Where posts are counted: ``aws.usage.Usage``."""

    def posts(self, charge: Charge, now: datetime) -> Standing:
        """Count posts, unless the month has too few left."""


class Places(Protocol):
    """Where exports are counted: ``aws.exports.ExportsTable``."""

    def take_place(self, account: str, job: Export, places: int) -> bool:
        """Take one of an account's places; False where all are taken."""

    def count_month(self, account: str, month: str, limit: int) -> bool:
        """Count an export of a month; False, and nothing counted, where it has no more."""

    def uncount_month(self, account: str, month: str) -> None:
        """Take that back."""


class Charges:
    """Charges accounts for exports."""

    def __init__(self, places: Places, counters: Counters) -> None:
        self._places = places
        self._counters = counters

    def take(self, caller: Caller, job: Export) -> None:
        """Charge for an export that is kept, and not begun.

        Raises:
            TooManyRequests: the plan has no room for it: nothing is charged.
            Unavailable: the counts cannot be kept.
        """
        account, limits, month = caller.account, caller.limits, f"{job.created_at:%Y-%m}"
        if not self._places.take_place(account, job, AT_ONCE):
            words = f"{AT_ONCE} exports of this organization are under way"
            raise TooManyRequests(words, policy="exports-at-once", retry_after=_SOON)
        if not self._places.count_month(account, month, limits.exports_a_month):
            words = f"{limits.exports_a_month} exports of this month (UTC) are used"
            raise TooManyRequests(words, policy="exports", retry_after=_until_next_month(job.created_at))
        if self._is_refused(Charge(account, caller.key, job.id, limits, queries=0, posts=job.total)):
            self._places.uncount_month(account, month)
            words = f"the export has {job.total} posts, more than are left of the {limits.posts_a_month} of this month"
            raise TooManyRequests(words, policy="posts", retry_after=_until_next_month(job.created_at))

    def give_back(self, job: Export) -> None:
        """Give back what is not in the file of an export that is done."""
        self._return(job, job.total - job.posts)

    def give_back_all(self, job: Export) -> None:
        """Give back all posts of an export that has no file."""
        self._return(job, job.total)

    def _return(self, job: Export, posts: int) -> None:
        account = job.by.caller(job.workspace).account
        self._is_refused(Charge(account, job.by.key, f"{job.id}-", PLANS["internal"], queries=0, posts=-max(0, posts)))

    def _is_refused(self, charge: Charge) -> bool:
        return bool(charge.posts and self._counters.posts(charge, datetime.now(tz=UTC)).refused)


def _until_next_month(now: datetime) -> int:
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (first + timedelta(days=32)).replace(day=1)
    return math.ceil((following - now).total_seconds())
