"""Two more kinds of alerts: a word that was never significant in a topic, and an author whom many follow.

Both are told once for each word and author of a topic, and are over at once. What they were told of, and what is
nothing new, is in the topic's watch (``Known``).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex import releases
from socialindex.alert.asking import ADVERTISED, ask, figures, living, published
from socialindex.alert.incident import AGAIN
from socialindex.alert.tails import binomial
from socialindex.alert.telling import FIELDS
from socialindex.alert.terms import USUAL_DAYS, Word, standing_out_of
from socialindex.model import Post

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opensearchpy import OpenSearch

    from socialindex.alert.watch import Known, Watch
    from socialindex.topics.topic import Topic

Dsl = dict[str, Any]

HOURS: Final = 6
"""Of mentions in which new words and authors are looked for."""
VOICES: Final = 10
"""That have a new word in words of their own."""
TIMES: Final = 5.0
"""A new word's share of the mentions, by its usual share."""
FOLLOWERS: Final = 10_000
"""An author of reach has as many at the least, and ..."""
ABOVE: Final = 20
"""... so many times as many as nine of ten of the topic's authors have."""
_EACH_HOUR: Final = 3_600.0
_EACH_DAY: Final = 86_400.0
_CANDIDATES: Final = 20
_AUTHORS: Final = 3
"""That are told of in one look; the following looks tell the others."""
_REMEMBERED: Final = 200


class NewWord(NamedTuple):
    """A word that was never significant before, and those that come with it."""

    words: list[Word]
    look: str
    """Which look found it: made again, it is the same."""
    score: float
    expected: float
    """Mentions that would have had it, were it as usual."""


def new_word(engine: OpenSearch, topic: Topic, watch: Watch, now: float) -> NewWord | None:
    """The most telling new word of a topic, looked for once an hour; ``known`` is brought up to date.

    While an incident runs, and for a day after, words are learned and not told: they are the incident's.

    Raises:
        Unavailable: the engine does not answer.
    """
    known = watch.known
    if now - known.looked_at < _EACH_HOUR:
        return None
    began, known.looked_at = known.looked_at, now
    found = standing_out_of(engine, topic, max(now - HOURS * 3600, topic.since.timestamp()), now, _CANDIDATES)
    significant = [word for word in found if word.is_own and word.times >= TIMES]
    new = [word for word in significant if word.term not in known.terms and word.voices >= VOICES]
    known.terms = _latest(known.terms, [word.term for word in significant if word.voices >= VOICES or not began])
    return _told(new, began) if began and new and not _has_incident(watch, now) else None


def new_authors(engine: OpenSearch, topic: Topic, known: Known, most: int | None, now: float) -> list[Post]:
    """The mentions by which authors of reach appear in a topic, one each; ``known`` is brought up to date.

    Args:
        engine: has the mentions.
        topic: the topic.
        known: of its watch.
        most: followers of the author of the last hours who has most.
        now: Unix time.

    Raises:
        Unavailable: the engine does not answer.
    """
    if most is None or most < FOLLOWERS:
        return []
    if known.bar is None or now - known.bar_at >= _EACH_DAY:
        known.bar, known.bar_at = _bar(engine, topic, now), now
    if most < known.bar:
        return []
    since = max(now - HOURS * 3600, topic.since.timestamp())
    heard = _of_reach(engine, [*living([topic.id]), published(since, now)], known.bar)
    new = [post for post in heard if _key(post) not in known.authors][:_AUTHORS]
    strangers = {_key(post) for post in new} - _regulars(engine, topic, map(_key, new), since)
    known.authors = _latest(known.authors, map(_key, new))
    return [post for post in new if _key(post) in strangers]


def _told(new: list[Word], began: float) -> NewWord:
    first = max(new, key=lambda word: (word.voices, word.times))
    expected = first.mentions / first.times
    surprise = binomial(first.voices, first.of, min(expected / first.of, 0.99))
    others = [word for word in new if word is not first]
    return NewWord([first, *others], str(began), round(-surprise / math.log(10), 1), round(expected, 3))


def _has_incident(watch: Watch, now: float) -> bool:
    incident = watch.memory.incident
    return incident is not None and (incident.closed_at is None or now - incident.closed_at < AGAIN)


def _bar(engine: OpenSearch, topic: Topic, now: float) -> int:
    """Followers from which on an author is one of reach."""
    usual = [*living([topic.id], backfilled=True), published(now - USUAL_DAYS * 86_400, now)]
    ninth = {"percentiles": {"field": "author.followers", "percents": [90]}}
    body = {"size": 0, "query": {"bool": {"filter": usual}}, "aggs": {"ninth": ninth}}
    value = figures(ask(engine, body)[0], "ninth").get("values", {}).get("90.0")
    return max(FOLLOWERS, int(ABOVE * (value or 0)))


def _of_reach(engine: OpenSearch, filters: list[Dsl], bar: int) -> list[Post]:
    """The first mentions of authors with so many followers, those with the most first."""
    reach = [{"range": {"author.followers": {"gte": bar}}}, {"exists": {"field": "author.key"}}]
    body = {
        "size": _CANDIDATES,
        "_source": FIELDS,
        "query": {"bool": {"filter": [*filters, *reach], "must_not": [ADVERTISED]}},
        "collapse": {"field": "author.key"},
        "sort": [{"author.followers": "desc"}, {"published_at": "asc"}],
    }
    hits = ask(engine, body)[0]["hits"]["hits"]
    return [releases.convert(hit["_source"], Post) for hit in hits]


def _regulars(engine: OpenSearch, topic: Topic, authors: Iterable[str], since: float) -> set[str]:
    """Of some authors those who were heard in the four weeks before."""
    wanted = sorted(authors)
    if not wanted:
        return set()
    earlier = [*living([topic.id], backfilled=True), published(since - USUAL_DAYS * 86_400, since)]
    groups = {"authors": {"terms": {"field": "author.key", "size": len(wanted)}}}
    query = {"bool": {"filter": [*earlier, {"terms": {"author.key": wanted}}]}}
    answer = ask(engine, {"size": 0, "query": query, "aggs": groups})[0]
    return {bucket["key"] for bucket in figures(answer, "authors").get("buckets", [])}


def _key(post: Post) -> str:
    return (post.author.key if post.author else None) or post.id


def _latest(known: list[str], new: Iterable[str]) -> list[str]:
    """What is remembered: the latest, each once."""
    return list(dict.fromkeys(reversed([*known, *new])))[:_REMEMBERED][::-1]
