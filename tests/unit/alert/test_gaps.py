"""Times in which the stage did not look: when they are noted, and for how long they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from socialindex.alert.gaps import Gap, gaps, within
from socialindex.alert.model import STEP
from socialindex.alert.recent import KEPT
from socialindex.alert.watch import MOST_SILENCE, look
from tests.unit.alert.test_watch import AT, topic

if TYPE_CHECKING:
    from socialindex.reread.schedule import Mark

HOUR = 3600.0


class Marks:
    """Marks in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Mark] = {}

    def get(self, name: str) -> Mark | None:
        return self.kept.get(name)

    def put(self, name: str, mark: Mark) -> None:
        self.kept[name] = mark


def known(marks: Marks, looked_at: float, now: float) -> tuple[Gap, ...]:
    return gaps(marks, looked_at, now, now - MOST_SILENCE)


@pytest.mark.parametrize("hours", [0, 1 / 60, 1, 5.9, -3])
def test_a_pause_of_which_all_is_counted_is_no_gap(hours: float) -> None:
    marks = Marks()
    assert known(marks, AT - hours * HOUR, AT) == ()
    assert marks.kept == {}


def test_the_first_run_ever_has_no_gap() -> None:
    assert known(Marks(), 0, AT) == ()


@pytest.mark.parametrize("seconds", [0, 7, 299])
def test_a_gap_is_what_lies_between_two_runs_and_was_counted_by_neither(seconds: int) -> None:
    marks, now = Marks(), AT + seconds
    (gap,) = known(marks, AT - 7 * HOUR + 42, now)
    assert gap == (AT - 7 * HOUR, look(topic(), now).first)
    assert gap.end == AT - (KEPT - 1) * STEP
    assert known(marks, now, now + 60) == (gap,)
    assert [within([gap], place) for place in (gap.begin - STEP, gap.begin, gap.end - STEP, gap.end)] == [
        False,
        True,
        True,
        False,
    ]


def test_a_gap_goes_on_until_a_run_has_come_to_all_topics() -> None:
    marks = Marks()
    for minute in range(20):
        (gap,) = known(marks, AT - 7 * HOUR, AT + 60 * minute)
    assert gap == (AT - 7 * HOUR, look(topic(), AT + 19 * 60).first)


def test_gaps_are_kept_for_as_long_as_silence_is_told() -> None:
    marks, day = Marks(), 24 * HOUR
    found = [known(marks, AT + (number - 1) * day, AT + number * day) for number in range(100)]
    assert found[1] == (Gap(AT - 86_400, found[0][0].end), Gap(AT, found[0][0].end + 86_400))
    assert {len(each) for each in found[20:]} == {14}
