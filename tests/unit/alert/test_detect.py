"""What a topic's watch tells, and what it never tells."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialindex.alert.detect import Memory, observe
from socialindex.alert.model import STEP, Bucket, Change, Heard

if TYPE_CHECKING:
    from collections.abc import Iterable

MONDAY = 1_767_538_800
"""2026-01-05, midnight in Korea."""
DAY = 288


def bucket(number: int, voices: int = 0, negative: int = 0, *, seen: float = 1.0, promotional: int = 0) -> Bucket:
    """Voices of three sources in equal parts, the negative ones taking turns."""
    sources = {
        name: Heard(len(range(place, voices, 3)), len(range((place + number) % 3, min(negative, voices), 3)))
        for place, name in enumerate(("board", "bluesky", "blog"))
    }
    distinct = voices + promotional
    return Bucket(
        at=MONDAY + number * STEP,
        seen=seen,
        mentions=distinct,
        distinct=distinct,
        promotional=promotional,
        voices=voices,
        judged=voices,
        negative=negative,
        sources=sources,
    )


def watched(buckets: Iterable[Bucket], memory: Memory | None = None) -> tuple[Memory, list[Change]]:
    """A topic's memory after these buckets, and all that changed."""
    memory = memory or Memory(mentioned=True)
    return memory, [change for each in buckets if (change := observe(memory, each))]


def quiet(days: int, first: int = 0, voices: int = 9) -> list[Bucket]:
    """Days in which one voice in nine is negative."""
    return [bucket(number, voices, voices // 9) for number in range(first, first + days * DAY)]


@functools.cache
def _quiet_history() -> bytes:
    return msgspec.json.encode(watched([*quiet(DAYS), *quiet(1, DAYS * DAY)[: 14 * HOUR]])[0])


def history() -> Memory:
    """What is remembered of ten quiet days and a morning."""
    return msgspec.json.decode(_quiet_history(), type=Memory)


HOUR = 12
DAYS = 10
START = DAYS * DAY + 14 * HOUR
"""A Thursday at two in the afternoon."""


@dataclasses.dataclass(frozen=True)
class Story:
    """An hour that follows ten quiet days of nine voices, of which one is negative, every five minutes."""

    voices: int
    negative: int
    told: str | None
    promotional: int = 0
    seen: float = 1.0


STORIES = {
    "as ever": Story(9, 1, None),
    "twice as many voices, as content as ever": Story(14, 2, None),
    "many voices, as content as ever": Story(60, 6, "burst"),
    "as many voices, most of them negative": Story(9, 8, "shift"),
    "many voices, most of them negative": Story(60, 45, "crisis"),
    "a campaign, and those who talk about it": Story(60, 6, None, promotional=200),
    "a campaign that people are angry about": Story(60, 45, "crisis", promotional=200),
    "silence": Story(0, 0, None),
    "most of the sources are blind, the rest is as ever": Story(3, 1, None, seen=0.3),
    "all sources are blind": Story(0, 0, None, seen=0.0),
    "half the sources are blind": Story(5, 1, None, seen=0.6),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_an_hour_is_told_as_what_it_is(story: Story) -> None:
    hour = [
        bucket(START + place, story.voices, story.negative, seen=story.seen, promotional=story.promotional)
        for place in range(HOUR)
    ]
    memory, told = watched(hour, history())
    assert (memory.incident.kind if memory.incident else None) == story.told
    assert [change.what for change in told][:1] == (["opened"] if story.told else [])


def test_an_incident_is_one_alert_that_is_closed_when_it_is_over_and_goes_on_in_the_morning() -> None:
    crisis = [bucket(START + place, 60, 45) for place in range(2 * HOUR)]
    after = [bucket(START + place, 9, 1) for place in range(2 * HOUR, 16 * HOUR)]
    again = [bucket(START + place, 60, 45) for place in range(16 * HOUR, 17 * HOUR)]
    memory, told = watched([*crisis, *after, *again], history())
    assert [change.what for change in told if change.what != "updated"] == ["opened", "closed", "reopened"]
    assert {change.incident.opened_at for change in told} == {told[0].incident.opened_at}
    assert memory.incident
    assert memory.incident.closed_at is None


def test_a_crisis_says_where_it_is_and_beside_what() -> None:
    hour = [bucket(START + place, 60, 45) for place in range(HOUR)]
    memory, told = watched(hour, history())
    found = memory.incident
    assert found
    assert told[0].incident.opened_at == MONDAY + (START + 1) * STEP
    assert found.severity == "high"
    assert sorted(found.sources) == ["blog", "bluesky", "board"]
    assert found.expected == pytest.approx(9 * found.window / STEP, rel=0.2)
    assert found.usual_negative_share == pytest.approx(1 / 9, abs=0.03)
    assert found.negative_share == 0.75


def test_where_nearly_all_are_negative_not_all_are_said_to_be() -> None:
    memory, _ = watched([bucket(START, 6_000, 5_999)], history())
    assert memory.incident
    assert 0.999 < (memory.incident.negative_share or 0) < 1


def test_it_is_noticed_within_the_five_minutes_in_which_it_begins() -> None:
    memory = history()
    assert observe(memory, bucket(START, 2, 0, seen=0.2)) is None
    change = observe(memory, bucket(START, 40, 30, seen=0.6))
    assert change
    assert change.what == "opened"
    assert observe(memory, bucket(START, 40, 30, seen=0.6)) is None


@pytest.mark.parametrize(("negative", "told"), [(24, []), (30, ["opened"])])
def test_a_large_topic_has_to_be_surer(negative: int, told: list[str]) -> None:
    """A third of eight times as many voices, for ten minutes: by the measure of nine voices it would be told."""
    memory, _ = watched(quiet(5, voices=72))
    _, changes = watched([bucket(5 * DAY + place, 72, negative) for place in range(2)], memory)
    assert [change.what for change in changes] == told


def test_the_first_mention_ever_is_told_once() -> None:
    memory, told = watched([bucket(0), bucket(1, 1), bucket(2, 1)], Memory())
    assert [(change.what, change.incident.kind) for change in told] == [("opened", "first")]
    assert memory.incident is None


def test_a_young_topic_tells_nothing_but_its_first_mention() -> None:
    _, told = watched([*quiet(1)[: DAY // 2], *(bucket(DAY // 2 + place, 90, 80) for place in range(HOUR))])
    assert told == []


def test_a_topic_that_grew_for_good_is_not_in_crisis_for_ever() -> None:
    grown = quiet(9, 4 * DAY, voices=45)
    memory, told = watched([*quiet(4), *grown])
    assert [change.what for change in told].count("opened") <= 1
    assert memory.baseline.expected(grown[-1].at).rate > 30


def test_holes_are_never_told_and_teach_nothing() -> None:
    days = quiet(4)
    holed = [each if 0 < (each.at - MONDAY) // STEP % 50 < 38 else bucket_without(each) for each in days]
    memory, told = watched(holed)
    whole, _ = watched(days)
    assert told == []
    at = MONDAY + START * STEP
    assert memory.baseline.expected(at).rate == pytest.approx(whole.baseline.expected(at).rate, rel=0.1)


def bucket_without(each: Bucket) -> Bucket:
    return Bucket(at=each.at, seen=0.0)


def test_a_bucket_that_never_came_was_not_seen() -> None:
    days = quiet(4)
    memory, _ = watched(each for each in days if (each.at - MONDAY) // STEP % 50 != 7)
    holed, _ = watched(each if (each.at - MONDAY) // STEP % 50 != 7 else bucket_without(each) for each in days)
    assert msgspec.json.encode(memory) == msgspec.json.encode(holed)


def test_a_correction_counts_from_the_next_bucket_on() -> None:
    memory = history()
    assert observe(memory, bucket(START - 2, 60, 45)) is None
    change = observe(memory, bucket(START, 9, 1))
    assert change
    assert change.what == "opened"


COUNTS = st.integers(0, 10**9)
BUCKETS = st.builds(
    Bucket,
    at=st.integers(START - 100, START + 3000).map(lambda number: MONDAY + number * STEP),
    seen=st.floats(0, 1),
    mentions=COUNTS,
    distinct=COUNTS,
    promotional=COUNTS,
    voices=COUNTS,
    judged=COUNTS,
    negative=COUNTS,
    sources=st.dictionaries(st.text(max_size=3), st.builds(Heard, COUNTS, COUNTS), max_size=30),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(BUCKETS, max_size=30))
def test_any_counts_in_any_order_are_borne_and_leave_a_memory_that_can_be_kept(buckets: list[Bucket]) -> None:
    memory, _ = watched(buckets, history())
    kept = msgspec.json.encode(memory)
    assert msgspec.json.encode(msgspec.json.decode(kept, type=Memory)) == kept
    assert len(memory.recent.moments) <= 72


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=72))
def test_what_comes_twice_changes_nothing(counts: list[tuple[int, int]]) -> None:
    buckets = [bucket(START + place, *each) for place, each in enumerate(counts)]
    memory, _ = watched(buckets, history())
    once = msgspec.json.encode(memory)
    assert watched(buckets, memory)[1] == []
    assert msgspec.json.encode(memory) == once


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 72), max_size=6), st.integers(1, 60))
def test_blind_buckets_open_nothing_wherever_they_are(holes: list[int], length: int) -> None:
    blind = {place for hole in holes for place in range(hole, hole + length)}
    day = [bucket(START + place, *((0, 0) if place in blind else (9, 1)), seen=float(place not in blind))
           for place in range(DAY // 2)]  # fmt: skip
    assert watched(day, history())[1] == []


@pytest.mark.parametrize("times", [1, 100])
def test_a_memory_stays_small_whatever_the_volume_and_age(times: int) -> None:
    buckets: list[Any] = [
        msgspec.structs.replace(each, sources={f"source{n}": Heard(9 * times, times) for n in range(30)})
        for each in quiet(2, voices=270 * times)
    ]
    memory, _ = watched(buckets)
    assert len(msgspec.json.encode(memory)) < 60_000
