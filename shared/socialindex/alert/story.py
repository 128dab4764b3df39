"""What the engine tells of an incident: its posts, its words, and whether the press has it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex import releases
from socialindex.alert.alert import LeadTime
from socialindex.alert.asking import ADVERTISED, ARTICLE, ask, figures, living, published
from socialindex.alert.telling import FIELDS, Telling, distinct
from socialindex.alert.terms import standing_out_of
from socialindex.model import Post

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.alert.alert import Evidence, Spreader, Term
    from socialindex.alert.landscape import Landscape
    from socialindex.topics.topic import Topic

Dsl = dict[str, Any]

FIRST: Final = 1_800
LATEST: Final = 200
"""Mentions that are looked at for evidence and spreaders: those that it began with, and the last ones."""
TERMS: Final = 8
BEFORE: Final = 6 * 3600
"""Seconds before an incident in which the press may have begun it."""
_ALIKE: Final = 2
"""Words of an incident that an earlier post of it has at least: one alone may be anything's."""
_LOUDEST: Final = {"field": "source", "size": 3}
_SOCIAL: Final[Dsl] = {"bool": {"must_not": [ARTICLE, ADVERTISED]}}


class Story(NamedTuple):
    """An incident, told."""

    mentions: int
    evidence: list[Evidence]
    terms: list[Term]
    spreaders: list[Spreader]
    first_post: Evidence | None
    """The first that is no article and no advertisement."""
    first_article: Evidence | None
    sources: list[str]
    """Where most mentions are, the loudest first."""

    def lead_time(self, landscape: Landscape) -> LeadTime:
        """How long before the press it was there."""
        first, article = self.first_post, self.first_article
        minutes = None
        if first and article and first.published_at and article.published_at:
            minutes = round((article.published_at - first.published_at).total_seconds() / 60, 1)
        channels = max(landscape.news_channels, 1 if article else 0)
        return LeadTime(minutes=minutes, first_post=first, first_article=article, news_channels=channels)


def story(
    engine: OpenSearch, topic: Topic, since: float, until: float, now: float, *, word: str | None = None
) -> Story:
    """What happened to a topic.

    Args:
        engine: has the mentions.
        topic: the topic.
        since: when it began, as the following in Unix time.
        until: when it ended. The press may be later.
        now: the present.
        word: only mentions that have it.

    Raises:
        Unavailable: the engine does not answer.
    """
    meant = [*living([topic.id]), *([{"term": {"text": word}}] if word else [])]
    told = [*meant, published(since, until)]
    oldest, newest, social, article = ask(
        engine,
        {**_search(told, FIRST, "asc"), "track_total_hits": True, "aggs": {"sources": {"terms": _LOUDEST}}},
        _search(told, LATEST, "desc"),
        _search([*told, _SOCIAL], 1, "asc"),
        _search([*meant, published(since, now), ARTICLE], 1, "asc"),
    )
    telling = Telling(distinct([*_posts(oldest), *_posts(newest)]))
    opening = min(until, since + BEFORE)
    first_words = standing_out_of(engine, topic, since, opening, TERMS)
    words = first_words if opening == until else standing_out_of(engine, topic, since, until, TERMS)
    begun = ([], []) if word else _first_before(engine, topic, since, [each.term for each in first_words])
    firsts = ([*before, *_posts(answer)] for before, answer in zip(begun, (social, article), strict=True))
    first_post, first_article = (telling.shown(found[0]) if found else None for found in firsts)
    return Story(
        mentions=oldest["hits"]["total"]["value"],
        evidence=telling.evidence(),
        terms=[each.shown for each in words],
        spreaders=telling.spreaders(),
        first_post=first_post,
        first_article=first_article,
        sources=[bucket["key"] for bucket in figures(oldest, "sources").get("buckets", [])],
    )


def _first_before(engine: OpenSearch, topic: Topic, since: float, words: list[str]) -> tuple[list[Post], list[Post]]:
    """The first post and the first article of what the press began, before the incident is one; neither if it did not.

    People answer an article minutes or hours after it, and the window that shows an incident best begins with them. An
    article from before has half of the words of the incident's first hours, two at least, whatever is spoken of later;
    of what people said then, two are enough. What was there before the topic counts, too.
    """
    if len(words) < _ALIKE:
        return [], []
    meant = [*living([topic.id], backfilled=True), published(since - BEFORE, since)]
    half = max(_ALIKE, math.ceil(len(words) / 2))
    social, article = ask(
        engine,
        _search([*meant, _having(words, _ALIKE), _SOCIAL], 1, "asc"),
        _search([*meant, _having(words, half), ARTICLE], 1, "asc"),
    )
    return (_posts(social), _posts(article)) if _posts(article) else ([], [])


def _having(words: list[str], least: int) -> Dsl:
    """Mentions with so many of these words, in the title or the text."""
    each = [{"bool": {"should": [{"term": {field: word}} for field in ("title", "text")]}} for word in words]
    return {"bool": {"should": each, "minimum_should_match": least}}


def _search(filters: list[Dsl], size: int, order: str) -> Dsl:
    return {
        "size": size,
        "_source": FIELDS,
        "query": {"bool": {"filter": filters}},
        "sort": [{"published_at": order}, {"id": "asc"}],
    }


def _posts(answer: Dsl) -> list[Post]:
    return [releases.convert(hit["_source"], Post) for hit in answer["hits"]["hits"]]
