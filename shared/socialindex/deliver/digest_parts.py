"""What digests are made of: figures, topics, alerts, and what was wrong with sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from socialindex.alert.alert import Alert
    from socialindex.deliver.digest import DigestTopic, Time, Total
    from socialindex.topics.topic import Topic
    from socialindex.watch.events import HealthEvent


class Figures(Protocol):
    """Figures of topics: ``digest_figures.MentionFigures``."""

    def of(self, topics: Sequence[Topic], time: Time) -> list[DigestTopic]:
        """Figures of each topic, without alerts; raises ``Unavailable``."""

    def total(self, topics: Sequence[Topic], time: Time) -> Total:
        """Posts that any of the topics has, each counted once; raises ``Unavailable``."""


class Topics(Protocol):
    """Topics of a workspace: ``aws.topics.TopicsTable``."""

    def of_workspace(self, workspace: str) -> list[Topic]:
        """All of them; raises ``Unavailable``."""


class Page(Protocol):
    """A part of a list of alerts."""

    @property
    def alerts(self) -> Sequence[Alert]:
        """The alerts."""

    @property
    def following(self) -> str | None:
        """The place behind which the list goes on; ``None`` at its end."""


class Alerts(Protocol):
    """Alerts of a workspace: ``aws.alerts.AlertsTable``."""

    def page(
        self,
        workspace: str,
        *,
        after: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int,
        **wanted: str,
    ) -> Page:
        """Those that were opened in a time, behind a place, the newest first; raises ``Unavailable``."""


class Health(Protocol):
    """What was wrong with sources: ``search.analytics.coverage.HealthLog``."""

    def events(self) -> list[HealthEvent]:
        """All events that are kept; raises ``Unavailable``."""
