"""A channel's interval follows its rate of new posts, whatever is known of it, and never leaves its bounds."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.crawl.rhythm import JITTER, MEMORY, Poll, Polling, Rhythm
from socialindex.errors import InvalidSettings

if TYPE_CHECKING:
    from collections.abc import Callable

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
BOUNDS = Polling()
START = 1_764_000_000.0


class Life:
    """A channel that posts at random times, and is polled as its rhythm says."""

    def __init__(self, rate: float, *, bounds: Polling = BOUNDS, seed: int = 1) -> None:
        self.rate, self.bounds = rate, bounds
        self.chance = random.Random(seed)  # noqa: S311 - repeatable chance
        self.now = START
        self.rhythm = Rhythm().heard(BOUNDS, self.now, [])
        self.found: list[int] = []

    def polls(self, count: int) -> Life:
        for _ in range(count):
            self.wait(self.rhythm.interval(self.bounds))
        return self

    def wait(self, seconds: float) -> None:
        times, at = list[float](), self.now
        while (at := at + (self.chance.expovariate(self.rate) if self.rate else math.inf)) < self.now + seconds:
            times.append(at)
        self.now += seconds
        self.found.append(len(times))
        self.rhythm = self.rhythm.heard(BOUNDS, self.now, times)

    @property
    def interval(self) -> float:
        return self.rhythm.interval(self.bounds)


@pytest.mark.parametrize("every", [MINUTE, 10 * MINUTE, HOUR, 12 * HOUR])
def test_a_poll_finds_about_one_new_post(every: float) -> None:
    lives = [Life(1 / every, seed=seed).polls(200) for seed in range(20)]
    found = [count for life in lives for count in life.found[50:]]
    assert 0.7 < sum(found) / len(found) < 1.5


def test_the_busiest_and_the_silent_stay_within_their_bounds() -> None:
    assert Life(5.0).polls(30).interval == BOUNDS.floor
    assert Life(0.0).polls(30).interval == BOUNDS.ceiling


def test_a_channel_that_nothing_is_known_of_is_polled_at_the_first_interval() -> None:
    assert Rhythm().interval(BOUNDS) == BOUNDS.first
    assert Rhythm().heard(BOUNDS, START, None).interval(BOUNDS) == BOUNDS.first
    assert Rhythm().heard(BOUNDS, START, [], led_to=30).interval(BOUNDS) == BOUNDS.first


def test_a_silent_channel_is_polled_ever_less_often() -> None:
    life = Life(0.0)
    intervals = [BOUNDS.first, *(life.polls(1).interval for _ in range(6))]
    assert all(1.5 * sooner < later < 3 * sooner for sooner, later in pairwise(intervals))


def test_one_that_wakes_up_is_noticed_at_its_next_poll() -> None:
    life = Life(0.0).polls(20)
    life.rate = 1 / MINUTE
    assert life.polls(1).interval < HOUR
    assert life.polls(8).interval < 5 * MINUTE


def test_one_that_falls_silent_is_soon_left_alone() -> None:
    life = Life(1 / MINUTE).polls(50)
    life.rate = 0.0
    assert life.polls(30).interval == BOUNDS.ceiling


def test_the_first_page_tells_how_often_the_channel_posted_before() -> None:
    weekly = Rhythm().heard(BOUNDS, START, [START - 7 * DAY * number for number in range(1, 11)])
    assert weekly.interval(BOUNDS) == BOUNDS.ceiling
    every_quarter = Rhythm().heard(BOUNDS, START, [START - 15 * MINUTE * number for number in range(1, 41)])
    assert every_quarter.interval(BOUNDS) == pytest.approx(15 * MINUTE, rel=0.2)


def test_posts_that_were_seen_before_are_not_new() -> None:
    page = [START - HOUR * number for number in range(1, 6)]
    rhythm = Rhythm().heard(BOUNDS, START, page)
    again = rhythm.heard(BOUNDS, START + 60, page)
    assert again.interval(BOUNDS) > rhythm.interval(BOUNDS)
    assert rhythm.news(page) == 0
    assert rhythm.news([*page, START - 10]) == 1


def test_a_post_that_arrives_late_is_new_all_the_same() -> None:
    rhythm = Rhythm().heard(BOUNDS, START, [START - HOUR]).heard(BOUNDS, START + 60, [])
    assert rhythm.news([START + 30]) == 1


def test_a_post_that_is_announced_for_later_is_new_then() -> None:
    rhythm = Rhythm().heard(BOUNDS, START, [START - HOUR, START + DAY])
    assert rhythm.newest == START - HOUR
    assert rhythm.heard(BOUNDS, START + 60, [START + DAY]).newest == START - HOUR


def test_without_times_a_poll_tells_nothing() -> None:
    rhythm = Rhythm().heard(BOUNDS, START, [START - 1])
    told = rhythm.heard(BOUNDS, START + HOUR, None)
    assert (told.posts, told.seconds, told.at) == (rhythm.posts, rhythm.seconds, START + HOUR)


def test_what_follows_counts_where_a_list_only_leads_to_posts() -> None:
    rhythm = Rhythm().heard(BOUNDS, START, [], led_to=90)
    for number in range(1, 40):
        rhythm = rhythm.heard(BOUNDS, START + number * 600, [], led_to=1)
    assert rhythm.interval(BOUNDS) == pytest.approx(600, rel=0.1)


def test_a_poll_that_is_heard_of_twice_or_late_changes_nothing() -> None:
    rhythm = Rhythm().heard(BOUNDS, START, [START - 5]).heard(BOUNDS, START + 60, [START + 1])
    assert rhythm.heard(BOUNDS, START + 60, [START + 1, START + 2]) == rhythm
    assert rhythm.heard(BOUNDS, START + 30, [START + 1, START + 2]) == rhythm


_ANSWERS = st.lists(
    st.tuples(st.floats(0, 10 * DAY), st.none() | st.lists(st.floats(-DAY, DAY), max_size=50), st.integers(0, 500)),
    max_size=40,
)


@given(_ANSWERS)
def test_whatever_is_heard_the_interval_stays_within_its_bounds(
    answers: list[tuple[float, list[float] | None, int]],
) -> None:
    rhythm, now = Rhythm(), START
    for seconds, published, led_to in answers:
        now += seconds
        rhythm = rhythm.heard(BOUNDS, now, None if published is None else [now + at for at in published], led_to)
        assert BOUNDS.floor <= rhythm.interval(BOUNDS) <= BOUNDS.ceiling
        assert 0 <= rhythm.posts <= MEMORY + 1e-6
        assert rhythm.seconds >= 0
    assert msgspec.json.decode(msgspec.json.encode(rhythm), type=Rhythm) == rhythm
    assert len(msgspec.json.encode(rhythm)) < 200


# Pauses


def spread(pause: Callable[[], float]) -> tuple[float, float]:
    pauses = [pause() for _ in range(400)]
    return min(pauses), max(pauses)


def test_polls_are_spread_so_that_channels_added_together_do_not_stay_together() -> None:
    low, high = spread(lambda: BOUNDS.pause(Rhythm()))
    assert BOUNDS.first * (1 - JITTER) <= low < BOUNDS.first * 0.95
    assert BOUNDS.first * 1.05 < high <= BOUNDS.first * (1 + JITTER)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 300.0), (1, 600.0), (2, 1_200.0), (7, 38_400.0), (9, DAY), (10_000, DAY)]
)
def test_a_failing_channel_backs_off_to_the_ceiling(failures: int, seconds: float) -> None:
    low, high = spread(lambda: BOUNDS.pause(Rhythm(), failures))
    assert seconds * (1 - JITTER) <= low <= high <= seconds * (1 + JITTER)


def test_a_failing_channel_is_never_polled_more_often_than_a_good_one() -> None:
    silent = Life(0.0).polls(20).rhythm
    assert BOUNDS.pause(silent, 1) >= BOUNDS.ceiling * (1 - JITTER)


@pytest.mark.parametrize("wrong", [{"floor": 0.0}, {"floor": 301.0}, {"ceiling": 299.0}, {"first": 59.0}])
def test_bounds_that_contradict_each_other_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidSettings) as invalid:
        Polling(**wrong)
    assert invalid.value.remedy


# Checking a "not modified"


KNOWN = Rhythm().heard(BOUNDS, START, [START - HOUR]).heard(BOUNDS, START + 100, [])
SAID = START + 100.0


@pytest.mark.parametrize(
    ("published", "led_to", "lied"),
    [
        ([START - HOUR], 0, False),
        ([START - HOUR, START + 50], 0, True),
        ([START - HOUR, START + 101], 0, False),  # since then
        ([], 1, True),
        ([], 0, False),
        (None, 0, False),
    ],
)
def test_an_answer_belies_a_not_modified_if_it_holds_what_was_there_already(
    published: list[float] | None, led_to: int, lied: bool
) -> None:
    poll = Poll(channel="ch", at=SAID + 2, rhythm=KNOWN, led_to=led_to, verifies=SAID)
    assert poll.belies(published) is lied
    unasked = msgspec.structs.replace(poll, verifies=None)
    assert unasked.belies(published) is False


def test_after_a_lie_the_rhythm_begins_anew() -> None:
    silent = Life(0.0).polls(20)
    page = [silent.now - MINUTE * number for number in range(1, 30)]
    poll = Poll(channel="ch", at=silent.now + 2, rhythm=silent.rhythm, verifies=silent.now)
    assert poll.heard(BOUNDS, page).interval(BOUNDS) < 2 * MINUTE
