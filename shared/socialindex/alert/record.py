"""Incidents become alerts: one each, written where something of substance changed, and each state told once.

An alert is written before it is told, and waits in the table until it is: a run that is killed between the two leaves
that to the next, which tells the same event under the same id.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from aws_lambda_powertools import Logger

from socialindex.alert.alert import Alert, Term
from socialindex.alert.announcing import announce
from socialindex.alert.identity import incident_alert
from socialindex.alert.projection import project
from socialindex.alert.story import TERMS, Story, story
from socialindex.batch import reason_of
from socialindex.errors import Conflict, Unavailable

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.alert.gaps import Gap
    from socialindex.alert.landscape import Landscape
    from socialindex.alert.model import Incident
    from socialindex.alert.sight import Sight
    from socialindex.aws.alert_items import KeptAlert
    from socialindex.aws.alerts import AlertsTable
    from socialindex.aws.queues import Queue
    from socialindex.deliver.event import Kind
    from socialindex.topics.topic import Topic

AGAIN: Final = timedelta(minutes=30)
"""After which an alert that runs is brought up to date though nothing of substance changed."""
_MORE: Final = 2.0
"""Times as many voices as the alert says are of substance."""
_TRIES: Final = 5

logger = Logger(child=True)


class Scene(NamedTuple):
    """What a run knows beside the topics."""

    now: datetime
    landscape: Landscape
    sight: Sight
    lost_at: float = 0.0
    """Unix time when the engine lost its data last; 0: never."""
    gaps: tuple[Gap, ...] = ()
    """Times in which no run looked at anything."""


class Recorder:
    """Writes alerts and tells of them.

    Args:
        engine: has the mentions.
        table: where alerts are kept.
        queue: of the deliver stage.
    """

    def __init__(self, engine: OpenSearch, table: AlertsTable, queue: Queue) -> None:
        self._engine = engine
        self._table = table
        self._queue = queue

    def record(self, topic: Topic, incident: Incident, scene: Scene, *, in_press: bool = False) -> bool:
        """Have an incident's alert say what the incident is now; whether it had to be changed.

        Args:
            topic: whose incident it is.
            incident: as it is now.
            scene: the run's.
            in_press: whether an article was counted since it began.

        Raises:
            Conflict: others change the alert all the time.
            Unavailable: a part does not answer.
        """
        name = incident_alert(topic.id, incident)
        for _ in range(_TRIES):
            kept = self._table.alert(topic.id, name)
            if kept is not None:
                self.tell(kept)
                if not _is_news(kept, incident, scene.now, in_press=in_press):
                    return False
            alert = _alert(topic, incident, self._story(topic, incident, scene), scene, kept.alert if kept else None)
            if saved := self._table.save(kept, alert, _kind(kept, alert), incident):
                self.tell(saved)
                return True
        raise Conflict("the alert is changing: the next run tries again")

    def add(self, alert: Alert) -> bool:
        """Write and tell an alert that is over at once; False where there is one with its id already."""
        saved = self._table.save(None, alert, "alert.opened")
        if saved:
            self.tell(saved)
        return saved is not None

    def tell_waiting(self, now: float) -> int:
        """Tell what a run that was killed has left; how many alerts. What is wrong with one holds up no other.

        Raises:
            Unavailable: a part does not answer.
        """
        waiting = [self._table.alert(topic, name) for topic, name in self._table.untold(now)]
        left = [kept for kept in waiting if kept is not None]
        for kept in left:
            try:
                self.tell(kept)
            except Unavailable:
                raise
            except Exception as error:  # noqa: BLE001 - it waits for the next run, as it would
                logger.warning("an alert is not told", extra={"alert": kept.alert.id, "reason": reason_of(error)})
        return len(left)

    def tell(self, kept: KeptAlert) -> None:
        """Tell of an alert's last revision, unless that was done."""
        if not kept.is_told:
            project(self._engine, [kept])
            announce(self._engine, self._queue, kept)
            self._table.tell(kept)

    def _story(self, topic: Topic, incident: Incident, scene: Scene) -> Story:
        now = scene.now.timestamp()
        return story(self._engine, topic, incident.since, min(_end(incident), now), now)


def _kind(known: KeptAlert | None, alert: Alert) -> Kind:
    if known is None:
        return "alert.opened"
    return "alert.closed" if known.alert.state == "open" and alert.state == "closed" else "alert.updated"


def _is_news(kept: KeptAlert, incident: Incident, now: datetime, *, in_press: bool) -> bool:
    """Whether an alert is to be changed: for something of substance at once, else now and then."""
    known, alert = kept.incident, kept.alert
    if known is None or incident == known:
        return bool(known) and in_press and not _has_article(alert)
    first_told = not _has_article(alert) and in_press
    of_substance = (
        (incident.closed_at is None) != (alert.state == "open")
        or (incident.kind, incident.severity) != (known.kind, known.severity)
        or not set(incident.sources) <= set(known.sources)
        or incident.observed >= _MORE * max(known.observed, 1)
    )
    return of_substance or first_told or now - alert.updated_at >= AGAIN


def _has_article(alert: Alert) -> bool:
    return alert.lead_time is not None and alert.lead_time.first_article is not None


def _alert(topic: Topic, incident: Incident, told: Story, scene: Scene, known: Alert | None) -> Alert:
    """The alert of an incident, with what people did with it before."""
    since, end = _moment(incident.since), min(_moment(_end(incident)), scene.now)
    return Alert(
        id=incident_alert(topic.id, incident),
        topic=topic.id,
        workspace=topic.workspace,
        topic_name=topic.name,
        kind=incident.kind,
        severity=incident.severity,
        state="open" if incident.closed_at is None else "closed",
        revision=known.revision + 1 if known else 1,
        since=since,
        opened_at=known.opened_at if known else min(_moment(incident.opened_at), scene.now),
        updated_at=scene.now,
        closed_at=None if incident.closed_at is None else min(_moment(incident.closed_at), scene.now),
        window_minutes=incident.window // 60,
        observed=incident.observed,
        expected=incident.expected,
        score=incident.score,
        negative_share=incident.negative_share,
        usual_negative_share=incident.usual_negative_share,
        mentions=told.mentions,
        sources=incident.sources or told.sources,
        evidence=told.evidence,
        terms=_terms(incident, told),
        spreaders=told.spreaders,
        lead_time=told.lead_time(scene.landscape),
        blind=scene.sight.blind(since, end, topic.watched.source),
        acknowledged_at=known.acknowledged_at if known else None,
        acknowledged_by=known.acknowledged_by if known else None,
        assigned_to=known.assigned_to if known else None,
    )


def _terms(incident: Incident, told: Story) -> list[Term]:
    """What explains it, what gave it away first."""
    known = {term.term: term for term in told.terms}
    times = round(incident.observed / max(incident.expected, 1), 1)
    first = [known.pop(word, Term(term=word, mentions=incident.observed, times=times)) for word in incident.words]
    return [*first, *known.values()][:TERMS]


def _end(incident: Incident) -> int:
    """Until when posts belong to an incident: a first mention is one of its five minutes."""
    return incident.closed_at or incident.updated_at


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
