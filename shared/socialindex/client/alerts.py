"""Alerts: what happens to topics, and what people do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex.client.asking import AlertFields, in_url
from socialindex.client.core import path
from socialindex.client.files import OfWorkspaces
from socialindex.client.models import Alert
from socialindex.client.models import Alerts as Page
from socialindex.client.transport import Request

if TYPE_CHECKING:
    from typing import Unpack


class Alerts(OfWorkspaces):
    """The routes of alerts. ``workspace`` need not be named where the key has only one."""

    def alerts(self, *, workspace: str | None = None, **fields: Unpack[AlertFields]) -> Page:
        """A workspace's alerts, the newest first.

        Args:
            workspace: whose.
            fields: only those of a topic, state, kind, severity or time.
        """
        where = path("workspaces", self._workspace(workspace), "alerts")
        return self._transport.ask(Request("GET", where, query=in_url(fields)), Page)

    def alert(self, alert: str) -> Alert:
        """One alert, as it is now."""
        return self._get(path("alerts", alert), Alert)

    def acknowledge_alert(self, alert: str) -> Alert:
        """Say that somebody has seen an alert (확인)."""
        return self._change(path("alerts", alert), {"acknowledged": True}, Alert)

    def assign_alert(self, alert: str, to: str | None) -> Alert:
        """Say whose business an alert is (담당자 지정); ``None``: nobody's."""
        return self._change(path("alerts", alert), {"assigned_to": to}, Alert)
