"""A day's budget is spent request by request, is whole again the next day, and never kept from anybody for ever."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.crawl.budget import DAY, SPREAD, Spent, next_day
from socialindex.crawl.reasons import OURS
from socialindex.crawl.transient import Transient

MIDNIGHT = 20_400 * DAY
NOON = MIDNIGHT + DAY / 2


def after(*costs: int, daily: int = 100, now: float = NOON) -> Spent:
    spent = Spent()
    for cost in costs:
        spent = spent.after(cost, daily, now)
    return spent


def test_units_add_up() -> None:
    assert after(1, 1, 50) == Spent(day=20_400, units=52)


def test_what_does_not_fit_waits_for_the_next_day() -> None:
    with pytest.raises(Transient) as failure:
        after(99, 2)
    assert failure.value.reason == "budget"
    assert failure.value.reason in OURS
    assert failure.value.retry_after is not None
    assert DAY / 2 <= failure.value.retry_after <= DAY / 2 + SPREAD
    assert after(99, 1).units == 100


def test_the_next_day_all_is_there_again() -> None:
    spent = after(100)
    assert spent.is_used_up(100, NOON)
    assert not spent.is_used_up(100, MIDNIGHT + DAY)
    assert spent.after(5, 100, MIDNIGHT + DAY) == Spent(day=20_401, units=5)


def test_what_costs_more_than_a_day_has_is_asked_first_thing() -> None:
    assert after(500).units == 500
    with pytest.raises(Transient):
        after(1, 500)


def test_hosts_come_back_at_different_times_soon_after_midnight() -> None:
    times = [next_day(NOON) for _ in range(200)]
    assert min(times) >= MIDNIGHT + DAY
    assert max(times) <= MIDNIGHT + DAY + SPREAD
    assert max(times) - min(times) > SPREAD / 2


@given(st.lists(st.tuples(st.floats(0, 5 * DAY), st.integers(1, 60)), max_size=60), st.integers(1, 100))
def test_no_day_has_more_than_its_budget_unless_one_request_costs_more(
    requests: list[tuple[float, int]], daily: int
) -> None:
    spent, days = Spent(), dict[int, list[int]]()
    for seconds, cost in sorted(requests):
        now = MIDNIGHT + seconds
        try:
            spent = spent.after(cost, daily, now)
        except Transient:
            continue
        days.setdefault(int(now // DAY), []).append(cost)
    for costs in days.values():
        assert sum(costs) <= daily or len(costs) == 1
    assert msgspec.json.decode(msgspec.json.encode(spent), type=Spent) == spent
