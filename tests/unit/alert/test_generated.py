"""The generated months that alerts are judged on, and how they are judged."""

from __future__ import annotations

import math
import statistics

import pytest

from infra.bench.mentions import rivals
from infra.bench.mentions.chance import Chance
from infra.bench.mentions.happenings import Happening
from infra.bench.mentions.judging import alerts, foreseen, judge
from infra.bench.mentions.oracle import Oracle
from infra.bench.mentions.speech import Speech
from infra.bench.mentions.subjects import NOUNS, WORDS, Subject, Vocabulary
from infra.bench.mentions.topic import MONDAY, Topic, incidents
from infra.bench.mentions.usual import BUCKETS, MINUTES

EVEN = (0.2, 0.2, 0.2, 0.2, 0.2)
INCIDENT = Happening("explosion", 1_000, 1_200, 50.0, 3.0, 20.0, 0.7, (0, 1, 2, 3, 9), EVEN)
BOTS = Happening("bots", 3_000, 3_020, 0.0, 3.0, 20.0, 0.1, (0, 0, 0, 0, 0), EVEN)


def test_a_topic_is_the_same_for_the_same_seed() -> None:
    assert list(Topic(3, 200, 3).buckets()) == list(Topic(3, 200, 3).buckets())
    assert list(Topic(3, 200, 3).buckets()) != list(Topic(4, 200, 3).buckets())


@pytest.mark.parametrize("volume", [20, 2_000])
def test_a_topic_has_its_volume_and_sleeps(volume: int) -> None:
    buckets = list(Topic(5, volume, 14).buckets())
    assert sum(each.mentions for each in buckets) / 14 == pytest.approx(volume, rel=0.35)
    by_hour = [sum(each.voices for each in buckets[hour * 12 : hour * 12 + 12]) for hour in range(14 * 24)]
    assert sum(by_hour[4::24]) < sum(by_hour[12::24]) / 3


def test_the_same_hours_vary_more_than_poisson_counts() -> None:
    buckets = list(Topic(5, 2_000, 14).buckets())
    by_hour = [sum(each.voices for each in buckets[hour * 12 : hour * 12 + 12]) for hour in range(14 * 24)]
    noons = by_hour[12::24][:5] + by_hour[12::24][7:12]
    assert statistics.variance(noons) > 2 * statistics.mean(noons)


def test_what_is_blind_is_missing_and_said_to_be() -> None:
    topic = Topic(6, 2_000, 20)
    hole = topic.outages[0]
    buckets = list(topic.buckets())
    assert 0 <= buckets[hole.start].seen < 1
    assert len(buckets[hole.start].sources) <= 5 - len(hole.sources)


@pytest.mark.parametrize("mean", [0.3, 5.0, 80.0])
def test_counts_have_the_mean_that_they_are_drawn_with(mean: float) -> None:
    chance = Chance(1)
    drawn = [chance.poisson(mean) for _ in range(3_000)]
    assert statistics.mean(drawn) == pytest.approx(mean, rel=0.1)
    assert statistics.variance(drawn) == pytest.approx(mean, rel=0.15)


def test_an_incident_grows_with_each_minute_to_its_height_and_has_what_its_course_gives() -> None:
    first = INCIDENT.start * MINUTES
    rise = [INCIDENT.voices(minute, 0) for minute in range(first, first + round(INCIDENT.rise * MINUTES))]
    assert INCIDENT.voices(first - 1, 0) == 0
    assert rise == sorted(set(rise))
    assert rise[-1] < INCIDENT.peak / MINUTES
    assert sum(rise) == pytest.approx(INCIDENT.peak * INCIDENT.rise / 3 * (1 - math.exp(-3)), rel=0.01)
    assert first < INCIDENT.third < INCIDENT.tenth < first + len(rise)


def test_alarms_within_a_day_are_one_alert() -> None:
    assert alerts([5, 6, 200, 400, 400 + BUCKETS + 1]) == [5, 400 + BUCKETS + 1]


def test_an_alert_is_right_once_for_each_incident() -> None:
    told = [2_500, 5_022, 5_500, 15_030]
    found = judge(told, [5_022, 15_030], [INCIDENT, BOTS], 30 * BUCKETS)
    assert found.recall == 1
    assert found.precision == 1 / 4
    assert sorted(found.false) == ["bots", "nothing", "told again"]
    assert found.false_a_month == 3
    assert found.crises == ["bots"]
    assert [(each.kind, each.delay) for each in found.incidents] == [("explosion", 22)]


def test_a_missed_incident_has_no_delay() -> None:
    found = judge([], [], [INCIDENT], 30 * BUCKETS)
    assert (found.recall, found.delay(5)) == (0, None)


def test_an_oracle_is_judged_by_what_it_knew() -> None:
    found = foreseen({INCIDENT.start: 5_003}, [INCIDENT, BOTS], 30 * BUCKETS)
    assert [each.delay for each in found.incidents] == [3]


def test_words_have_the_shares_that_they_are_drawn_with() -> None:
    words = Vocabulary(Chance(1))
    mentions = words.mentions(4_000)
    assert len(mentions) == 4_000 * NOUNS
    for word in (0, 9, 99):
        assert mentions.count(word) / 4_000 == pytest.approx(words.share(word), rel=0.25)
    subject = Subject(((7, 0.5), (8, 0.2)))
    said = [subject.said(Chance(number)) for number in range(2_000)]
    assert sum(7 in each for each in said) / 2_000 == pytest.approx(0.5, abs=0.05)
    assert max(word for _ in range(200) for word, _ in words.subject().words) > WORDS


def test_an_incident_has_words_of_its_own_and_is_known_to_who_knows_it() -> None:
    topic, speech = Topic(4, 2_000, 5, quiet_days=2), Speech(MONDAY)
    (incident,) = incidents(topic)
    oracles = [Oracle(topic, words=True), Oracle(topic, words=False)]
    own = {str(word) for word, _ in topic.subjects[incident.start].words}
    heard: list[int] = []
    for number, minutes in enumerate(topic.minutes()):
        for oracle in oracles:
            oracle.hear(number, minutes)
        for minute in minutes:
            speech.add(minute)
        if incident.start - 4 <= number < incident.start + 8:
            talk = speech.talk(3_600 if number % 2 else 3 * 3_600)
            assert talk.negative < talk.voices
            heard.append(sum(not own.isdisjoint(said.words) and said.is_negative for said in talk.said))
    assert heard[:4] == [0, 0, 0, 0]
    assert heard[-1] > 10
    with_words, counts = (oracle.told[incident.start] - MINUTES * incident.start for oracle in oracles)
    assert 0 < with_words <= counts < 60


@pytest.mark.parametrize("rival", [rivals.three_sigma, rivals.hourly])
def test_a_rival_sees_what_is_plain(rival: object) -> None:
    assert callable(rival)
    usual = [4 + number % 3 for number in range(16 * BUCKETS)]
    risen = [*usual, *([60] * 12)]
    assert list(rival(usual)) == []
    assert next(rival(risen)) in range(16 * BUCKETS, 16 * BUCKETS + 3)
