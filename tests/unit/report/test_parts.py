"""Parts of a report: asked for at once within a bound of time, and what was not seen of the month."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from socialindex.errors import NotFound, Unavailable
from socialindex.report.counted import blind
from socialindex.report.gathering import Gathering
from socialindex.watch.events import BlindInterval
from tests.unit.report.samples import MONTH, at


def refuse(error: Exception) -> str:
    raise error


def test_parts_are_asked_for_at_once() -> None:
    together = threading.Barrier(3, timeout=20)
    with Gathering[str]() as parts:
        begun = [parts.start(together.wait) for _ in range(3)]
        assert sorted(map(parts.needed, begun)) == [0, 1, 2]


def test_what_is_late_is_left_out_or_is_an_error() -> None:
    release = threading.Event()
    with Gathering[str](patience=0.05) as parts:
        slow, fast = parts.start(release.wait), parts.start(lambda: "told")
        assert fast.result(20) == "told"
        assert parts.optional("slow", slow) is None
        assert parts.optional("fast", fast) == "told"
        with pytest.raises(Unavailable, match="in time"):
            parts.needed(slow)
    release.set()
    assert parts.left_out == ["slow"]


def test_a_part_that_does_not_answer_is_left_out_and_other_errors_are_not() -> None:
    with Gathering[str]() as parts:
        assert parts.optional("terms", parts.start(lambda: refuse(Unavailable("busy")))) is None
        with pytest.raises(NotFound):
            parts.optional("voices", parts.start(lambda: refuse(NotFound("there is no such topic"))))
    assert parts.left_out == ["terms"]


def interval(source: str, since: float, until: float | None, channel: str | None = None) -> BlindInterval:
    """A time of so many hours after the month's beginning."""
    ended = None if until is None else MONTH.since + timedelta(hours=until)
    return BlindInterval(
        source=source,
        channel=channel,
        channels=1 if channel else None,
        since=MONTH.since + timedelta(hours=since),
        until=ended,
        kind="down",
    )


def test_times_that_overlap_count_once_and_none_beyond_the_month() -> None:
    intervals = [
        interval("feed", -5, 2, "ch_a"),
        interval("feed", 1, 4, "ch_b"),
        interval("feed", 10, 11, "ch_a"),
        interval("gnuboard", 30 * 24 - 6, None),
    ]
    found = {one.source: (one.minutes, one.whole) for one in blind(MONTH, intervals)}
    assert found == {"gnuboard": (6 * 60, True), "feed": (5 * 60, False)}
    assert [one.source for one in blind(MONTH, intervals)] == ["gnuboard", "feed"]


def test_weeks_of_a_channel_are_not_the_whole_sources_which_was_gone_for_an_hour() -> None:
    intervals = [
        interval("rhymix", 0, 700, "ch_a"),
        interval("rhymix", 699, 700),
        interval("feed", 5, 6),
        interval("feed", 4, 8, "ch_a"),
        interval("mastodon", 2, 9),
        interval("mastodon", 3, 4, "ch_a"),
    ]
    assert [(one.source, one.minutes, one.whole) for one in blind(MONTH, intervals)] == [
        ("rhymix", 699 * 60, False),
        ("mastodon", 7 * 60, True),
        ("feed", 3 * 60, False),
        ("feed", 60, True),
        ("rhymix", 60, True),
    ]


def test_a_gap_of_seconds_is_a_minute_and_one_beside_the_month_none() -> None:
    second = 1 / 3600
    intervals = [
        interval("feed", 5, 5 + 20 * second),
        interval("feed", 5, 5 + 40 * second, "ch_a"),
        interval("lemmy", 7, 7 + 20 * second, "ch_a"),
        interval("mastodon", -2, 0),
    ]
    found = [(one.source, one.minutes, one.whole) for one in blind(MONTH, intervals)]
    assert found == [("feed", 1, True), ("feed", 1, False), ("lemmy", 1, False)]


def test_nothing_is_blind_where_nothing_is_known() -> None:
    assert blind(MONTH, []) == []
    assert at(1, 0) == MONTH.since
