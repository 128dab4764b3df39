"""Figures on the real engine: they add up, agree with searches and with Python, and show nobody else's posts."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialindex import engine
from socialindex.access import Caller
from socialindex.model import Author, Metrics
from socialindex.search.analytics.aggregate import Aggregate, Figure
from socialindex.search.analytics.sentiment import Sentiment
from socialindex.search.analytics.sources import Sources
from socialindex.search.analytics.terms import Terms, TermsAnswer
from socialindex.search.analytics.trends import Trends
from socialindex.search.analytics.voices_asked import Voices
from socialindex.search.analytics.words import Candidate, readable
from socialindex.search.ask import Ask, from_body
from socialindex.search.posts import search
from tests.integration.analytics_world import (
    ANN,
    NOW,
    OTHERS,
    READ,
    ZONES,
    alike,
    answers,
    asked,
    corpus,
    part,
    post,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch

    from socialindex.model import Post

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def filled(engine_url: str) -> Iterator[OpenSearch]:
    """The engine with the ninety posts, three of them alike. No test changes what ``ANN`` sees."""
    client = engine.connect(engine_url, signed=False)
    client.indices.delete(index="posts-*")
    write(client, *corpus())
    alike(client, "p0", "p3", "p6")
    yield client
    client.indices.delete(index="posts-*")


def total(index: OpenSearch, window: Any, **given: Any) -> int:
    """How many posts a search finds of the same selection."""
    bounds = {"from": window.since.isoformat(), "to": window.until.isoformat()}
    return search(index, ANN, from_body(json.dumps({**given, **bounds}))).total


# What adds up

SELECTIONS = st.fixed_dictionaries(
    {},
    optional={
        "q": st.sampled_from(["배터리", "배터리 OR 영화", "sentiment:negative", "NOT 배터리", "views:>5"]),
        "source": st.lists(st.sampled_from(["feed", "gnuboard", "mastodon"]), max_size=2, unique=True),
        "language": st.just(["ko"]),
        "hashtag": st.just(["리콜"]),
        "from": st.sampled_from(["2026-11-01T05:30:00Z", "2026-10-20T00:00:00Z"]),
        "to": st.sampled_from(["2026-11-20T15:00:00Z", "2026-11-27T23:59:59Z"]),
        "time_zone": st.sampled_from(ZONES),
    },
)
DIMENSIONS = ["source", "platform", "language", "kind", "author", "hashtag", "entity", "sentiment"]
PATIENT = settings(max_examples=20, deadline=None)
BRIEF = settings(max_examples=8, deadline=None)


@PATIENT
@given(SELECTIONS, st.sampled_from([None, *DIMENSIONS]), st.sampled_from(["auto", "hour", "day", "week", "month"]))
def test_buckets_add_up_to_what_a_search_finds(
    filled: OpenSearch, given: dict[str, Any], by: str | None, interval: str
) -> None:
    request = asked(Trends, **given, by=by, interval=interval, top=2)
    answer = part(filled).trends(ANN, request)
    plain = {name: value for name, value in given.items() if name not in {"from", "to", "time_zone"}}
    assert sum(bucket.posts for bucket in answer.buckets) == answer.total == total(filled, answer.coverage, **plain)
    assert sum(bucket.all for bucket in answer.buckets) == answer.all == total(filled, answer.coverage)
    assert [bucket.share for bucket in answer.buckets] == [
        round(bucket.posts / bucket.all, 6) if bucket.all else None for bucket in answer.buckets
    ]
    assert all(bucket.deduplicated <= bucket.posts for bucket in answer.buckets)
    if by and answer.others:
        rows = [*answer.series, answer.others, answer.unknown]
        assert [sum(row.counts[place] for row in rows if row) for place in range(len(answer.buckets))] == [
            bucket.posts for bucket in answer.buckets
        ]


def test_what_has_no_date_is_counted_apart(filled: OpenSearch) -> None:
    answer = part(filled).trends(ANN, asked(Trends, **{"from": "2026-01-01T00:00:00Z"}))
    undated = sum(one.published_at is None for one in corpus())
    assert (answer.coverage.undated, answer.total + undated) == (undated, 90)
    assert search(filled, ANN, Ask()).total == 90


def test_near_duplicates_count_once_apart_from_the_raw_figure(filled: OpenSearch) -> None:
    answer = part(filled).trends(ANN, asked(Trends, q="배터리"))
    assert answer.total - answer.deduplicated == 2


# Aggregates

FIGURES: list[tuple[Figure, str]] = [
    ("posts", "count"),
    ("likes", "sum"),
    ("likes_average", "average"),
    ("views", "sum"),
    ("sentiment", "average"),
    ("authors", "distinct"),
    ("reach", "sum"),
]


def _known(one: Post, figure: str) -> float | str | None:
    views = one.metrics.views if one.metrics else None
    match figure:
        case "posts":
            return 1
        case "sentiment":
            return one.sentiment
        case "authors":
            return one.author.key if one.author else None
        case "reach":
            return views if views is not None else (one.author.followers if one.author else None)
    return getattr(one.metrics, figure.removesuffix("_average")) if one.metrics else None


def _expected(posts: list[Post], figure: str, way: str) -> Any:
    known = [value for one in posts if (value := _known(one, figure)) is not None]
    if not known:
        return None
    if way == "distinct":
        return len(set(known))
    summed = sum(cast("list[float]", known))
    return pytest.approx(summed / len(known) if way == "average" else summed, abs=1e-5)


@pytest.mark.parametrize(("figure", "way"), FIGURES)
def test_an_aggregate_is_what_python_makes_of_the_posts(filled: OpenSearch, figure: Figure, way: str) -> None:
    dated = [one for one in corpus() if one.published_at]
    request = asked(Aggregate, by=["source", "kind"], metric=figure, **{"from": "2026-01-01T00:00:00Z"})
    answer = part(filled).aggregate(ANN, request)
    assert answer.metric == _expected(dated, figure, way)
    assert {cell.value for cell in answer.table.cells} == {"feed", "gnuboard", "mastodon"}
    for cell in answer.table.cells:
        of_source = [one for one in dated if one.source == cell.value]
        assert (cell.posts, cell.metric) == (len(of_source), _expected(of_source, figure, way))
        assert cell.within
        for inner in cell.within.cells:
            both = [one for one in of_source if one.kind == inner.value]
            assert (inner.posts, inner.metric) == (len(both), _expected(both, figure, way))
    metrics = [cell.metric for cell in answer.table.cells if cell.metric is not None]
    assert metrics == sorted(metrics, reverse=True)


def test_an_aggregate_says_what_is_outside(filled: OpenSearch) -> None:
    window = {"from": "2026-01-01T00:00:00Z"}
    table = part(filled).aggregate(ANN, asked(Aggregate, by=["author"], top=3, **window)).table
    dated = [one for one in corpus() if one.published_at]
    unknown = sum(one.author is None for one in dated)
    shown = sum(cell.posts for cell in table.cells)
    assert (len(table.cells), table.unknown, table.others) == (3, unknown, len(dated) - unknown - shown)
    assert table.outside == pytest.approx(1 - shown / len(dated), abs=1e-5)
    assert table.cells[0].label == f"h{table.cells[0].value.removeprefix('au')}"
    tags = part(filled).aggregate(ANN, asked(Aggregate, by=["hashtag"], top=1, **window)).table
    assert (tags.others, tags.outside) == (None, None)


# Share of voice


@BRIEF
@given(SELECTIONS, st.sampled_from([None, "time", "source", "language", "sentiment"]))
def test_a_voice_has_as_many_posts_as_its_search(filled: OpenSearch, given: dict[str, Any], by: str | None) -> None:
    voices = {"battery": "배터리", "film": "영화 OR 노래", "bad": "sentiment:negative", "none": "없는말"}
    queries = [{"name": name, "q": query} for name, query in voices.items()]
    answer = part(filled).voices(ANN, asked(Voices, **given, queries=queries, by=by))
    plain = {name: value for name, value in given.items() if name not in {"from", "to", "time_zone", "q"}}
    common = f"({given['q']}) AND " if "q" in given else ""

    def found(query: str) -> int:
        return total(filled, answer.coverage, **plain, q=f"{common}({query})")

    assert {voice.name: voice.posts for voice in answer.voices} == {name: found(q) for name, q in voices.items()}
    assert answer.total == found(" OR ".join(f"({query})" for query in voices.values()))
    for overlap in answer.overlaps:
        assert overlap.posts == found(" AND ".join(f"({voices[name]})" for name in overlap.names))
    assert len(answer.overlaps) == 6
    if by:
        assert all(sum(part.posts for part in voice.parts) == voice.posts for voice in answer.voices)
    if any(voice.posts for voice in answer.voices):
        assert sum(voice.share or 0 for voice in answer.voices) == pytest.approx(1, abs=1e-5)


# Terms


def words(answer: TermsAnswer) -> dict[str, int]:
    return {term.term: term.posts for term in answer.terms}


def test_words_that_stand_out_are_nouns_other_than_the_querys_own(filled: OpenSearch) -> None:
    answer = part(filled).terms(ANN, asked(Terms, q="배터리", pairs=True))
    assert {"폭발", "화재"} <= set(words(answer))
    assert not {"배터리", "나", "났", "즐기", "좋"} & set(words(answer))
    explosion = next(term for term in answer.terms if term.term == "폭발")
    assert explosion.background == total(filled, answer.coverage, q="폭발")
    assert explosion.example in {one.id for one in corpus() if "폭발" in (one.text or "")}
    assert answer.coverage.sample
    assert answer.coverage.sample.of == answer.total == total(filled, answer.coverage, q="배터리")
    assert answer.coverage.sample.posts == answer.total - 2  # of near-duplicates one is looked at
    assert answer.pairs
    assert answer.pairs[0].posts == total(filled, answer.coverage, q="배터리 AND 폭발 AND 화재")


def test_english_words_that_say_nothing_do_not_stand_out(filled: OpenSearch) -> None:
    bare = ["the", "its", "my", "has", "than", "within", "doesnt", "which"]
    telling = ["battery", "recall", "us", "may", "who", "ive", "nothing", "배터리"]
    found = [Candidate(term, 1.0, 3, 3) for term in (*bare, *telling)]
    assert [each.term for each in readable(filled, found)] == telling


def test_hashtags_that_stand_out_are_counted_in_all_posts(filled: OpenSearch) -> None:
    answer = part(filled).terms(ANN, asked(Terms, q="폭발", of="hashtags", background="all"))
    assert answer.coverage.sample is None
    assert words(answer) == {"리콜": answer.total, "배터리": answer.total}
    assert {term.background for term in answer.terms} == {search(filled, ANN, from_body('{"hashtag": ["리콜"]}')).total}


# Sentiment, sources


def test_moods_are_those_of_the_query_language_and_add_up(filled: OpenSearch) -> None:
    answer = part(filled).sentiment(ANN, asked(Sentiment, interval="week", time_zone="Asia/Seoul"))
    for mood in ("positive", "neutral", "negative"):
        counted = getattr(answer.mood, mood)
        assert counted == total(filled, answer.coverage, q=f"sentiment:{mood}")
        assert counted == sum(getattr(bucket, mood) for bucket in answer.buckets)
    for row in (answer.mood, *answer.buckets):
        assert row.posts == row.positive + row.neutral + row.negative + row.unknown
    assert answer.total == answer.mood.posts == sum(bucket.posts for bucket in answer.buckets)
    worst = {one.id for one in corpus() if one.sentiment == -0.8}
    assert len(answer.negative.samples) == 3
    assert set(answer.negative.samples) <= worst


def test_a_selection_is_made_of_its_sources_and_platforms(filled: OpenSearch) -> None:
    answer = part(filled).sources(ANN, asked(Sources, **{"from": "2026-01-01T00:00:00Z"}))
    dated = [one for one in corpus() if one.published_at]
    assert sum(source.posts for source in answer.sources) == answer.total == len(dated)
    for source in answer.sources:
        ours = [one for one in dated if one.source == source.name]
        times = [one.published_at for one in ours if one.published_at]
        assert (source.posts, source.first_post, source.last_post) == (len(ours), min(times), max(times))
        assert sum(place.posts for place in source.platforms) == source.posts
        assert source.latency_p50 is None


# Who sees what


def test_posts_of_another_workspace_change_no_figure(filled: OpenSearch) -> None:
    """Not the counts, not the shares, not the backgrounds, not what stands out."""
    before = answers(filled)
    secret = [
        post(
            f"secret{number}",
            text=f"배터리 폭발 화재 극비문서 {number}",
            hashtags=["극비"],
            source="imported",
            author=Author(key="secret", handle="secret"),
            sentiment=-1.0,
            visibility=OTHERS,
            metrics=Metrics(likes=10_000, read_at=NOW),
            published_at=None if number % 5 == 0 else NOW - timedelta(hours=number),
        )
        for number in range(60)
    ]
    write(filled, *secret)
    assert answers(filled) == before
    theirs = answers(filled, Caller(organization="org_b", workspaces=frozenset({OTHERS}), scopes=READ))
    assert all(said["total"] > before[path]["total"] - 10 for path, said in theirs.items())
    assert theirs["/v1/trends"] != before["/v1/trends"]
