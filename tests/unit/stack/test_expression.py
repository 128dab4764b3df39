from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.events.expression import Rate, parse
from socialindex.errors import InvalidInput

START = datetime(2026, 2, 27, 22, 58, 30, tzinfo=UTC)  # a Friday


def times(expression: str, count: int, timezone: str = "UTC", start: datetime = START) -> list[str]:
    schedule = parse(expression, timezone, "here")
    found: list[str] = []
    due = schedule.first(start)
    while due is not None and len(found) < count:
        found.append(due.strftime("%Y-%m-%d %H:%M"))
        due = schedule.after(due)
    return found


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [("rate(1 minute)", 60), ("rate(5 minutes)", 300), ("rate(2 hours)", 7200), ("rate(1 day)", 86_400)],
)
def test_a_rate_begins_at_once(expression: str, seconds: int) -> None:
    rate = parse(expression, "UTC", "here")
    assert rate == Rate(seconds)
    assert rate.first(START) == START
    assert rate.after(START) == START + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cron(* * * * ? *)", ["2026-02-27 22:59", "2026-02-27 23:00", "2026-02-27 23:01"]),
        ("cron(*/20 * * * ? *)", ["2026-02-27 23:00", "2026-02-27 23:20", "2026-02-27 23:40"]),
        ("cron(5/30 0-1 * * ? *)", ["2026-02-28 00:05", "2026-02-28 00:35", "2026-02-28 01:05"]),
        ("cron(0 3 * * ? *)", ["2026-02-28 03:00", "2026-03-01 03:00"]),
        ("cron(15 10 ? * MON-FRI *)", ["2026-03-02 10:15", "2026-03-03 10:15"]),
        ("cron(0 8,20 ? * 1 *)", ["2026-03-01 08:00", "2026-03-01 20:00", "2026-03-08 08:00"]),
        ("cron(0 0 31 * ? *)", ["2026-03-31 00:00", "2026-05-31 00:00"]),
        ("cron(0 0 29 FEB ? *)", ["2028-02-29 00:00", "2032-02-29 00:00"]),
        ("cron(0 0 1 jan ? 2027-2028)", ["2027-01-01 00:00", "2028-01-01 00:00"]),
        ("cron(0 0 1 1 ? 2020)", []),
        ("cron(0 0 30 2 ? 2026-2030)", []),
    ],
)
def test_a_cron_fires_at_its_times(expression: str, expected: list[str]) -> None:
    assert times(expression, len(expected) or 1) == expected


def test_a_cron_counts_in_its_time_zone() -> None:
    assert times("cron(0 3 * * ? *)", 2, "Asia/Seoul") == ["2026-02-28 18:00", "2026-03-01 18:00"]


def test_a_local_time_that_the_clocks_skip_is_left_out() -> None:
    start = datetime(2026, 3, 28, 12, tzinfo=UTC)  # Berlin skips 02:00 to 03:00 on the 29th
    assert times("cron(30 2 * * ? *)", 2, "Europe/Berlin", start) == ["2026-03-30 00:30", "2026-03-31 00:30"]


@given(
    minute=st.integers(0, 59),
    hour=st.integers(0, 23),
    weekday=st.integers(1, 7),
    zone=st.sampled_from(["UTC", "Asia/Seoul", "America/New_York"]),
    start=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - naive, as datetimes() takes them
)
def test_the_next_time_is_later_and_fits(minute: int, hour: int, weekday: int, zone: str, start: datetime) -> None:
    moment = start.replace(tzinfo=UTC)
    due = parse(f"cron({minute} {hour} ? * {weekday} *)", zone, "here").after(moment)
    assert due is not None
    assert moment < due <= moment + timedelta(days=15)
    local = due.astimezone(ZoneInfo(zone))
    assert (local.minute, local.hour, local.isoweekday() % 7 + 1) == (minute, hour, weekday)


@pytest.mark.parametrize(
    ("expression", "remedy"),
    [
        ("rate(0 minutes)", "at least 1"),
        ("rate(5 seconds)", "rate(5 minutes)"),
        ("rate(-1 minutes)", "rate(5 minutes)"),
        ("at(2026-01-01T00:00:00)", "at() is not run locally"),
        ("every minute", "rate(5 minutes)"),
        ("cron(0 3 * * *)", "six fields"),
        ("cron(0 3 * * * *)", "must be ?"),
        ("cron(0 3 ? * ? *)", "must be ?"),
        ("cron(60 3 * * ? *)", "from 0 to 59"),
        ("cron(0 24 * * ? *)", "from 0 to 23"),
        ("cron(0 3 0 * ? *)", "from 1 to 31"),
        ("cron(0 3 * MAI ? *)", "from 1 to 12"),
        ("cron(0 3 L * ? *)", "from 1 to 31"),
        ("cron(0 3 ? * 2#1 *)", "L, W and # are not run"),
        ("cron(0 3 15W * ? *)", "from 1 to 31"),
        ("cron(*/0 3 * * ? *)", "L, W and # are not run"),
        ("cron(9-3 3 * * ? *)", "from 0 to 59"),
    ],
)
def test_another_expression_is_refused_with_a_remedy(expression: str, remedy: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(expression, "UTC", "Function.Events.Every")
    assert caught.value.field == "Function.Events.Every"
    assert remedy in caught.value.remedy


@pytest.mark.parametrize("timezone", ["Asia/Nowhere", "", "../etc"])
def test_an_unknown_time_zone_is_refused(timezone: str) -> None:
    with pytest.raises(InvalidInput, match="not understood"):
        parse("cron(0 3 * * ? *)", timezone, "here")
