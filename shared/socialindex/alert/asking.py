"""The clauses and questions by which alerts ask the engine for mentions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from socialindex.alert.model import STEP
from socialindex.alert.recent import KEPT
from socialindex.engine import MENTIONS, answering
from socialindex.errors import Unavailable
from socialindex.query.columns import NEUTRAL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opensearchpy import OpenSearch

Dsl = dict[str, Any]

TIME: Final = "20s"
_SECONDS: Final = 25
"""Until the engine's answer must be here: alerts have a minute, and may ask for more at once than clients may."""
NEGATIVE: Final[Dsl] = {"range": {"sentiment": {"lt": -NEUTRAL}}}
ADVERTISED: Final[Dsl] = {"term": {"promotional": True}}
ARTICLE: Final[Dsl] = {"term": {"kind": "article"}}
"""What a site publishes as an article, a blog too: whether it is a newspaper's cannot be told."""
OF_THEIR_OWN: Final[Dsl] = {
    "bool": {
        "must_not": [ADVERTISED],
        "filter": [
            {
                "script": {
                    "script": {"source": "doc['cluster_id'].size() == 0 || doc['cluster_id'].value == doc['id'].value"}
                }
            }
        ],
    }
}
"""Mentions that are no advertisement and the earliest of their near-duplicates: each is somebody's own words."""

PROMPTLY_SEEN: Final[Dsl] = {
    "script": {
        "script": {
            "source": "doc['first_seen_at'].size() > 0 && doc['published_at'].size() > 0 && "
            "ChronoUnit.MILLIS.between(doc['published_at'].value, doc['first_seen_at'].value) <= params.most",
            "params": {"most": KEPT * STEP * 1000},
        }
    }
}
"""Mentions of posts that were first seen within the six hours in which a live one is counted."""


def living(topics: Iterable[str], *, backfilled: bool = False) -> list[Dsl]:
    """Filter clauses for the mentions of topics that count: not gone, not noise.

    Args:
        topics: their ids.
        backfilled: whether those count, too, whose post was there before the topic.
    """
    excluded: list[Dsl] = [{"exists": {"field": "mention.gone"}}, {"term": {"mention.noise": True}}]
    if not backfilled:
        excluded.append({"term": {"mention.backfilled": True}})
    return [{"terms": {"mention.topic": sorted(topics)}}, {"bool": {"must_not": excluded}}]


def published(since: float, until: float) -> Dsl:
    """Mentions that were published from one moment up to before another, in Unix time."""
    return {"range": {"published_at": {"gte": _ms(since), "lt": _ms(until), "format": "epoch_millis"}}}


def changed(seconds: float) -> Dsl:
    """Mentions that were changed in the last seconds, by the clock that said when: the engine's."""
    return {"range": {"mention.changed_at": {"gte": f"now-{math.ceil(seconds)}s"}}}


def ask(engine: OpenSearch, *bodies: Dsl, index: str = MENTIONS) -> list[Dsl]:
    """Answers to searches of mentions, each of the whole index or none, by one request; none for no searches.

    Raises:
        Unavailable: the engine does not answer, or has not looked everywhere in time.
    """
    if not bodies:
        return []
    header = {"index": index, "ignore_unavailable": True, "allow_no_indices": True}
    lines = [line for body in bodies for line in (header, {"timeout": TIME, **body})]
    with answering():
        answers: list[Dsl] = engine.msearch(body=lines, params={"request_timeout": _SECONDS})["responses"]
    for answer in answers:
        if "error" in answer:
            raise Unavailable(f"the engine does not count mentions: {answer['error'].get('type')}")
        if answer["timed_out"] or answer["_shards"]["failed"]:
            raise Unavailable("the engine did not look everywhere in time")
    return answers


def figures(answer: Dsl, name: str) -> Dsl:
    """An aggregation's answer; empty where there is no index yet."""
    found: Dsl = answer.get("aggregations", {}).get(name, {})
    return found


def voices() -> Dsl:
    """Aggregations that ``voiced`` reads."""
    authors = {"cardinality": {"field": "author.key", "precision_threshold": 1_000}}
    return {"authors": authors, "guests": {"missing": {"field": "author.key"}}}


def voiced(bucket: Dsl) -> int:
    """How many voices these mentions are, all of them somebody's own words: authors, and each guest's text."""
    return int(bucket["authors"]["value"]) + int(bucket["guests"]["doc_count"])


def _ms(moment: float) -> int:
    return round(moment * 1000)
