"""What a channel posted before it fell silent, from the index."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools import Logger

from socialindex.engine import ALIAS, answering
from socialindex.errors import Unavailable
from socialindex.opensearch import TransportError
from socialindex.watch.channels import History

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.watch.channels import Histories

SPAN: Final = timedelta(days=14)
_HOUR: Final = 3_600.0

logger = Logger(child=True)


class OneLook:
    """Histories as one look asks for them: after the first that cannot be had it asks no more.

    Whoever waits for an engine that is down, channel by channel, has no time left to see what else is wrong.
    """

    def __init__(self, histories: Histories) -> None:
        self._histories = histories
        self._down = False

    def of(self, channel: str, until: datetime) -> History | None:
        """As those have it, or ``None``."""
        if self._down:
            return None
        try:
            return self._histories.of(channel, until)
        except (Unavailable, TransportError) as error:
            self._down = True
            logger.warning("silences are not looked at", extra={"reason": str(error)})
            return None


class IndexHistories:
    """Asks the index, one channel at a time: only of channels that are under suspicion."""

    def __init__(self, engine: OpenSearch) -> None:
        self._engine = engine

    def of(self, channel: str, until: datetime) -> History:
        """A channel's history in the two weeks before a moment; gaps are told to the hour.

        Raises:
            Unavailable: the engine does not answer.
        """
        window = {"gte": (until - SPAN).isoformat(), "lte": until.isoformat()}
        body: dict[str, Any] = {
            "size": 0,
            "track_total_hits": True,
            "query": {
                "bool": {
                    "filter": [
                        {"term": {"provenance.channel": channel}},
                        {"range": {"published_at": window}},
                    ]
                }
            },
            "aggs": {
                "first": {"min": {"field": "published_at"}},
                "hours": {"date_histogram": {"field": "published_at", "fixed_interval": "1h", "min_doc_count": 1}},
            },
        }
        with answering():
            answer = self._engine.search(index=ALIAS, body=body, params={"ignore_unavailable": "true"})
        return _history(answer, until)


def _history(answer: dict[str, Any], until: datetime) -> History:
    posts: int = answer["hits"]["total"]["value"]
    aggregations = answer.get("aggregations", {})
    first = aggregations.get("first", {}).get("value")
    if not posts or first is None:
        return History(0, 0.0, 0.0)
    hours = [bucket["key"] / 1000 for bucket in aggregations["hours"]["buckets"]]
    gaps = [later - earlier for earlier, later in itertools.pairwise(hours)]
    return History(posts, until.timestamp() - first / 1000, max(gaps, default=_HOUR))
