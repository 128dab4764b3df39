"""Digests follow one another without a gap, also where clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.deliver.digest import Digest, Digests
from socialindex.deliver.told import data_of
from tests.unit.deliver.samples import destination

if TYPE_CHECKING:
    from collections.abc import Sequence

    from socialindex.deliver.digest import DigestTopic
    from socialindex.deliver.event import Kind
    from socialindex.topics.topic import Topic
    from socialindex.watch.events import HealthEvent

BERLIN = "Europe/Berlin"


class Nothing:
    """A workspace without topics, whose alerts nobody asks for then."""

    def of_workspace(self, _workspace: str) -> list[Topic]:
        return []

    def of(self, _topics: Sequence[Topic], _since: datetime, _until: datetime) -> list[DigestTopic]:
        return []

    def events(self) -> list[HealthEvent]:
        return []


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def digest(kind: Kind, now: datetime, zone: str) -> Digest:
    nothing: Any = Nothing()
    made = Digests(nothing, nothing, nothing, nothing).event(destination(time_zone=zone), kind, now)
    return data_of(made, Digest)


@pytest.mark.parametrize(
    ("kind", "zone", "now", "since", "until", "period"),
    [
        ("digest.daily", "Asia/Seoul", "2026-11-28T01:00", "2026-11-26T23:00", "2026-11-27T23:00", "day"),
        ("digest.weekly", "Asia/Seoul", "2026-11-28T01:00", "2026-11-15T23:00", "2026-11-22T23:00", "week"),
        # Clocks go back in the night to 2026-10-25, and on in that to 2027-03-28: both are Sundays.
        ("digest.daily", BERLIN, "2026-10-25T07:00", "2026-10-24T06:00", "2026-10-25T07:00", "day"),
        ("digest.daily", BERLIN, "2027-03-28T06:00", "2027-03-27T07:00", "2027-03-28T06:00", "day"),
        ("digest.weekly", BERLIN, "2026-10-26T07:00", "2026-10-19T06:00", "2026-10-26T07:00", "week"),
        ("digest.weekly", BERLIN, "2027-03-29T06:00", "2027-03-22T07:00", "2027-03-29T06:00", "week"),
    ],
)
def test_a_digest_is_from_eight_to_eight_by_the_clocks_of_the_zone(
    kind: Kind, zone: str, now: str, since: str, until: str, period: str
) -> None:
    made = digest(kind, utc(now), zone)
    assert (made.since, made.until, made.period) == (utc(since), utc(until), period)


@pytest.mark.parametrize("kind", ["digest.daily", "digest.weekly"])
@pytest.mark.parametrize("zone", [BERLIN, "Asia/Seoul", "America/New_York", "Australia/Lord_Howe"])
def test_each_digest_begins_where_the_one_before_ended(kind: Kind, zone: str) -> None:
    length = timedelta(days=7 if kind == "digest.weekly" else 1)
    made = [digest(kind, utc("2026-09-01T20:00") + number * length, zone) for number in range(400)]
    assert [one.since for one in made[1:]] == [one.until for one in made[:-1]]
