"""What the service does, where dashboards see it: counts of outcomes, health events, intervals and queues by time.

The documents are made of the tables of outcomes and health, with ids of their own: a look that is repeated writes the
same ones. The engine itself tells how far the last look came, so that an engine without them gets all that the tables
have. Indices are monthly, and go when the tables' own items go.

An event that is open is as of now: its document moves on with the months, however long ago it was opened.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools import Logger

from socialindex.aws.health import KEPT
from socialindex.engine import answering
from socialindex.errors import Unavailable
from socialindex.outcomes import STAGES
from socialindex.projecting import Projected, write
from socialindex.watch.events import REMOVED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from opensearchpy import OpenSearch

    from socialindex.aws.health import Depths, Health
    from socialindex.aws.outcomes import Counted, Outcomes
    from socialindex.aws.queues import Queue
    from socialindex.watch.events import HealthEvent
    from socialindex.watch.sources import Interval

Dsl = dict[str, Any]

ALIAS: Final = "operations"
MARGIN: Final = timedelta(hours=1)
"""Before the last look: what was written while it looked is looked at again."""
_MONTH: Final = re.compile(rf"{ALIAS}-(\d{{4}})\.(\d{{2}})")

logger = Logger(child=True)


def index_of(moment: datetime) -> str:
    """The index of a moment's month."""
    return f"{ALIAS}-{moment.astimezone(UTC):%Y.%m}"


class Projection:
    """Shows what is in the tables.

    Args:
        engine: where to.
        health: events, intervals, and depths, which are kept there too.
        outcomes: counts.
        queues: by stage each queue and its dead letters.
    """

    def __init__(
        self, engine: OpenSearch, health: Health, outcomes: Outcomes, queues: Mapping[str, tuple[Queue, Queue]]
    ) -> None:
        self._engine = engine
        self._health = health
        self._outcomes = outcomes
        self._queues = queues

    def run(self, now: datetime | None = None) -> int:
        """Look once; how many documents were written.

        While the engine does not answer, the tables keep what the next look shows: its own alarm rings, and nothing is
        the matter with this stage, which would otherwise look at all channels three times as often.

        Raises:
            Unavailable: another part does not answer, or the engine does not take what it is given; the next look makes
                up for it.
        """
        now = now or datetime.now(tz=UTC)
        self._health.add_depths(now, self._depths())
        try:
            since = self._seen_until(now)
        except Unavailable as error:
            logger.warning("nothing is shown now", extra={"reason": str(error)})
            return 0
        written = write(self._engine, self._documents(since, now))
        self._drop_earlier(now)
        self._expire(now)
        return written

    def take_words(self, channels: Collection[str]) -> None:
        """Take the words from what is shown of these channels' events.

        Raises:
            Unavailable: the engine does not answer, or something is written at the same moment.
        """
        there = {"ignore_unavailable": "true"}
        query = {"bool": {"filter": [{"term": {"of": "health"}}, {"terms": {"channel": list(channels)}}]}}
        script = {"source": "ctx._source.message = params.message", "params": {"message": REMOVED}}
        with answering():
            self._engine.indices.refresh(index=ALIAS, params=there)
            answer = self._engine.update_by_query(
                index=ALIAS, body={"query": query, "script": script}, params={**there, "conflicts": "proceed"}
            )
        if answer["version_conflicts"]:
            raise Unavailable("what is shown of health changed meanwhile")

    def _depths(self) -> Depths:
        return {stage: (*queue.depth(), sum(dead.depth())) for stage, (queue, dead) in self._queues.items()}

    def _seen_until(self, now: datetime) -> datetime:
        """From when on the tables are read."""
        body = {"size": 0, "query": {"term": {"of": "queue"}}, "aggs": {"last": {"max": {"field": "at"}}}}
        with answering():
            answer = self._engine.search(index=ALIAS, body=body, params={"ignore_unavailable": "true"})
        last = answer.get("aggregations", {}).get("last", {}).get("value")
        return now - KEPT if last is None else datetime.fromtimestamp(last / 1000, tz=UTC) - MARGIN

    def _documents(self, since: datetime, now: datetime) -> Iterator[Projected]:
        version = round(now.timestamp())
        for at, name, document in self._found(since, now):
            moment = datetime.fromisoformat(at)
            yield Projected(index_of(moment), name, version, {"at": at, **document})

    def _found(self, since: datetime, now: datetime) -> Iterator[tuple[str, str, Dsl]]:
        """The time, id and fields of all that is new since a moment."""
        for stage in STAGES:
            counts = self._outcomes.read(stage, since.date())
            yield from outcomes(count for count in counts if count.last_at >= since)
        yield from events([*self._health.open_events(), *self._health.closed_events(since)], now)
        for source in self._health.totals():
            yield from intervals(source, self._health.intervals(source, since))
        for at, depths in self._health.depths(since):
            yield from queues(at, depths)

    def _drop_earlier(self, now: datetime) -> None:
        """Drop what earlier looks showed as open and this one did not: copies in the months before."""
        there = {"ignore_unavailable": "true"}
        earlier = [{"term": {"of": "health"}}, {"term": {"open": True}}, {"range": {"at": {"lt": now.isoformat()}}}]
        body = {"query": {"bool": {"filter": earlier}}}
        with answering():
            # Without it, what was just written over would be found as it was.
            self._engine.indices.refresh(index=ALIAS, params=there)
            self._engine.delete_by_query(index=ALIAS, body=body, params={**there, "conflicts": "proceed"})

    def _expire(self, now: datetime) -> None:
        with answering():
            present = self._engine.indices.get_alias(index=f"{ALIAS}-*", params={"allow_no_indices": "true"})
        oldest = index_of(now - KEPT)
        for name in present:
            if _MONTH.fullmatch(name) and name < oldest:
                with answering():
                    self._engine.indices.delete(index=name)


def outcomes(counts: Iterable[Counted]) -> Iterator[tuple[str, str, Dsl]]:
    """One document for each count of a day; its time is the day's."""
    for count in counts:
        at = f"{count.day}T00:00:00+00:00"
        fields = {"stage": count.stage, "outcome": count.outcome, "times": count.times}
        named = {"source": count.source, "reason": count.reason, "last_at": count.last_at.isoformat()}
        name = f"outcome#{count.stage}#{count.day}#{count.source}#{count.outcome}#{count.reason}"
        yield at, name[:500], {"of": "outcome", **fields, **{key: value for key, value in named.items() if value}}


def events(found: Iterable[HealthEvent], now: datetime) -> Iterator[tuple[str, str, Dsl]]:
    """One document for each event; its time is when it was last so: now, or when it was closed."""
    for event in found:
        finding, closed_at = event.finding, event.closed_at
        fields: Dsl = {
            "of": "health",
            "problem": finding.kind,
            "source": finding.source,
            "channel": finding.channel,
            "message": finding.message,
            "blind": event.is_blind,
            "open": closed_at is None,
            "since": finding.since.isoformat(),
            "closed_at": closed_at.isoformat() if closed_at else None,
            "minutes": ((closed_at or now) - finding.since).total_seconds() / 60,
        }
        known = {name: value for name, value in fields.items() if value is not None}
        yield (closed_at or now).isoformat(), f"health#{event.id}", known


def intervals(source: str, found: Iterable[Interval]) -> Iterator[tuple[str, str, Dsl]]:
    """One document for what was counted of a source between two looks."""
    for each in found:
        names = ("asked", "failed", "read", "empty", "unreadable", "layout")
        counts = {name: getattr(each, name) for name in names}
        at = each.at.isoformat()
        yield at, f"interval#{source}#{at}", {"of": "interval", "source": source, **counts}


def queues(at: str, depths: Depths) -> Iterator[tuple[str, str, Dsl]]:
    """One document for each stage's queue at a moment."""
    for stage, (waiting, in_flight, dead) in depths.items():
        fields = {"stage": stage, "waiting": waiting, "in_flight": in_flight, "dead_letters": dead}
        yield at, f"queue#{stage}#{at}", {"of": "queue", **fields}
