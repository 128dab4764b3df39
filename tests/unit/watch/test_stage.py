"""The watch stage: an event is opened once, told once, and closed when all is well."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest

from socialindex.aws.channels import ChannelState
from socialindex.aws.outcomes import Counted
from socialindex.aws.pauses import Pause
from socialindex.crawl.rhythm import Polling, Rhythm
from socialindex.errors import Unavailable
from socialindex.opensearch import TransportError
from socialindex.search.outages import blind
from socialindex.sources.base import Channel
from socialindex.watch.channels import FAILURES, History
from socialindex.watch.stage import Watch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from socialindex.watch.events import HealthEvent
    from socialindex.watch.sources import Days, Interval

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
CHANNEL = Channel(id="ch_1", source="feed", url="https://a.example/feed", created_at=NOW - timedelta(days=60))


class Store:
    """Health in memory."""

    def __init__(self) -> None:
        self.open: dict[str, HealthEvent] = {}
        self.closed: list[HealthEvent] = []
        self.dying = False
        """Whether looks die while they read intervals."""
        self._totals: dict[str, Days] = {}
        self._intervals: dict[str, list[Interval]] = {}

    def open_events(self) -> list[HealthEvent]:
        return list(self.open.values())

    def keep(self, event: HealthEvent) -> None:
        self.open[event.finding.subject] = event

    def close(self, event: HealthEvent) -> None:
        self.closed.append(event)
        self.open.pop(event.finding.subject, None)

    def totals(self) -> dict[str, Days]:
        return self._totals

    def keep_counts(self, source: str, days: Days, moved: Interval | None) -> None:
        self._totals[source] = days
        if moved:
            self._intervals.setdefault(source, []).append(moved)

    def intervals(self, source: str, since: datetime) -> list[Interval]:
        if self.dying:
            raise Unavailable("the table does not answer")
        return [interval for interval in self._intervals.get(source, []) if interval.at >= since]


class World:
    """Channels, counts and histories as a test sets them, and who is told."""

    def __init__(self) -> None:
        self.failures = 0
        self.failure = "server_error"
        self.paused: list[Pause] = []
        self.removed = False
        self.told: list[HealthEvent] = []
        self.mails = 0
        """In which that was told."""
        self.deaf = False
        self.asked = self.failed = 0
        """So far, by the crawl stage."""
        self.good = self.changed = 0
        """So far, by the normalize stage."""

    def all(self) -> list[ChannelState]:
        if self.removed:
            return []
        return [
            ChannelState(
                channel=CHANNEL,
                poll_at=(NOW + timedelta(days=9)).timestamp(),
                failures=self.failures,
                paused=self.paused,
                failure=self.failure if self.failures else None,
                last_success_at=NOW - timedelta(minutes=10),
            )
        ]

    def read(self, stage: str, _since: date) -> list[Counted]:
        if stage == "crawl":
            return [_counted("ok", "", self.asked - self.failed), _counted("retry", "timeout", self.failed)]
        return [_counted("ok", "", self.good), _counted("quarantine", "LayoutChanged", self.changed)]

    def of(self, _channel: str, _until: datetime) -> History:
        return History(0, 0.0, 0.0)

    def tell(self, events: Sequence[HealthEvent]) -> None:
        if self.deaf:
            raise Unavailable("the topic does not answer")
        self.told += events
        self.mails += 1


class Quiet(World):
    """A world with four channels: one may fail, and three that posted every hour have posted nothing for days."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_of: list[str] = []
        """Channels whose histories were asked for."""
        self.down: Exception | None = None
        """What the index says in place of a history."""

    def all(self) -> list[ChannelState]:
        rhythm = Rhythm(posts=10, seconds=36_000, at=NOW.timestamp(), newest=(NOW - timedelta(days=4)).timestamp())
        quiet = [
            ChannelState(
                channel=Channel(id=f"ch_{number}", source="feed", url="https://b.example/feed", created_at=NOW),
                poll_at=(NOW + timedelta(days=9)).timestamp(),
                last_success_at=NOW,
                rhythm=rhythm,
            )
            for number in (2, 3, 4)
        ]
        return [*super().all(), *quiet]

    def of(self, channel: str, _until: datetime) -> History:
        self.asked_of.append(channel)
        if self.down:
            raise self.down
        return History(336, 14 * 86_400.0, 8 * 3_600.0)


def _counted(outcome: str, reason: str, times: int, day: str = "2026-11-28") -> Counted:
    return Counted(stage="crawl", day=day, source="feed", outcome=outcome, reason=reason, times=times, last_at=NOW)


class Counting(World):
    """A world whose counts are of days, and read from a day on."""

    def __init__(self) -> None:
        super().__init__()
        self.paused = [Pause(by="host:a.example", since=NOW, reason="asked")]  # the channel itself is not meant here
        self.days: dict[date, tuple[int, int]] = {}
        """How often was asked, and how often that failed."""

    def ask(self, now: datetime, asked: int, failed: int) -> None:
        before = self.days.get(now.date(), (0, 0))
        self.days[now.date()] = (before[0] + asked, before[1] + failed)

    def read(self, stage: str, since: date) -> list[Counted]:
        if stage != "crawl":
            return []
        return [
            _counted(outcome, reason, times, day.isoformat())
            for day, (asked, failed) in self.days.items()
            for outcome, reason, times in (("ok", "", asked - failed), ("retry", "timeout", failed))
            if day >= since
        ]


class Crowded(World):
    """A world whose one host has three thousand channels, and all of them fail."""

    def all(self) -> list[ChannelState]:
        (state,) = super().all()
        channels = (msgspec.structs.replace(CHANNEL, id=f"ch_{number}") for number in range(3_000))
        return [msgspec.structs.replace(state, channel=channel) for channel in channels]


def watch(store: Store, world: World) -> Watch:
    parts = cast("Any", (world, world, world))
    return Watch(cast("Any", store), parts, world, Polling())


def test_an_outage_is_one_event_told_when_it_begins_and_ends() -> None:
    store, world = Store(), World()
    looking = watch(store, world)
    assert looking.run(NOW) == {"open": 0, "closed": 0, "told": 0}
    world.failures = FAILURES
    assert looking.run(NOW + timedelta(minutes=5)) == {"open": 1, "closed": 0, "told": 1}
    world.failures = FAILURES + 4
    assert looking.run(NOW + timedelta(minutes=10)) == {"open": 1, "closed": 0, "told": 0}
    world.failures = 0
    assert looking.run(NOW + timedelta(minutes=15)) == {"open": 0, "closed": 1, "told": 1}
    opened, closed = world.told
    assert opened.id == closed.id
    assert opened.opened_at == NOW + timedelta(minutes=5)
    assert closed.closed_at == NOW + timedelta(minutes=15)
    assert closed.finding.evidence["failures"] == FAILURES + 4
    assert store.open == {}


def test_what_is_wrong_with_all_channels_of_a_host_is_told_in_one_mail() -> None:
    store, world = Store(), Crowded()
    looking = watch(store, world)
    world.failures = FAILURES
    assert looking.run(NOW) == {"open": 3_000, "closed": 0, "told": 3_000}
    assert looking.run(NOW + timedelta(minutes=5))["told"] == 0
    assert world.mails == 1
    world.failures = 0
    assert looking.run(NOW + timedelta(minutes=10)) == {"open": 0, "closed": 3_000, "told": 3_000}
    assert world.mails == 2
    assert len({event.id for event in world.told}) == len(store.closed) == 3_000


def test_the_time_of_an_outage_is_recorded_as_blind() -> None:
    store, world = Store(), World()
    looking = watch(store, world)
    world.failures = FAILURES
    looking.run(NOW)
    (interval,) = blind(store.open_events())
    assert (interval.source, interval.channel, interval.until) == ("feed", "ch_1", None)
    world.failures = 0
    looking.run(NOW + timedelta(minutes=5))
    (interval,) = blind(store.closed)
    assert interval.since == NOW - timedelta(minutes=10)
    assert interval.until == NOW + timedelta(minutes=5)


def test_what_an_operator_has_paused_is_blind_and_no_news_to_anybody() -> None:
    store, world = Store(), World()
    looking = watch(store, world)
    world.paused = [Pause(by="source:feed", since=NOW, reason="asked")]
    assert looking.run(NOW) == {"open": 1, "closed": 0, "told": 0}
    assert [interval.kind for interval in blind(store.open_events())] == ["paused"]
    world.paused = []
    assert looking.run(NOW + timedelta(minutes=5)) == {"open": 0, "closed": 1, "told": 0}
    assert world.told == []


def test_an_event_whose_channel_is_removed_ends_without_its_address() -> None:
    store, world = Store(), World()
    looking = watch(store, world)
    world.failures = FAILURES
    looking.run(NOW)
    (opened,) = store.open_events()
    world.removed = True
    assert looking.run(NOW + timedelta(minutes=5)) == {"open": 0, "closed": 1, "told": 1}
    (kept,) = store.closed
    assert (kept.finding.url, kept.finding.message, kept.finding.evidence) == (None, "The channel was removed.", {})
    assert (kept.finding.kind, kept.finding.since) == (opened.finding.kind, opened.finding.since)
    assert world.told[-1] == kept


def test_what_could_not_be_told_is_told_at_the_next_look() -> None:
    store, world = Store(), World()
    looking = watch(store, world)
    world.failures, world.deaf = FAILURES, True
    with pytest.raises(Unavailable):
        looking.run(NOW)
    world.deaf = False
    assert looking.run(NOW + timedelta(minutes=5))["told"] == 1
    assert len(world.told) == 1


def test_a_source_that_is_out_for_a_day_and_more_is_one_event() -> None:
    store, world = Store(), World()
    world.paused = [Pause(by="host:a.example", since=NOW, reason="asked")]  # the channel itself is not meant here
    looking = watch(store, world)
    for look in range(800):
        world.asked += 20
        world.failed += 20 if 300 <= look < 700 else 1
        looking.run(NOW + look * timedelta(minutes=5))
    opened, closed = world.told
    assert (opened.id, closed.finding.kind) == (closed.id, "errors")
    assert closed.closed_at is not None
    assert timedelta(hours=33) < closed.closed_at - opened.opened_at < timedelta(hours=34)


def test_a_board_that_changed_is_told_until_it_is_read_again_whatever_is_read_of_others() -> None:
    store, world = Store(), World()
    looking = watch(store, world)
    told = []
    for look in range(40):
        world.asked += 20
        world.good += 20
        if look == 20:
            world.changed, world.failures, world.failure = 1, 1, "LayoutChanged"
        if look == 30:
            world.failures = 0
        looking.run(NOW + look * timedelta(minutes=5))
        told.append("layout" in {event.finding.kind for event in store.open_events()})
    assert told == [*[False] * 20, *[True] * 10, *[False] * 10]
    opened, closed = [event for event in world.told if event.finding.kind == "layout"]
    assert (opened.id, closed.finding.evidence["channels"]) == (closed.id, 1)


def test_what_is_counted_is_the_same_over_midnight() -> None:
    store, world = Store(), Counting()
    looking = watch(store, world)
    for look in range(3 * 288):
        world.ask(NOW + look * timedelta(minutes=5), 20, 1)
        looking.run(NOW + look * timedelta(minutes=5))
    counted = {(interval.asked, interval.failed) for interval in store.intervals("feed", NOW)}
    assert counted == {(20, 1)}
    assert world.told == []


def test_a_source_that_fails_and_is_not_asked_for_days_is_not_well_for_that() -> None:
    store, world = Store(), Counting()
    looking = watch(store, world)
    for look in range(5 * 288):
        now = NOW + look * timedelta(minutes=5)
        if look < 300:
            world.ask(now, 20, 20 if look > 280 else 1)
        looking.run(now)
    assert {event.finding.kind for event in store.open_events()} == {"paused", "errors"}
    assert len(world.told) == 1


@pytest.mark.parametrize("error", [Unavailable("the engine does not answer"), TransportError(403, "no role", {})])
def test_an_engine_that_does_not_answer_hides_nothing_but_silences(error: Exception) -> None:
    """Failures, polls that wait and counts are in tables. Silences that are known last; of others nothing is said."""
    store, world = Store(), Quiet()
    looking = watch(store, world)
    assert looking.run(NOW)["open"] == 3
    known = {event.finding.subject: event.finding for event in store.open_events()}
    del store.open["silent#feed#ch_4"]
    world.failures, world.down, world.asked_of = FAILURES, error, []
    assert looking.run(NOW + timedelta(minutes=5)) == {"open": 3, "closed": 0, "told": 1}
    assert world.asked_of == ["ch_2"], "an engine that is down is not waited for at each channel"
    assert set(store.open) == {"down#feed#ch_1", "silent#feed#ch_2", "silent#feed#ch_3"}
    assert {event.finding.subject: event.finding for event in store.open_events()}.items() >= {
        subject: finding for subject, finding in known.items() if finding.channel != "ch_4"
    }.items()
    world.down = None
    assert looking.run(NOW + timedelta(minutes=10))["open"] == 4


def test_a_look_that_dies_and_comes_again_counts_nothing_twice() -> None:
    store, world = Store(), World()
    looking = watch(store, world)
    looking.run(NOW)
    world.asked = 20
    store.dying = True
    with pytest.raises(Unavailable):
        looking.run(NOW + timedelta(minutes=5))
    store.dying = False
    looking.run(NOW + timedelta(minutes=6))
    assert sum(interval.asked for interval in store.intervals("feed", NOW)) == 20
