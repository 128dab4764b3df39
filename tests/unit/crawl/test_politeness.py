"""A host's pace slows down when it suffers, at once, and speeds up again, slowly, never beyond what it asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.crawl.politeness import MAX_DELAY, SLOW_SECONDS, Pace, Sign, sign_of, sign_of_failure

NOW = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
SIGNS: list[Sign] = ["ok", "slow", "throttled", "error"]


def after(*signs: Sign, floor: float = 2.0, elapsed: float = 0.0) -> Pace:
    pace = Pace.at(floor)
    for sign in signs:
        pace = pace.after(sign, elapsed=elapsed)
    return pace


@pytest.mark.parametrize(
    ("signs", "delay"),
    [
        ([], 2.0),
        (["ok"], 2.0),
        (["slow"], 3.0),
        (["error"], 4.0),
        (["error", "error"], 8.0),
        (["throttled"], 30.0),
        (["throttled", "throttled"], 60.0),
        (["error", "ok"], 3.8),
        (["error"] * 40, MAX_DELAY),
    ],
)
def test_the_delay_follows_what_happens(signs: list[Sign], delay: float) -> None:
    assert after(*signs).delay == pytest.approx(delay)


def test_a_host_without_a_delay_slows_down_too() -> None:
    assert after("error", floor=0.0).delay == 1.0


def test_a_slow_host_is_asked_half_of_the_time_at_most() -> None:
    assert after("slow", elapsed=12.0).delay == 12.0


def test_good_answers_bring_back_the_old_pace_slowly() -> None:
    pace, answers = after("throttled"), 0
    while pace.delay > pace.floor:
        pace, answers = pace.after("ok"), answers + 1
    assert 20 <= answers <= 100
    assert pace == Pace.at(2.0)


def test_failures_are_counted_until_an_answer_comes() -> None:
    assert after("error", "throttled", "error").failures == 3
    assert after("error", "error", "slow").failures == 0


def test_a_hold_is_kept_once() -> None:
    held = Pace.at(2.0).after("throttled", hold=600.0)
    assert held.next_at(NOW) == NOW + timedelta(seconds=600)
    assert held.after("ok").next_at(NOW) < NOW + timedelta(seconds=30)


def test_a_short_hold_does_not_hurry_us() -> None:
    assert Pace.at(2.0).after("ok", hold=0.1).next_at(NOW) == NOW + timedelta(seconds=2)


def test_a_new_crawl_delay_holds_at_once_and_a_smaller_one_is_approached() -> None:
    assert Pace.at(2.0).with_floor(10.0).delay == 10.0
    assert Pace.at(10.0).with_floor(2.0).delay == 10.0
    assert Pace.at(10.0).with_floor(2.0).after("ok").delay == pytest.approx(9.2)


@given(
    st.floats(0, 600),
    st.lists(st.tuples(st.sampled_from(SIGNS), st.floats(0, 100), st.none() | st.floats(0, 90_000)), max_size=60),
)
def test_a_pace_stays_between_its_floor_and_an_hour(
    floor: float, events: list[tuple[Sign, float, float | None]]
) -> None:
    pace = Pace.at(floor)
    for sign, elapsed, hold in events:
        before, pace = pace, pace.after(sign, elapsed=elapsed, hold=hold)
        assert floor <= pace.delay <= MAX_DELAY
        assert pace.wait >= (hold or 0)
        assert pace.delay <= before.delay if sign == "ok" else pace.delay >= before.delay
    assert msgspec.json.decode(msgspec.json.encode(pace), type=Pace) == pace


def test_signs_are_told_from_answers_and_failures() -> None:
    assert [sign_of(SLOW_SECONDS), sign_of(SLOW_SECONDS + 0.1)] == ["ok", "slow"]
    assert [sign_of_failure("throttled"), sign_of_failure("timeout")] == ["throttled", "error"]
