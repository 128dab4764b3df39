"""Health events: what is wrong with a channel or a source, since when, and how we know."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Final, Literal

import msgspec

from socialindex.model import Struct

Kind = Literal["paused", "down", "silent", "unpolled", "errors", "unreadable", "layout", "refused"]
"""paused: an operator has paused a channel's host or source. down: a channel's polls fail in a row. silent: a channel
answers, but should have posted long ago. unpolled: a channel is not asked though it is due, or not answered since its
polls wait at its host. errors: a rising share of a source's requests fails. unreadable: a source's answers suddenly
hold nothing. layout: a source's pages have changed. refused: a channel answers, but its host refuses a part of it, such
as its comments."""

BLIND: Final = frozenset({"paused", "down", "unpolled", "errors", "unreadable", "layout"})
"""Kinds during which there may be posts that we do not see; a silent channel may just be silent, and of one that is
refused in part the rest is seen."""

WANTED: Final = frozenset({"paused"})
"""Kinds that an operator has asked for: nobody is told of them, and they ring no alarm."""

REMOVED: Final = "The channel was removed."
"""The message of an event whose channel is no more."""

Evidence = dict[str, str | int | float]


class Finding(Struct, frozen=True, kw_only=True):
    """Something that is wrong now."""

    kind: Kind
    source: str
    since: datetime
    """When it began, as far as can be told: the last time that all was well."""
    message: str
    """A sentence for administrators."""
    evidence: Evidence
    channel: str | None = None
    """The one channel that is meant; ``None``: the whole source."""
    url: str | None = None
    """The channel's address."""

    @property
    def subject(self) -> str:
        """What is wrong with what: there is one open event for it at most."""
        return f"{self.kind}#{self.source}#{self.channel or ''}"


def without_words(finding: Finding) -> Finding:
    """What stays of a finding whose channel is no more: what was wrong since when. Its address may name a person."""
    return msgspec.structs.replace(finding, url=None, message=REMOVED, evidence={})


class HealthEvent(Struct, frozen=True, kw_only=True):
    """A finding with its life: opened when it was first seen, closed when it was gone."""

    id: str
    finding: Finding
    opened_at: datetime
    seen_at: datetime
    """When it was last seen."""
    closed_at: datetime | None = None
    told_at: datetime | None = None
    """When administrators were told of its opening."""

    @property
    def is_blind(self) -> bool:
        """Whether posts may have been missed meanwhile."""
        return self.finding.kind in BLIND


class BlindInterval(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A time in which we may not have seen what was posted: no posts then do not mean that nothing was said."""

    source: str
    channel: str | None
    """The one channel that is meant; null where the whole source is, or several channels."""
    channels: int | None
    """How many of the source's channels are meant; null: the whole source."""
    since: datetime
    until: datetime | None
    """``None``: it lasts."""
    kind: Kind
