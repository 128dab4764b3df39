"""A digest's figures, from the index of mentions: three questions a topic, and one of all together.

Mentions that are noise or none any more are in no figure. Backfilled ones are, but not among those answered:
what was there before the topic did not wait for an answer since it was found. Nor is the week before told where a topic
has not been looked for in all of it: few were found then, not few written.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import msgspec

from socialindex import releases
from socialindex.alert.alert import Evidence
from socialindex.alert.asking import ask, living
from socialindex.deliver.digest import DigestTopic, Time, Total
from socialindex.model import Post
from socialindex.network.copies import copied, copies
from socialindex.network.resonance import resonances
from socialindex.query.columns import clause_of
from socialindex.query.fields import SENTIMENTS
from socialindex.query.nodes import Is
from socialindex.search.analytics.figures import FINE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opensearchpy import OpenSearch

    from socialindex.topics.topic import Topic

Dsl = dict[str, Any]

SHOWN: Final = 3
"""Posts of a topic."""
_CANDIDATES: Final = 200
"""Of which the most resonant are chosen: those that were repeated and liked most."""
_ANSWERED: Final = 500
"""Answers that the median is taken from, the last ones."""
_TOPICS: Final = 20
"""Of one request."""
_FIELDS: Final = [
    *("id", "uri", "source", "platform", "kind", "author", "published_at", "collected_at"),
    *("metrics", "sentiment", "cluster_id", "repost_of"),
]


class MentionFigures:
    """Figures of topics' mentions."""

    def __init__(self, engine: OpenSearch) -> None:
        self._engine = engine

    def of(self, topics: Sequence[Topic], time: Time) -> list[DigestTopic]:
        """Figures of each topic, without alerts.

        Raises:
            Unavailable: the engine does not answer, or has not looked everywhere in time.
        """
        parts = (topics[start : start + _TOPICS] for start in range(0, len(topics), _TOPICS))
        return [row for part in parts for row in self._rows(part, time)]

    def total(self, topics: Sequence[Topic], time: Time) -> Total:
        """Posts that any of the topics has, each counted once: near-exactly up to some ten thousands.

        Raises:
            Unavailable: as ``of``.
        """
        (found,) = ask(self._engine, _together(topics, time)) if topics else [_NOTHING]
        now, before = (_posts_of(bucket, len(topics)) for bucket in _times(found))
        return Total(now, before if all(_is_known(topic, time) for topic in topics) else None)

    def _rows(self, topics: Sequence[Topic], time: Time) -> Iterator[DigestTopic]:
        bodies = [
            body for topic in topics for body in (_counted(topic, time), _loudest(topic, time), _answers(topic, time))
        ]
        found = ask(self._engine, *bodies)
        for number, topic in enumerate(topics):
            yield _row(topic, time, *found[3 * number : 3 * number + 3])


def _together(topics: Sequence[Topic], time: Time) -> Dsl:
    times = {"now": _within(time), "before": _within(time.before)}
    posts = {"cardinality": {"field": "id", "precision_threshold": FINE}}
    return {
        "size": 0,
        "query": {"bool": {"filter": living([topic.id for topic in topics], backfilled=True)}},
        "aggs": {"times": {"filters": {"filters": times}, "aggs": {"posts": posts}}},
    }


def _posts_of(bucket: Dsl, topics: int) -> int:
    """Different posts in a bucket of mentions; a single topic has a post once."""
    found: int = bucket["posts"]["value"] if topics > 1 and "posts" in bucket else bucket["doc_count"]
    return found


def _within(time: Time, field: str = "published_at") -> Dsl:
    return {"range": {field: {"gte": time.since.isoformat(), "lt": time.until.isoformat()}}}


def _is_known(topic: Topic, time: Time) -> bool:
    """Whether a topic was looked for in all of the week before."""
    return topic.looked_since <= time.before.since


def _counted(topic: Topic, time: Time) -> Dsl:
    moods = {"filters": {"filters": {mood: clause_of(Is("sentiment", mood)) for mood in SENTIMENTS}}}
    times = {"now": _within(time), "before": _within(time.before)}
    overdue = {
        "filter": {"range": {"mention.due_at": {"lt": time.until.isoformat()}}},
        "aggs": {"open": {"filter": {"terms": {"mention.status": ["new", "assigned"]}}}},
    }
    return {
        "size": 0,
        "query": {"bool": {"filter": living([topic.id], backfilled=True)}},
        "aggs": {"times": {"filters": {"filters": times}, "aggs": {"moods": moods}}, "overdue": overdue},
    }


def _loudest(topic: Topic, time: Time) -> Dsl:
    order = [{f"metrics.{name}": {"order": "desc", "missing": "_last"}} for name in ("reposts", "likes")]
    return {
        "size": _CANDIDATES,
        "_source": _FIELDS,
        "sort": [*order, {"id": "asc"}],
        "query": {"bool": {"filter": [*living([topic.id], backfilled=True), _within(time)]}},
        "aggs": copies(_FIELDS),
    }


def _answers(topic: Topic, time: Time) -> Dsl:
    return {
        "size": _ANSWERED,
        "_source": ["published_at", "mention.matched_at", "mention.answered_at"],
        "sort": [{"mention.answered_at": "desc"}],
        "track_total_hits": True,
        "query": {"bool": {"filter": [*living([topic.id]), _within(time, "mention.answered_at")]}},
    }


_NOWHERE: Final[Dsl] = {"doc_count": 0}
_NOTHING: Final[Dsl] = {}


def _times(answer: Dsl) -> tuple[Dsl, Dsl]:
    """What was counted of now and of the week before; nothing where there is no index yet."""
    found = answer.get("aggregations", {}).get("times", {}).get("buckets", {})
    return found.get("now", _NOWHERE), found.get("before", _NOWHERE)


def _row(topic: Topic, time: Time, counted: Dsl, loudest: Dsl, answers: Dsl) -> DigestTopic:
    now, before = _times(counted)
    moods, is_known = _moods(now), _is_known(topic, time)
    return DigestTopic(
        topic=topic.id,
        name=topic.name,
        mentions=now["doc_count"],
        mentions_before=before["doc_count"] if is_known else None,
        **moods,
        negative_share=_negative(moods),
        negative_share_before=_negative(_moods(before)) if is_known else None,
        posts=_posts(loudest),
        alerts=[],
        answered=answers["hits"]["total"]["value"],
        answer_minutes=_median_minutes(answers["hits"]["hits"]),
        overdue=counted.get("aggregations", {}).get("overdue", {"open": _NOWHERE})["open"]["doc_count"],
    )


def _moods(bucket: Dsl) -> dict[str, int]:
    found = bucket.get("moods", {"buckets": {}})["buckets"]
    return {mood: found.get(mood, _NOWHERE)["doc_count"] for mood in SENTIMENTS}


def _negative(moods: dict[str, int]) -> float | None:
    known = sum(moods.values())
    return moods["negative"] / known if known else None


def _posts(loudest: Dsl) -> list[Evidence]:
    """The most resonant posts by their ids; where nothing was spread or liked, none stands out."""
    groups, hits = copied(loudest), loudest["hits"]["hits"]
    posts = {post.id: post for post in (releases.convert(hit["_source"], Post) for hit in hits)} | groups.first
    found = [one for one in resonances(posts.values(), groups.followers) if one.spread or one.engagement]
    return [_evidence(posts[one.post], one.spread) for one in found[:SHOWN]]


def _evidence(post: Post, spread: int) -> Evidence:
    return Evidence(
        post=post.id,
        source=post.source,
        platform=post.platform,
        published_at=post.published_at,
        sentiment=post.sentiment,
        spread=spread or None,
    )


def _median_minutes(hits: list[Dsl]) -> float | None:
    """Minutes from a mention's coming to its answer: half of them took longer."""
    found = [hit["_source"]["mention"] for hit in hits]
    waits = [releases.convert(one, _Answer).minutes for one in found]
    return round(median(waits), 1) if waits else None


class _Answer(msgspec.Struct):
    matched_at: datetime
    answered_at: datetime

    @property
    def minutes(self) -> float:
        return max(0.0, (self.answered_at - self.matched_at).total_seconds() / 60)
