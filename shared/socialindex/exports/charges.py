"""What an export costs: its posts when it is asked for, so that it never stops half-way for want of them.

What does not get into the file is given back. Where there is no file in the end, everything is, and the export is none
of the month's. Posts are given back once, however often that is tried.

A file that is done is written down first, and tried for again after an outage: only a crash between the two costs the
client posts of the plan. An export without a file ends when everything is given back, so that nothing is lost; a crash
between the two may let the month have one export more, but no posts.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

from socialindex.aws.usage import Charge, Standing
from socialindex.errors import SocialIndexError, TooManyRequests
from socialindex.plans import PLANS, month_of, until_next_month

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

    def give_back_posts(self, charge: Charge, at: datetime) -> None:
        """Take posts back on the day of a time, once, however often it is asked for."""


class Places(Protocol):
    """Where exports are counted: ``aws.exports.ExportsTable``."""

    def take_place(self, account: str, job: Export, places: int) -> bool:
        """Take one of an account's places; False where all are taken."""

    def count_month(self, account: str, month: str, limit: int) -> bool:
        """Count an export of a month; False, and nothing counted, where it has no more."""

    def uncount_month(self, account: str, month: str) -> None:
        """Take that back."""


class Charges:
    """Charges accounts for exports.

    Raises (every method):
        Unavailable: the counts cannot be kept.
    """

    def __init__(self, places: Places, counters: Counters) -> None:
        self._places = places
        self._counters = counters

    def take(self, caller: Caller, job: Export) -> None:
        """Charge for an export that is kept, and not begun.

        Raises:
            TooManyRequests: the plan has no room for it: nothing is charged.
        """
        account, limits, month = caller.account, caller.limits, month_of(job.created_at)
        if not self._places.take_place(account, job, AT_ONCE):
            words = f"{AT_ONCE} exports of this organization are under way"
            raise TooManyRequests(words, policy="exports-at-once", retry_after=_SOON)
        if not self._places.count_month(account, month, limits.exports_a_month):
            words = f"{limits.exports_a_month} exports of this month (UTC) are used"
            raise TooManyRequests(words, policy="exports", retry_after=until_next_month(job.created_at))
        try:
            self._take_posts(caller, job)
        except SocialIndexError:
            self._places.uncount_month(account, month)
            raise

    def _take_posts(self, caller: Caller, job: Export) -> None:
        limits = caller.limits
        charge = Charge(caller.account, caller.key, job.id, limits, queries=0, posts=job.total)
        if job.total and self._counters.posts(charge, job.created_at).refused:
            words = f"the export has {job.total} posts, more than are left of the {limits.posts_a_month} of this month"
            raise TooManyRequests(words, policy="posts", retry_after=until_next_month(job.created_at))

    def give_back(self, job: Export) -> None:
        """Give back what is not in the file of an export that is done."""
        self._return(job, job.total - job.posts)

    def give_back_all(self, job: Export) -> None:
        """Give back all of an export that has no file: its posts, and that it is one of the month's."""
        self._return(job, job.total)
        self._places.uncount_month(_account(job), month_of(job.created_at))

    def _return(self, job: Export, posts: int) -> None:
        if posts > 0:
            # Its id alone is not enough: the same Idempotency-Key can name another export once the first is deleted.
            charge = Charge(_account(job), job.by.key, f"{job.id} {job.bound}", PLANS["internal"], posts=posts)
            self._counters.give_back_posts(charge, _moment(job))


def _moment(job: Export) -> datetime:
    """When posts count as given back: when it is found out, unless the month that they were charged to is over then.

    Of the days of a month, processes remember those that are over: posts count again at once only on the present one.
    """
    end = job.finished_at or datetime.now(tz=UTC)
    return end if month_of(end) == month_of(job.created_at) else job.created_at


def _account(job: Export) -> str:
    return job.by.caller(job.workspace).account
