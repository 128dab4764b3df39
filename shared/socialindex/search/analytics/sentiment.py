"""Sentiment: positive, neutral and negative posts in total and over time, and what drives the mood."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from socialindex.model import Struct
from socialindex.query.columns import clause_of
from socialindex.query.fields import SENTIMENTS
from socialindex.query.nodes import Is
from socialindex.search.analytics.asking import Found, Question
from socialindex.search.analytics.coverage import Coverage  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.search.analytics.figures import rounded
from socialindex.search.analytics.window import Interval, Wanted, Windowed
from socialindex.search.analytics.words import (
    Term,
    by_lot,
    candidates,
    looked_up,
    news,
    of_each_month,
    own_words,
    post_of,
    readable,
    shown,
    standing_out,
)
from socialindex.search.selection import index_of, queries_of, selected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.search.analytics.buckets import Scale
    from socialindex.search.analytics.words import Candidate

Dsl = dict[str, Any]

_SAMPLES: Final = 3
_DRIVEN: Final = {"positive": "desc", "negative": "asc"}
"""Moods that have drivers, and how the strongest of their posts come first."""
_MOODS: Final[Dsl] = {
    "moods": {"filters": {"filters": {mood: clause_of(Is("sentiment", mood)) for mood in SENTIMENTS}}},
    "average": {"stats": {"field": "sentiment"}},
}


class Sentiment(Windowed, frozen=True, kw_only=True):
    """The mood of a selection."""

    interval: Wanted = "auto"
    drivers: Annotated[int, msgspec.Meta(ge=0, le=50)] = 10
    """How many words to show that positive, and that negative posts have more often than the selection."""
    sample: Annotated[int, msgspec.Meta(ge=100, le=2_000)] = 300
    """How many posts of each month, positive and negative, the words are taken from, drawn by lot."""


class Mood(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Posts by mood. Between -0.05 and 0.05 a post is neutral, as in queries."""

    posts: int
    positive: int
    neutral: int
    negative: int
    unknown: int
    """Posts whose mood could not be told, such as those in other languages than Korean and English."""
    average: float | None
    """From -1 to 1, of those that are known; ``None`` where none is."""


class MoodAt(Mood, frozen=True, kw_only=True, omit_defaults=False):
    """Posts of a time by mood."""

    at: datetime


class Drivers(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What is said in one mood."""

    words: list[Term]
    """Words that these posts have more often than the selection; ``background`` counts the selection's."""
    samples: list[str]
    """Ids of the strongest posts."""


class SentimentAnswer(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """The mood in total and over time."""

    total: int
    """Posts of the selection in the window: what each row of counts adds up to."""
    mood: Mood
    interval: Interval
    buckets: list[MoodAt]
    positive: Drivers
    negative: Drivers
    coverage: Coverage


def questions(caller: Caller, asked: Sentiment, scale: Scale) -> list[Question]:
    """The moods, and what stands out in each of the two."""
    whole = selected(caller, asked)
    moods = Question(whole, {**_MOODS, **scale.over_time(_MOODS)}, index_of(asked))
    return [moods, *(_driving(asked, scale, whole, mood) for mood in _DRIVEN)]


def chosen(engine: OpenSearch, caller: Caller, asked: Sentiment, found: Sequence[Found]) -> dict[str, list[Candidate]]:
    """What drives each of the two moods.

    Raises:
        Unavailable: the engine does not answer.
    """
    own = own_words(*queries_of(caller, asked))
    new = {mood: news(candidates(each.figures), own) for mood, each in zip(_DRIVEN, found[1:3], strict=True)}
    return {mood: readable(engine, some)[: asked.drivers] for mood, some in new.items()}


def closer(caller: Caller, asked: Sentiment, drivers: dict[str, list[Candidate]]) -> list[Question]:
    """A second look at the drivers, in all posts of their mood; none where there are none."""
    if not any(drivers.values()):
        return []
    return [_closer(caller, asked, mood, some) for mood, some in drivers.items()]


def answer(
    scale: Scale,
    found: Sequence[Found],
    drivers: dict[str, list[Candidate]],
    looked: Sequence[Found],
    coverage: Coverage,
) -> SentimentAnswer:
    """The answers to ``questions``, and to ``closer``."""
    moods, *strongest = found[:3]
    row = scale.row(moods.figures)
    figures = [each.figures for each in looked] or [{}, {}]
    positive, negative = map(_drivers, drivers.values(), strongest, figures)
    return SentimentAnswer(
        total=moods.total,
        mood=Mood(**_mood({**moods.figures, "doc_count": moods.total})),
        interval=scale.interval,
        buckets=[MoodAt(at=at, **_mood(bucket)) for at, bucket in zip(scale.edges, row, strict=False)],
        positive=positive,
        negative=negative,
        coverage=coverage,
    )


def _of(whole: Dsl, mood: str) -> Dsl:
    return {"bool": {"filter": [whole, clause_of(Is("sentiment", mood))]}}


def _closer(caller: Caller, asked: Sentiment, mood: str, some: Sequence[Candidate]) -> Question:
    query = _of(selected(caller, asked), mood)
    return Question(query, looked_up("words", some) if some else {}, index_of(asked))


def _driving(asked: Sentiment, scale: Scale, whole: Dsl, mood: str) -> Question:
    strongest = {"size": _SAMPLES, "_source": False, "sort": [{"sentiment": _DRIVEN[mood]}, {"id": "asc"}]}
    sample = of_each_month(asked.sample, scale.window)
    words = standing_out("words", asked.drivers, sample, [whole]) if asked.drivers else {}
    query = by_lot(_of(whole, mood)) if words else _of(whole, mood)
    return Question(query, {"strongest": {"top_hits": strongest}, **words}, index_of(asked))


def _mood(bucket: Dsl) -> dict[str, Any]:
    posts = bucket.get("doc_count", 0)
    counts = {name: mood["doc_count"] for name, mood in bucket.get("moods", {"buckets": {}})["buckets"].items()}
    known = {name: counts.get(name, 0) for name in SENTIMENTS}
    stats = bucket.get("average", {"count": 0})
    average = rounded(stats["avg"]) if stats["count"] else None
    return {"posts": posts, "unknown": posts - sum(known.values()), "average": average, **known}


def _drivers(some: Sequence[Candidate], found: Found, looked: Dsl) -> Drivers:
    strongest = found.part("strongest").get("hits", {"hits": []})["hits"]
    return Drivers(words=shown(some, looked), samples=[post_of(hit) for hit in strongest])
