"""How many voices a topic has at an hour of the week, when nothing is the matter."""

from __future__ import annotations

import math
from typing import Final

import msgspec

from socialindex.alert.model import STEP

HOURS: Final = 168
_SEOUL: Final = 9 * 3600
"""Seconds that Korean time is ahead; the country has no summer time."""
_MONDAY: Final = 3 * 24
"""Hours from Monday to 1970's first day, a Thursday."""
_WEEKEND: Final = 5 * 24
_DAY: Final = (
    *(0.55, 0.35, 0.22, 0.15, 0.13, 0.18, 0.35, 0.65, 0.95, 1.2, 1.3, 1.3),
    *(1.4, 1.3, 1.3, 1.3, 1.3, 1.35, 1.35, 1.35, 1.45, 1.5, 1.4, 1.0),
)
"""What is known of a topic of which nothing is known: people sleep. Its mean is 1."""
_TRUST: Final = 8.0
"""Voices that a coarser profile counts for beside an hour's own."""
_MOOD: Final = 0.03
"""Squared relative deviation of an hour from what such hours are: a topic's own is learned for windows, of which a
young one has few (see :mod:`~socialindex.alert.burst`)."""
_HOUR: Final = 3_600 / STEP
_NO_IDEA: Final = 1.0
"""Squared relative error of an hour that was never seen."""
_HOUR_MEMORY: Final = math.exp(math.log(0.85) / 12)
"""By bucket: an hour of the week forgets 15 % a week, half in about a month."""
_TOTAL_MEMORY: Final = math.exp(-STEP / (7 * 86_400))
_LEVEL_MEMORY: Final = math.exp(-STEP / (2 * 86_400))
_LEVEL_TRUST: Final = 20.0
_LEVELS: Final = (0.25, 4.0)
_LEAST: Final = 1e-4
"""Voices in five minutes: one in a month."""


class Expected(msgspec.Struct, frozen=True):
    """Voices of five minutes, and how little is known of it: the squared relative error."""

    rate: float
    doubt: float


class Baseline(msgspec.Struct, array_like=True):
    """A gamma-Poisson estimate for each hour of the week, exponentially forgotten.

    Each hour's rate is drawn to that of its hour on such days (Monday to Friday, or weekend), this to that of all days,
    and this to the topic's overall rate in the shape of a usual day: a hierarchy of gamma priors (Gelman and others,
    "Bayesian Data Analysis", 2.6), so that a topic of two days has a baseline, and one of two months its own. A level
    follows what the whole week does (trend, holidays) within two days. Blind time is exposure that is not there: it
    teaches nothing.
    """

    voices: list[float] = msgspec.field(default_factory=lambda: [0.0] * HOURS)
    exposure: list[float] = msgspec.field(default_factory=lambda: [0.0] * HOURS)
    """Buckets that were seen."""
    all_voices: float = 0.0
    all_exposure: float = 0.0
    """Buckets that were seen, each times the share of a usual day's hour."""
    level_voices: float = 0.0
    level_expected: float = 0.0
    buckets: float = 0.0
    """That were ever seen, up to a cap: the history's age."""

    def expected(self, at: int) -> Expected:
        """What to expect of a bucket that is seen wholly; hours blend into each other from middle to middle."""
        place = (at + STEP / 2 - 1800) / 3600
        hour = math.floor(place)
        later = place - hour
        one, other = self._hour(_slot(hour)), self._hour(_slot(hour + 1))
        rate = (1 - later) * one.rate + later * other.rate
        return Expected(max(rate * self.level, _LEAST), (1 - later) * one.doubt + later * other.doubt)

    @property
    def level(self) -> float:
        """What the last days were of what their hours promised."""
        level = (self.level_voices + _LEVEL_TRUST) / (self.level_expected + _LEVEL_TRUST)
        return min(max(level, _LEVELS[0]), _LEVELS[1])

    @property
    def a_day(self) -> float:
        """Voices of a usual day."""
        return self._overall() * 86_400 / STEP

    def learn(self, at: int, seen: float, voices: float, rate: float) -> None:
        """Take a bucket in.

        Args:
            at: its start.
            seen: the share that could be seen; nothing is learned of one that was blind.
            voices: that were there, cut to what is usual (see :mod:`~socialindex.alert.detect`).
            rate: what was expected of it, had it been seen wholly.
        """
        if seen <= 0:
            return
        slot = _slot((at) // 3600)
        self.voices[slot] = self.voices[slot] * _HOUR_MEMORY + voices
        self.exposure[slot] = self.exposure[slot] * _HOUR_MEMORY + seen
        self.all_voices = self.all_voices * _TOTAL_MEMORY + voices
        self.all_exposure = self.all_exposure * _TOTAL_MEMORY + seen * _DAY[slot % 24]
        self.level_voices = self.level_voices * _LEVEL_MEMORY + voices
        self.level_expected = self.level_expected * _LEVEL_MEMORY + rate * seen
        self.buckets = min(self.buckets + seen, 1e6)

    def _hour(self, slot: int) -> Expected:
        """Of one hour of the week: from the usual day to the topic's day, to its kind of day, to this very hour."""
        hour = slot % 24
        known = Expected(self._overall() * _DAY[hour], _NO_IDEA)
        alike = slice(hour, _WEEKEND, 24) if slot < _WEEKEND else slice(_WEEKEND + hour, HOURS, 24)
        for slots in (slice(hour, HOURS, 24), alike, slice(slot, slot + 1)):
            known = _refined(known, sum(self.voices[slots]), sum(self.exposure[slots]))
        return known

    def _overall(self) -> float:
        return max((self.all_voices + 0.5) / (self.all_exposure + 1), _LEAST)


def _refined(prior: Expected, voices: float, exposure: float) -> Expected:
    """A gamma prior that counts as much as a few voices, after these were seen.

    An hour has a mood of its own, so that a thousand voices of one hour tell of the next week's no more than some
    thirty independent ones would: they are divided by the design effect of voices that are so alike.
    """
    alike = 1 + _MOOD * prior.rate * _HOUR
    sure = voices / alike + _TRUST
    rest = _TRUST / sure
    doubt = rest**2 * prior.doubt + (1 - rest) / sure
    return Expected(sure / (exposure / alike + _TRUST / prior.rate), doubt)


def _slot(hour: int) -> int:
    """Hour of the week in Korea, from Monday's first, of an hour since 1970."""
    return (hour + _SEOUL // 3600 + _MONDAY) % HOURS
