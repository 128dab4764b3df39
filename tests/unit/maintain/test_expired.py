"""Retention: whole months that are over, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.engine import index_of
from socialindex.maintain.retention import expired

NOVEMBER = datetime(2026, 11, 28, 12, tzinfo=UTC)
YEAR = [f"posts-g1-2026.{month:02}" for month in range(1, 13)]


def gone(names: list[str], months: int, now: datetime = NOVEMBER) -> list[str]:
    return list(expired(names, months, now))


@pytest.mark.parametrize(
    ("months", "doomed"),
    [(1, YEAR[:9]), (3, YEAR[:7]), (10, []), (9, YEAR[:1]), (120, [])],
)
def test_so_many_months_are_kept_beside_the_current_one(months: int, doomed: list[str]) -> None:
    assert gone(YEAR, months) == doomed


def test_the_months_of_every_generation_are_meant() -> None:
    assert gone(["posts-g2-2026.01", "posts-g10-2026.10"], 3) == ["posts-g2-2026.01"]


def test_mentions_go_with_the_month_of_their_posts() -> None:
    assert gone(["mentions-g1-2026.07", "mentions-g1-2026.08"], 3) == ["mentions-g1-2026.07"]


def test_a_year_has_twelve_months() -> None:
    names = ["posts-g1-2025.10", "posts-g1-2025.11", "posts-g1-2025.12"]
    assert gone(names, 12) == ["posts-g1-2025.10"]
    assert gone(["posts-g1-2025.12"], 1, datetime(2026, 1, 31, tzinfo=UTC)) == []
    assert gone(["posts-g1-2025.12"], 1, datetime(2026, 2, 1, tzinfo=UTC)) == ["posts-g1-2025.12"]


@pytest.mark.parametrize(
    "name",
    [
        "posts-g1-2027.01",
        "posts-gx-2020.01",
        "posts-g1-2020.1",
        "posts-g1-2020.01-copy",
        "my-posts-g1-2020.01",
        "posts",
        "topics-g1",
        "my-mentions-g1-2020.01",
        ".kibana_1",
        "",
    ],
)
def test_what_is_no_month_of_ours_is_left_alone(name: str) -> None:
    assert gone([name], 1) == []


@given(st.integers(1, 60), st.integers(2000, 2100), st.integers(1, 12), st.integers(0, 100))
def test_an_index_is_gone_exactly_when_it_is_older_than_that(months: int, year: int, month: int, age: int) -> None:
    then = year * 12 + month - 1 - age
    name = index_of(f"{then // 12}-{then % 12 + 1:02}")
    assert bool(gone([name], months, datetime(year, month, 15, tzinfo=UTC))) == (age > months)
