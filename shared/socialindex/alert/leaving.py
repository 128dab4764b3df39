"""What goes with a topic: its alerts and its watch, from the table and from what dashboards are shown of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex.alert.projection import forget

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.aws.alerts import AlertsTable


class AlertsOfTopic:
    """Forgets the alerts of topics that are deleted.

    Args:
        engine: shows alerts to dashboards.
        table: where alerts are kept.
    """

    def __init__(self, engine: OpenSearch, table: AlertsTable) -> None:
        self._engine = engine
        self._table = table

    def forget(self, topic: str) -> None:
        """Delete a topic's alerts and watch; doing it again does no harm.

        Raises:
            Unavailable: the engine or the table does not answer.
        """
        forget(self._engine, topic)
        self._table.forget(topic)
