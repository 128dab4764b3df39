"""One topic's watch: a bucket in, what it changed about the topic's incident out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.alert.baseline import Baseline
from socialindex.alert.burst import usual
from socialindex.alert.crisis import Normal, judge
from socialindex.alert.incident import follow
from socialindex.alert.model import STEP, Bucket, Change, Incident
from socialindex.alert.recent import KEPT, WINDOWS, Recent, windows_back
from socialindex.alert.rumor import rumor

if TYPE_CHECKING:
    from socialindex.alert.recent import Moment
    from socialindex.alert.rumor import Talk

YOUNG: Final = 288
"""Buckets that must have been seen before anything but a first mention is told: a day."""
_HOUR: Final = 12
_NEW_NORMAL: Final = 3 * 86_400
"""Seconds after which an incident that still runs is learned from: it is how things are now."""
_OF_INCIDENTS: Final = 0.25
"""Weight of a moment of an incident."""
_BEFORE: Final = 3600
"""Seconds before an incident's known start from which nothing is learned: it began unnoticed."""


class Memory(msgspec.Struct):
    """All that is known of a topic: some 10 KB of JSON, whatever its age and volume (see docs/alerts.md)."""

    mentioned: bool = False
    """Whether it was ever; true for a topic whose backfill found something."""
    baseline: Baseline = msgspec.field(default_factory=Baseline)
    normal: Normal = msgspec.field(default_factory=Normal)
    recent: Recent = msgspec.field(default_factory=Recent)
    incident: Incident | None = None
    """The last one."""


def observe(memory: Memory, bucket: Bucket) -> Change | None:
    """Take a bucket in, and say what that changed about the topic's incident.

    Buckets come in the order of their time, one for each five minutes, also where nothing was said: one that never
    comes was not seen. The last one may come again and again while it fills (``seen`` tells how far it is), and any of
    the last six hours may be corrected; a correction counts from the next bucket on. One that says what is known
    changes nothing, and older ones are not asked any more.
    """
    _make_room(memory, bucket.at)
    if bucket.at < memory.recent.first:
        return None
    memory.recent.put(bucket, memory.baseline.expected(bucket.at), memory.normal.mix)
    first = _first(memory, bucket)
    if first or bucket.at + STEP < memory.recent.end or not bucket.seen:
        return first
    if memory.baseline.buckets < YOUNG - KEPT:
        return None
    change = follow(memory.incident, judge(memory.recent, memory.normal), memory.recent)
    if change:
        memory.incident = change.incident
    return change


def hear(memory: Memory, talk: Talk) -> Change | None:
    """Take in which words negative voices share, and say what that changed about the topic's incident.

    To be told after the last bucket was: a word that goes round tells of an incident before any count does. Nothing is
    learned of words; what they usually are, is counted anew each time.
    """
    sign = rumor(talk, memory.normal.mix, memory.baseline.a_day, memory.recent.end)
    if sign is None or memory.baseline.buckets < YOUNG - KEPT:
        return None
    change = follow(memory.incident, sign, memory.recent)
    if change:
        memory.incident = change.incident
    return change


def settle(memory: Memory) -> None:
    """Learn from all that was told so far, at once: history teaches, and is evidence of nothing any more."""
    while memory.recent.moments:
        _learn(memory)
    memory.incident = None


def _first(memory: Memory, bucket: Bucket) -> Change | None:
    """The first mention ever is an incident of its own, over at once."""
    if memory.mentioned or not bucket.mentions:
        return None
    memory.mentioned = True
    end = bucket.at + STEP
    return Change(
        "opened",
        Incident(
            opened_at=end,
            kind="first",
            severity="low",
            since=bucket.at,
            updated_at=end,
            window=STEP,
            observed=bucket.voices,
            expected=0.0,
            sources=sorted(bucket.sources),
            closed_at=end,
        ),
    )


def _make_room(memory: Memory, at: int) -> None:
    """Have the recent moments end where a bucket begins: what never came was not seen."""
    recent = memory.recent
    if at - recent.end > KEPT * STEP:
        _let_go(memory, recent.end + KEPT * STEP)
    while recent.moments and recent.end < at:
        _let_go(memory, recent.end)
        recent.put(Bucket(at=recent.end, seen=0.0), memory.baseline.expected(recent.end), memory.normal.mix)
    _let_go(memory, at)
    if not recent.moments:
        recent.first = max(at, recent.first)


def _let_go(memory: Memory, at: int) -> None:
    """Learn from what is older than six hours before a bucket."""
    recent = memory.recent
    while recent.moments and at - recent.first >= KEPT * STEP:
        _learn(memory)


def _learn(memory: Memory) -> None:
    """Learn from the oldest moment, which leaves: little if it is of an incident, but not nothing.

    A baseline that is wrong for an hour of the week takes that hour for an incident every week, and must get out of it.
    """
    moments, baseline = memory.recent.moments, memory.baseline
    within = _within(memory.incident, memory.recent.first)
    young = baseline.buckets < YOUNG
    if not within and moments[0].seen > 0:
        _learn_normal(memory.normal, moments, whole=memory.recent.first % 3600 == 0, young=young)
    at, oldest = memory.recent.leave()
    voices, mean = float(oldest.voices), oldest.expected
    if not young:
        voices = usual(voices, mean, memory.normal.dispersion.of(windows_back([oldest])[0]))
    weight = _OF_INCIDENTS if within else 1.0
    baseline.learn(
        at, oldest.seen * weight, voices * weight, voices / oldest.seen if young and oldest.seen else oldest.rate
    )


def _learn_normal(normal: Normal, moments: list[Moment], *, whole: bool, young: bool) -> None:
    oldest = moments[0]
    normal.negative.learn(oldest.negative, oldest.judged)
    normal.promotional.learn(oldest.promotional, oldest.distinct)
    normal.mix.learn(oldest.sources)
    for buckets in WINDOWS if whole else WINDOWS[:2]:
        if buckets > len(moments):
            return
        window = windows_back(moments[:buckets])[-1]
        if window.seen == 1 and not young:
            normal.dispersion.learn(window)
        if buckets == _HOUR:
            normal.negative.learn_likeness(window.negative, window.judged, window.usual_share)
            normal.promotional.learn_likeness(window.promotional, window.distinct, normal.promotional.usual)


def _within(incident: Incident | None, at: int) -> bool:
    """Whether a moment is of an incident, which must not become the measure of the next one."""
    if incident is None or not incident.since - _BEFORE <= at < incident.opened_at + _NEW_NORMAL:
        return False
    return incident.closed_at is None or at < incident.closed_at
