"""How often a channel is polled: as often as it has something new, about one new post a poll.

New posts are taken for a Poisson process whose rate changes slowly. That a poll finds ``k`` new posts after ``t``
seconds is then all that there is to know about these seconds: with counts, the maximum likelihood estimate of the rate
is the sum of the ``k`` by the sum of the ``t``, whatever the intervals were (J. Cho and H. Garcia-Molina, "Estimating
frequency of change", ACM TOIT 3(3), 2003; where only "changed or not" can be seen they have to correct for what was
missed, and nothing can be said of channels that always change). Both sums forget: they are worth
``MEMORY`` posts at most, so that a channel that wakes up is noticed at its next poll. And both begin with one post in
the interval for channels that nothing is known of (a gamma prior), so that neither silence nor a single post decides.

What is counted are posts that were published since the newest that the channel had before: they are in the answers of
feeds and timelines, where bodies change with every counter. Where a list only leads to posts, the requests that follow
from it are counted. Neither costs a further request, and only one of them a further write.

Failing channels wait twice as long with every failure, up to the ceiling.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.errors import InvalidSettings
from socialindex.model import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

MEMORY: Final = 10
"""Posts' worth of history: the rate's relative error is about a third (1/sqrt(MEMORY)), and ten silent polls are enough
to forget a busy day."""
JITTER: Final = 0.1
"""Share of an interval by which polls are spread, so that channels added together do not stay together."""
CHECK_EVERY: Final = 10
"""Of so many answers "not modified" one is checked by a request without validators: feeds lie in theirs."""
CHECK_SECONDS: Final = 86_400.0
"""The same in seconds since the last whole answer, for channels that are polled seldom."""


class Rhythm(Struct, frozen=True, kw_only=True):
    """What is known of a channel's rate of new posts."""

    posts: float = 0.0
    """New posts, the old ones counting less."""
    seconds: float = 0.0
    """Seconds in which they came, likewise."""
    at: float | None = None
    """Unix time of the last poll that was heard of."""
    newest: float | None = None
    """Unix time at which the newest post seen was published."""

    def heard(self, bounds: Polling, at: float, published: Sequence[float] | None, led_to: int = 0) -> Rhythm:
        """The rhythm after one more poll; itself where it has heard of that poll or a later one.

        Args:
            bounds: of the intervals.
            at: when the answer was received.
            published: when its posts were published; None where it has posts and no times.
            led_to: requests for further posts that followed from it.
        """
        if self.at is not None and at <= self.at:
            return self
        past = [time for time in published or () if time <= at]  # what is announced for later is new then
        newest = max([*past, *([] if self.newest is None else [self.newest])], default=None)
        if self.at is None:
            count, seconds = max(len(past) - 1, 0), at - min(past, default=at)
        elif published is None and not led_to:
            count, seconds = 0, 0.0
        else:
            count, seconds = max(self.news(past), led_to), at - self.at
        return msgspec.structs.replace(self._with(bounds, count, seconds), at=at, newest=newest)

    def news(self, published: Sequence[float]) -> int:
        """How many of these posts are newer than what was known."""
        return sum(1 for time in published if self.newest is None or time > self.newest)

    def interval(self, bounds: Polling) -> float:
        """Seconds in which one new post is expected, within the bounds."""
        expected = (self.seconds + bounds.first) / (self.posts + 1)
        return min(max(expected, bounds.floor), bounds.ceiling)

    def _with(self, bounds: Polling, count: int, seconds: float) -> Rhythm:
        """With a count; it pushes out as much of the past as it tells: its posts, or those that were expected."""
        kept = MEMORY / (MEMORY + max(count, seconds / self.interval(bounds)))
        posts, passed = self.posts * kept + count, self.seconds * kept + seconds
        worth = min(1.0, MEMORY / posts) if posts else 1.0
        return msgspec.structs.replace(self, posts=posts * worth, seconds=passed * worth)


class Polling(Struct, frozen=True, kw_only=True):
    """The bounds of all channels' intervals, in seconds.

    Raises:
        InvalidSettings: they contradict each other.
    """

    first: float = 300.0
    """Of a channel that nothing is known of yet."""
    floor: float = 60.0
    ceiling: float = 86_400.0

    def __post_init__(self) -> None:
        if not 0 < self.floor <= self.first <= self.ceiling:
            raise InvalidSettings(
                f"polls every {self.first:g} s, within {self.floor:g} and {self.ceiling:g} s",
                field="POLL_SECONDS",
                remedy="set POLL_FLOOR_SECONDS <= POLL_SECONDS <= POLL_CEILING_SECONDS, all above 0",
            )

    def pause(self, rhythm: Rhythm, failures: int = 0) -> float:
        """Seconds until a channel's next poll, spread at random; ``failures`` are its failed polls in a row."""
        backoff = self.first * 2.0 ** min(failures, 32) if failures else 0.0
        pause = max(rhythm.interval(self), min(backoff, self.ceiling))
        return pause * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, keeps no secret


class Poll(Struct, frozen=True, kw_only=True):
    """What is known of a poll whose answer is archived, for whoever reads the posts in it."""

    channel: str
    at: float
    """Unix time at which the answer was received."""
    rhythm: Rhythm
    """Before the poll."""
    led_to: int = 0
    """Requests for further posts that followed from it."""
    verifies: float | None = None
    """Unix time of a "not modified" that this answer, to a request without validators, is to confirm."""

    def heard(self, bounds: Polling, published: Sequence[float] | None) -> Rhythm:
        """The rhythm after the poll; one that begins anew where the answers before it lied."""
        before = Rhythm() if self.belies(published) else self.rhythm
        return before.heard(bounds, self.at, published, self.led_to)

    def belies(self, published: Sequence[float] | None) -> bool:
        """Whether the answer holds what was there already when the host said that nothing is new."""
        if self.verifies is None:
            return False
        known = [time for time in published or () if time <= self.verifies]
        return self.led_to > 0 or self.rhythm.news(known) > 0
