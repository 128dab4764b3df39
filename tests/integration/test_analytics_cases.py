"""Figures on the real engine, each of a few posts made for it: days, what is absent, and which words stand out."""

from __future__ import annotations

import bisect
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import pytest

from socialindex import engine
from socialindex.model import Metrics
from socialindex.search.analytics.aggregate import Aggregate
from socialindex.search.analytics.sentiment import Sentiment
from socialindex.search.analytics.terms import Terms
from socialindex.search.analytics.trends import Trends
from socialindex.search.analytics.voice import TOP
from socialindex.search.analytics.voices_asked import Voices
from socialindex.search.analytics.window import edges, window_of
from socialindex.search.ask import Ask
from socialindex.search.posts import search
from tests.integration.analytics_world import ANN, NOW, PLACES, QUERIES, WORDS, ZONES, answers, asked, part, post, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch

pytestmark = pytest.mark.integration

SOURCES: Final = ["feed", "gnuboard", "mastodon"]
CHANGES: Final = [
    datetime(2018, 11, 4, 12, tzinfo=UTC),
    datetime(2011, 12, 30, 12, tzinfo=UTC),
    datetime(2026, 3, 29, 12, tzinfo=UTC),
    datetime(2026, 6, 10, 12, tzinfo=UTC),
    datetime(2026, 10, 25, tzinfo=UTC),
]


@pytest.mark.parametrize("zone", ZONES)
def test_the_engine_and_we_agree_where_a_bucket_begins(index: OpenSearch, zone: str) -> None:
    """Where clocks change, at midnight too, and where a zone left out a day; to the second."""
    requests = [
        asked(Trends, interval=interval, time_zone=zone, **{"from": _at(middle, -days, 7), "to": _at(middle, days)})
        for interval, days in (("hour", 1), ("day", 6), ("week", 20), ("month", 50))
        for middle in CHANGES
    ]
    spans = [window_of(request, NOW) for request in requests]
    borders = [edges(span, request.interval) for span, request in zip(spans, requests, strict=True)]
    moments = [edge - timedelta(seconds=before) for edge in {*chain.from_iterable(borders)} for before in (0, 1)]
    write(index, *(post(f"m{number}", published_at=moment) for number, moment in enumerate(moments)))
    for request, span, edges_ in zip(requests, spans, borders, strict=True):
        expected = [0] * (len(edges_) - 1)
        for moment in moments:
            if span.since <= moment < span.until:
                expected[bisect.bisect_right(edges_, moment) - 1] += 1
        assert [bucket.posts for bucket in part(index).trends(ANN, request).buckets] == expected, request


HALF_PAST: Final = [datetime(2025, 12, 1, 0, 30, tzinfo=UTC) + timedelta(hours=3 * number) for number in range(2_920)]
"""A year of posts, so that every day, the longer and the shorter ones too, has some."""


@pytest.fixture(scope="module")
def year(engine_url: str) -> Iterator[OpenSearch]:
    client = engine.connect(engine_url, signed=False)
    client.indices.delete(index="posts-*")
    posts = [post(f"y{number}", published_at=at, source=SOURCES[number % 3]) for number, at in enumerate(HALF_PAST)]
    write(client, *posts[:1_500])
    write(client, *posts[1_500:])
    yield client
    client.indices.delete(index="posts-*")


@pytest.mark.parametrize("zone", ["Asia/Seoul", "Europe/London", "America/Asuncion", "EST", "ROC", "Factory"])
def test_every_post_is_counted_on_its_day_whatever_the_engine_knows_of_the_zone(year: OpenSearch, zone: str) -> None:
    """Its list is another than ours: it knows none of the last three, and of Asuncion it may know other rules."""
    clocks = ZoneInfo(zone)
    days = Counter(at.astimezone(clocks).date() for at in HALF_PAST)
    window = {"from": HALF_PAST[0].isoformat(), "to": (HALF_PAST[-1] + timedelta(hours=1)).isoformat()}
    answer = part(year).trends(ANN, asked(Trends, time_zone=zone, interval="day", by="source", **window))
    assert {bucket.at.astimezone(clocks).date(): bucket.posts for bucket in answer.buckets} == days
    assert sum(sum(series.counts) for series in answer.series) == answer.total == len(HALF_PAST)
    facets = search(year, ANN, Ask(facets=["day"], facet_size=50, time_zone=zone)).facets
    latest = sorted(days.items(), reverse=True)[:50]
    assert [(one.value, one.posts) for one in (facets or {})["day"].values] == [(f"{day}", n) for day, n in latest]


@pytest.mark.parametrize("zone", ["Europe/London", "America/Asuncion", "Australia/Lord_Howe"])
def test_moods_and_voices_of_a_zone_add_up(year: OpenSearch, zone: str) -> None:
    span = {"time_zone": zone, "interval": "week", "from": HALF_PAST[0].isoformat()}
    mood = part(year).sentiment(ANN, asked(Sentiment, drivers=0, **span))
    assert sum(bucket.posts for bucket in mood.buckets) == mood.total
    queries = [{"name": "all", "q": "하루"}, {"name": "none", "q": "누리폰"}]
    first, none = part(year).voices(ANN, asked(Voices, queries=queries, by="time", **span)).voices
    assert (sum(each.posts for each in first.parts), {each.posts for each in none.parts}) == (first.posts, {0})


def _at(middle: datetime, days: int, minutes: int = 0) -> str:
    return (middle + timedelta(days=days, minutes=minutes)).isoformat()


def test_three_in_the_afternoon_of_utc_is_the_next_day_in_seoul(index: OpenSearch) -> None:
    at = datetime(2026, 11, 19, 15, tzinfo=UTC)
    write(index, post("a", published_at=at), post("b", published_at=at - timedelta(seconds=1)))
    window = {"from": "2026-11-18T15:00:00Z", "to": "2026-11-20T15:00:00Z", "interval": "day"}
    seoul = part(index).trends(ANN, asked(Trends, time_zone="Asia/Seoul", **window))
    assert [(bucket.at.isoformat(), bucket.posts) for bucket in seoul.buckets] == [
        ("2026-11-18T15:00:00+00:00", 1),
        ("2026-11-19T15:00:00+00:00", 1),
    ]
    assert [bucket.posts for bucket in part(index).trends(ANN, asked(Trends, **window)).buckets] == [0, 2, 0]


def test_a_figure_that_no_source_gave_is_absent(index: OpenSearch) -> None:
    write(index, post("a"), post("b", source="gnuboard", metrics=Metrics(views=0, read_at=NOW)))
    table = part(index).aggregate(ANN, asked(Aggregate, by=["source"], metric="views")).table
    assert [(cell.value, cell.metric, cell.known) for cell in table.cells] == [("gnuboard", 0, 1), ("feed", None, 0)]


def test_no_share_is_told_of_a_place_that_another_voice_may_have_too(index: OpenSearch) -> None:
    """Of a voice on more places than are listed, what it has on a rare one is not known; that is not nothing."""
    write(
        index,
        post("ours", text="배터리", platform="small.example"),
        post("ours too", text="배터리", platform="p0.example"),
        post("theirs", text="영화", platform="small.example"),
        *(post(f"p{n}-{m}", text="영화", platform=f"p{n}.example") for n in range(TOP) for m in range(2)),
    )
    queries = [{"name": "ours", "q": "배터리"}, {"name": "theirs", "q": "영화"}]

    def shares(**given: Any) -> dict[tuple[str, str | None], float | None]:
        answer = part(index).voices(ANN, asked(Voices, queries=queries, by="platform", **given))
        return {(voice.name, one.value): one.share for voice in answer.voices for one in voice.parts}

    found = shares()
    assert len(found) == TOP + 2
    assert (found["ours", "p0.example"], found["theirs", "p0.example"]) == (0.333333, 0.666667)
    assert found["theirs", "p1.example"] == 1  # ours has no more places than are listed
    assert found["ours", "small.example"] is None
    narrow = shares(platform=["small.example"])
    assert narrow == {("ours", "small.example"): 0.5, ("theirs", "small.example"): 0.5}


def test_what_repeats_itself_is_passed_over(index: OpenSearch) -> None:
    template = "당첨 쿠폰 이벤트 링크 접속 무료 상품 지급"
    write(
        index,
        *(post(f"s{number}", text=f"배터리 {template} {number}") for number in range(20)),
        *(post(f"b{number}", text=f"배터리 {PLACES[number % 7]} 침수 {number}") for number in range(5)),
        *(post(f"o{number}", text=f"{PLACES[number % 7]} {WORDS[number % 8]} {number}") for number in range(40)),
    )
    found = {term.term: term.posts for term in part(index).terms(ANN, asked(Terms, q="배터리")).terms}
    assert found["침수"] == 5
    assert found.get("쿠폰", 0) < 5


def test_what_makes_the_mood_is_told_by_words(index: OpenSearch) -> None:
    write(
        index,
        *(post(f"n{n}", text=f"{PLACES[n % 7]}에서 발열이 심하다 {n}", sentiment=-0.7) for n in range(10)),
        *(post(f"p{n}", text=f"{PLACES[n % 7]}에서 화질이 훌륭하다 {n}", sentiment=0.7) for n in range(10)),
    )
    answer = part(index).sentiment(ANN, asked(Sentiment))
    assert [term.term for term in answer.negative.words][:1] == ["발열"]
    assert [term.term for term in answer.positive.words][:1] == ["화질"]


def test_an_engine_without_posts_gives_zeros_and_all_buckets(index: OpenSearch) -> None:
    said = answers(index)
    assert {path: answer["total"] for path, answer in said.items()} == dict.fromkeys(QUERIES, 0)
    trends = part(index).trends(ANN, asked(Trends))
    assert [(bucket.posts, bucket.share) for bucket in trends.buckets] == [(0, None)] * 30
