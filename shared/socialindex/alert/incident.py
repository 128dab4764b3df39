"""The life of an incident: opened by strong evidence, kept open by weaker, closed after hours of none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.alert.model import STEP, Change

if TYPE_CHECKING:
    from socialindex.alert.model import Incident, Sign
    from socialindex.alert.recent import Recent

CALM: Final = 3 * 3600
"""Seconds without evidence, seen ones, after which an incident is over."""
AGAIN: Final = 24 * 3600
"""Seconds after the end in which new evidence is the old incident: people sleep, and talk on in the morning."""
_WORDS: Final = 20
"""That are remembered of an incident."""
_KINDS: Final = ("first", "term", "shift", "burst", "crisis")
_SEVERITIES: Final = ("low", "medium", "high")


def follow(incident: Incident | None, sign: Sign | None, recent: Recent) -> Change | None:
    """What a look does to the topic's last incident; ``None`` where nothing changes.

    Args:
        incident: the last one, open or closed; it is not changed.
        sign: what the look shows.
        recent: the moments up to now.
    """
    if incident is None or (incident.closed_at is not None and recent.end - incident.closed_at > AGAIN):
        return Change("opened", sign.incident) if sign and sign.opens else None
    if sign is not None and sign.opens and _is_another(sign.incident, incident):
        return Change("opened", sign.incident)
    if incident.closed_at is not None:
        reopens = sign is not None and sign.opens and sign.incident.updated_at > incident.closed_at
        return Change("reopened", _merged(incident, sign)) if reopens and sign else None
    if sign is not None:
        merged = _merged(incident, sign)
        return Change("updated", merged) if merged != incident else None
    if _calm(recent, incident.updated_at) >= CALM:
        return Change("closed", msgspec.structs.replace(incident, closed_at=recent.end))
    return None


def _is_another(new: Incident, old: Incident) -> bool:
    """Whether other words went round after the last sign of an incident that is over, or was never more than words.

    Else whatever is told for nothing hides what happens within a day.
    """
    has_other_words = bool(new.words) and set(new.words).isdisjoint(old.words)
    is_later = new.since >= old.updated_at and new.opened_at > old.opened_at
    return has_other_words and is_later and (old.closed_at is not None or old.kind == "term")


def _merged(old: Incident, sign: Sign) -> Incident:
    """The incident at its height: never a lesser kind or severity than before, the figures of its best window.

    A word's figures are of those who have it, and give way to those of all voices, if these would open an incident by
    themselves: a word is a hint, and no reason to take less for a crisis.
    """
    new = sign.incident
    if old.kind == "term" and new.kind != "term" and not sign.opens:
        return msgspec.structs.replace(old, updated_at=max(old.updated_at, new.updated_at), closed_at=None)
    one, other = old.kind == "term", new.kind == "term"
    is_better = one if one != other else new.score > old.score
    return msgspec.structs.replace(
        new if is_better else old,
        opened_at=old.opened_at,
        since=old.since,
        kind=max(old.kind, new.kind, key=_KINDS.index),
        severity=max(old.severity, new.severity, key=_SEVERITIES.index),
        updated_at=max(old.updated_at, new.updated_at),
        words=list(dict.fromkeys([*old.words, *new.words]))[:_WORDS],
        closed_at=None,
    )


def _calm(recent: Recent, since: int) -> float:
    """Seconds that were seen after a moment; blind ones are no calm."""
    first = max(0, (since - recent.first) // STEP)
    return STEP * sum(each.seen for each in recent.moments[first:])
