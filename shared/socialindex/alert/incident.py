"""The life of an incident: opened by strong evidence, kept open by weaker, closed after hours of none."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.alert.model import STEP, Change, Incident

if TYPE_CHECKING:
    from socialindex.alert.crisis import Verdict
    from socialindex.alert.recent import Recent

CALM: Final = 3 * 3600
"""Seconds without evidence, seen ones, after which an incident is over."""
AGAIN: Final = 24 * 3600
"""Seconds after the end in which new evidence is the old incident: people sleep, and talk on in the morning."""
_KINDS: Final = ("first", "shift", "burst", "crisis")
_SEVERITIES: Final = ("low", "medium", "high")


def follow(incident: Incident | None, verdict: Verdict | None, recent: Recent) -> Change | None:
    """What the last bucket's verdict does to the topic's last incident; ``None`` where nothing changes.

    Args:
        incident: the last one, open or closed; it is not changed.
        verdict: on the bucket.
        recent: the moments up to the bucket.
    """
    if incident is None or (incident.closed_at is not None and recent.end - incident.closed_at > AGAIN):
        return Change("opened", _shown(verdict, recent)) if verdict and verdict.opens else None
    if incident.closed_at is not None:
        reopens = verdict is not None and verdict.opens and recent.end > incident.closed_at
        return Change("reopened", _merged(incident, verdict, recent)) if reopens and verdict else None
    if verdict is not None:
        merged = _merged(incident, verdict, recent)
        return Change("updated", merged) if merged != incident else None
    if _calm(recent, incident.updated_at) >= CALM:
        return Change("closed", msgspec.structs.replace(incident, closed_at=recent.end))
    return None


def _shown(verdict: Verdict, recent: Recent) -> Incident:
    window = verdict.evidence.window
    return Incident(
        opened_at=recent.end,
        kind=verdict.kind,
        severity=verdict.severity,
        since=recent.end - window.buckets * STEP,
        updated_at=recent.end,
        window=window.buckets * STEP,
        observed=window.voices,
        expected=round(window.expected, 3),
        negative_share=round(window.negative / window.judged, 3) if window.judged else None,
        usual_negative_share=round(window.usual_share, 3) if window.judged else None,
        sources=verdict.sources,
        score=round(-verdict.evidence.least / math.log(10), 1),
    )


def _merged(old: Incident, verdict: Verdict, recent: Recent) -> Incident:
    """The incident at its height: never a lesser kind or severity than before, the figures of its best window."""
    new = _shown(verdict, recent)
    best = new if new.score > old.score else old
    return msgspec.structs.replace(
        best,
        opened_at=old.opened_at,
        since=old.since,
        kind=max(old.kind, new.kind, key=_KINDS.index),
        severity=max(old.severity, new.severity, key=_SEVERITIES.index),
        updated_at=recent.end,
        closed_at=None,
    )


def _calm(recent: Recent, since: int) -> float:
    """Seconds that were seen after a moment; blind ones are no calm."""
    first = max(0, (since - recent.first) // STEP)
    return STEP * sum(each.seen for each in recent.moments[first:])
