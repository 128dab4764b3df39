"""What negative voices of topics share, by the engine: the words of their last hours that are rare in the topic.

A word that goes round has come up once more since the last look. So of each topic one question takes only the new
negative voices apart (``significant_text``), and holds their words against the topic's own four weeks; a second counts
how many voices of the last hours have these words, for which no text is read again. Only where some are rare, three
more ask who has them, and how rare they are.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex.alert.asking import NEGATIVE, OF_THEIR_OWN, ask, changed, figures, living, published
from socialindex.alert.rumor import FEWEST, Said, Talk, is_rare, may_be_rare
from socialindex.query.columns import NEUTRAL
from socialindex.search.analytics.words import by_lot, candidates, news, own_words, readable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from opensearchpy import OpenSearch

    from socialindex.search.analytics.words import Candidate
    from socialindex.topics.topic import Topic

Dsl = dict[str, Any]

_SAMPLE: Final = 300
"""New negative voices of which the words are taken apart; a minute of a large topic has some five."""
_WORDS: Final = 100
"""Of theirs that are looked at, the most telling ones."""
_VOICES: Final = 500
"""That are looked at for having a rare word, the latest first."""
_DAY: Final = 86_400
_USUAL_DAYS: Final = 28
_FIELDS: Final = ("title", "text")
_TOLD: Final = ["author.key", "source", "thread_id", "sentiment", "published_at"]


class Window(NamedTuple):
    """The last hours of a topic."""

    topic: Topic
    seconds: int
    now: float
    """Unix time."""
    new: float
    """Seconds in which a mention must have been changed to be news since the last look."""

    @property
    def own(self) -> list[Dsl]:
        """Filter clauses for what was said in their own words."""
        return [*living([self.topic.id]), published(self.now - self.seconds, self.now), OF_THEIR_OWN]

    @property
    def usual(self) -> list[Dsl]:
        """The same for the four weeks before the last day; by whole hours, so that the engine can keep the answer."""
        end = self.now // 3_600 * 3_600 - _DAY
        return [*living([self.topic.id], backfilled=True), published(end - _USUAL_DAYS * _DAY, end)]


class _Fresh(NamedTuple):
    """Words of new negative voices, with how many of so many usual mentions have each."""

    window: Window
    words: list[Candidate]
    of: int

    def usual(self, word: Candidate) -> float:
        """The share of voices that usually have a word, as ``Talk`` reckons it."""
        return (word.background + 1) / (self.of + 1)


class _Rare(NamedTuple):
    window: Window
    negative: int
    words: list[str]


def talks(engine: OpenSearch, windows: Sequence[Window]) -> Iterator[tuple[str, Talk]]:
    """What is said in the windows of topics by those who complain, where any words stand out.

    Three requests for all of them together, and one more for each topic of which words look rare.

    Raises:
        Unavailable: the engine does not answer.
    """
    rare = list(_rare(engine, windows))
    if not rare:
        return
    answers = ask(engine, *(body for each in rare for body in _questions(each)))
    for place, each in enumerate(rare):
        said, all_, before = answers[3 * place : 3 * place + 3]
        yield each.window.topic.id, _talk(each, said, all_, before)


def _rare(engine: OpenSearch, windows: Sequence[Window]) -> Iterator[_Rare]:
    fresh = list(_fresh(engine, windows))
    if not fresh:
        return
    for each, answer in zip(fresh, ask(engine, *map(_counting, fresh)), strict=True):
        negative, buckets = answer["hits"]["total"]["value"], figures(answer, "words")["buckets"]
        words = [word._replace(posts=buckets[str(place)]["doc_count"]) for place, word in enumerate(each.words)]
        rare = [word for word in words if is_rare(word.posts, each.usual(word), negative)]
        if nouns := _nouns(engine, rare):
            yield _Rare(each.window, negative, nouns)


def _fresh(engine: OpenSearch, windows: Sequence[Window]) -> Iterator[_Fresh]:
    if not windows:
        return
    for window, answer in zip(windows, ask(engine, *map(_question, windows)), strict=True):
        usual = figures(answer, "sample").get("terms", {}).get("bg_count", 0)
        words = news(candidates(answer.get("aggregations", {})), own_words(window.topic.watched.q))
        fresh = _Fresh(window, words, usual)
        if telling := [word for word in words if may_be_rare(fresh.usual(word))]:
            yield fresh._replace(words=telling)


def _nouns(engine: OpenSearch, words: Sequence[Candidate]) -> list[str]:
    """Those that say something by themselves; none where they are too few for a subject, whoever has them."""
    if sum(word.posts for word in words) <= FEWEST:
        return []
    return [word.term for word in readable(engine, words)]


def _question(window: Window) -> Dsl:
    """The words of new negative voices by how much they stand out against the topic's usual ones."""
    words = {
        "field": "text",
        "source_fields": list(_FIELDS),
        "min_doc_count": 1,
        "size": _WORDS,
        "exclude": "[0-9]+|.",
        "background_filter": _all(window.usual),
    }
    return {
        "size": 0,
        "query": by_lot(_all([*window.own, NEGATIVE, changed(window.new)])),
        "aggs": {"sample": {"sampler": {"shard_size": _SAMPLE}, "aggs": {"terms": {"significant_text": words}}}},
    }


def _counting(fresh: _Fresh) -> Dsl:
    """How many of the window's negative voices have each word."""
    having = {str(place): _having(word.term) for place, word in enumerate(fresh.words)}
    return {**_count([*fresh.window.own, NEGATIVE]), "aggs": {"words": {"filters": {"filters": having}}}}


def _questions(rare: _Rare) -> tuple[Dsl, Dsl, Dsl]:
    """Who has rare words, of how many voices, and how many had them before."""
    window = rare.window
    named = [
        {"term": {field: {"value": word, "_name": f"{place} {field}"}}}
        for place, word in enumerate(rare.words)
        for field in _FIELDS
    ]
    said = {
        "size": _VOICES,
        "_source": _TOLD,
        "query": _all([*window.own, {"bool": {"should": named, "minimum_should_match": 1}}]),
        "sort": [{"published_at": "desc"}, {"id": "asc"}],
    }
    having = {str(place): _having(word) for place, word in enumerate(rare.words)}
    before = {**_count(window.usual), "aggs": {"words": {"filters": {"filters": having}}}}
    return said, _count(window.own), before


def _having(word: str) -> Dsl:
    return {"bool": {"should": [{"term": {field: word}} for field in _FIELDS]}}


def _count(filters: list[Dsl]) -> Dsl:
    return {"size": 0, "track_total_hits": True, "query": _all(filters)}


def _talk(rare: _Rare, said: Dsl, all_: Dsl, before: Dsl) -> Talk:
    counts = figures(before, "words").get("buckets", {})
    return Talk(
        voices=all_["hits"]["total"]["value"],
        negative=rare.negative,
        said=list(_voices(said["hits"]["hits"], rare.words)),
        before={word: counts.get(str(place), {}).get("doc_count", 0) for place, word in enumerate(rare.words)},
        of=before["hits"]["total"]["value"],
    )


def _voices(hits: Sequence[Dsl], words: Sequence[str]) -> Iterator[Said]:
    """Each author once, with the first text; a guest, who has no identity, with each."""
    authors: set[str] = set()
    for hit in reversed(hits):
        found: Mapping[str, Any] = hit["_source"]
        author = found.get("author", {}).get("key")
        if author is None or author not in authors:
            authors.add(author)
            mood = found.get("sentiment")
            yield Said(
                datetime.fromisoformat(found["published_at"]).timestamp(),
                found["source"],
                found.get("thread_id"),
                mood is not None and mood < -NEUTRAL,
                frozenset(words[int(name.split()[0])] for name in hit["matched_queries"]),
            )


def _all(filters: list[Dsl]) -> Dsl:
    return {"bool": {"filter": filters}}
