"""A topic under the eyes of our detectors, which look each minute as the alert stage does, and of the oracles."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from infra.bench.mentions.minutes import bucket
from infra.bench.mentions.oracle import Oracle
from infra.bench.mentions.speech import Speech
from infra.bench.mentions.topic import MONDAY
from infra.bench.mentions.usual import BUCKETS, MINUTES, STEP
from socialindex.alert.detect import Memory, hear, observe
from socialindex.alert.rumor import length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.bench.mentions.minutes import Minute
    from infra.bench.mentions.topic import Topic
    from socialindex.alert.model import Bucket, Change


_WEEK: Final = 7 * BUCKETS


class Told(NamedTuple):
    """What was told of a topic; all moments are minutes from its beginning."""

    opened: list[int]
    """When our alerts were opened."""
    crises: list[int]
    """When those were opened of which a crisis became."""
    counts: list[int]
    """Deduplicated mentions of each five minutes, for the rivals."""
    oracles: dict[str, dict[int, int]]
    """When each oracle knew, by the bucket with which an incident starts."""
    microseconds: float
    """That our detectors take for a bucket of the first week."""
    size: int
    """Bytes of the memory as JSON at the end."""


class Watching:
    """Our detectors at work."""

    def __init__(self, topic: Topic) -> None:
        self.memory = Memory(mentioned=True)
        self.opened: dict[int, int] = {}
        """Minutes after which alerts were opened, by what names the incident."""
        self.crises: set[int] = set()
        self._topic = topic
        self._speech = Speech(MONDAY)

    def look(self, number: int, minutes: list[Minute]) -> None:
        """Look at a bucket: after each minute in which something was said, and at its end."""
        at, seen = MONDAY + number * STEP, self._topic.seen(number)
        for place, minute in enumerate(minutes, 1):
            self._speech.add(minute)
            if not minute.mentions and place < MINUTES:
                continue
            found = bucket(at, minutes[:place], seen * place / MINUTES)
            self._note(observe(self.memory, found), number * MINUTES + place)
            if any(minute.negative):
                talk = self._speech.talk(length([each.negative for each in self.memory.recent.moments]))
                self._note(hear(self.memory, talk), number * MINUTES + place)

    def _note(self, change: Change | None, minute: int) -> None:
        if change is None:
            return
        if change.what == "opened":
            self.opened[change.incident.opened_at] = minute
        if change.incident.kind == "crisis":
            self.crises.add(change.incident.opened_at)


def told(topic: Topic) -> Told:
    """All that is told of a topic."""
    ours = Watching(topic)
    oracles = {"oracle": Oracle(topic, words=True), "oracle of counts": Oracle(topic, words=False)}
    counts: list[int] = []
    week: list[Bucket] = []
    for number, minutes in enumerate(topic.minutes()):
        ours.look(number, minutes)
        for oracle in oracles.values():
            oracle.hear(number, minutes)
        counts.append(sum(minute.distinct for minute in minutes))
        if len(week) < _WEEK:
            week.append(bucket(MONDAY + number * STEP, minutes, topic.seen(number)))
    return Told(
        list(ours.opened.values()),
        sorted(ours.opened[name] for name in ours.crises),
        counts,
        {name: oracle.told for name, oracle in oracles.items()},
        _cost(week),
        len(msgspec.json.encode(ours.memory)),
    )


def _cost(buckets: Sequence[Bucket]) -> float:
    """Microseconds of processor time for each: asked once, for to ask takes longer than a bucket on some machines."""
    memory, began = Memory(mentioned=True), time.process_time()
    for each in buckets:
        observe(memory, each)
    return (time.process_time() - began) / len(buckets) * 1e6
