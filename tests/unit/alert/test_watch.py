"""A look at a topic: from where on it tells, what of silence, and that telling again tells nothing new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from socialindex.alert.gaps import Gap
from socialindex.alert.identity import incident_alert
from socialindex.alert.model import STEP, Bucket, Heard, Incident, floor
from socialindex.alert.rumor import Said, Talk
from socialindex.alert.watch import Watch, advance, close, listen, look, merged
from socialindex.topics.topic import Topic, Watched

if TYPE_CHECKING:
    from collections.abc import Mapping

NOON = datetime(2026, 11, 26, 3, tzinfo=UTC)
AT = int(NOON.timestamp())
SOURCES = ("board", "bluesky", "blog")


def topic(since: datetime = NOON - timedelta(days=30)) -> Topic:
    return Topic(
        id="tp_a",
        workspace="ws_a",
        organization="org_a",
        name="a",
        watched=Watched(q="a"),
        since=since,
        created_at=since,
        changed_at=since,
    )


def said(*places: int, voices: int = 9, negative: int = 1) -> dict[int, Bucket]:
    """Voices in buckets so many before noon's."""
    sources = {
        name: Heard(voices // 3, min(negative // 3 + (place == 0), voices // 3)) for place, name in enumerate(SOURCES)
    }
    return {
        AT - place * STEP: Bucket(
            at=AT - place * STEP,
            mentions=voices,
            distinct=voices,
            voices=voices,
            judged=voices,
            negative=negative,
            sources=sources,
        )
        for place in places
    }


def nothing(_begin: int, _end: int) -> Mapping[int, float]:
    return {}


def known(hours: float = 1, days: int = 5) -> Watch:
    """A watch that knows quiet days up to some hours before noon."""
    watch = Watch(revision=1)
    watch.memory.mentioned = True
    end = AT - int(hours * 3600)
    for start in range(end - days * 86_400, end, 6 * 3600):
        until = min(start + 6 * 3600, end)
        places = range((AT - until) // STEP + 1, (AT - start) // STEP + 1)
        advance(watch, look(topic(), until - 0.001), said(*places), nothing)
    return watch


def copied(watch: Watch) -> Watch:
    return msgspec.json.decode(msgspec.json.encode(watch), type=Watch)


def test_the_current_bucket_counts_by_what_of_it_is_over() -> None:
    watch = known()
    advance(watch, look(topic(), AT + 60), said(*range(1, 12)), nothing)
    assert [each.seen for each in watch.memory.recent.moments[-2:]] == [1.0, 0.2]
    advance(watch, look(topic(), AT + 300), said(*range(12)), nothing)
    assert [each.seen for each in watch.memory.recent.moments[-2:]] == [1.0, 0.0]


def test_what_is_hidden_was_not_seen() -> None:
    watch = known()
    hidden = {AT - STEP: 0.25, AT: 0.5}
    advance(watch, look(topic(), AT + 150), said(*range(1, 12)), lambda _begin, _end: hidden)
    assert [each.seen for each in watch.memory.recent.moments[-3:]] == [1.0, 0.75, 0.25]


def test_silence_since_it_was_last_told_of_is_told() -> None:
    watch = known(hours=30)
    before = watch.memory.baseline.all_voices
    advance(watch, look(topic(), AT), said(1), nothing)
    assert watch.memory.recent.end == AT + STEP
    assert watch.memory.baseline.buckets == pytest.approx(5 * 288 + 30 * 12 - 71, abs=1)
    assert watch.memory.baseline.all_voices < before + 72 * 9


@pytest.mark.parametrize("hours", [7, 12, 48, 24 * 20])
def test_a_time_in_which_nobody_looked_is_no_silence(hours: int) -> None:
    """The engine may have mentions of it, which are not counted any more."""
    watch = known(hours=hours)
    watch.due_at = AT - hours * 3600 + 3600
    before, level = watch.memory.baseline.buckets, watch.memory.baseline.level
    for minute in range(0, 8 * 60, 5):
        places = range(-(minute // 5), 72)
        advance(watch, look(topic(), AT + 60 * minute + 299), said(*places), nothing)
        watch.due_at = None
    learned = watch.memory.baseline
    assert learned.buckets == pytest.approx(before + 72 + 8 * 12, abs=2)
    assert learned.level == pytest.approx(level, rel=0.05)
    assert learned.expected(AT + 7 * 86_400 - 3600 * hours).rate == pytest.approx(9, rel=0.1)
    assert (watch.running, watch.pending) == (None, [])


@pytest.mark.parametrize("hours", [8, 12, 48, 24 * 12])
def test_a_gap_is_no_silence_of_a_topic_that_was_silent_before_it(hours: int) -> None:
    """Such a topic has no appointment that would say that nobody looked."""
    watch, gap = known(hours=hours), Gap(AT - (hours - 1) * 3600, AT - 71 * STEP)
    before, level = watch.memory.baseline.buckets, watch.memory.baseline.level
    for minute in range(0, 8 * 60, 5):
        at = look(topic(), AT + 60 * minute + 299, gaps=(gap,))
        advance(watch, at, said(*range(-(minute // 5), 72)), nothing)
    learned = watch.memory.baseline
    assert learned.buckets == pytest.approx(before + 72 + (1 + 8) * 12, abs=2)
    assert learned.level == pytest.approx(level, rel=0.05)
    assert learned.expected(AT + 14 * 86_400 - 3600 * (hours - 2)).rate == pytest.approx(9, rel=0.1)
    assert (watch.running, watch.pending) == (None, [])


def test_a_gap_is_none_of_a_topic_that_is_looked_at_days_later() -> None:
    watch, gap = known(hours=40), Gap(AT - 38 * 3600, AT - 8 * 3600)
    before = watch.memory.baseline.buckets
    advance(watch, look(topic(), AT, gaps=(gap,)), said(1), nothing)
    assert watch.memory.baseline.buckets == pytest.approx(before + (40 - 30) * 12 + 1, abs=1)
    assert watch.memory.recent.end == AT + STEP


def test_what_is_counted_is_in_no_gap() -> None:
    """A clock that was ahead for one run has it noted that nobody looked at what is now."""
    watch, plain = known(), known()
    for each, gaps in ((watch, (Gap(AT - 3600, AT + 3600),)), (plain, ())):
        advance(each, look(topic(), AT + 60, gaps=gaps), said(*range(12)), nothing)
    assert watch == plain


def test_long_silence_is_cut() -> None:
    watch = known(hours=24 * 20)
    advance(watch, look(topic(), AT), said(1), nothing)
    assert watch.memory.baseline.buckets == pytest.approx((5 + 14) * 288 - 71, abs=1)


def test_nothing_is_told_of_the_time_before_a_topic() -> None:
    watch = Watch(revision=1)
    since = NOON - timedelta(hours=1, seconds=1)
    advance(watch, look(topic(since), AT), said(*range(1, 60)), nothing)
    assert watch.memory.recent.first == AT - 13 * STEP
    assert [(incident.kind, incident.since) for incident in watch.pending] == [("first", AT - 13 * STEP)]


@pytest.mark.parametrize("minutes", range(0, 56, 11))
def test_a_watch_that_is_told_again_is_the_same(minutes: int) -> None:
    """So it need not be written while no incident changes."""
    kept = known()
    buckets = said(*range(1, 90)) | said(3, voices=12)
    through = copied(kept)
    for minute in range(minutes + 1):
        now = AT - 3300 + 60 * minute
        counted = {at: bucket for at, bucket in buckets.items() if at < now}
        advance(through, look(topic(), now), counted, nothing)
    at_once = copied(kept)
    advance(at_once, look(topic(), now), counted, nothing)
    assert at_once == through
    assert msgspec.json.encode(at_once) == msgspec.json.encode(through)


def crisis(watch: Watch) -> None:
    for minute in range(30):
        now = AT + 60 * minute
        places = range(-((minute - 1) // 5), 12)
        advance(
            watch,
            look(topic(), now),
            said(*range(1, 12)) | said(*[p for p in places if p <= 0], voices=60, negative=45),
            nothing,
        )


def test_an_incident_runs_and_is_pending_when_it_is_over() -> None:
    watch = known()
    crisis(watch)
    assert watch.running
    assert watch.pending == []
    opened = watch.running
    for hour in range(1, 12):
        advance(
            watch,
            look(topic(), AT + 3600 * hour),
            said(*range(-5, 12), voices=60, negative=45) if hour < 2 else {},
            nothing,
        )
    assert watch.running is None
    assert [(each.opened_at, each.closed_at is None) for each in watch.pending] == [(opened.opened_at, False)]


def test_an_incident_of_words_is_over_when_another_begins() -> None:
    watch = known()
    advance(watch, look(topic(), AT + 60), said(*range(12)), nothing)
    assert listen(watch, talk("smoke", AT - 600))
    first = watch.running
    advance(watch, look(topic(), AT + 3_600), said(*range(-12, 12)), nothing)
    assert listen(watch, talk("price", AT + 3_300))
    assert first
    assert watch.running
    assert (first.words, watch.running.words) == (["smoke"], ["price"])
    assert [(each.opened_at, each.closed_at) for each in watch.pending] == [(first.opened_at, AT + 3_300)]


def talk(word: str, begin: float) -> Talk:
    """Five voices within three minutes that complain with a word that was never heard."""
    return Talk(
        100,
        12,
        [Said(begin + 40 * place, SOURCES[place % 3], None, True, frozenset([word])) for place in range(5)],
        {},
        20_000,
    )


def test_a_topic_that_is_not_watched_has_no_incident() -> None:
    watch = known()
    close(watch, AT)
    assert watch.pending == []
    crisis(watch)
    close(watch, AT + 1800)
    close(watch, AT + 1900)
    assert [each.closed_at for each in watch.pending] == [AT + 1800]
    assert watch.running is None


@pytest.mark.parametrize(("seconds", "closed_at"), [(200, AT + STEP), (299, AT + STEP), (650, AT + 2 * STEP)])
def test_an_incident_ends_no_earlier_than_it_was_noticed(seconds: int, closed_at: int) -> None:
    """A topic that is paused within minutes: an end before the first post would leave the alert without any."""
    watch = known()
    advance(watch, look(topic(), AT + 200), said(*range(1, 12)) | said(0, voices=90, negative=60), nothing)
    close(watch, AT + seconds)
    (ended,) = watch.pending
    assert ended.closed_at == closed_at
    assert ended.since < ended.opened_at <= closed_at


def incident(opened_at: int, **given: Any) -> Incident:
    plain: dict[str, Any] = {"kind": "burst", "severity": "low", "since": 0, "updated_at": 0, "window": 300}
    return Incident(opened_at=opened_at, **{**plain, "observed": 1, "expected": 0.1, **given})


def test_each_incident_is_pending_once_as_it_was_last() -> None:
    first = incident(300, kind="first", closed_at=300)
    found = merged([incident(300), first, incident(600), incident(300, closed_at=900)], incident(600))
    assert found == [incident(300, closed_at=900), first]


def test_alerts_are_named_by_topic_and_incident() -> None:
    names = {
        incident_alert("tp_a", incident(300)),
        incident_alert("tp_a", incident(300, severity="high", closed_at=600)),
        incident_alert("tp_a", incident(600)),
        incident_alert("tp_b", incident(300)),
        incident_alert("tp_a", incident(300, kind="first")),
        incident_alert("tp_a", incident(900, kind="first")),
    }
    assert len(names) == 4
    assert all(name.startswith("al_") and len(name) == 27 for name in names)


def test_floor() -> None:
    assert (floor(AT), floor(AT + 299.9), floor(AT + 300)) == (AT, AT, AT + STEP)


@pytest.mark.parametrize(("made", "share"), [(0, 1.0), (60, 0.8), (149, 0.503333), (150, 0.0), (299, 0.0)])
def test_the_bucket_in_which_a_topic_was_made_counts_while_most_of_it_was_to_come(made: int, share: float) -> None:
    first = AT - 2 * STEP
    at = look(topic(datetime.fromtimestamp(first + made, tz=UTC)), AT + 60)
    shares = [round(at.watched(place), 6) for place in (first - STEP, first, first + STEP, AT)]
    assert shares == [0.0, share, 1.0, 0.2]
