"""What people do with alerts, by the API and by mails' links: in the table, and in the engine for dashboards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex.alert.projection import project

if TYPE_CHECKING:
    from datetime import datetime

    from opensearchpy import OpenSearch

    from socialindex.alert.alert import Alert
    from socialindex.aws.alerts import AlertsTable


class Deeds:
    """Does with alerts what people want; done twice it is as if it was done once.

    Raises (every method):
        NotFound: there is no such alert.
        Conflict: it changes so fast that we cannot.
        Unavailable: the table or the engine does not answer.

    Args:
        engine: shows alerts to dashboards.
        table: where alerts are kept.
    """

    def __init__(self, engine: OpenSearch, table: AlertsTable) -> None:
        self._engine = engine
        self._table = table

    def acknowledge(self, alert_id: str, by: str, at: datetime) -> Alert:
        """Note that somebody has seen an alert; the first one counts."""
        return self._projected(self._table.acknowledge(alert_id, by, at))

    def assign(self, alert_id: str, to: str | None) -> Alert:
        """Note whose business an alert is; ``None``: nobody's."""
        return self._projected(self._table.assign(alert_id, to))

    def _projected(self, alert: Alert) -> Alert:
        project(self._engine, [self._table.get(alert.id)])
        return alert
