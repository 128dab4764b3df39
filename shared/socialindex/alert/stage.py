"""The alert stage, every minute: mentions that changed -> buckets -> detectors -> alerts -> DeliverQueue.

Only topics that somebody speaks of are looked at, those of which an incident runs, and once more those that fell silent
since they were last written down. A run that is killed at any moment leaves all to the next: what was told is not told
again, and what was not is.
"""

from __future__ import annotations

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from aws_lambda_powertools import Logger

from socialindex import metrics
from socialindex.alert.counting import changed_within
from socialindex.alert.gaps import gaps
from socialindex.alert.landscape import Landscapes
from socialindex.alert.leaving import Leaving
from socialindex.alert.listening import Listening
from socialindex.alert.model import STEP
from socialindex.alert.recent import KEPT
from socialindex.alert.record import Recorder, Scene
from socialindex.alert.round import Round, Seen
from socialindex.alert.sight import Sight
from socialindex.alert.tally import MARGIN, Tally
from socialindex.alert.watch import MOST_SILENCE
from socialindex.errors import Unavailable
from socialindex.mentions.asking import Pool, known
from socialindex.metrics import Metric
from socialindex.reread.schedule import Mark
from socialindex.setup.loss import lost_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from opensearchpy import OpenSearch

    from socialindex.aws.alerts import AlertsTable
    from socialindex.aws.marks import Marks
    from socialindex.aws.queues import Queue
    from socialindex.aws.topics import TopicsTable
    from socialindex.search.analytics.coverage import HealthLog
    from socialindex.topics.topic import Topic

STAGE: Final = "alert"
LEASE: Final = 60.0
"""Seconds that a run which is killed keeps the next ones waiting: alerts are promised within five minutes."""
CHUNK: Final = 100
"""Topics that are read and counted together."""
_AT_ONCE: Final = 4
_TOGETHER: Final = 45.0
"""Seconds that must be left when a chunk is begun."""

logger = Logger(child=True)


class Tables(NamedTuple):
    """What the stage reads and writes."""

    alerts: AlertsTable
    topics: TopicsTable
    marks: Marks


class Alerts:
    """Looks at all topics of which there is news.

    Args:
        engine: has the mentions.
        tables: alerts and watches, topics, and how far the last run came.
        health: what was blind.
        queue: of the deliver stage.
        clock: Unix time, for tests.
    """

    def __init__(
        self,
        engine: OpenSearch,
        tables: Tables,
        health: HealthLog,
        queue: Queue,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._tables = tables
        self._health = health
        self._clock = clock
        self._landscapes = Landscapes(engine)
        self._recorder = Recorder(engine, tables.alerts, queue)
        self._leaving = Leaving(engine, tables.alerts, queue, lambda: datetime.fromtimestamp(clock(), tz=UTC))
        self._tally = Tally(engine)
        self._numbers = itertools.count(int(clock() // 60))

    def run(self, seconds_left: Callable[[], float]) -> dict[str, int]:
        """Look once: of how many topics there was news, how many were looked at, and how many alerts changed.

        Args:
            seconds_left: that this process may still live.

        Raises:
            Unavailable: a part does not answer; what was not looked at is looked at by the next run.
        """
        with self._tables.marks.alone(STAGE, LEASE, beats=True) as alone:
            return self._looked(seconds_left) if alone else {"skipped": 1}

    def _looked(self, seconds_left: Callable[[], float]) -> dict[str, int]:
        now = self._clock()
        mark = self._tables.marks.get(STAGE) or Mark(0, "")
        waiting = self._recorder.tell_waiting(now)
        changed = set(changed_within(self._engine, _back(now - mark.at / 1000)))
        topics = rotated(sorted({*changed, *self._tables.alerts.due(now)}), mark.id)
        rounds = self._round(now, mark.at / 1000, changed)
        since = max(now - mark.at / 1000, 0.0) if mark.at else 0.0
        listening = Listening(self._engine, now, since, next(self._numbers))
        seen, last = self._all(rounds, listening, topics, seconds_left)
        everything = seen.topics == len(topics)
        self._measure(mark, seen, everything=everything)
        self._tables.marks.put(STAGE, Mark(round(now * 1000), "") if everything else Mark(mark.at, last))
        logger.info("looked", extra={"topics": len(topics), "seen": seen.topics, "alerts": seen.alerts})
        if seen.outage:
            raise seen.outage
        return {"topics": len(topics), "seen": seen.topics, "alerts": seen.alerts, "waiting": waiting}

    def _measure(self, mark: Mark, seen: Seen, *, everything: bool) -> None:
        """How long what changed first after the last whole look has waited for this one."""
        metrics.record(Metric.ALERTS_CHANGED, seen.alerts)
        if everything and mark.at:
            metrics.record(Metric.ALERT_DELAY, max(round(self._clock() - mark.at / 1000, 1), 0.0))

    def _round(self, now: float, looked_at: float, changed: set[str]) -> Round:
        landscape = self._landscapes.at(now)
        sight, lost = Sight(self._health.events(), landscape), lost_at(self._tables.marks)
        unlooked = gaps(self._tables.marks, looked_at, now, now - MOST_SILENCE)
        scene = Scene(datetime.fromtimestamp(now, tz=UTC), landscape, sight, lost, unlooked)
        return Round(self._engine, self._tables.alerts, self._recorder, self._leaving, scene, changed)

    def _all(
        self, rounds: Round, listening: Listening, topics: Sequence[str], seconds_left: Callable[[], float]
    ) -> tuple[Seen, str]:
        """What came of all topics for which there was time, and the last one in a row that was looked at."""
        chunks = [topics[start : start + CHUNK] for start in range(0, len(topics), CHUNK)]
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            found = list(threads.map(lambda chunk: self._chunk(rounds, listening, chunk, seconds_left), chunks))
        done = list(itertools.takewhile(lambda pair: pair[1].topics == len(pair[0]), zip(chunks, found, strict=True)))
        return sum(found, Seen()), done[-1][0][-1] if done else ""

    def _chunk(
        self, rounds: Round, listening: Listening, topics: Sequence[str], seconds_left: Callable[[], float]
    ) -> Seen:
        if seconds_left() < _TOGETHER:
            return Seen()
        try:
            return self._counted(rounds, listening, topics)
        except Unavailable as outage:
            logger.warning("topics wait for the next run", extra={"topics": len(topics), "reason": str(outage)[:500]})
            return Seen(outage=outage)

    def _counted(self, rounds: Round, listening: Listening, names: Sequence[str]) -> Seen:
        now = rounds.scene.now.timestamp()
        topics, watches = self._tables.topics.of_ids(names), self._tables.alerts.watches(names)
        told = self._counting(names, topics)
        buckets = self._tally.counted(told, now, rounds.scene.lost_at)
        talks = listening.talks({name: topics[name] for name in told if name in topics}, buckets)
        alerts = 0
        for name in told:
            found = buckets.get(name, {})
            alerts += rounds.look(name, topics.get(name), watches.get(name), found, talks.get(name))
        return Seen(len(names), alerts)

    def _counting(self, names: Sequence[str], topics: Mapping[str, Topic]) -> list[str]:
        """Those of which a count says something: an active topic that the engine has lost is not silent."""
        active = [name for name, topic in topics.items() if topic.state == "active"]
        held = set(known(self._engine, Pool(ids=tuple(active)), len(active))) if active else set()
        return [name for name in names if name not in active or name in held]


def _back(since: float) -> float:
    """How many seconds to look back, so many after the last run; all of them where its clock was ahead of ours."""
    window = float(KEPT * STEP)
    return window if since < 0 else min(since + MARGIN, window)


def rotated(topics: list[str], after: str) -> list[str]:
    """Topics in order, beginning behind one: what a run had no time for comes first in the next."""
    return [*(topic for topic in topics if topic > after), *(topic for topic in topics if topic <= after)]
