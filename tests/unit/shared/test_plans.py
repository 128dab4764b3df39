"""What plans grant, what can be agreed otherwise, and when a month begins anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.plans import PLANS, Adjustment, Limits, PlanName, limits_of, until_next_month

NAMES = Limits.__struct_fields__


def test_every_plan_is_there_and_every_limit_can_be_another() -> None:
    assert set(PLANS) == set(get_args(PlanName))
    assert set(Adjustment.__struct_fields__) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("plan", PLANS)
def test_what_is_agreed_otherwise_is_all_that_differs(plan: PlanName, name: str) -> None:
    granted = limits_of(plan, Adjustment(**{name: 7}))
    assert [getattr(granted, one) for one in NAMES] == [
        7 if one == name else getattr(PLANS[plan], one) for one in NAMES
    ]


@pytest.mark.parametrize(
    ("plan", "rows"),
    [
        ("trial", 10_000),
        ("standard", 1_000_000),
        ("agency", 10_000_000),
        ("sandbox", 10_000),
        ("internal", 1_000_000_000),
    ],
)
def test_rows_of_imports_are_limited(plan: PlanName, rows: int) -> None:
    assert PLANS[plan].import_rows_a_month == rows


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - as asked for
def test_a_month_begins_anew_on_its_first_day(now: datetime) -> None:
    seconds = until_next_month(now)
    then = now + timedelta(seconds=seconds)
    assert 0 < seconds <= 31 * 86_400
    assert (then.month - now.month) % 12 == 1
    assert (then.day, then.replace(microsecond=0).time().isoformat()) == (1, "00:00:00")
