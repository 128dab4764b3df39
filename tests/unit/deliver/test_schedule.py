"""When a delivery is tried again: for a day, more and more seldom, and never earlier than its receiver asks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.deliver.fanout import delivery_of
from socialindex.deliver.schedule import DAY, PAUSES, due_at, next_attempt
from tests.unit.deliver.samples import AT, destination, of_alert

if TYPE_CHECKING:
    from socialindex.deliver.delivery import Delivery


def failed(times: int) -> Delivery:
    """A delivery that failed so many times."""
    return msgspec.structs.replace(delivery_of(of_alert(), destination(), AT), tries=times)


@given(st.lists(st.floats(0, 1), min_size=20, max_size=20))
def test_a_delivery_is_tried_ten_times_or_so_until_the_day_is_over(chances: list[float]) -> None:
    now, attempts = AT, []
    for tries, chance in enumerate(chances, start=1):
        attempts.append(now)
        after = next_attempt(failed(tries), now, None, iter([chance]).__next__)
        if after is None:
            break
        assert after > now
        now = after
    assert 9 <= len(attempts) <= 13
    assert attempts[-1] == AT + DAY
    assert attempts[1] - AT <= timedelta(seconds=66)


def test_pauses_grow_and_have_a_chance_in_them() -> None:
    assert list(PAUSES) == sorted(PAUSES)
    shortest, longest = (next_attempt(failed(3), AT, None, iter([chance]).__next__) for chance in (0, 1))
    assert (shortest, longest) == (AT + timedelta(minutes=13.5), AT + timedelta(minutes=16.5))


@pytest.mark.parametrize(
    ("retry_after", "expected"),
    [
        (5.0, timedelta(minutes=1)),
        (3_600.0, timedelta(hours=1)),
        (86_400.0, DAY),
        (86_401.0, None),
    ],
)
def test_retry_after_is_honored_within_the_day(retry_after: float, expected: timedelta | None) -> None:
    after = next_attempt(failed(1), AT, retry_after, lambda: 0.5)
    assert after == (AT + expected if expected else None)


def test_a_first_try_is_due_when_its_event_happened_or_when_what_held_it_ended() -> None:
    made, later = AT + timedelta(minutes=2), AT + timedelta(hours=9)
    new = delivery_of(of_alert(), destination(), made)
    assert due_at(new) == new.event.at
    assert due_at(msgspec.structs.replace(new, until=later + DAY, next_at=later)) == later
