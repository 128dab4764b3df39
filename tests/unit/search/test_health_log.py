"""What was wrong with sources is read as it comes, not all of it every minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

from socialindex.aws.health import KEPT, Health
from socialindex.search.analytics.coverage import FRESH, SETTLING, HealthLog
from socialindex.watch.events import Finding, HealthEvent

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
MINUTE = FRESH + timedelta(seconds=1)


def event(name: str, closed_at: datetime | None = None) -> HealthEvent:
    finding = Finding(
        kind="errors", source="feed", since=AT - KEPT, message="m", evidence={}, channel=name, url="https://a.example/"
    )
    return HealthEvent(id=name, finding=finding, opened_at=AT - KEPT, seen_at=AT, closed_at=closed_at)


class Table:
    """The table of health, with what was read of it, and a clock."""

    def __init__(self) -> None:
        self.now = AT
        self.opened: list[HealthEvent] = []
        self.closed: list[HealthEvent] = []
        self.read = 0
        """Closed events."""
        self.log = HealthLog(cast("Health", self), lambda: self.now)

    def open_events(self) -> list[HealthEvent]:
        return self.opened

    def closed_events(self, since: datetime) -> list[HealthEvent]:
        found = [each for each in self.closed if each.closed_at and each.closed_at >= since]
        self.read += len(found)
        return found

    def known(self) -> list[str]:
        """Names of the events that are known a minute later."""
        self.now += MINUTE
        return sorted(each.id for each in self.log.events())


def test_what_was_closed_long_ago_is_read_once() -> None:
    table = Table()
    names = [f"ch_{number:04}" for number in range(2_000)]
    table.closed = [event(name, AT - timedelta(days=1)) for name in names]
    for _ in range(5):
        assert table.known() == names
    assert table.read == len(names)


def test_what_opens_and_closes_is_known_within_a_minute_however_late_it_is_written() -> None:
    table = Table()
    table.opened = [event("a"), event("b")]
    assert table.known() == ["a", "b"]
    closing = table.now - SETTLING + MINUTE  # the look began then, and ends now
    table.opened, table.closed = [event("b")], [event("a", closing)]
    assert table.known() == ["a", "b"]
    assert {each.id: each.closed_at for each in table.log.events()} == {"a": closing, "b": None}
    table.opened = []
    assert table.known() == ["a"]


def test_events_are_known_as_long_as_they_are_kept_and_without_words() -> None:
    table = Table()
    table.closed = [event("old", AT - KEPT + timedelta(minutes=3)), event("new", AT)]
    assert table.known() == ["new", "old"]
    assert {each.finding.url for each in table.log.events()} == {None}
    table.closed = table.closed[1:]  # the table forgets it
    table.now += timedelta(minutes=3)
    assert table.known() == ["new"]
