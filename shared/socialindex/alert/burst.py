"""Whether a window has more voices than its hours of the week explain."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.alert.model import STEP
from socialindex.alert.recent import WINDOWS
from socialindex.alert.tails import clearly

if TYPE_CHECKING:
    from socialindex.alert.recent import Window

_PRIOR: Final = 0.1
"""Dispersion of a topic of which nothing is known: the rate itself varies by a third."""
_PRIOR_WEIGHT: Final = 50 / _PRIOR**2
"""As much as fifty full windows say."""
_LEAST: Final = 0.002
_MEMORY: Final = math.exp(-STEP / (14 * 86_400))
_BLINDNESS: Final = 0.25
"""Squared relative error of what a half-blind window promises, times the squared share that was not seen: a source's
share of the mentions is an average."""
_UNUSUAL: Final = 3.0
"""Standard deviations from where on a count is cut before anything is learned of it."""
_WHOLE: Final = 2.0
"""Voices that are always usual: a mean of 0.1 has no deviation of one voice."""
_CLEARLY: Final = 1.2
"""Times the expected below which no tail is computed."""


class Dispersion(msgspec.Struct, array_like=True):
    """How much more than a Poisson count each window's varies, learned from the windows themselves.

    Conversations clump, and moods last for hours: the sum of six hours varies more, relatively, than independent
    minutes would, so each window has a figure of its own. It is the moment estimate of the negative binomial's
    dispersion (Breslow, "Extra-Poisson variation in log-linear models", 1984), weighted by what a window can tell, of
    counts whose outliers are cut.
    """

    excess: list[float] = msgspec.field(default_factory=lambda: [0.0] * len(WINDOWS))
    weight: list[float] = msgspec.field(default_factory=lambda: [0.0] * len(WINDOWS))

    def of(self, window: Window) -> float:
        """The dispersion of a window's count around what was expected, with all that is not known of that."""
        place = WINDOWS.index(window.buckets)
        own = (self.excess[place] + _PRIOR * _PRIOR_WEIGHT) / (self.weight[place] + _PRIOR_WEIGHT)
        return max(own, _LEAST) + window.doubt + _BLINDNESS * (1 - window.seen) ** 2

    def learn(self, window: Window) -> None:
        """Take in a window in which nothing was the matter."""
        place = WINDOWS.index(window.buckets)
        mean = window.expected
        weight = 1 / (1 + mean * _PRIOR) ** 2
        off = usual(window.voices, mean, self.of(window)) - mean
        self.excess[place] = self.excess[place] * _MEMORY + (off**2 - mean) * weight
        self.weight[place] = self.weight[place] * _MEMORY + mean**2 * weight


def usual(count: float, mean: float, dispersion: float) -> float:
    """A count, cut to what is usual: one day of a crisis must not teach that crises are normal.

    The improved Farrington algorithm (Noufaily and others, "An improved algorithm for outbreak detection in multiple
    surveillance systems", 2013) weights past outbreaks down for the same end.
    """
    reach = _UNUSUAL * math.sqrt(mean + dispersion * mean**2) + _WHOLE
    return min(max(count, mean - reach), mean + reach)


def surprise(window: Window, dispersion: float) -> float:
    """``log p`` of at least so many voices; 0 where they are not clearly more than expected."""
    if window.voices <= window.expected * _CLEARLY + 1:
        return 0.0
    return clearly(window.voices, window.expected, dispersion)
