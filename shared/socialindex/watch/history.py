"""What a channel posted before it fell silent, from the index."""

from __future__ import annotations

import itertools
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools import Logger

from socialindex.engine import ALIAS, answering
from socialindex.errors import Unavailable
from socialindex.opensearch import TransportError
from socialindex.watch.channels import History

if TYPE_CHECKING:
    from collections.abc import Callable

    from opensearchpy import OpenSearch

    from socialindex.watch.channels import Histories

SPAN: Final = timedelta(days=14)
SECONDS: Final = 120.0
"""How long one look asks for histories, of the five minutes that it has: the next one asks for the others."""
_HOUR: Final = 3_600.0

logger = Logger(child=True)


class OneLook:
    """Histories as one look asks for them: for some minutes, and after the first that cannot be had no more.

    Whoever waits for an engine that is down, or for tens of thousands of answers, has no time left to see what else is
    wrong.
    """

    def __init__(self, histories: Histories, clock: Callable[[], float] = time.monotonic) -> None:
        self._histories = histories
        self._clock = clock
        self._end = clock() + SECONDS
        self._over = False

    def of(self, channel: str, until: datetime) -> History | None:
        """As those have it, or ``None``."""
        if not self._over and self._clock() >= self._end:
            self._stop("time is up")
        if self._over:
            return None
        try:
            return self._histories.of(channel, until)
        except (Unavailable, TransportError) as error:
            self._stop(str(error))
            return None

    def _stop(self, reason: str) -> None:
        self._over = True
        logger.warning("further silences are not looked at", extra={"reason": reason})


class IndexHistories:
    """Asks the index, one channel at a time: only of channels that are under suspicion.

    Most of these are for good: blogs that post once a month, or never again. What came before the newest post is known
    once it was asked for, so that a process asks once.
    """

    def __init__(self, engine: OpenSearch) -> None:
        self._engine = engine
        self._known: dict[str, tuple[datetime, History]] = {}

    def of(self, channel: str, until: datetime) -> History:
        """A channel's history in the two weeks before a moment; gaps are told to the hour.

        Raises:
            Unavailable: the engine does not answer.
        """
        before, history = self._known.get(channel, (None, None))
        if history is None or before != until:
            history = self._asked(channel, until)
            self._known[channel] = until, history
        return history

    def _asked(self, channel: str, until: datetime) -> History:
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
