"""The alerts of a month, and what came of them: how long before the press, how many mentions, how many answered."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from socialindex.engine import MENTIONS
from socialindex.report.model import ReportAlerts, ReportIncident
from socialindex.search.analytics.asking import Question, ask
from socialindex.search.selection import Selection, selected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.alert.alert import Alert
    from socialindex.alert.model import Severity
    from socialindex.aws.alerts import AlertsTable
    from socialindex.report.month import Month
    from socialindex.topics.topic import Topic

Dsl = dict[str, Any]

MOST: Final = 200
"""Alerts of a topic in a month: more are no alerts."""
SHOWN: Final = 30
_WORDS: Final = 5
_RANK: Final[dict[Severity, int]] = {"high": 0, "medium": 1, "low": 2}
_OUTCOME: Final[Dsl] = {
    "answered": {"filter": {"exists": {"field": "mention.answered_at"}}},
    "open": {"filter": {"terms": {"mention.status": ["new", "assigned"]}}},
    "first": {"min": {"field": "mention.answered_at"}},
}


def incidents(
    engine: OpenSearch, table: AlertsTable, caller: Caller, topic: Topic, month: Month, now: datetime
) -> ReportAlerts:
    """The alerts that were opened in the month.

    Raises:
        NotFound: the topic is not the caller's.
        Unavailable: the engine or the table does not answer.
    """
    alerts = sorted(_opened(table, topic, month), key=_badness)
    shown = alerts[:SHOWN]
    leads = [lead.minutes for alert in alerts if (lead := alert.lead_time) and lead.minutes is not None]
    whole, *each = (
        _outcomes(engine, caller, topic, [_lasting(alert, now) for alert in alerts]) if alerts else [_NOTHING]
    )
    return ReportAlerts(
        total=len(alerts),
        over=sum(alert.closed_at is not None for alert in alerts),
        heard_first=sum(round(lead) > 0 for lead in leads),
        in_press=sum(bool(alert.lead_time and alert.lead_time.first_article) for alert in alerts),
        median_lead_minutes=round(median(leads), 1) if leads else None,
        mentions=whole["doc_count"],
        answered=whole["answered"]["doc_count"],
        open=whole["open"]["doc_count"],
        severities=Counter(alert.severity for alert in alerts),
        days=sorted({alert.opened_at.astimezone(month.zone).date() for alert in alerts}),
        incidents=sorted(
            (_incident(alert, outcome) for alert, outcome in zip(shown, each, strict=False)), key=_badness
        ),
    )


def _badness(one: Alert | ReportIncident) -> tuple[int, int, datetime]:
    """The worst first, of several as bad the one with the most mentions: as the alert counted them, or as of now."""
    return _RANK[one.severity], -one.mentions, one.opened_at


def _opened(table: AlertsTable, topic: Topic, month: Month) -> list[Alert]:
    """The topic's alerts of the month, however many other topics of its workspace had meanwhile."""
    found: list[Alert] = []
    after: str | None = ""
    while after is not None and (room := MOST - len(found)):
        page = table.page(
            topic.workspace, after=after, since=month.since, until=month.until, limit=room, topic=topic.id
        )
        found, after = [*found, *page.alerts], page.following
    return found


_NOTHING: Final[Dsl] = {
    "doc_count": 0,
    "answered": {"doc_count": 0},
    "open": {"doc_count": 0},
    "first": {"value": None},
}


def _outcomes(engine: OpenSearch, caller: Caller, topic: Topic, times: Sequence[Dsl]) -> Sequence[Dsl]:
    """What came of the mentions of all these times together, and of each that is shown."""
    anytime = {"bool": {"should": list(times)}}
    clauses = {str(number): time for number, time in enumerate([anytime, *times[:SHOWN]])}
    counts = {"filter": {"bool": {"must_not": {"term": {"mention.backfilled": True}}}}}
    by_alert = {"filters": {"filters": clauses}, "aggs": _OUTCOME}
    query = selected(caller, Selection(topic=[topic.id]))
    (found,) = ask(engine, [Question(query, {"new": {**counts, "aggs": {"alerts": by_alert}}}, MENTIONS)])
    buckets = found.part("new").get("alerts", {}).get("buckets", {})
    return [buckets.get(number, _NOTHING) for number in clauses]


def _lasting(alert: Alert, now: datetime) -> Dsl:
    """Mentions that were published while an alert lasted."""
    until = alert.closed_at or now
    return {"range": {"published_at": {"gte": alert.since.isoformat(), "lte": until.isoformat()}}}


def _incident(alert: Alert, outcome: Dsl) -> ReportIncident:
    lead = alert.lead_time
    return ReportIncident(
        alert=alert.id,
        kind=alert.kind,
        severity=alert.severity,
        since=alert.since,
        opened_at=alert.opened_at,
        acknowledged_at=alert.acknowledged_at,
        closed_at=alert.closed_at,
        first_post_at=lead.first_post.published_at if lead and lead.first_post else None,
        first_article_at=lead.first_article.published_at if lead and lead.first_article else None,
        lead_minutes=lead.minutes if lead else None,
        news_channels=lead.news_channels if lead else 0,
        negative_share=alert.negative_share,
        terms=[term.term for term in alert.terms[:_WORDS]],
        sources=alert.sources,
        mentions=outcome["doc_count"],
        answered=outcome["answered"]["doc_count"],
        open=outcome["open"]["doc_count"],
        first_answered_at=_time(outcome["first"]["value"]),
    )


def _time(milliseconds: float | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
