"""The alerts of a topic that is deleted: those that run are closed and told, then all of them are forgotten.

Whoever keeps something open for an alert, such as a ticket, waits for its end, and nobody would ever tell it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.alert import projection
from socialindex.alert.announcing import announce
from socialindex.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Callable

    from opensearchpy import OpenSearch

    from socialindex.aws.alert_items import KeptAlert
    from socialindex.aws.alerts import AlertsTable
    from socialindex.aws.queues import Queue

_TRIES: Final = 5


def _now() -> datetime:
    return datetime.now(tz=UTC)


class Leaving:
    """Lets go of topics' alerts.

    Args:
        engine: shows alerts, and has the words of their posts.
        table: where alerts are kept.
        queue: of the deliver stage.
        clock: the time, for tests.
    """

    def __init__(
        self, engine: OpenSearch, table: AlertsTable, queue: Queue, clock: Callable[[], datetime] = _now
    ) -> None:
        self._engine = engine
        self._table = table
        self._queue = queue
        self._clock = clock

    def forget(self, topic: str) -> None:
        """Close what runs, tell what was not told, and delete a topic's alerts and watch; again, it does no harm.

        Raises:
            Conflict: others change an alert all the time.
            Unavailable: a part does not answer.
        """
        for kept in map(self._closed, self._table.of_topic(topic)):
            if not kept.is_told:
                announce(self._engine, self._queue, kept)
                self._table.tell(kept)
        projection.forget(self._engine, topic)
        self._table.forget(topic)

    def _closed(self, kept: KeptAlert) -> KeptAlert:
        """The alert as it is kept when it is over."""
        found: KeptAlert | None = kept
        for _ in range(_TRIES):
            if found is None or found.alert.state == "closed":
                return found or kept
            now = self._clock()
            alert = msgspec.structs.replace(
                found.alert, state="closed", revision=found.alert.revision + 1, updated_at=now, closed_at=now
            )
            if saved := self._table.save(found, alert, "alert.closed", found.incident):
                return saved
            found = self._table.alert(kept.alert.topic, kept.alert.id)
        raise Conflict("the alert is changing: whoever comes next tries again")
