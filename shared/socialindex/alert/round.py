"""One run's look at a topic: what was counted is told to the detectors, and what they say is written down.

The order makes that a run may be killed between any two steps. The topic's watch is written before an alert of it, so
that the same incident is met again, and an incident that is over is remembered with it until its alert says so.
"""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
from aws_lambda_powertools import Logger

from socialindex.alert.history import PATIENCE, primed
from socialindex.alert.incident import AGAIN
from socialindex.alert.novelty import novelties
from socialindex.alert.spread import Mix
from socialindex.alert.watch import Watch, advance, close, listen, look
from socialindex.aws.alert_items import KeptWatch
from socialindex.batch import reason_of
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opensearchpy import OpenSearch

    from socialindex.alert.counting import Counted
    from socialindex.alert.leaving import Leaving
    from socialindex.alert.model import Incident
    from socialindex.alert.record import Recorder, Scene
    from socialindex.alert.rumor import Talk
    from socialindex.aws.alerts import AlertsTable
    from socialindex.topics.topic import Topic

HOUR: Final = 3_600.0
"""Seconds for which a watch need not be written while no incident changes: told of the last hours again, it is the
same. After that it is, also where its topic has fallen silent meanwhile."""
PRIMED: Final = 5
"""Topics that learn their history in one run: some seconds each."""
_WAIT: Final = 60.0
_ALL_AGAIN: Final = 86_400.0
"""Seconds after a loss of the engine's data in which it has everything again."""

logger = Logger(child=True)


class Seen(NamedTuple):
    """What came of some topics."""

    topics: int = 0
    alerts: int = 0
    """Written or changed."""
    outage: Unavailable | None = None

    def __add__(self, other: object) -> Seen:
        if not isinstance(other, Seen):
            return NotImplemented
        return Seen(self.topics + other.topics, self.alerts + other.alerts, self.outage or other.outage)


class Round:
    """A run.

    Args:
        engine: has the mentions.
        table: of alerts and watches.
        recorder: writes alerts and tells of them.
        leaving: lets go of those of topics that are deleted.
        scene: what is known beside the topics.
        changed: topics of which mentions were changed since the last run.
    """

    def __init__(
        self,
        engine: OpenSearch,
        table: AlertsTable,
        recorder: Recorder,
        leaving: Leaving,
        scene: Scene,
        changed: set[str],
    ) -> None:
        self._engine = engine
        self._table = table
        self._recorder = recorder
        self._leaving = leaving
        self._changed = changed
        self._primings = threading.Semaphore(PRIMED)
        self.scene = scene

    def look(
        self,
        name: str,
        topic: Topic | None,
        kept: KeptWatch | None,
        counted: Mapping[int, Counted],
        talk: Talk | None = None,
    ) -> int:
        """Look at a topic; how many alerts were written or changed. What is wrong with one topic stops no other.

        Args:
            name: the topic's id.
            topic: ``None``: there is none any more, and its alerts go.
            kept: its watch; ``None``: there is none yet.
            counted: its buckets of the last six hours in which something was said.
            talk: what is said by those who complain, where words stand out.

        Raises:
            Unavailable: a part does not answer.
        """
        try:
            if topic is None or topic.state == "deleting":
                self._leaving.forget(name)
                return 0
            return self._looked(topic, kept or KeptWatch(Watch(), 0), counted, talk)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - the next mention or appointment gives this topic another look
            logger.warning("a topic was passed over", extra={"topic": name, "reason": reason_of(error)})
            return 0

    def _looked(self, topic: Topic, kept: KeptWatch, counted: Mapping[int, Counted], talk: Talk | None) -> int:
        watch, now = kept.watch, self.scene.now.timestamp()
        if topic.state != "active":
            close(watch, now)
            return self._settled(topic, self._keep(topic, kept, now) if watch.pending else kept, counted)
        is_new = watch.revision != topic.revision
        if is_new and not self._learned(topic, watch):
            self._keep(topic, kept, now + _WAIT)
            return 0
        if not topic.backfill_done and self._is_young_loss:
            return 0  # its mentions are being made anew
        buckets, known = {at: each.bucket for at, each in counted.items()}, msgspec.structs.replace(watch.known)
        at = look(topic, now, self.scene.lost_at, self.scene.gaps)
        is_changed = advance(watch, at, buckets, self._hidden(topic, watch.memory.normal.mix))
        if talk and not self._is_young_loss:
            is_changed = listen(watch, talk) or is_changed
        told = self._new(topic, watch, counted)
        is_due = watch.due_at is None or now >= watch.due_at
        if is_new or is_changed or is_due or watch.pending or watch.known != known:
            kept = self._keep(topic, kept, self._next(topic, watch, now))
        return told + self._settled(topic, kept, counted)

    def _learned(self, topic: Topic, watch: Watch) -> bool:
        """Whether a topic's watch knows the topic's history; learning it takes some seconds, so few do at once."""
        now = self.scene.now.timestamp()
        is_ready = topic.backfill_done or now - topic.since.timestamp() > PATIENCE
        if not is_ready or not self._primings.acquire(blocking=False):
            return False
        memory = primed(self._engine, topic.id, look(topic, now).first, self._hidden(topic, Mix()))
        memory.mentioned = memory.mentioned or watch.memory.mentioned
        memory.incident = watch.memory.incident
        watch.memory, watch.revision, watch.known.bar = memory, topic.revision, None
        return True

    def _new(self, topic: Topic, watch: Watch, counted: Mapping[int, Counted]) -> int:
        if self._is_young_loss:
            return 0  # what the engine does not have again yet would pass for new
        followers = max((each.followers for each in counted.values() if each.followers is not None), default=None)
        alerts = list(novelties(self._engine, topic, watch, followers, self.scene))
        return sum(self._recorder.add(alert) for alert in alerts)

    @property
    def _is_young_loss(self) -> bool:
        return self.scene.now.timestamp() - self.scene.lost_at < _ALL_AGAIN

    def _next(self, topic: Topic, watch: Watch, now: float) -> float | None:
        """When a topic is due though nobody speaks of it: at once while something happens, and once after all news."""
        if topic.state != "active":
            return None
        if watch.running or watch.pending:
            return now
        return now + HOUR if topic.id in self._changed else None

    def _settled(self, topic: Topic, kept: KeptWatch, counted: Mapping[int, Counted]) -> int:
        """Have alerts say what incidents are now; how many had to be changed."""
        watch, now = kept.watch, self.scene.now.timestamp()
        told = sum(self._recorded(topic, incident, counted) for incident in (*watch.pending, *_last(watch, now)))
        if watch.pending or (watch.due_at is not None and topic.state != "active"):
            watch.pending = []
            self._keep(topic, kept, self._next(topic, watch, now))
        return told

    def _recorded(self, topic: Topic, incident: Incident, counted: Mapping[int, Counted]) -> bool:
        in_press = any(each.articles for at, each in counted.items() if at >= incident.since)
        return self._recorder.record(topic, incident, self.scene, in_press=in_press)

    def _keep(self, topic: Topic, kept: KeptWatch, due_at: float | None) -> KeptWatch:
        kept.watch.due_at = due_at
        return self._table.keep(topic.id, kept)

    def _hidden(self, topic: Topic, mix: Mix) -> Callable[[int, int], Mapping[int, float]]:
        return functools.partial(self.scene.sight.hidden, mix, topic.watched.source)


def _last(watch: Watch, now: float) -> list[Incident]:
    """The incident that runs, or that was over not long ago: the press may be late."""
    incident = watch.memory.incident
    if incident is None or (incident.closed_at is not None and now - incident.closed_at > AGAIN):
        return []
    return [] if incident in watch.pending else [incident]
