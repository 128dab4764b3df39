"""The window of time that figures are about, and its buckets: days are those of the zone's clocks."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialindex.errors import InvalidInput
from socialindex.search import fields
from socialindex.search.analytics.window import (
    MOST_BUCKETS,
    Interval,
    Window,
    Windowed,
    edges,
    interval_of,
    window_of,
)

NOW = datetime(2026, 11, 28, 6, 30, tzinfo=UTC)
ZONES = [
    "UTC",
    "Asia/Seoul",
    "Asia/Kolkata",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",  # clocks went forward at midnight
    "Africa/Cairo",  # likewise
    "America/Asuncion",
    "Australia/Lord_Howe",  # by half an hour
    "Pacific/Apia",  # left out a day in 2011
]
INTERVALS: list[Interval] = ["hour", "day", "week", "month"]


def window(since: str | None = None, until: str | None = None, zone: str = "UTC") -> Window:
    given = {"from": since, "to": until, "time_zone": zone}
    return window_of(fields.from_query(Windowed, {name: value for name, value in given.items() if value}), NOW)


def told(moments: list[datetime]) -> list[str]:
    return [moment.strftime("%m-%dT%H:%M") for moment in moments]


def test_without_bounds_the_window_is_thirty_days_with_today() -> None:
    assert window()[:2] == (datetime(2026, 10, 30, tzinfo=UTC), datetime(2026, 11, 29, tzinfo=UTC))
    seoul = window(zone="Asia/Seoul")
    assert seoul[:2] == (datetime(2026, 10, 29, 15, tzinfo=UTC), datetime(2026, 11, 28, 15, tzinfo=UTC))
    assert window(until="2026-03-31T00:00:00Z").since == datetime(2026, 3, 1, tzinfo=UTC)


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"time_zone": "Asia/Atlantis"}, "time_zone"),
    ({"time_zone": "../../etc/passwd"}, "time_zone"),
    ({"time_zone": ""}, "time_zone"),
    ({"time_zone": "America"}, "time_zone"),
    ({"time_zone": "Asia/Hanoi"}, "time_zone"),
    ({"time_zone": "right/UTC"}, "time_zone"),
    ({"time_zone": "posixrules"}, "time_zone"),
    ({"from": "2026-11-28T00:00:00Z", "to": "2026-11-28T00:00:00Z"}, "from"),
    ({"from": "2027-01-01T00:00:00Z"}, "from"),
    ({"from": "0001-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "from"),
    ({"to": "9999-12-31T23:59:59Z"}, "to"),
    ({"from": "1991-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "from"),
]


@pytest.mark.parametrize(("given", "field"), REFUSED)
def test_a_window_that_cannot_be_is_told_with_its_field(given: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        window_of(fields.from_query(Windowed, given), NOW)
    assert (refused.value.field, bool(refused.value.remedy)) == (field, True)


AUTO = [(1, "hour"), (3, "hour"), (4, "day"), (100, "day"), (101, "week"), (700, "week"), (701, "month")]


@pytest.mark.parametrize(("days", "interval"), AUTO)
def test_the_interval_suits_the_window(days: int, interval: str) -> None:
    some = Window(NOW - timedelta(days=days), NOW, UTC, "UTC")
    assert interval_of("auto", some) == interval
    assert len(edges(some, interval_of("auto", some))) < 103


def test_an_interval_that_makes_too_many_buckets_is_refused() -> None:
    assert interval_of("hour", Window(NOW - timedelta(hours=MOST_BUCKETS), NOW, UTC, "UTC")) == "hour"
    with pytest.raises(InvalidInput, match="hours make too many") as refused:
        interval_of("hour", Window(NOW - timedelta(hours=MOST_BUCKETS + 1), NOW, UTC, "UTC"))
    assert refused.value.field == "interval"


BORDERS: list[tuple[str, str, str, Interval, list[str]]] = [
    ("Asia/Seoul", "2026-11-19T14:59:59Z", "2026-11-20T15:00:00Z", "day",
     ["11-18T15:00", "11-19T15:00", "11-20T15:00"]),
    ("Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "day", ["10-24T22:00", "10-25T23:00"]),
    ("Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "day", ["03-28T23:00", "03-29T22:00"]),
    ("America/Sao_Paulo", "2018-11-03T12:00:00Z", "2018-11-05T02:00:00Z", "day",
     ["11-03T03:00", "11-04T03:00", "11-05T02:00"]),
    ("Asia/Kolkata", "2026-11-19T15:05:00Z", "2026-11-19T16:20:00Z", "hour",
     ["11-19T14:30", "11-19T15:30", "11-19T16:30"]),
    ("Asia/Seoul", "2026-11-20T00:00:00Z", "2026-11-23T00:00:00Z", "week",
     ["11-15T15:00", "11-22T15:00", "11-29T15:00"]),
    ("Asia/Seoul", "2026-01-15T00:00:00Z", "2026-03-01T00:00:00Z", "month",
     ["12-31T15:00", "01-31T15:00", "02-28T15:00", "03-31T15:00"]),
    ("Pacific/Apia", "2011-12-29T12:00:00Z", "2011-12-31T09:00:00Z", "day",
     ["12-29T10:00", "12-30T10:00", "12-31T10:00"]),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "since", "until", "interval", "expected"), BORDERS)
def test_buckets_begin_where_the_zones_clocks_say(
    zone: str, since: str, until: str, interval: Interval, expected: list[str]
) -> None:
    assert told(edges(window(since, until, zone), interval)) == expected


MOMENTS = st.datetimes(datetime(1991, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - as it wants
LENGTHS = st.timedeltas(timedelta(microseconds=1), timedelta(days=40))


@settings(deadline=None)
@given(MOMENTS, LENGTHS, st.sampled_from(ZONES), st.sampled_from(INTERVALS))
def test_buckets_cover_the_window_without_gap_and_begin_at_a_day(
    since: datetime, length: timedelta, name: str, interval: Interval
) -> None:
    some = window(since.isoformat(), (since + length).isoformat(), name)
    found = edges(some, interval)
    assert found[0] <= some.since < found[1]
    assert found[-2] < some.until <= found[-1]
    assert all(earlier < later for earlier, later in itertools.pairwise(found))
    days = [moment.astimezone(some.zone).date() for moment in found]
    if interval == "hour":
        assert {later - earlier for earlier, later in itertools.pairwise(found)} == {timedelta(hours=1)}
    else:
        before = [(moment - timedelta(microseconds=1)).astimezone(some.zone).date() for moment in found]
        assert all(earlier < day for earlier, day in zip(before, days, strict=True))
    if interval == "week":
        assert {day.weekday() for day in days} == {0}
    if interval == "month":
        assert {day.day for day in days} == {1}
