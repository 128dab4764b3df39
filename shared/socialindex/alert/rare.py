"""Which words negative voices of topics share that are rare in the topic, by the engine.

A word that goes round has come up once more since the last look. So of each topic one question takes only the new
negative voices apart (``significant_text``), and holds their words against the topic's own four weeks; a second counts
how many voices of the last hours have these words, for which no text is read again. Only where some are rare, the
other voices of these hours are taken apart, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex.alert.asking import NEGATIVE, OF_THEIR_OWN, ask, changed, figures, living, published
from socialindex.alert.rumor import FEWEST, is_rare, may_be_rare
from socialindex.search.analytics.words import by_lot, candidates, news, own_words, readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from opensearchpy import OpenSearch

    from socialindex.search.analytics.words import Candidate
    from socialindex.topics.topic import Topic

Dsl = dict[str, Any]

FIELDS: Final = ("title", "text")
_SAMPLE: Final = 300
"""Negative voices of which the words are taken apart. A window has some fifty to two hundred, a minute of a large topic
some five."""
_WORDS: Final = 40
_NEW_WORDS: Final = 100
"""Of new voices that are looked at, the most telling ones, which may be one voice's."""
_DAY: Final = 86_400
_USUAL_DAYS: Final = 28


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
    def said(self) -> list[Dsl]:
        """The same of those who complain."""
        return [*self.own, NEGATIVE]

    @property
    def usual(self) -> list[Dsl]:
        """All of the four weeks before the last day; by whole hours, so that the engine can keep the answer."""
        end = self.now // 3_600 * 3_600 - _DAY
        return [*living([self.topic.id], backfilled=True), published(end - _USUAL_DAYS * _DAY, end)]


class _Words(NamedTuple):
    """Words of negative voices, with how many of so many usual mentions have each."""

    window: Window
    words: list[Candidate]
    usual: int

    def share(self, word: Candidate) -> float:
        """Of the voices that usually have a word, as ``Talk`` reckons it."""
        return (word.background + 1) / (self.usual + 1)

    def rare(self, negative: int) -> list[Candidate]:
        """Those that are, of so many voices."""
        return [word for word in self.words if is_rare(word.posts, self.share(word), negative)]


class Rare(NamedTuple):
    """Words that are rare, and how many negative voices a window has."""

    window: Window
    negative: int
    words: list[str]


def rare_words(engine: OpenSearch, windows: Sequence[Window]) -> Iterator[Rare]:
    """Those of windows in which new voices have some.

    Raises:
        Unavailable: the engine does not answer.
    """
    fresh = list(_fresh(engine, windows))
    questions = [_question(each.window.said, each.window, FEWEST, _WORDS) for each, _ in fresh]
    for (each, negative), answer in zip(fresh, ask(engine, *questions), strict=True):
        new = {word.term for word in each.words}
        others = [word for word in _words(each.window, answer).rare(_told(answer)) if word.term not in new]
        if nouns := _nouns(engine, [*each.words, *others]):
            yield Rare(each.window, negative, nouns)


def _fresh(engine: OpenSearch, windows: Sequence[Window]) -> Iterator[tuple[_Words, int]]:
    """The words of new voices that are rare among so many of a window."""
    questions = [_question([*each.said, changed(each.new)], each, 1, _NEW_WORDS) for each in windows]
    told = [_words(window, answer) for window, answer in zip(windows, ask(engine, *questions), strict=True)]
    perhaps = [each._replace(words=[word for word in each.words if may_be_rare(each.share(word))]) for each in told]
    some = [each for each in perhaps if each.words]
    for each, answer in zip(some, ask(engine, *map(_counting, some)), strict=True):
        negative, buckets = answer["hits"]["total"]["value"], figures(answer, "words")["buckets"]
        words = [word._replace(posts=buckets[str(place)]["doc_count"]) for place, word in enumerate(each.words)]
        if rare := each._replace(words=words).rare(negative):
            yield each._replace(words=rare), negative


def _words(window: Window, answer: Dsl) -> _Words:
    usual = figures(answer, "sample").get("terms", {}).get("bg_count", 0)
    found = candidates(answer.get("aggregations", {}))
    return _Words(window, news(found, own_words(window.topic.watched.q)), usual)


def _told(answer: Dsl) -> int:
    """How many voices were taken apart."""
    voices: int = figures(answer, "sample").get("doc_count", 0)
    return voices


def _nouns(engine: OpenSearch, words: Sequence[Candidate]) -> list[str]:
    """Those that say something by themselves; none where they are too few for a subject, whoever has them."""
    if sum(word.posts for word in words) <= FEWEST:
        return []
    return [word.term for word in readable(engine, words)]


def _question(said: list[Dsl], window: Window, fewest: int, most: int) -> Dsl:
    """The words of some voices, that so few have at the least, by how much they stand out against the usual ones."""
    words = {
        "field": "text",
        "source_fields": list(FIELDS),
        "min_doc_count": fewest,
        "size": most,
        "exclude": "[0-9]+|.",
        "background_filter": filtered(window.usual),
    }
    return {
        "size": 0,
        "query": by_lot(filtered(said)),
        "aggs": {"sample": {"sampler": {"shard_size": _SAMPLE}, "aggs": {"terms": {"significant_text": words}}}},
    }


def _counting(fresh: _Words) -> Dsl:
    """How many of the window's negative voices have each word."""
    return having(fresh.window.said, [word.term for word in fresh.words])


def having(said: list[Dsl], words: Iterable[str]) -> Dsl:
    """How many of some mentions have each word, and how many they are."""
    clauses = {str(place): _having(word) for place, word in enumerate(words)}
    return {**count(said), "aggs": {"words": {"filters": {"filters": clauses}}}}


def count(said: list[Dsl]) -> Dsl:
    """How many mentions there are."""
    return {"size": 0, "track_total_hits": True, "query": filtered(said)}


def filtered(filters: list[Dsl]) -> Dsl:
    """Mentions that pass all filters."""
    return {"bool": {"filter": filters}}


def _having(word: str) -> Dsl:
    return {"bool": {"should": [{"term": {field: word}} for field in FIELDS]}}
