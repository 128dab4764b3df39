"""Months by a time zone's calendar."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from socialindex.errors import InvalidInput
from socialindex.report.month import month_of

NOW = datetime(2026, 11, 28, 9, 30, 15, tzinfo=UTC)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "zone", "since", "until", "before"),
    [
        ("2026-10", "Asia/Seoul", "2026-09-30T15:00", "2026-10-31T15:00", "2026-08-31T15:00"),
        ("2026-10", "UTC", "2026-10-01T00:00", "2026-11-01T00:00", "2026-09-01T00:00"),
        ("2026-03", "Europe/Berlin", "2026-02-28T23:00", "2026-03-31T22:00", "2026-01-31T23:00"),
        ("2026-01", "Pacific/Kiritimati", "2025-12-31T10:00", "2026-01-31T10:00", "2025-11-30T10:00"),
        (None, "Asia/Seoul", "2026-09-30T15:00", "2026-10-31T15:00", "2026-08-31T15:00"),
    ],
)
def test_a_month_that_is_over(name: str | None, zone: str, since: str, until: str, before: str) -> None:
    found = month_of(name, zone, NOW)
    assert found.is_over
    assert (found.since, found.until) == (moment(since), moment(until))
    assert (found.before_since, found.before_until) == (moment(before), moment(since))


def test_one_that_goes_on_is_compared_with_as_much_of_the_one_before() -> None:
    found = month_of("2026-11", "UTC", NOW)
    assert not found.is_over
    assert (found.since, found.until) == (moment("2026-11-01"), moment("2026-11-28T09:31"))
    assert (found.before_since, found.before_until) == (moment("2026-10-01"), moment("2026-10-28T09:31"))


def test_the_end_of_a_long_month_is_compared_with_the_whole_of_a_short_one() -> None:
    found = month_of("2026-03", "UTC", moment("2026-03-31T12:00"))
    assert found.before_until == found.since
    assert found.times_before == pytest.approx(30.5 / 28, abs=1e-4)


def test_a_month_begins_when_it_does_there() -> None:
    """At 16:00 UTC of the last day it is the next month in Seoul."""
    assert month_of("2026-12", "Asia/Seoul", moment("2026-11-30T16:00")).name == "2026-12"
    with pytest.raises(InvalidInput, match="has not begun"):
        month_of("2026-12", "UTC", moment("2026-11-30T16:00"))


@pytest.mark.parametrize(
    "name",
    ["2026-13", "2026-1", "26-01", "1989-12", "2100-01", "2026-11-01", "November", "\uff12\uff10\uff12\uff16-11"],
)
def test_what_is_no_month_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        month_of(name, "UTC", NOW)
    assert refused.value.field == "month"


def test_what_is_no_time_zone_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        month_of("2026-10", "Asia/Nuri", NOW)
    assert refused.value.field == "time_zone"
