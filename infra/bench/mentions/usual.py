"""How a topic is talked about when nothing is the matter: hours, weekends, holidays, trend, moods and conversations."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from infra.bench.mentions.chance import Chance

STEP: Final = 300
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


class Usual:
    """Rates of one topic by bucket and source, all drawn from its chance when it is made."""

    def __init__(self, chance: Chance, volume: float, days: int) -> None:
        """A topic of so many mentions a day, starting on a Monday's first minute in Korea."""
        self._chance = chance
        self._days = [self._day(day, volume) for day in range(days + 1)]
        weights = [weight * chance.spread(0.5, 2) for weight in (0.3, 0.2, 0.2, 0.15, 0.15)]
        self.mix = [weight / sum(weights) for weight in weights]
        self.negative = chance.uniform(0.07, 0.2)
        self.promotional = chance.uniform(0.04, 0.15)
        self._grain = chance.uniform(20, 60)
        self._mood = self._temper = 0.0
        self._talks: list[tuple[int, int, float]] = []
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
        """Voices to expect of a bucket by source, and the share of negative ones.

        Beside the calendar: moods last for an hour or so, the grain of a bucket is its own (gamma, so that counts are
        negative binomial), and a conversation is some voices of one source within half an hour.
        """
        self._mood = 0.92 * self._mood + self._chance.gauss(0, 0.06)
        self._temper = 0.98 * self._temper + self._chance.gauss(0, 0.05)
        grain = self._chance.gammavariate(self._grain, 1 / self._grain)
        total = self.mean(bucket) * math.exp(self._mood) * grain
        rates = [total * part * 0.85 for part in self.mix]
        for source, rate in self._talking(bucket, total):
            rates[source] += rate
        return rates, self.negative * math.exp(self._temper)

    def _talking(self, bucket: int, total: float) -> list[tuple[int, float]]:
        """Conversations hold a seventh of all voices."""
        for _ in range(self._chance.poisson(total * 0.15 / 4)):
            source = self._chance.choices(range(len(SOURCES)), self.mix)[0]
            self._talks.append((bucket + 6, source, self._chance.geometric(4) / 6))
        self._talks = [talk for talk in self._talks if talk[0] > bucket]
        return [(source, rate) for _, source, rate in self._talks]
