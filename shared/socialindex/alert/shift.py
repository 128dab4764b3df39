"""Whether a larger share of a window is of a kind than usual: negative voices, promotional mentions."""

from __future__ import annotations

import math
from typing import Final

import msgspec

from socialindex.alert.model import STEP
from socialindex.alert.tails import binomial

_PRIOR: Final = 0.15
_TRUST: Final = 30.0
_ALIKE: Final = 0.01
_ALIKE_WEIGHT: Final = 50 / _ALIKE**2
_MEMORY: Final = math.exp(-STEP / (21 * 86_400))
_UNUSUAL: Final = 3.0
_CLEARLY: Final = 2.0
"""Squared deviations of a Poisson count below which no tail is computed."""


class Share(msgspec.Struct, array_like=True):
    """A topic's usual share, exponentially forgotten, with how alike the voices of an hour are.

    Voices of one hour talk about one thing, so that ten of them tell less than ten that are independent: the count and
    its total are divided by the design effect ``1 + (n - 1) * rho`` before the binomial test (Rao and Scott, "A simple
    method for the analysis of clustered binary data", 1992). ``rho`` is learned from the hours, by moments.
    """

    part: float = 0.0
    total: float = 0.0
    excess: float = 0.0
    weight: float = 0.0

    @property
    def usual(self) -> float:
        """The share to expect."""
        return (self.part + _PRIOR * _TRUST) / (self.total + _TRUST)

    @property
    def likeness(self) -> float:
        """``rho``: the correlation of two voices of one hour."""
        own = (self.excess + _ALIKE * _ALIKE_WEIGHT) / (self.weight + _ALIKE_WEIGHT)
        return min(max(own, 0.001), 1.0)

    def surprise(self, part: float, total: float, usual: float) -> float:
        """``log p`` of at least so many of the total; 0 where the share is not above the usual one."""
        more = part - usual * total
        if more <= 1 or more * more <= _CLEARLY * usual * total:
            return 0.0
        effect = 1 + max(total - 1, 0.0) * (self.likeness + 1 / (self.total + _TRUST))
        return binomial(part / effect, total / effect, usual)

    def learn(self, part: int, total: int) -> None:
        """Take in a bucket in which nothing was the matter."""
        self.part = self.part * _MEMORY + part
        self.total = self.total * _MEMORY + total

    def learn_likeness(self, part: int, total: int, usual: float) -> None:
        """Take in an hour in which nothing was the matter, and the share that was to be expected of it."""
        share = min(max(usual, 0.01), 0.99)
        variance = share * (1 - share)
        independent = total * variance
        effect = 1 + (total - 1) * self.likeness
        off = min(abs(part - total * share), _UNUSUAL * math.sqrt(independent * effect) + 1)
        weight = 1 / (1 + total * _ALIKE) ** 2 / variance
        self.excess = self.excess * _MEMORY + (off**2 - independent) * weight
        self.weight = self.weight * _MEMORY + total * (total - 1) * variance * weight
