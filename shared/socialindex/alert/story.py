"""What the engine tells of an incident: its posts, its words, and whether the press has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

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
_LOUDEST: Final = {"field": "source", "size": 3}


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
        _search([*told, {"bool": {"must_not": [ARTICLE, ADVERTISED]}}], 1, "asc"),
        _search([*meant, published(since, now), ARTICLE], 1, "asc"),
    )
    telling = Telling(distinct([*_posts(oldest), *_posts(newest)]))
    first_post, first_article = (next(map(telling.shown, _posts(answer)), None) for answer in (social, article))
    return Story(
        mentions=oldest["hits"]["total"]["value"],
        evidence=telling.evidence(),
        terms=[word.shown for word in standing_out_of(engine, topic, since, until, TERMS)],
        spreaders=telling.spreaders(),
        first_post=first_post,
        first_article=first_article,
        sources=[bucket["key"] for bucket in figures(oldest, "sources").get("buckets", [])],
    )


def _search(filters: list[Dsl], size: int, order: str) -> Dsl:
    return {
        "size": size,
        "_source": FIELDS,
        "query": {"bool": {"filter": filters}},
        "sort": [{"published_at": order}, {"id": "asc"}],
    }


def _posts(answer: Dsl) -> list[Post]:
    return [msgspec.convert(hit["_source"], Post) for hit in answer["hits"]["hits"]]
