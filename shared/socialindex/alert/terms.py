"""Words that explain an incident: more of them than is usual of the topic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex.alert.alert import Term
from socialindex.alert.asking import OF_THEIR_OWN, ask, figures, living, published, voiced, voices
from socialindex.engine import ALIAS, MENTIONS
from socialindex.model import PUBLIC
from socialindex.search.analytics.words import (
    Candidate,
    by_lot,
    candidates,
    clauses,
    news,
    own_words,
    readable,
    standing_out,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opensearchpy import OpenSearch

    from socialindex.topics.topic import Topic

Dsl = dict[str, Any]

USUAL_DAYS: Final = 28
"""Days before an incident that say which words are usual."""
FEW: Final = 30
"""Mentions below which nobody knows what is usual."""
MORE: Final = 1.5
"""Times its usual share that a word must have to explain anything."""
_SAMPLE: Final = 500


class Word(NamedTuple):
    """A word that stands out."""

    term: str
    mentions: int
    of: int
    """Mentions in all."""
    voices: int
    """Who said it in words of their own."""
    times: float
    """How many times its usual share; a word that was never there counts as having been there once."""
    is_own: bool
    """Whether usual is what the topic's own mentions say, and not what everybody says."""

    @property
    def shown(self) -> Term:
        """As an alert has it."""
        return Term(term=self.term, mentions=self.mentions, times=round(self.times, 1))


class _Background(NamedTuple):
    """What is usual."""

    where: str
    """The engine's index."""
    filters: list[Dsl]
    is_own: bool


def standing_out_of(engine: OpenSearch, topic: Topic, since: float, until: float, most: int) -> list[Word]:
    """Nouns of a topic's mentions of a time that stand out against those of the four weeks before, the most first.

    A topic that has hardly any from before is compared with what all the public posts of these weeks say. The topic's
    own words go without saying. Words are taken from a sample of five hundred mentions, and then counted in all.

    Args:
        engine: what is asked.
        topic: whose mentions.
        since: published at this time or later; as the following, in Unix time.
        until: published before.
        most: words.

    Raises:
        Unavailable: the engine does not answer.
    """
    now = [*living([topic.id]), published(since, until)]
    usual = [*living([topic.id], backfilled=True), published(since - USUAL_DAYS * 86_400, since)]
    count = {"size": 0, "track_total_hits": FEW, "query": _all(usual)}
    told, earlier = ask(engine, _question(now, usual, most), count)
    background = _Background(MENTIONS, usual, is_own=True)
    if earlier["hits"]["total"]["value"] < FEW:
        public: list[Dsl] = [{"term": {"visibility": PUBLIC}}, published(since - USUAL_DAYS * 86_400, until)]
        background = _Background(ALIAS, public, is_own=False)
        meant = [topic.watched.compiled(), published(since, until), *public]
        told = ask(engine, _question(meant, public, most), index=ALIAS)[0]
    new = news(candidates(told.get("aggregations", {})), own_words(topic.watched.q))
    counted = _counted(engine, readable(engine, new)[:most], now, background)
    return [word for word in counted if word.times >= MORE]


def _question(told: list[Dsl], background: list[Dsl], most: int) -> Dsl:
    return {"size": 0, "query": by_lot(_all(told)), "aggs": standing_out("words", most, _SAMPLE, background)}


def _counted(engine: OpenSearch, found: Sequence[Candidate], now: list[Dsl], usual: _Background) -> list[Word]:
    if not found:
        return []
    by_word = {"filters": {"filters": clauses("words", found)}}
    own = {"own": {"filter": OF_THEIR_OWN, "aggs": voices()}}
    here = ask(engine, _count(now, {**by_word, "aggs": own}))[0]
    there = ask(engine, _count(usual.filters, by_word), index=usual.where)[0]
    total, before = here["hits"]["total"]["value"], there["hits"]["total"]["value"]
    words = []
    for place, each in enumerate(found):
        bucket = figures(here, "words")["buckets"][str(place)]
        earlier = int(figures(there, "words")["buckets"][str(place)]["doc_count"])
        times = bucket["doc_count"] / max(total, 1) * max(before, 1) / max(earlier, 1)
        words.append(Word(each.term, bucket["doc_count"], total, voiced(bucket["own"]), times, usual.is_own))
    return words


def _count(filters: list[Dsl], by_word: Dsl) -> Dsl:
    return {"size": 0, "track_total_hits": True, "query": _all(filters), "aggs": {"words": by_word}}


def _all(filters: list[Dsl]) -> Dsl:
    return {"bool": {"filter": filters}}
