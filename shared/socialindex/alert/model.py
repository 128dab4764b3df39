"""What the detectors are told and what they say: a topic's buckets of five minutes, and its incidents."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from socialindex.model import Struct

STEP: Final = 300
"""Seconds of a bucket. Its time is a multiple of it."""
DIGITS: Final = 6
"""Of a share, after the point: one of thousands is no nothing."""

Count = Annotated[int, msgspec.Meta(ge=0)]
Kind = Literal["first", "term", "burst", "shift", "crisis"]
"""first: the topic was never mentioned before. term: a word goes round among those who complain. burst: more voices
than this hour of the week explains. shift: a larger share of them is negative. crisis: both at once, in more than one
source."""
Severity = Literal["low", "medium", "high"]


class Heard(msgspec.Struct, frozen=True, array_like=True):
    """What a source said in a bucket."""

    voices: Count
    negative: Count = 0
    """Of them."""


class Bucket(Struct, frozen=True, kw_only=True):
    """Five minutes of a topic's mentions, by the time at which they were published.

    A **voice** is an author who says something of their own: of any group of mentions there are as many voices as
    ``min(authors, clusters)`` among those that are not promotional, so that neither the copies of one text nor the many
    texts of one account are many. Authors without an identity (guests) count once per cluster.
    """

    at: Annotated[int, msgspec.Meta(ge=0, multiple_of=STEP)]
    """Where it begins, in seconds since 1970."""
    seen: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    """Share of its mentions that could be seen: 1 less the share of sources that were blind, times the share of the
    five minutes that is over."""
    mentions: Count = 0
    """All of them, copies too."""
    distinct: Count = 0
    """Clusters of near-duplicates among them."""
    promotional: Count = 0
    """Clusters that are promotional."""
    voices: Count = 0
    judged: Count = 0
    """Voices whose sentiment is known."""
    negative: Count = 0
    """Voices among ``judged`` that are negative."""
    sources: dict[str, Heard] = {}
    """By source."""


class Incident(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Something that happens to a topic, from when it is noticed until it is over: one alert, however long it is."""

    opened_at: int
    """End of the bucket that gave it away; with the topic, the incident's identity."""
    kind: Kind
    severity: Severity
    since: int
    """When it began, as far as can be told: the start of the window, or the first voice, that gave it away."""
    updated_at: int
    """End of the last bucket that showed it."""
    window: int
    """Seconds of the window that shows it best."""
    observed: int
    """Voices in that window, of a word those that have it; of ``expected`` in as long a time at this hour of the week.
    """
    expected: float
    negative_share: float | None = None
    """Of the window's voices whose sentiment is known."""
    usual_negative_share: float | None = None
    sources: list[str] = []
    """Where more is said than usual, the loudest first."""
    score: float = 0.0
    """How unlikely the window would be, were nothing the matter: minus the decimal logarithm of its probability."""
    closed_at: int | None = None
    words: list[str] = []
    """Words that gave it away, the most telling first."""


class Sign(msgspec.Struct, frozen=True):
    """What a look shows: an incident as it would be, were there none yet."""

    incident: Incident
    opens: bool
    """Enough for a new incident; else just enough for one that runs."""


class Change(msgspec.Struct, frozen=True):
    """What a bucket changed about an incident: its alert is written, updated or closed."""

    what: Literal["opened", "updated", "reopened", "closed"]
    incident: Incident


def floor(moment: float) -> int:
    """Where the bucket of a moment begins, in Unix time."""
    return int(moment // STEP) * STEP
