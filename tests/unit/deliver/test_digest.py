"""Digests follow one another without a gap, also where clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from socialindex.deliver.digest import MOST_TOPICS, Digest, Digests, Time, Total
from socialindex.deliver.digest_figures import MentionFigures
from socialindex.deliver.letters import letter_of
from socialindex.deliver.told import data_of
from socialindex.topics.topic import Topic, Watched
from socialindex.watch.events import Finding, HealthEvent
from tests.unit.deliver.samples import alert, destination

if TYPE_CHECKING:
    from collections.abc import Sequence

    from socialindex.alert.alert import Alert
    from socialindex.deliver.destination import Language
    from socialindex.deliver.digest import DigestTopic
    from socialindex.deliver.event import Kind

BERLIN = "Europe/Berlin"


class Nothing:
    """A workspace without topics, whose alerts nobody asks for then."""

    def of_workspace(self, _workspace: str) -> list[Topic]:
        return []

    def of(self, _topics: Sequence[Topic], time: Time) -> list[DigestTopic]:
        self.asked = time
        return []

    def total(self, _topics: Sequence[Topic], _time: Time) -> Total:
        return Total(0, 0)

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


@pytest.mark.parametrize("kind", ["digest.daily", "digest.weekly"])
@pytest.mark.parametrize("zone", [BERLIN, "Asia/Seoul", "America/New_York", "Australia/Lord_Howe"])
def test_the_week_before_is_what_the_digest_of_then_was_of(kind: Kind, zone: str) -> None:
    """Else an hour of it is in neither week, or in both, for a week behind each change of clocks."""
    for week in range(60):
        now, nothing = utc("2026-09-01T20:00") + timedelta(days=7 * week), Nothing()
        then = digest(kind, now - timedelta(days=7), zone)
        parts: Any = nothing
        Digests(parts, parts, parts, parts).event(destination(time_zone=zone), kind, now)
        assert nothing.asked.before[:2] == (then.since, then.until)


class Engine:
    """Says of all it is asked: five mentions of four posts came, and two of one post in the week before."""

    def msearch(self, **asked: Any) -> dict[str, Any]:
        moods = {"buckets": {"negative": {"doc_count": 2}}}
        now = {"doc_count": 5, "posts": {"value": 4}, "moods": moods}
        times = {"now": now, "before": {"doc_count": 2, "posts": {"value": 1}, "moods": moods}}
        counted = {"times": {"buckets": times}, "overdue": {"open": {"doc_count": 0}}}
        hits = {"total": {"value": 0}, "hits": list[Any]()}
        one = {"timed_out": False, "_shards": {"failed": 0}, "aggregations": counted, "hits": hits}
        return {"responses": [one] * (len(asked["body"]) // 2)}


NOW = utc("2026-11-27T23:00")
DAY = timedelta(days=1)


def topic(since: datetime, backfilled_until: datetime | None) -> Topic:
    times: dict[str, Any] = {
        "since": since,
        "created_at": since,
        "changed_at": since,
        "backfilled_until": backfilled_until,
    }
    return Topic(
        id="tp_a", workspace="ws_a", organization="or_a", name="누리폰12", watched=Watched(q="누리폰12"), **times
    )


@pytest.mark.parametrize(
    ("age", "backfilled", "length", "before"),
    [
        (90, 97, 1, 2),
        (90, None, 1, 2),
        (8, None, 1, 2),
        (7, None, 1, None),  # began in the middle of that day a week ago
        (3, None, 1, None),  # no backfill, or none yet
        (3, 8, 1, 2),
        (3, 5, 1, None),  # a short one, or one that still runs
        (3, 13, 7, None),
        (3, 14, 7, 2),
    ],
)
def test_the_week_before_is_told_where_all_of_it_was_looked_through(
    age: int, backfilled: int | None, length: int, before: int | None
) -> None:
    engine: Any = Engine()
    asked = topic(NOW - age * DAY, None if backfilled is None else NOW - backfilled * DAY)
    (row,) = MentionFigures(engine).of([asked], Time(NOW - length * DAY, NOW, UTC))
    assert (row.mentions, row.mentions_before) == (5, before)
    assert (row.negative_share, row.negative_share_before) == (1.0, None if before is None else 1.0)


class Watching(Nothing):
    """A workspace with topics that are about these sources each, and a server of Mastodon that was down."""

    def __init__(self, *sources: list[str]) -> None:
        self._sources = sources

    def of_workspace(self, _workspace: str) -> list[Topic]:
        return [
            msgspec.structs.replace(topic(NOW - 90 * DAY, None), watched=Watched(q="누리폰12", source=some))
            for some in self._sources
        ]

    def page(self, _workspace: str, **_wanted: Any) -> Any:
        return SimpleNamespace(alerts=[], following=None)

    def events(self) -> list[HealthEvent]:
        finding = Finding(kind="errors", source="mastodon", since=NOW - DAY / 2, message="it fails", evidence={})
        return [HealthEvent(id="he_a", finding=finding, opened_at=finding.since, seen_at=NOW)]


@pytest.mark.parametrize(
    ("sources", "blind"),
    [
        ([[]], ["mastodon"]),
        ([["feed", "mastodon"]], ["mastodon"]),
        ([["feed"], ["gnuboard"]], []),
        ([["feed"], []], ["mastodon"]),
        ([], []),
    ],
)
def test_what_no_topic_is_about_was_not_missed(sources: list[list[str]], blind: list[str]) -> None:
    parts: Any = Watching(*sources)
    made = data_of(Digests(parts, parts, parts, parts).event(destination(), "digest.daily", NOW), Digest)
    assert made.blind == blind


class Many(Nothing):
    """A workspace with more topics than are shown, of which as many as told are new."""

    def __init__(self, count: int, new: int = 0) -> None:
        self._ages = [90] * (count - new) + [3] * new

    def of_workspace(self, _workspace: str) -> list[Topic]:
        return [
            msgspec.structs.replace(topic(NOW - age * DAY, None), id=f"tp_{place}")
            for place, age in enumerate(self._ages)
        ]

    def page(self, _workspace: str, **_wanted: Any) -> Any:
        return SimpleNamespace(alerts=[], following=None)


@pytest.mark.parametrize(
    ("count", "new", "total"),
    [(1, 0, (5, 2)), (2, 0, (4, 1)), (MOST_TOPICS + 5, 0, (4, 1)), (MOST_TOPICS + 5, 1, (4, None)), (0, 0, (0, 0))],
)
def test_all_topics_together_are_counted_by_different_posts(
    count: int, new: int, total: tuple[int, int | None]
) -> None:
    parts: Any = Many(count, new)
    engine: Any = Engine()
    figures = MentionFigures(engine)
    made = data_of(Digests(parts, figures, parts, parts).event(destination(), "digest.daily", NOW), Digest)
    assert (made.mentions, made.mentions_before) == total
    assert len(made.topics) == min(count, MOST_TOPICS)


class Loud(Many):
    """A workspace whose topics had so many alerts each, which come in pages; the last of each runs."""

    def __init__(self, count: int, alerts: int) -> None:
        super().__init__(count)
        self._loud = [
            alert(id=f"al_{topic}_{number}", topic=f"tp_{topic}", severity="high", state="closed", closed_at=NOW)
            for topic in range(count)
            for number in range(alerts - 1)
        ]
        self.running = [alert(id=f"al_{topic}_open", topic=f"tp_{topic}", severity="low") for topic in range(count)]
        self.earlier: list[Alert] = []

    def page(self, _workspace: str, **wanted: Any) -> Any:
        earlier = {"open": self.running, "closed": self.earlier}
        found, begin = earlier.get(wanted.get("state", ""), self._loud), int(wanted["after"] or 0)
        end = begin + wanted["limit"]
        return SimpleNamespace(alerts=found[begin:end], following=str(end) if end < len(found) else None)


@pytest.mark.parametrize(
    ("count", "alerts", "shown", "left_out"),
    [(1, 1, 1, 0), (2, 10, 10, 0), (2, 300, 10, 290), (MOST_TOPICS + 5, 30, 10, 20)],
)
def test_all_alerts_are_counted_however_many_there_were(count: int, alerts: int, shown: int, left_out: int) -> None:
    """Two hundred of a workspace were: of further ones nothing was said, nor of those of topics that are not shown."""
    parts: Any = Loud(count, alerts)
    engine: Any = Engine()
    event = Digests(parts, MentionFigures(engine), parts, parts).event(destination(), "digest.weekly", NOW)
    made = data_of(event, Digest)
    assert made.alerts == count * alerts
    assert {(len(row.alerts), row.alerts_left_out) for row in made.topics} == {(shown, left_out)}
    # What somebody should take is shown, and then the rest by how bad it was.
    assert {row.alerts[-1].closed_at for row in made.topics} == {None}


@pytest.mark.parametrize(
    ("language", "total", "further"),
    [("en", "600 alerts.", "290 further alerts."), ("ko", "경보 600건이 있었습니다.", "그 밖의 경보 290건.")],
)
def test_a_letter_says_how_many_alerts_there_were(language: Language, total: str, further: str) -> None:
    parts: Any = Loud(2, 300)
    engine: Any = Engine()
    receiver = destination(language=language)
    letter = letter_of(
        Digests(parts, MentionFigures(engine), parts, parts).event(receiver, "digest.daily", NOW), receiver, {}
    )
    assert letter.lead[0].endswith(total)
    assert [section.lines[-1].text for section in letter.sections[1:]] == [further] * 2


@pytest.mark.parametrize(
    ("hours", "is_told"),
    [(-13, True), (-23.9, True), (2, True), (-24, False), (-30, False)],
    ids=["ended", "ended soon", "ended after it", "ended as it began", "ended before"],
)
def test_an_alert_that_ended_in_a_day_is_told_of_it_though_it_began_before(hours: float, *, is_told: bool) -> None:
    """The digest before said that it ran; this one said that there was no alert."""
    parts: Any = Loud(1, 1)
    ended = NOW + timedelta(hours=hours)
    parts.running = []
    parts.earlier = [alert(topic="tp_0", opened_at=NOW - timedelta(hours=31), state="closed", closed_at=ended)]
    engine: Any = Engine()
    made = data_of(
        Digests(parts, MentionFigures(engine), parts, parts).event(destination(), "digest.daily", NOW), Digest
    )
    assert made.alerts == int(is_told)
    assert [one.closed_at for one in made.topics[0].alerts] == [ended] * is_told


@pytest.mark.parametrize("assigned_to", [None, "김하나"])
def test_an_alert_that_is_somebodys_asks_for_nobody(assigned_to: str | None) -> None:
    """Who was named by the API, or with the command line, need not have acknowledged it."""
    parts: Any = Loud(1, 1)
    parts.running = [alert(topic="tp_0", assigned_to=assigned_to)]
    engine: Any = Engine()
    made = data_of(
        Digests(parts, MentionFigures(engine), parts, parts).event(destination(), "digest.daily", NOW), Digest
    )
    (row,) = made.topics
    assert [one.assigned_to for one in row.alerts] == [assigned_to]
    assert bool(row.untaken) is (assigned_to is None)
