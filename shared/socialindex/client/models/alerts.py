"""Alerts: something happens to a topic, with what explains it."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time

from socialindex.client.models.base import Model


class AlertEvidence(Model, frozen=True, kw_only=True):
    """A post that shows it; without words where it is gone meanwhile."""

    post: str
    source: str
    platform: str | None = None
    url: str | None = None
    title: str | None = None
    excerpt: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    sentiment: float | None = None
    spread: int | None = None
    """Copies, reposts, quotes and links that came from it, where any did."""


class AlertTerm(Model, frozen=True, kw_only=True):
    """A word that explains it: more of it than usual."""

    term: str
    mentions: int
    times: float
    """How many times its usual share."""


class AlertSpreader(Model, frozen=True, kw_only=True):
    """Who carried it (확산자)."""

    author: str
    """The author's key."""
    name: str | None = None
    source: str
    posts: int
    spread: int
    """Posts that came from theirs."""


class LeadTime(Model, frozen=True, kw_only=True):
    """How long before the press it was there."""

    minutes: float | None
    """Negative where the press was first; ``None`` where no article has come yet."""
    first_post: AlertEvidence | None
    first_article: AlertEvidence | None
    news_channels: int
    """News channels that the service reads: the lead is over these."""


class Alert(Model, frozen=True, kw_only=True):
    """One incident, however long it is."""

    id: str
    topic: str
    workspace: str
    topic_name: str
    kind: str
    severity: str
    state: str
    revision: int
    since: datetime
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    window_minutes: int
    """Length of the window that shows it best."""
    observed: int
    """People in that window."""
    expected: float
    """As many as usual in as long a time at this hour of the week."""
    score: float
    """Minus the decimal logarithm of its probability, were nothing the matter."""
    negative_share: float | None
    usual_negative_share: float | None
    mentions: int
    """From ``since`` on."""
    sources: list[str]
    evidence: list[AlertEvidence]
    terms: list[AlertTerm]
    spreaders: list[AlertSpreader]
    lead_time: LeadTime | None
    explanation: dict[str, str]
    """In plain words, by language: ``en``, ``ko``."""
    blind: list[str]
    """Sources that could not be seen: it may be more."""
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    assigned_to: str | None


class Alerts(Model, frozen=True, kw_only=True):
    """Alerts, the newest first. With filters a page may hold few, or none, and not be the last."""

    items: list[Alert]
    next_cursor: str | None
