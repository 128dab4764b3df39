"""Mentions that are none any more: kept for as long as a stream can be resumed, then deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from socialindex.engine import MENTIONS, answering
from socialindex.mentions.byposts import where
from socialindex.mentions.forgetting import NONE
from socialindex.mentions.keeping import forget_bare

if TYPE_CHECKING:
    from datetime import datetime

    from opensearchpy import OpenSearch

    from socialindex.mentions.forgetting import Memories

KEPT: Final = timedelta(days=8)
"""A day longer than a stream of mentions can be resumed: whoever reads it is told of each that is gone."""


def sweep(engine: OpenSearch, now: datetime, memories: Memories = NONE) -> int:
    """Delete tombstones of mentions whose time is over; how many.

    With them goes what came before a first match that never came (``merge-mention``), and what people did with mentions
    of posts that have no document any more.

    Raises:
        Unavailable: the engine or a store does not answer.
    """
    gone = [{"exists": {"field": "mention.gone"}}, {"bool": {"must_not": {"exists": {"field": "mention.topic"}}}}]
    over = {"range": {"mention.changed_at": {"lt": (now - KEPT).isoformat()}}}
    if kept := memories.posts():
        for places in where(engine, {"bool": {"filter": [over, gone[0]]}}):
            forget_bare(engine, memories, kept.intersection(place.post for place in places))
    params = {"conflicts": "proceed", "ignore_unavailable": "true", "allow_no_indices": "true"}
    with answering():
        answer = engine.delete_by_query(
            index=MENTIONS, body={"query": {"bool": {"filter": [over, {"bool": {"should": gone}}]}}}, params=params
        )
    deleted: int = answer["deleted"]
    return deleted
