"""Quiet hours and the times of digests, in any zone and on the days when clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.deliver.hours import Quiet, at_eight, eight_before, last_eight
from socialindex.errors import InvalidInput
from socialindex.zones import zone_of

NIGHT = Quiet(since="22:00", until="07:00")
NOON = Quiet(since="12:00", until="13:30")
SHORT = Quiet(since="22:00", until="01:30")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "now", "zone", "end"),
    [
        (NIGHT, "2026-11-28T12:59:59", "Asia/Seoul", None),  # 21:59:59
        (NIGHT, "2026-11-28T13:00:00", "Asia/Seoul", "2026-11-28T22:00:00"),
        (NIGHT, "2026-11-28T21:59:59", "Asia/Seoul", "2026-11-28T22:00:00"),  # 06:59:59
        (NIGHT, "2026-11-28T22:00:00", "Asia/Seoul", None),
        (NOON, "2026-11-28T11:59:00", "UTC", None),
        (NOON, "2026-11-28T12:00:00", "UTC", "2026-11-28T13:30:00"),
        (NOON, "2026-11-28T13:30:00", "UTC", None),
        # Clocks go back an hour in this night, and on in that one: the night ends when clocks say so.
        (NIGHT, "2026-10-25T00:30:00", "Europe/Berlin", "2026-10-25T06:00:00"),
        (NIGHT, "2026-03-29T00:30:00", "Europe/Berlin", "2026-03-29T05:00:00"),
        # It is 01:10 twice in this night, and each time the hours end twenty minutes later.
        (SHORT, "2026-11-01T05:10:00", "America/New_York", "2026-11-01T05:30:00"),
        (SHORT, "2026-11-01T05:40:00", "America/New_York", None),
        (SHORT, "2026-11-01T06:10:00", "America/New_York", "2026-11-01T06:30:00"),
    ],
)
def test_quiet_hours_end_when_the_zone_says(quiet: Quiet, now: str, zone: str, end: str | None) -> None:
    assert quiet.end(utc(now), zone) == (utc(end) if end else None)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - as hypothesis asks
    st.sampled_from(["Asia/Seoul", "Europe/Berlin", "America/New_York", "Pacific/Chatham"]),
    st.times(),
    st.times(),
)
def test_quiet_hours_end_later(now: datetime, zone: str, since: time, until: time) -> None:
    end = Quiet(since=f"{since:%H:%M}", until=f"{until:%H:%M}").end(now, zone)
    assert end is None or now < end <= now + timedelta(hours=25)


def test_quiet_hours_that_begin_when_they_end_are_none() -> None:
    with pytest.raises(InvalidInput) as caught:
        Quiet(since="07:00", until="07:00").check()
    assert caught.value.field == "quiet"


@pytest.mark.parametrize(
    ("now", "zone", "daily", "weekly"),
    [
        ("2026-11-27T22:59:00", "Asia/Seoul", "2026-11-27T23:00:00", "2026-11-29T23:00:00"),
        ("2026-11-27T23:00:00", "Asia/Seoul", "2026-11-28T23:00:00", "2026-11-29T23:00:00"),
        ("2026-11-29T23:00:00", "Asia/Seoul", "2026-11-30T23:00:00", "2026-12-06T23:00:00"),
        ("2026-11-28T09:00:00", "America/New_York", "2026-11-28T13:00:00", "2026-11-30T13:00:00"),
    ],
)
def test_digests_are_made_at_eight(now: str, zone: str, daily: str, weekly: str) -> None:
    assert at_eight(utc(now), zone, weekly=False) == utc(daily)
    assert at_eight(utc(now), zone, weekly=True) == utc(weekly)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - as hypothesis asks
    st.sampled_from(["Asia/Seoul", "UTC", "Europe/Berlin", "America/New_York", "Pacific/Chatham"]),
    st.booleans(),
)
def test_every_moment_is_between_two_digests(now: datetime, zone: str, weekly: bool) -> None:
    last, following = last_eight(now, zone, weekly=weekly), at_eight(now, zone, weekly=weekly)
    assert last <= now < following
    assert abs((following - last) - timedelta(days=7 if weekly else 1)) <= timedelta(hours=1)
    assert {moment.astimezone(zone_of(zone)).hour for moment in (last, following)} == {8}
    assert last_eight(following, zone, weekly=weekly) == following
    assert eight_before(following, zone, weekly=weekly) == last
