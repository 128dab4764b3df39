"""What happens to a topic beside the usual: incidents with a known start, and what must not be taken for one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from infra.bench.mentions.usual import BUCKETS, MINUTES, SOURCES

if TYPE_CHECKING:
    from infra.bench.mentions.chance import Chance
    from infra.bench.mentions.usual import Usual

Kind = Literal["explosion", "slow burn", "buzz", "campaign", "bots", "echo"]
INCIDENTS: Final = frozenset({"explosion", "slow burn"})
"""What an alert is for. Buzz is news, too, but no crisis: an alert of it is neither right nor wrong."""
_EVERY: Final = 5
"""Days from one happening to the next."""
_KINDS: Final[tuple[tuple[Kind, float], ...]] = (
    ("explosion", 0.34),
    ("slow burn", 0.16),
    ("buzz", 0.1),
    ("campaign", 0.15),
    ("bots", 0.15),
    ("echo", 0.1),
)
_THIRD, _TENTH = 3, 10
_FADING: Final = 1.4
"""Exponent of the fading after a shock that spreads little further: Crane and Sornette, "Robust dynamic classes
revealed by measuring the response function of a social system" (2008), whose exogenous and endogenous bursts are our
explosions and slow burns."""
_LEAST: Final = 30
"""Voices of an incident in all, however small the topic."""


class Happening(NamedTuple):
    """Something that begins with a bucket and is over with another."""

    kind: Kind
    start: int
    end: int
    peak: float
    """Voices of a bucket at its height."""
    rise: float
    """Buckets until then."""
    fade: float
    """Buckets after the height until half of it is left."""
    negative: float
    """Share of its voices."""
    lags: tuple[int, ...]
    """Buckets after its start until each source takes part."""
    mix: tuple[float, ...]
    """Each source's part of its voices."""

    @property
    def tenth(self) -> float:
        """The minute of its tenth voice, by expectation: before, it is a few people's business."""
        return self._when(_TENTH)

    @property
    def third(self) -> float:
        """The minute, with its part that is over, in which the third complains, by expectation.

        Whoever wants three voices that agree can be no earlier.
        """
        return self._when(_THIRD / self.negative)

    def _when(self, voices: float) -> float:
        said = 0.0
        for minute in range(self.start * MINUTES, self.end * MINUTES):
            more = sum(self.voices(minute, source) * part for source, part in enumerate(self.mix))
            if said + more >= voices:
                return minute + (voices - said) / more
            said += more
        return float(self.end * MINUTES)

    def voices(self, minute: int, source: int) -> float:
        """Voices to expect of a source in a minute beside the usual ones, each source's share apart.

        A happening grows and fades with each minute, as what spreads does, and not by leaps from bucket to bucket: it
        has the pace of the minute's middle.
        """
        bucket = (minute + 0.5) / MINUTES
        age = bucket - self.start - self.lags[source]
        if age < 0 or bucket >= self.end:
            return 0.0
        if age < self.rise:
            steep = 3.0 if self.kind == "explosion" else 4.0
            return self.peak / MINUTES * math.exp(steep * (age / self.rise - 1))
        return self.peak / MINUTES * math.pow(1 + (age - self.rise) / self.fade, -_FADING)


class Outage(NamedTuple):
    """Buckets in which sources were blind, as source health knows."""

    start: int
    end: int
    sources: frozenset[int]


def happenings(chance: Chance, usual: Usual, first_day: int, days: int) -> list[Happening]:
    """One every five days, at hours at which people talk."""
    kinds, weights = zip(*_KINDS, strict=True)
    found = []
    for day in range(first_day, days - 2, _EVERY):
        start = (day + chance.randrange(2)) * BUCKETS + chance.randrange(7 * 12, 23 * 12)
        found.append(_happening(chance, usual, chance.choices(kinds, weights)[0], start))
    return found


def _happening(chance: Chance, usual: Usual, kind: Kind, start: int) -> Happening:
    mean = usual.mean(start - start % BUCKETS + 13 * 12) / 1.5
    rise, fade, hours = _shape(chance, kind)
    peak = mean * chance.spread(*_TIMES[kind])
    if kind in INCIDENTS:
        peak = max(peak, _LEAST / (rise / 3 + 2.2 * fade))
    negative = chance.uniform(0.5, 0.85) if kind in INCIDENTS else usual.negative * 0.8
    end = start + round(hours * 12)
    return Happening(kind, start, end, peak, rise, fade, negative, _lags(chance, kind), tuple(usual.mix))


_TIMES: Final[dict[Kind, tuple[float, float]]] = {
    "explosion": (2, 15),
    "slow burn": (1.5, 8),
    "buzz": (1.5, 6),
    "campaign": (0.2, 0.8),
    "bots": (0.0001, 0.001),
    "echo": (0.05, 0.2),
}
"""The height of organic voices, by the topic's mean rate."""


def _shape(chance: Chance, kind: Kind) -> tuple[float, float, float]:
    """Buckets of the rise and of the fading to a half, and hours of the whole."""
    if kind == "explosion":
        return chance.spread(1, 4), chance.spread(12, 60), chance.uniform(12, 36)
    if kind in {"slow burn", "buzz"}:
        return chance.spread(18, 72), chance.spread(24, 96), chance.uniform(18, 40)
    if kind == "campaign":
        return 6, 200, chance.uniform(6, 14)
    return 3, 24, chance.uniform(1, 4)


def _lags(chance: Chance, kind: Kind) -> tuple[int, ...]:
    """Where it begins, and when it comes to the others; the press (the last source) is late."""
    if kind == "echo":
        return (10_000, 10_000, 10_000, 2, 0)
    pace = {"explosion": 4, "slow burn": 14}.get(kind, 2)
    order = chance.sample(range(len(SOURCES) - 1), len(SOURCES) - 1)
    lags = {source: round(place * pace * chance.uniform(0.2, 1)) for place, source in enumerate(order)}
    return (*(lags[source] for source in range(len(SOURCES) - 1)), round(4 * pace * chance.uniform(0.6, 2)))


def outages(chance: Chance, days: int) -> list[Outage]:
    """One every four days or so, of one source, of several, or (one in five) of all; an hour to ten."""
    found = []
    for day in range(days):
        if chance.random() < 1 / 4:
            start = day * BUCKETS + chance.randrange(BUCKETS)
            many = len(SOURCES) if chance.random() < 1 / 5 else chance.randrange(1, 4)
            blind = frozenset(chance.sample(range(len(SOURCES)), many))
            found.append(Outage(start, start + round(12 * chance.spread(1, 10)), blind))
    return found
