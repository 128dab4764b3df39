"""Tails of counts, held against sums that need no cleverness."""

from __future__ import annotations

import math

import pytest

from socialindex.alert import tails


def negative_binomial(count: int, mean: float, dispersion: float) -> float:
    size = 1 / dispersion
    share = size / (size + mean)
    below = sum(
        math.exp(
            math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1)
            + size * math.log(share) + k * math.log1p(-share)
        )
        for k in range(count)
    )  # fmt: skip
    return 1 - below


@pytest.mark.parametrize(("mean", "dispersion"), [(0.07, 0.1), (3.0, 0.5), (70.0, 0.05), (900.0, 0.01)])
@pytest.mark.parametrize("deviations", [-1, 0, 1, 3])
def test_the_negative_binomial_tail_is_the_sum_of_its_terms(mean: float, dispersion: float, deviations: int) -> None:
    count = max(1, round(mean + deviations * math.sqrt(mean + dispersion * mean**2)))
    found = math.exp(tails.negative_binomial(count, mean, dispersion))
    assert found == pytest.approx(negative_binomial(count, mean, dispersion), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("total", "share"), [(1, 0.1), (12, 0.2), (300, 0.15)])
@pytest.mark.parametrize("part", [1, 2, 60])
def test_the_binomial_tail_is_the_sum_of_its_terms(total: int, share: float, part: int) -> None:
    part = min(part, total)
    terms = (math.comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(part, total + 1))
    assert math.exp(tails.binomial(part, total, share)) == pytest.approx(sum(terms), rel=1e-8)


def test_tails_too_small_for_a_float_still_have_a_logarithm() -> None:
    assert -20_000 < tails.negative_binomial(20_000, 70.0, 0.01) < -1_000


def test_nothing_is_always_reached() -> None:
    assert tails.negative_binomial(0, 5.0, 0.1) == 0
    assert tails.binomial(0, 5.0, 0.1) == 0


def test_two_probabilities_of_one_in_twenty_are_fishers_one_in_fifty_eight() -> None:
    """Fisher's method: chi-squared of 4 degrees beyond -2 (log 0.05 + log 0.05) = 11.98 has probability 0.0175."""
    assert math.exp(tails.both(math.log(0.05), math.log(0.05))) == pytest.approx(0.0175, abs=1e-4)
