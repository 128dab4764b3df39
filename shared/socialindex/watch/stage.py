"""The watch stage, every few minutes: channels, counts and the index -> health events; administrators are told."""

from __future__ import annotations

from collections import defaultdict, deque
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

import msgspec
from aws_lambda_powertools import Logger

from socialindex import metrics
from socialindex.identity import event_id
from socialindex.watch import channels, sources
from socialindex.watch.blindness import Census
from socialindex.watch.events import WANTED, Finding, HealthEvent, without_words
from socialindex.watch.history import OneLook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from socialindex.aws.channels import Channels
    from socialindex.aws.health import Health
    from socialindex.aws.outcomes import Outcomes
    from socialindex.crawl.rhythm import Polling
    from socialindex.watch.channels import Histories

HISTORY: Final = timedelta(days=1)
"""How far back a source's intervals are compared."""
_AT_ONCE: Final = 4
"""Events that are written at a time: all that are open are in one partition, which takes 1,000 writes a second."""
COUNTED: Final = timedelta(days=1)
"""How far back counts are read: with today's those of the day before, whose last ones come after midnight."""

logger = Logger(child=True)


class Notifier(Protocol):
    """How administrators are told."""

    def tell(self, events: Sequence[HealthEvent]) -> None:
        """Tell that events of one source and kind were opened, or closed, all at once; once more is no harm."""


class Watch:
    """Looks once. Looking twice opens nothing twice: an open event is named by what is wrong with what.

    What is wrong with many channels of a source at once is told at once: a host fails for all its ten thousand.
    """

    def __init__(
        self, health: Health, parts: tuple[Channels, Outcomes, Histories], notifier: Notifier, polling: Polling
    ) -> None:
        self._health = health
        self._channels, self._outcomes, self._histories = parts
        self._notifier = notifier
        self._polling = polling

    def run(self, now: datetime | None = None) -> dict[str, int]:
        """Look, open and close events, tell; how many of each."""
        now = now or datetime.now(tz=UTC)
        census = Census()
        known = {event.finding.subject: event for event in self._health.open_events()}
        opened = [event.finding for event in known.values()]
        found = {finding.subject: finding for finding in self._findings(now, census, opened)}
        blind = census.blind(found.values())
        metrics.record(metrics.Metric.BLIND_SOURCES, len(blind))
        there = [_as_seen(finding, known.get(subject), now) for subject, finding in found.items()]
        gone = [_as_closed(event, census, now) for subject, event in known.items() if subject not in found]
        told = self._keep(there, now) + self._close(gone)
        logger.info("watched", extra={"open": len(found), "closed": len(gone), "blind": sorted(blind)})
        return {"open": len(found), "closed": len(gone), "told": told}

    def _findings(self, now: datetime, census: Census, opened: list[Finding]) -> Iterable[Finding]:
        """What is wrong now; ``opened`` is what was wrong at the last look."""
        states, histories = census.passing(self._channels.all()), OneLook(self._histories)
        silent = {finding.channel: finding for finding in opened if finding.channel and finding.kind == "silent"}
        yield from channels.findings(states, self._polling, histories, now, silent)
        first = (now - COUNTED).date()
        counted = sources.totals(self._outcomes.read("crawl", first), self._outcomes.read("normalize", first))
        before = self._health.totals()
        # A source that nobody asks any more has no counts of these days, and may not be well for all that.
        for source in {**before, **counted}:
            days = counted.get(source, {})
            moved = sources.moved(days, before[source], now) if source in before else None
            self._health.keep_counts(source, days or before[source], moved)
            own = [finding for finding in opened if finding.source == source and finding.channel is None]
            intervals = self._health.intervals(source, now - HISTORY)
            yield from sources.findings(source, intervals, own, census.changed(source))

    def _keep(self, events: list[HealthEvent], now: datetime) -> int:
        """Keep events as they are now; of how many administrators were told just now that they were opened.

        Written down before and after the telling: a crash between the two tells twice, never not at all.
        """
        _all(self._health.keep, events)
        news = [event for event in events if event.told_at is None and event.finding.kind not in WANTED]
        for group in _alike(news):
            self._notifier.tell(group)
            _all(self._health.keep, [msgspec.structs.replace(event, told_at=now) for event in group])
        return len(news)

    def _close(self, events: list[HealthEvent]) -> int:
        """Close events; of how many administrators were told."""
        told = 0
        for group in _alike(events):
            if group[0].finding.kind not in WANTED:
                self._notifier.tell(group)
                told += len(group)
            _all(self._health.close, group)
        return told


def _alike(events: Iterable[HealthEvent]) -> Iterable[list[HealthEvent]]:
    """Events of one source and kind together."""
    groups: defaultdict[tuple[str, str], list[HealthEvent]] = defaultdict(list)
    for event in events:
        groups[event.finding.source, event.finding.kind].append(event)
    return groups.values()


def _all(write: Callable[[HealthEvent], None], events: Iterable[HealthEvent]) -> None:
    """Write all of these, some at a time: it is milliseconds of waiting for each."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        deque(pool.map(write, events), maxlen=0)


def _as_closed(event: HealthEvent, census: Census, now: datetime) -> HealthEvent:
    """An event that is over, without words where its channel is no more."""
    finding = event.finding
    if finding.channel is not None and not census.has(finding.channel):
        finding = without_words(finding)
    return msgspec.structs.replace(event, finding=finding, closed_at=now)


def _as_seen(finding: Finding, known: HealthEvent | None, now: datetime) -> HealthEvent:
    return _opened(finding, now) if known is None else _seen(finding, known, now)


def _opened(finding: Finding, now: datetime) -> HealthEvent:
    name = event_id(f"{finding.subject}#{now.isoformat()}")
    return HealthEvent(id=name, finding=finding, opened_at=now, seen_at=now)


def _seen(finding: Finding, known: HealthEvent, now: datetime) -> HealthEvent:
    """The event once more: since when stays as it was first known, how we know is told as it is now."""
    since = min(known.finding.since, finding.since)
    return msgspec.structs.replace(known, finding=msgspec.structs.replace(finding, since=since), seen_at=now)
