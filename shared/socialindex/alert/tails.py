"""How unlikely a count is: logarithms of upper tails, for distributions that need no more than ``math``.

scipy has them too, and is a hundred megabytes in a layer that may have 250.
"""

from __future__ import annotations

import math
from typing import Final

_TINY: Final = 1e-300
_ROUNDS: Final = 300
_EXACT: Final = 1e-10


_CLEARLY: Final = 2.0
"""Squared deviations from the mean below which no tail is worth its computing."""


def clearly(count: float, mean: float, dispersion: float) -> float:
    """``negative_binomial``, or 0 where a count is not clearly more than its mean: most counts are not."""
    more = count - mean
    if more <= 0 or more * more <= _CLEARLY * (mean + dispersion * mean * mean):
        return 0.0
    return negative_binomial(count, mean, dispersion)


def negative_binomial(count: float, mean: float, dispersion: float) -> float:
    """``log P(X >= count)`` of a count whose variance is ``mean + dispersion * mean ** 2``.

    By the incomplete beta function: DLMF 8.17.24 for real sizes. Overdispersed counts of social activity and of
    surveillance are modelled so in Hilbe, "Negative Binomial Regression" (2011), 8.1.
    """
    if count <= 0:
        return 0.0
    size = 1 / dispersion
    return _log_beta_share(mean / (mean + size), count, size)


def binomial(count: float, total: float, share: float) -> float:
    """``log P(X >= count)`` of ``total`` trials, which need not be whole numbers (DLMF 8.17.5)."""
    if count <= 0:
        return 0.0
    return _log_beta_share(share, count, max(total - count, 0.0) + 1)


def both(one: float, other: float) -> float:
    """``log p`` of two independent tests' logarithms together: R. A. Fisher, "Statistical Methods" (1932), 21.1.

    The sum of ``-2 log p`` has four degrees of freedom, whose tail is ``q (1 - log q)`` with ``q`` the product.
    """
    together = one + other
    return together + math.log1p(-together)


def _log_beta_share(x: float, a: float, b: float) -> float:
    """Logarithm of the regularized incomplete beta function ``I_x(a, b)``; DLMF 8.17.4 keeps the fraction short."""
    if x <= 0:
        return -math.inf
    if x >= 1:
        return 0.0
    if x > (a + 1) / (a + b + 2):
        rest = math.exp(_log_front(1 - x, b, a)) * _fraction(1 - x, b, a)
        return math.log1p(-min(rest, 1 - 1e-15))
    return min(0.0, _log_front(x, a, b) + math.log(_fraction(x, a, b)))


def _log_front(x: float, a: float, b: float) -> float:
    choose = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return choose + a * math.log(x) + b * math.log1p(-x) - math.log(a)


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of DLMF 8.17.22, by Lentz's way in Thompson and Barnett's form (1986)."""
    c, d = 1.0, 1 / _off_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _ROUNDS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _off_zero(1 + term * d)
            c = _off_zero(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < _EXACT:
            break
    return value


def _off_zero(number: float) -> float:
    return number if abs(number) > _TINY else _TINY
