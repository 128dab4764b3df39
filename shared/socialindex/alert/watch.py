"""What is kept of a topic between two looks at it, and what a look changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.alert.detect import Memory, hear, observe
from socialindex.alert.gaps import Gap, within
from socialindex.alert.model import STEP, Bucket, Incident, floor
from socialindex.alert.recent import KEPT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from socialindex.alert.rumor import Talk
    from socialindex.topics.topic import Topic

MOST_SILENCE: Final = 14 * 86_400
"""Seconds of silence that a topic is told of at once, when somebody speaks of it again; what is older is left out."""


class Known(msgspec.Struct):
    """What of a topic was told already, or is nothing new."""

    terms: list[str] = []
    """Words that were significant, the latest last."""
    authors: list[str] = []
    """Keys of authors of reach who were heard, the latest last."""
    looked_at: float = 0.0
    """Unix time of the last look for words; 0: never."""
    bar: int | None = None
    """Followers from which on an author is one of reach."""
    bar_at: float = 0.0


class Watch(msgspec.Struct, kw_only=True):
    """A topic's watch: at most 32 KB of JSON."""

    memory: Memory = msgspec.field(default_factory=Memory)
    revision: int = 0
    """Of the topic, whose mentions the memory is of; 0: it waits for its history."""
    pending: list[Incident] = []
    """Those that are over, of which alerts may not say it yet: a run that was killed leaves them to the next."""
    known: Known = msgspec.field(default_factory=Known)
    due_at: float | None = None
    """Unix time from which the topic is looked at, whether somebody speaks of it or not; ``None``: there is no need."""

    @property
    def running(self) -> Incident | None:
        """The incident that runs now."""
        incident = self.memory.incident
        return incident if incident is not None and incident.closed_at is None else None


class Look(msgspec.Struct, frozen=True):
    """Which buckets a look is about."""

    now: float
    """Unix time."""
    made: float
    """Unix time of the topic's ``since``: what was seen earlier is history, from which it learns only."""
    lost: float = 0.0
    """Unix time when the engine lost its data: of buckets from before, it may still have less than was counted."""
    gaps: tuple[Gap, ...] = ()
    """Times in which nobody looked."""

    @property
    def since(self) -> int:
        """The bucket in which the topic was made."""
        return floor(self.made)

    @property
    def current(self) -> int:
        """The bucket that fills now."""
        return floor(self.now)

    @property
    def first(self) -> int:
        """The earliest one that may still be corrected."""
        return max(self.since, self.current - (KEPT - 1) * STEP)

    def is_unknown(self, place: int) -> bool:
        """Whether nobody looked at a bucket; one that may still be counted is not, even if a clock was wrong once."""
        return within(self.gaps, place) and place < self.first

    def watched(self, place: int) -> float:
        """The share of a bucket that is over, and was not over when the topic was made.

        The bucket in which that was counts for nothing where it was half over: posts of its first half that come late
        would be taken for many in a short time.
        """
        if place <= self.made - STEP / 2:
            return 0.0
        return max(0.0, min(place + STEP, self.now) - max(place, self.made)) / STEP


def look(topic: Topic, now: float, lost: float = 0.0, gaps: tuple[Gap, ...] = ()) -> Look:
    """A look at a topic."""
    return Look(now, topic.since.timestamp(), lost, gaps)


def advance(
    watch: Watch, at: Look, counted: Mapping[int, Bucket], hidden: Callable[[int, int], Mapping[int, float]]
) -> bool:
    """Tell the detectors of what was counted; whether that changed an incident. Those that are over are ``pending``.

    Args:
        watch: of the topic; it is changed.
        at: the look.
        counted: the buckets from ``at.first`` on in which something was said, whatever they say of ``seen``.
        hidden: for buckets from one up to before another, the share that was hidden from us, where any was.
    """
    begin = _begin(watch, at)
    unseen = hidden(begin, at.current + STEP)
    places = (place for place in range(begin, at.current + STEP, STEP) if not at.is_unknown(place))
    told = (place for place in places if not _is_lost(watch, at, place, counted))
    buckets = (_bucket(place, at, counted, unseen) for place in told)
    changes = [change.incident for bucket in buckets if (change := observe(watch.memory, bucket))]
    watch.pending = merged([*watch.pending, *changes], watch.running)
    return bool(changes)


def listen(watch: Watch, talk: Talk) -> bool:
    """Tell the detectors what is said by those who complain, after ``advance``; whether that changed an incident."""
    running, change = watch.running, hear(watch.memory, talk)
    if change:
        ended = [_ended(running, change.incident.since)] if running and change.what == "opened" else []
        watch.pending = merged([*watch.pending, *ended, change.incident], watch.running)
    return change is not None


def close(watch: Watch, now: float) -> None:
    """End what runs: its topic is not watched any more."""
    if watch.running:
        ended = watch.memory.incident = _ended(watch.running, now)
        watch.pending = merged([*watch.pending, ended], None)


def _ended(incident: Incident, now: float) -> Incident:
    """The incident at its end, which is not before it was noticed or last shown: that may be in this very bucket.

    Else posts would belong to no time at all, and the alert would lose them.
    """
    return msgspec.structs.replace(incident, closed_at=max(floor(now), incident.opened_at, incident.updated_at))


def merged(incidents: Iterable[Incident], running: Incident | None) -> list[Incident]:
    """Each incident once, as it was last, but for the one that runs."""
    last = {(incident.kind == "first", incident.opened_at): incident for incident in incidents}
    return [incident for incident in last.values() if running is None or incident.opened_at != running.opened_at]


def _begin(watch: Watch, at: Look) -> int:
    """Where telling begins: with what may have changed, and the silence that was never told.

    Whoever falls silent is looked at once more, and then has no appointment. One that is still to be kept says that
    nobody looked since: what was said before the first bucket is not counted any more, and was no silence. Of a topic
    that had none, the gaps say so.
    """
    recent = watch.memory.recent
    if not recent.first or watch.due_at is not None:
        return at.first
    return max(at.since, at.current - MOST_SILENCE, min(at.first, recent.end))


def _is_lost(watch: Watch, at: Look, place: int, counted: Mapping[int, Bucket]) -> bool:
    """Whether the engine has less of a bucket than it had before its loss."""
    recent = watch.memory.recent
    if not recent.first <= place < min(at.lost, recent.end):
        return False
    found = counted.get(place)
    return recent.moments[(place - recent.first) // STEP].voices > (found.voices if found else 0)


def _bucket(place: int, at: Look, counted: Mapping[int, Bucket], hidden: Mapping[int, float]) -> Bucket:
    bucket = counted.get(place) or Bucket(at=place)
    seen = max(0.0, 1 - hidden.get(place, 0.0))
    return msgspec.structs.replace(bucket, seen=round(seen * at.watched(place), 6))
