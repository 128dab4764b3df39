"""What the measure of a sustained load stands on: responses are real, topics are met, and sums are right."""

from __future__ import annotations

import random
import statistics
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from infra.bench.corpus import posts_of
from infra.bench.percolate_topics import topics
from infra.bench.sustained import Bench, Held
from infra.bench.sustaining.audience import A_DAY, Manner, memory, unheard
from infra.bench.sustaining.feeder import Fed, Probed
from infra.bench.sustaining.gauge import Point, Took, slope
from infra.bench.sustaining.plan import REQUESTS, Plan, interval
from infra.bench.sustaining.platforms import PLATFORMS
from infra.bench.sustaining.said import ABOUT, Said, Speech, words_for
from infra.bench.sustaining.telling import Alarms, told
from infra.local.receiver import Call
from socialindex.alert.detect import observe
from socialindex.alert.model import STEP, Bucket, Heard
from socialindex.crawl.rhythm import Polling
from socialindex.engine import ALIAS, MENTIONS
from socialindex.mentions.reasons import Seen, found
from socialindex.query import parse, selective
from socialindex.sources import all_adapters

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from infra.bench.sustaining.feeder import Feeder
    from infra.bench.sustaining.gauge import Gauge
    from infra.bench.sustaining.place import Place
    from infra.local.service import Service

NOW = datetime(2026, 11, 28, 9, 0, 30, tzinfo=UTC)
MANNER = Manner(judged=0.8, negative=0.3, promotional=0.02)


def said(number: int) -> Said:
    return Said(number, author=number, text=f"누리폰 이야기 {number}", language="ko", at=NOW)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_response_shows_what_is_new_and_some_of_what_was_there_before(platform: type[Place]) -> None:
    place, count = platform(1), platform.new
    first = posts_of(place.read([said(number) for number in range(1, count + 1)], NOW))
    second = posts_of(place.read([said(number) for number in range(count + 1, 2 * count + 1)], NOW))
    assert len(first) == count
    assert len({post.id for post in [*first, *second]}) == 2 * count
    assert 0 < len({post.id for post in first} & {post.id for post in second}) == place.shown - count
    assert {post.source for post in second} == {platform.source}
    assert all("누리폰 이야기" in (post.text or "") for post in second)
    assert all(post.published_at and abs(post.published_at - NOW) < timedelta(minutes=1) for post in second)


def test_platforms_make_up_all_that_is_said() -> None:
    assert sum(platform.weight for platform in PLATFORMS) == 100
    assert sum(ABOUT) == pytest.approx(1)
    assert sum(many * share for many, share in enumerate(ABOUT)) == pytest.approx(1)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("누리폰", "누리폰"),
        ("(누리폰 OR nuri) NOT (케이스 OR 필름)", "누리폰"),
        ('("누리 폰" OR nuri) NEAR/5 (발열 OR 폭발)', "누리 폰 발열"),
        ("누리* AND (환불 OR 교환)", "누리 환불"),
        ("(누리폰 OR hashtag:nuri) lang:ko", "누리폰"),
        ("hashtag:nuri", "#nuri"),
    ],
)
def test_words_are_what_a_query_demands(query: str, words: str) -> None:
    assert words_for(query) == words


def test_topics_are_spoken_of_in_words_that_their_reasons_find() -> None:
    made = topics(40)
    speech = Speech([topic.watched.q for topic in made])
    for topic in made:
        text = speech.about(topic.watched.q, NOW).text
        assert found(topic.watched.q, Seen({"text": text, "language": "ko", "hashtags": []}))


def test_quiet_topics_have_names_that_nobody_else_says() -> None:
    made = topics(300)
    names = {unheard(topic.id) for topic in made}
    assert len(names) == 300
    assert all(selective(parse(name)) and words_for(name) == name for name in names)
    speech = Speech([topic.watched.q for topic in made])
    said = [speech.some(300, NOW).text for _ in range(1_000)]
    assert not [name for name in names for text in said if name[:3] in text]


def test_nothing_is_said_twice() -> None:
    speech = Speech([topic.watched.q for topic in topics(5)])
    assert len({speech.some(5, NOW).number for _ in range(200)}) == 200


def usual(at: int, voices: int) -> Bucket:
    heard = {"gnuboard": Heard(voices, round(voices * 0.24))}
    return Bucket(
        at=at,
        mentions=voices,
        distinct=voices,
        voices=voices,
        judged=round(voices * 0.8),
        negative=round(voices * 0.24),
        sources=heard,
    )


def test_a_topic_that_is_talked_about_as_usual_makes_no_alert_and_a_quiet_one_does() -> None:
    now = NOW.timestamp()
    at = int(now // STEP) * STEP
    assert observe(memory(A_DAY, MANNER, now, days=2), usual(at, A_DAY * STEP // 86_400)) is None
    first = observe(memory(0, MANNER, now, days=2), usual(at, 1))
    assert first
    assert first.incident.kind == "first"
    heard = {name: Heard(4) for name in ("gnuboard", "mastodon", "bluesky")}
    burst = observe(memory(12, MANNER, now, days=2), Bucket(at=at, mentions=12, distinct=12, voices=12, sources=heard))
    assert burst
    assert burst.incident.kind == "burst"


def test_what_gets_older_by_as_much_in_each_minute_has_that_slope() -> None:
    points = [Point(at=1_000 + 2 * step, behind=5 + step / 10, waiting=(0,)) for step in range(100)]
    assert slope(points) == pytest.approx(3.0)
    assert slope([Point(at=each.at, behind=7, waiting=(0,)) for each in points]) == pytest.approx(0)


def test_polls_come_as_often_as_there_is_news_within_the_bounds() -> None:
    assert interval(3_600) == Polling().floor
    assert interval(6) == pytest.approx(600, rel=0.15)
    assert interval(0.01) == Polling().ceiling


def test_a_publication_waits_for_its_poll_and_for_what_comes_between() -> None:
    chance = random.Random(1)  # noqa: S311 - the same in every run
    near, far = (
        statistics.mean(plan.archived_after(chance) for _ in range(2_000))
        for plan in (Plan("near", 3_600, 1), Plan("far", 3_600, 21))
    )
    assert near == pytest.approx(62, abs=3)
    assert far - near == pytest.approx(40, abs=3)


class Engine:
    """Counts as many as it is told to."""

    def __init__(self, mentions: int, posts: int) -> None:
        self._counts = {MENTIONS: mentions, ALIAS: posts}

    def count(self, *, index: str, body: dict[str, Any]) -> dict[str, int]:
        assert body["query"]["bool"]["filter"][0]["range"]["first_seen_at"]
        return {"count": self._counts[index]}


def call(topic: str) -> Call:
    return Call(topic, {"type": "alert.opened", "data": {"topic": topic, "kind": "first"}})


def test_what_was_held_is_told_by_the_minute_and_with_the_delays_of_what_was_archived_meanwhile() -> None:
    now = time.time()
    gauge = SimpleNamespace(
        points=[],
        posts=[Took(now - 30, 7.0, "feed"), Took(now - 300, 90.0, "feed")],
        mentions=[Took(now - 30, 9.0)],
        probed={
            name: Probed(at, name, 1) for name, at in (("tp_1", now - 30), ("tp_2", now - 20), ("tp_3", now - 300))
        },
        missing=[Fed(now - 30, "feed", "p1")],
        between=lambda began, ended: [Point(began + step, 5.0, (1, 2, 0)) for step in range(round(ended - began))],
    )
    bench = Bench(
        cast("Service", None), cast("OpenSearch", Engine(40_000, 30_000)), cast("Feeder", None), cast("Gauge", gauge)
    )
    alarms = Alarms()
    alarms.hear(call("tp_1"))
    alarms.hear(call("tp_3"))
    used = {"engine": 100.0, "normalize": 20.0}
    held = Held(15_000, now - 120, now, 0.1, used, {"posts indexing": 60_000.0}, shown=50_000)
    figures = {figure.name: figure for figure in told(bench, held, alarms)}
    assert figures["sustained_mentions"].value == 20_000
    assert figures["sustained_mentions"].ratio == 1
    assert (figures["sustained_posts"].value, figures["sustained_read"].value) == (15_000, 25_000)
    assert (figures["archived_to_post_p95"].value, figures["archived_to_mention_p95"].value) == (7, 9)
    assert figures["archived_to_alert_p95"].value == pytest.approx(30, abs=1)
    assert figures["published_to_alert_mastodon_p95"].value > figures["archived_to_alert_p95"].value


def test_every_source_that_is_crawled_has_a_plan() -> None:
    crawled = {adapter.name for adapter in all_adapters()} - {"imported"}
    assert set(REQUESTS) == crawled
