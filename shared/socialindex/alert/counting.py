"""Mentions counted into buckets of five minutes, by the engine.

A voice is counted where its words are its own: among mentions that are no advertisement and the earliest of their
near-duplicates. Of these there are as many clusters as mentions, so that ``min(authors, clusters)`` is the number of
authors; a guest, who has no identity, counts with each text. Numbers of authors beyond a thousand in five minutes of
one source are estimates (within some percent).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex.alert.asking import (
    ADVERTISED,
    ARTICLE,
    NEGATIVE,
    OF_THEIR_OWN,
    ask,
    changed,
    figures,
    living,
    published,
    voiced,
    voices,
)
from socialindex.alert.model import STEP, Bucket, Heard

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opensearchpy import OpenSearch

Dsl = dict[str, Any]

PAGE: Final = 1_000
"""Topics, or buckets of topics, in one answer: with their sources far below the engine's limit of 65,535 groups."""
SOURCES: Final = 50
"""Sources of five minutes: more than there are adapters."""
_TOPIC: Final[Dsl] = {"topic": {"terms": {"field": "mention.topic"}}}
_FIVE: Final[Dsl] = {"field": "published_at", "fixed_interval": f"{STEP}s"}
_BUCKET: Final[Dsl] = {"at": {"date_histogram": _FIVE}}
_PERHAPS: Final[Dsl] = {"at": {"date_histogram": {**_FIVE, "missing_bucket": True}}}


class Counted(NamedTuple):
    """What was said of a topic in five minutes."""

    bucket: Bucket
    articles: int
    followers: int | None
    """Of the author who has most."""


def changed_within(engine: OpenSearch, seconds: float, *only: Dsl) -> Iterator[str]:
    """Topics of which mentions were changed in the last seconds, by the engine's clock, by their ids in order.

    Args:
        engine: what is asked.
        seconds: how many.
        only: further filter clauses.

    Raises:
        Unavailable: the engine does not answer.
    """
    body: Dsl = {"size": 0, "query": {"bool": {"filter": [changed(seconds), *only]}}}
    for bucket in _pages(engine, body, [_TOPIC], {}):
        yield bucket["key"]["topic"]


def changed_buckets(
    engine: OpenSearch, topics: Sequence[str], seconds: float, since: int, until: float
) -> Iterator[tuple[str, int | None]]:
    """Topics with the beginnings of buckets of which mentions were changed in the last seconds, by the engine's clock.

    Of a mention that is gone nobody knows any more in which bucket it was: ``None``.

    Args:
        engine: what is asked.
        topics: their ids.
        seconds: how many.
        since: where the first bucket begins.
        until: published before; both in Unix time.

    Raises:
        Unavailable: the engine does not answer.
    """
    when = {"bool": {"should": [published(since, until), {"exists": {"field": "mention.gone"}}]}}
    filters = [{"terms": {"mention.topic": sorted(topics)}}, changed(seconds), when]
    for bucket in _pages(engine, {"size": 0, "query": {"bool": {"filter": filters}}}, [_TOPIC, _PERHAPS], {}):
        at = bucket["key"]["at"]
        yield bucket["key"]["topic"], None if at is None else at // 1000


def counted(
    engine: OpenSearch,
    topics: Sequence[str],
    since: int,
    until: float,
    *,
    backfilled: bool = False,
    only: Sequence[Dsl] = (),
) -> Iterator[tuple[str, Counted]]:
    """The buckets of topics in which something was said, of one topic in the order of time.

    Args:
        engine: what is asked.
        topics: their ids.
        since: where the first bucket begins.
        until: published before; both in Unix time.
        backfilled: whether mentions count, too, whose posts were there before the topic.
        only: further filter clauses.

    Raises:
        Unavailable: the engine does not answer.
    """
    if not topics:
        return
    filters = [*living(topics, backfilled=backfilled), published(since, until), *only]
    body = {"size": 0, "query": {"bool": {"filter": filters}}}
    for bucket in _pages(engine, body, [_TOPIC, _BUCKET], _wanted()):
        yield bucket["key"]["topic"], _counted(bucket)


def _wanted() -> Dsl:
    clusters = {"cardinality": {"field": "cluster_id", "precision_threshold": 1_000}}
    own = {
        "judged": {"filter": {"exists": {"field": "sentiment"}}, "aggs": voices()},
        "sources": {
            "terms": {"field": "source", "size": SOURCES},
            "aggs": {**voices(), "negative": {"filter": NEGATIVE, "aggs": voices()}},
        },
    }
    return {
        "clusters": clusters,
        "promotional": {"filter": ADVERTISED, "aggs": {"clusters": clusters}},
        "articles": {"filter": ARTICLE},
        "followers": {"max": {"field": "author.followers"}},
        "own": {"filter": OF_THEIR_OWN, "aggs": own},
    }


def _counted(found: Dsl) -> Counted:
    own = found["own"]
    sources = {
        each["key"]: Heard(voiced(each), min(voiced(each["negative"]), voiced(each)))
        for each in own["sources"]["buckets"]
    }
    said, negative = (sum(getattr(heard, name) for heard in sources.values()) for name in ("voices", "negative"))
    distinct = int(found["clusters"]["value"])
    bucket = Bucket(
        at=found["key"]["at"] // 1000,
        mentions=found["doc_count"],
        distinct=distinct,
        promotional=min(int(found["promotional"]["clusters"]["value"]), distinct),
        voices=said,
        judged=max(min(voiced(own["judged"]), said), negative),
        negative=negative,
        sources=sources,
    )
    followers = found["followers"]["value"]
    return Counted(bucket, found["articles"]["doc_count"], None if followers is None else int(followers))


def _pages(engine: OpenSearch, body: Dsl, sources: list[Dsl], aggs: Dsl) -> Iterator[Dsl]:
    after: Dsl = {}
    while True:
        groups = {"composite": {"size": PAGE, "sources": sources, **after}, "aggs": aggs}
        found = figures(ask(engine, {**body, "aggs": {"found": groups}})[0], "found")
        yield from found.get("buckets", [])
        if "after_key" not in found or len(found["buckets"]) < PAGE:
            return
        after = {"after": found["after_key"]}
