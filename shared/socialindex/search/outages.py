"""Health events as they are shown: an answer holds them however many there are, even where a large host fails."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final

from socialindex.model import Struct
from socialindex.search.http import fitting
from socialindex.watch.events import BlindInterval, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from socialindex.watch.events import HealthEvent

MOST_EVENTS: Final = 1_000
"""Events that are shown whole."""
MOST_INTERVALS: Final = 1_000
"""Times that are told apart."""
_APART: Final = [timedelta(), timedelta(hours=1), timedelta(days=1), timedelta(weeks=1), timedelta(weeks=100)]
"""How far apart intervals are told as one; the next where there are too many still."""


class EventCount(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """How many health events there are of a kind and a source."""

    kind: Kind
    source: str
    events: int
    """How many: one for each channel that is meant, one where a whole source is."""


def newest(*groups: Sequence[HealthEvent]) -> list[list[HealthEvent]]:
    """Of each group the last events, in its order, so many that all fit into one answer, the first groups' before."""
    last = [event for group in groups for event in group[: -MOST_EVENTS - 1 : -1]]
    room, found = len(fitting(last)), []
    for group in groups:
        kept = min(len(group), MOST_EVENTS, room)
        found.append(list(group[len(group) - kept :]))
        room -= kept
    return found


def counted(events: Iterable[HealthEvent]) -> list[EventCount]:
    """How many events there are by kind and source, most first."""
    counts = Counter((event.finding.kind, event.finding.source) for event in events)
    by_number = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [EventCount(kind=kind, source=source, events=number) for (kind, source), number in by_number]


def blind(events: Iterable[HealthEvent]) -> list[BlindInterval]:
    """The times in which posts may have been missed, as ``intervals``."""
    return intervals(event for event in events if event.is_blind)


def intervals(events: Iterable[HealthEvent]) -> list[BlindInterval]:
    """The times that events are of, by their beginning: those of a source's channels that overlap are one.

    Where there are too many of them even so, those that are less than an hour apart are one, a day, and so on.
    """
    ordered = sorted(events, key=lambda event: (_whose(event), event.finding.since))
    every = [list(some) for _, some in groupby(ordered, key=_whose)]
    for apart in _APART:
        found = [interval for some in every for interval in _merged(some, apart)]
        if len(found) <= MOST_INTERVALS:
            break
    return sorted(found, key=lambda interval: interval.since)


def _whose(event: HealthEvent) -> tuple[str, str, bool]:
    return event.finding.source, event.finding.kind, event.finding.channel is None


def _merged(events: Iterable[HealthEvent], apart: timedelta) -> Iterator[BlindInterval]:
    """Intervals of events of the same, by their beginning, as few as there are such gaps between them."""
    some: list[HealthEvent] = []
    until: datetime | None = None
    for event in events:
        if some and until is not None and event.finding.since > until + apart:
            yield _interval(some, until)
            some = []
        until = _later(until, event.closed_at) if some else event.closed_at
        some.append(event)
    if some:
        yield _interval(some, until)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    """The later end; ``None``, which lasts, is later than any."""
    return None if one is None or other is None else max(one, other)


def _interval(events: Sequence[HealthEvent], until: datetime | None) -> BlindInterval:
    first = events[0].finding
    channels = {event.finding.channel for event in events}
    return BlindInterval(
        source=first.source,
        channel=first.channel if len(channels) == 1 else None,
        channels=None if first.channel is None else len(channels),
        since=first.since,
        until=until,
        kind=first.kind,
    )
