"""Alerts in the engine, where dashboards see them: one document each, made again from the table at any time.

Like the table it has nobody's words and names: only the ids of posts and the keys of authors. The mapping
(``infra/opensearch/alerts.json``) lets them be found by the names that mentions have for topic, workspace and source,
so that one control of a dashboard filters both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from socialindex.alert.words import LANGUAGES, explain
from socialindex.engine import answering
from socialindex.projecting import Projected, write

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opensearchpy import OpenSearch

    from socialindex.alert.alert import Alert
    from socialindex.aws.alert_items import KeptAlert

Dsl = dict[str, Any]

ALIAS: Final = "alerts"
INDEX: Final = "alerts-1"
"""One index: an alert is a rare thing."""
_AS_IT_IS: Final = (
    "id",
    "topic",
    "workspace",
    "topic_name",
    "kind",
    "severity",
    "state",
    "window_minutes",
    "observed",
    "expected",
    "score",
    "negative_share",
    "usual_negative_share",
    "mentions",
    "sources",
    "blind",
    "assigned_to",
)
_TIMES: Final = ("since", "opened_at", "updated_at", "closed_at", "acknowledged_at")


def project(engine: OpenSearch, alerts: Iterable[KeptAlert]) -> int:
    """Have the engine show alerts as they are kept; how many.

    Raises:
        Unavailable: the engine does not answer.
    """
    return write(engine, (Projected(INDEX, kept.alert.id, kept.version, document(kept.alert)) for kept in alerts))


def forget(engine: OpenSearch, topic: str) -> None:
    """Delete a topic's alerts from the engine; nothing where there are none.

    Raises:
        Unavailable: the engine does not answer.
    """
    there = {"ignore_unavailable": "true"}
    with answering():
        engine.indices.refresh(index=INDEX, params=there)
        body = {"query": {"term": {"topic": topic}}}
        engine.delete_by_query(index=INDEX, body=body, params={**there, "conflicts": "proceed", "refresh": "true"})


def document(alert: Alert) -> Dsl:
    """An alert's document; a value that is not known is absent."""
    times = {name: moment.isoformat() for name in _TIMES if (moment := getattr(alert, name))}
    found = {
        **{name: getattr(alert, name) for name in _AS_IT_IS},
        **times,
        **_lead(alert),
        "noticed_minutes": (alert.opened_at - alert.since).total_seconds() / 60,
        "times": alert.observed / alert.expected if alert.expected > 0 else None,
        "terms": [term.term for term in alert.terms],
        "evidence": [post.post for post in alert.evidence],
        "spreaders": [author.author for author in alert.spreaders],
        "acknowledged": alert.acknowledged_at is not None,
        **{f"explanation_{language}": explain(alert, language) for language in LANGUAGES},
    }
    return {name: value for name, value in found.items() if value is not None}


def _lead(alert: Alert) -> Dsl:
    lead = alert.lead_time
    if lead is None:
        return {}
    return {
        "lead_minutes": lead.minutes,
        "in_press": lead.first_article is not None,
        "news_channels": lead.news_channels,
    }
