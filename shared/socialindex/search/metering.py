"""What a call costs: counted beside the engine's work, refused before it where nothing is left.

The count decides, not what a process remembers: an answer leaves only when it is counted, so that a plan of N queries
gives exactly N answers, whoever asks at the same time. Memory only saves time: where plenty was left a moment ago the
count runs while the engine works, or is made in one with that of the answer's posts; where little was left, or nothing
is known, it comes first; where nothing was left, neither is asked.
"""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from socialindex.aws.usage import Charge, Standing, micros, step_of
from socialindex.errors import TooManyRequests, Unavailable
from socialindex.plans import until_next_month, until_tomorrow

if TYPE_CHECKING:
    from concurrent.futures import Future

    from socialindex.access import Caller
    from socialindex.aws.usage import Refusal
    from socialindex.plans import Limits
    from socialindex.search.http import Answer

_REMEMBERED: Final = 5.0
"""Seconds for which a process believes what it counted last."""
_PLENTY: Final = 0.05
"""Share of a limit of which more must be left for the count to run beside the engine's work."""
_COUNTS: Final = 4
"""Counts at once: a Lambda function answers one request at a time."""
_DAY: Final = 86_400


class Counters(Protocol):
    """Where counts are kept: ``aws.usage.Usage``."""

    def call(self, charge: Charge, now: datetime) -> Standing:
        """Count a call."""

    def posts(self, charge: Charge, now: datetime) -> Standing:
        """Count the posts of a call that is counted already."""

    def give_back(self, charge: Charge, now: datetime) -> None:
        """Take a count back."""


class _Seen(NamedTuple):
    standing: Standing
    day: int
    at: float


class Meter:
    """Counts calls and says what is left."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._threads = ThreadPoolExecutor(_COUNTS, "meter")
        self._seen: dict[str, _Seen] = {}

    def begin(self, caller: Caller, request: str, weight: int, *, gives_posts: bool, waits: bool) -> Count:
        """Count a call.

        Args:
            caller: who calls.
            request: the request's id.
            weight: how many queries it is.
            gives_posts: whether its answer will hold posts. Then they are counted with it, in one: beside the engine's
                work where somebody says how many there can be (``Count.expect``), else once the answer is there.
            waits: whether the answer must not be begun before the count is there: it changes something.

        Raises:
            TooManyRequests: nothing is left.
            Unavailable: the count cannot be kept.
        """
        now = datetime.now(tz=UTC)
        charge = Charge(caller.account, caller.key, request, caller.limits, queries=weight)
        seen = self._fresh(caller.account, now)
        if seen:
            _check(charge, seen, now, gives_posts=gives_posts)
        if waits or seen is None or not _is_plenty(seen, caller.limits, now):
            self.call(charge, now)
            return Count(self, charge, now)
        if gives_posts:
            return Count(self, charge, now, room=_room(seen, caller.limits))
        return Count(self, charge, now, self.beside(charge, now))

    def beside(self, charge: Charge, now: datetime) -> Future[None]:
        """Count a call while something else is done."""
        return self._threads.submit(self.call, charge, now)

    def call(self, charge: Charge, now: datetime) -> None:
        """Count a call.

        Raises:
            TooManyRequests: nothing is left.
            Unavailable: the count cannot be kept.
        """
        self._note(charge, self._counters.call(charge, now), now)

    def posts(self, charge: Charge, now: datetime) -> None:
        """Count the posts of a call that is counted already; fewer than none where too many were.

        Raises:
            TooManyRequests: the month has too few left.
            Unavailable: the count cannot be kept.
        """
        self._note(charge, self._counters.posts(charge, now), now)

    def give_back(self, charge: Charge, now: datetime) -> None:
        """Take a call's queries and posts back, as well as can be."""
        with suppress(Unavailable):
            self._counters.give_back(charge, now)

    def headers(self, caller: Caller) -> dict[str, str]:
        """What the plan grants and what is left of it (draft-ietf-httpapi-ratelimit-headers-10)."""
        now, limits = datetime.now(tz=UTC), caller.limits
        policy = f'"day";q={limits.queries_a_day};w={_DAY}, "minute";q={limits.queries_a_minute};w=60'
        seen = self._seen.get(caller.account)
        if seen is None or seen.day != now.toordinal():
            return {"RateLimit-Policy": policy}
        day = max(0, limits.queries_a_day - seen.standing.used)
        minute, full = _in_bucket(seen.standing, limits, now), _seconds(seen.standing.full_at - micros(now))
        left = f'"day";r={day};t={until_tomorrow(now)}, "minute";r={minute};t={full}'
        return {"RateLimit-Policy": policy, "RateLimit": left}

    def _note(self, charge: Charge, standing: Standing, now: datetime) -> None:
        self._seen[charge.account] = _Seen(standing, now.toordinal(), time.monotonic())
        if standing.refused:
            raise _refusal(standing.refused, standing, charge.limits, now)

    def _fresh(self, account: str, now: datetime) -> Standing | None:
        """What was counted last, where it is not long ago."""
        seen = self._seen.get(account)
        is_fresh = seen and seen.day == now.toordinal() and time.monotonic() < seen.at + _REMEMBERED
        return seen.standing if seen and is_fresh else None


class Count:
    """A call that is being counted.

    Args:
        meter: counts.
        charge: what.
        now: when it began.
        running: the count that runs beside the engine's work, if one does.
        room: of a call that is not counted yet, how many posts can surely be counted with it before they are there.
    """

    def __init__(
        self,
        meter: Meter,
        charge: Charge,
        now: datetime,
        running: Future[None] | None = None,
        *,
        room: int | None = None,
    ) -> None:
        self._meter = meter
        self._charge = charge
        self._now = now
        self._running = running
        self._room = room

    def expect(self, posts: int) -> None:
        """Count the call and so many posts beside the engine's work; what is not in the answer is taken back then."""
        if self._room is not None and posts <= self._room:
            self._charge, self._room = self._charge._replace(posts=posts), None
            self._running = self._meter.beside(self._charge, self._now)

    def settle(self, answer: Answer) -> None:
        """Pass an answer when it is counted, with the posts that it holds; what we failed to give costs nothing.

        Raises:
            TooManyRequests: nothing is left: the answer must not leave.
            Unavailable: the count cannot be kept.
        """
        failed = answer.status >= 500  # noqa: PLR2004 - RFC 9110, section 15.6: our fault
        charge = self._charge._replace(posts=answer.posts)
        if self._room is not None or not self._is_counted():
            self._meter.call(charge._replace(queries=0) if failed else charge, self._now)
        elif failed and (self._charge.queries or self._charge.posts):
            self._meter.give_back(self._charge, self._now)
        elif charge.posts != self._charge.posts:
            self._meter.posts(charge._replace(posts=charge.posts - self._charge.posts), self._now)

    def _is_counted(self) -> bool:
        """Whether what ran beside the engine's work was counted: more posts than are there may have been too many.

        Raises:
            TooManyRequests: nothing is left.
            Unavailable: the count cannot be kept.
        """
        try:
            if self._running:
                self._running.result()
        except TooManyRequests:
            if self._charge.posts:
                return False
            raise
        return True


def _check(charge: Charge, seen: Standing, now: datetime, *, gives_posts: bool) -> None:
    """Pass a call for which something was left a moment ago.

    Raises:
        TooManyRequests: nothing was.
    """
    limits = charge.limits
    if charge.queries and seen.used + charge.queries > limits.queries_a_day:
        raise _refusal("day", seen, limits, now)
    if _in_bucket(seen, limits, now) < 1:
        raise _refusal("minute", seen, limits, now)
    if gives_posts and seen.posts is not None and seen.posts >= limits.posts_a_month:
        raise _refusal("posts", seen, limits, now)


def _is_plenty(standing: Standing, limits: Limits, now: datetime) -> bool:
    day = (limits.queries_a_day - standing.used) / max(1, limits.queries_a_day)
    return min(day, _in_bucket(standing, limits, now) / limits.queries_a_minute) > _PLENTY


def _room(standing: Standing, limits: Limits) -> int:
    """Posts that can be counted before it is known how many there are: none where little of the month is left."""
    left = limits.posts_a_month - (limits.posts_a_month if standing.posts is None else standing.posts)
    return left if left > _PLENTY * limits.posts_a_month else 0


def _in_bucket(standing: Standing, limits: Limits, now: datetime) -> int:
    """Calls that the bucket holds."""
    step = step_of(limits)
    missing = max(0, standing.full_at - micros(now))
    return max(0, (limits.queries_a_minute * step - missing) // step)


def _refusal(policy: Refusal, standing: Standing, limits: Limits, now: datetime) -> TooManyRequests:
    if policy == "day":
        words, seconds = f"{limits.queries_a_day} queries of this day (UTC) are used", until_tomorrow(now)
    elif policy == "posts":
        words, seconds = f"{limits.posts_a_month} posts of this month (UTC) are used", until_next_month(now)
    else:
        brim = micros(now) + (limits.queries_a_minute - 1) * step_of(limits)
        words, seconds = f"more than {limits.queries_a_minute} calls within a minute", _seconds(standing.full_at - brim)
    return TooManyRequests(words, policy=policy, retry_after=max(1, seconds))


def _seconds(microseconds: int) -> int:
    return max(0, math.ceil(microseconds / 1_000_000))
