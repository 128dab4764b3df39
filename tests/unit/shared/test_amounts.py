"""Amounts in words: what is there is no nothing, and what is not all is not all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.amounts import changed, figure, percent


@pytest.mark.parametrize(
    ("share", "english", "korean"),
    [
        (0.0, "0%", "0%"),
        (1e-6, "under 0.1%", "0.1% 미만"),
        (0.0004999, "under 0.1%", "0.1% 미만"),
        (0.0005001, "0.1%", "0.1%"),
        (0.004, "0.4%", "0.4%"),
        (0.05, "5%", "5%"),
        (0.0714, "7.1%", "7.1%"),
        (0.0996, "10%", "10%"),
        (0.1, "10%", "10%"),
        (0.714, "71%", "71%"),
        (0.99, "99%", "99%"),
        (0.996, "99.6%", "99.6%"),
        (0.9994, "99.9%", "99.9%"),
        (0.9996, "over 99.9%", "99.9% 이상"),
        (0.9999999, "over 99.9%", "99.9% 이상"),
        (1.0, "100%", "100%"),
    ],
)
def test_a_share_in_words(share: float, english: str, korean: str) -> None:
    assert (percent(share), percent(share, "ko")) == (english, korean)


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_a_part_is_told_neither_as_nothing_nor_as_all(share: float) -> None:
    assert {percent(share), percent(share, "ko")}.isdisjoint({"0%", "100%"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (0.5, "50%"),
        (2.859, "286%"),
        (127.0, "12,700%"),
        (-0.5, "50%"),
        (-0.997, "99.7%"),
        (-0.9999, "over 99.9%"),
        (-1.0, "100%"),
    ],
)
def test_a_change_in_words(change: float, said: str) -> None:
    assert changed(change) == said


@pytest.mark.parametrize(
    ("number", "said"), [(0.004, "0"), (1.04, "1"), (9.94, "9.9"), (9.96, "10"), (12.5, "12"), (12_345.6, "12,346")]
)
def test_a_number_that_is_no_count_in_words(number: float, said: str) -> None:
    assert figure(number) == said
