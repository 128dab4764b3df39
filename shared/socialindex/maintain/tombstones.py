"""Mentions that are none any more: kept for as long as a stream can be resumed, then deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from socialindex.engine import MENTIONS, answering

if TYPE_CHECKING:
    from datetime import datetime

    from opensearchpy import OpenSearch

KEPT: Final = timedelta(days=8)
"""A day longer than a stream of mentions can be resumed: whoever reads it is told of each that is gone."""


def sweep(engine: OpenSearch, now: datetime) -> int:
    """Delete tombstones of mentions whose time is over; how many.

    With them goes what came before a first match that never came (``merge-mention``).

    Raises:
        Unavailable: the engine does not answer.
    """
    gone = [{"exists": {"field": "mention.gone"}}, {"bool": {"must_not": {"exists": {"field": "mention.topic"}}}}]
    over = {"range": {"mention.changed_at": {"lt": (now - KEPT).isoformat()}}}
    params = {"conflicts": "proceed", "ignore_unavailable": "true", "allow_no_indices": "true"}
    with answering():
        answer = engine.delete_by_query(
            index=MENTIONS, body={"query": {"bool": {"filter": [over, {"bool": {"should": gone}}]}}}, params=params
        )
    deleted: int = answer["deleted"]
    return deleted
