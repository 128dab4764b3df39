"""How a topic is talked about when nothing is the matter: hours, weekends, holidays, trend, moods and conversations."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from infra.bench.mentions.chance import Chance
    from infra.bench.mentions.subjects import Subject, Vocabulary

STEP: Final = 300
"""Seconds of a bucket."""
MINUTES: Final = 5
"""In a bucket."""
BUCKETS: Final = 288
"""In a day."""
SOURCES: Final = ("board", "fediverse", "bluesky", "blog", "news")
_WORK: Final = (
    *(0.45, 0.28, 0.18, 0.12, 0.1, 0.15, 0.4, 0.9, 1.25, 1.35, 1.3, 1.35),
    *(1.75, 1.45, 1.3, 1.3, 1.35, 1.35, 1.45, 1.3, 1.35, 1.5, 1.45, 0.95),
)
"""Korean working life: the way to work, lunch, the way home, and an evening on the telephone."""
_FREE: Final = (
    *(0.7, 0.5, 0.32, 0.2, 0.14, 0.13, 0.2, 0.35, 0.6, 0.85, 1.0, 1.1),
    *(1.15, 1.15, 1.15, 1.15, 1.15, 1.2, 1.2, 1.25, 1.35, 1.45, 1.4, 1.1),
)
_WEEKEND: Final = 5
_OF_TALKS, _OF_STIRS = 3.0, 6.0
"""How little subjects differ in mood: the sum of a beta distribution's parameters."""
_STIRS: Final = 3.0
"""A day, of twenty thousand mentions; a topic of a hundredth of these has a tenth of the stirs."""
_LARGEST: Final = 0.003
"""A stir's part of a day's voices, at the most."""


class Talk(NamedTuple):
    """A conversation, or something small that comes up."""

    end: int
    rate: float
    """Voices of a bucket, in all sources."""
    mix: tuple[float, ...]
    negative: float
    subject: Subject
    thread: int
    apart: float
    """Share of its voices that begin a thread of their own."""


class Usual:
    """Rates of one topic by bucket and source, all drawn from its chance when it is made."""

    def __init__(self, chance: Chance, vocabulary: Vocabulary, volume: float, days: int) -> None:
        """A topic of so many mentions a day, starting on a Monday's first minute in Korea."""
        self._chance = chance
        self._vocabulary = vocabulary
        self._days = [self._day(day, volume) for day in range(days + 1)]
        weights = [weight * chance.spread(0.5, 2) for weight in (0.3, 0.2, 0.2, 0.15, 0.15)]
        self.mix = [weight / sum(weights) for weight in weights]
        self.negative = chance.uniform(0.07, 0.2)
        self.promotional = chance.uniform(0.04, 0.15)
        self._grain = chance.uniform(20, 60)
        self._mood = self._temper = 0.0
        self._total = 0.0
        self.now: list[float] = []
        """Voices to expect of a bucket by source, conversations too: of the one that was asked for last."""
        self._talks: list[Talk] = []
        self._threads = 0
        self._stirs = _STIRS * math.sqrt(volume / 20_000)
        self._volume = volume

    def _day(self, day: int, volume: float) -> tuple[float, bool]:
        """Its mean rate of a bucket, and whether people are free: one weekday in forty is a holiday."""
        weekend = day % 7 >= _WEEKEND
        free = weekend or self._chance.random() < 1 / 40
        trend = math.exp(0.25 * math.sin(day / 23 + volume))
        return volume / BUCKETS * trend * (0.7 if free else 1.0), free

    def mean(self, bucket: int) -> float:
        """Mentions of a bucket by the calendar alone."""
        day, inside = divmod(bucket, BUCKETS)
        rate, free = self._days[day]
        shape = _FREE if free else _WORK
        hour, part = divmod(inside, 12)
        between = (part + 0.5) / 12
        return rate * ((1 - between) * shape[hour] + between * shape[(hour + 1) % 24])

    def rates(self, bucket: int) -> tuple[list[float], float]:
        """Voices to expect of a bucket by source, and the share of negative ones, beside conversations and stirs.

        Beside the calendar: moods last for an hour or so, and the grain of a bucket is its own (gamma, so that counts
        are negative binomial).
        """
        self._mood = 0.92 * self._mood + self._chance.gauss(0, 0.06)
        self._temper = 0.98 * self._temper + self._chance.gauss(0, 0.05)
        grain = self._chance.gammavariate(self._grain, 1 / self._grain)
        self._total = self.mean(bucket) * math.exp(self._mood) * grain
        self.now = [self._total * part for part in self.mix]
        return [0.85 * rate for rate in self.now], self.negative * math.exp(self._temper)

    def talks(self, bucket: int) -> list[Talk]:
        """What is talked about in a bucket; to be asked after its rates.

        Conversations hold a seventh of all voices: some of one source within half an hour, in one thread. A stir is
        something small that comes up, in many threads, for half an hour to half a day, and is over.
        """
        for _ in range(self._chance.poisson(self._total * 0.15 / 4)):
            self._talks.append(self._conversation(bucket))
        for _ in range(self._chance.poisson(self._stirs * self._total / max(self._volume, 1))):
            self._talks.append(self._stir(bucket))
        self._talks = [talk for talk in self._talks if talk.end > bucket]
        return self._talks

    def _conversation(self, bucket: int) -> Talk:
        source = self._chance.choices(range(len(SOURCES)), self.mix)[0]
        mix = tuple(float(place == source) for place in range(len(SOURCES)))
        subject = self._vocabulary.subject(1, fresh=0.1, rare=0.45)
        rate = self._chance.geometric(4) / 6
        return Talk(bucket + 6, rate, mix, self._leaning(_OF_TALKS), subject, self._thread(), 0.0)

    def _stir(self, bucket: int) -> Talk:
        """Mostly in one source, of at least four voices; of how many more follows Pareto."""
        source = self._chance.choices(range(len(SOURCES)), self.mix)[0]
        mix = tuple(0.5 * part + 0.5 * (place == source) for place, part in enumerate(self.mix))
        length = round(self._chance.spread(6, 144))
        voices = min(4 * self._chance.paretovariate(1.3), 4 + self._volume * _LARGEST)
        subject = self._vocabulary.subject(2)
        return Talk(bucket + length, voices / length, mix, self._leaning(_OF_STIRS), subject, self._thread(), 0.6)

    def _leaning(self, alike: float) -> float:
        """How negative a subject is: most are as usual, and some are bad though nothing is the matter (beta)."""
        return self._chance.betavariate(self.negative * alike, (1 - self.negative) * alike)

    def _thread(self) -> int:
        self._threads += 1
        return self._threads
