"""What stands out, voices side by side, and moods."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time

from socialindex.client.models.base import Model
from socialindex.client.models.figures import Coverage  # noqa: TC001 - msgspec reads the annotations at run time


class Term(Model, frozen=True, kw_only=True):
    """A term that stands out."""

    term: str
    score: float
    """How much it stands out (the engine's JLH: the change of its share times the ratio); comparable in one answer."""
    posts: int
    """Posts that have it, of all that it stands out in."""
    background: int
    """Posts of the background that have it."""
    example: str
    """The id of the latest post that has it."""


class Pair(Model, frozen=True, kw_only=True):
    """Two terms in one post."""

    terms: tuple[str, str]
    posts: int
    """Posts of the whole selection."""


class Terms(Model, frozen=True, kw_only=True):
    """What stands out, the most first."""

    total: int
    """Posts of the selection in the window."""
    background: int
    """Posts of the background."""
    terms: list[Term]
    pairs: list[Pair] | None
    """Terms that go together, the most frequent pair first; ``None`` unless asked for."""
    coverage: Coverage


class VoicePart(Model, frozen=True, kw_only=True):
    """A part of a voice. ``share`` is of the same part of all voices, ``None`` where another may have it unlisted."""

    value: str | None
    """A value of ``by``, or the time that a bucket begins at; ``None``: not known."""
    posts: int
    deduplicated: int
    share: float | None


class Voice(Model, frozen=True, kw_only=True):
    """One query's posts."""

    name: str
    posts: int
    """As many as a search for the query finds."""
    deduplicated: int
    share: float | None
    """Of the posts of all voices added up; one that is in two counts in both."""
    share_deduplicated: float | None
    parts: list[VoicePart]
    """By ``by``, the most frequent first or in the order of time; empty without it."""


class Overlap(Model, frozen=True, kw_only=True):
    """Posts that are in two voices."""

    names: tuple[str, str]
    posts: int


class ShareOfVoice(Model, frozen=True, kw_only=True):
    """Voices side by side, in the order of the request."""

    total: int
    """Posts in any of the voices, each counted once."""
    deduplicated: int
    voices: list[Voice]
    overlaps: list[Overlap]
    coverage: Coverage


class Mood(Model, frozen=True, kw_only=True):
    """Posts by mood. Between -0.05 and 0.05 a post is neutral, as in queries."""

    posts: int
    positive: int
    neutral: int
    negative: int
    unknown: int
    """Posts whose mood could not be told, such as those in other languages than Korean and English."""
    average: float | None
    """From -1 to 1, of those that are known; ``None`` where none is."""


class MoodAt(Mood, frozen=True, kw_only=True):
    """Posts of a time by mood."""

    at: datetime


class Drivers(Model, frozen=True, kw_only=True):
    """What is said in one mood."""

    words: list[Term]
    """Words that these posts have more often than the selection; ``background`` counts the selection's."""
    samples: list[str]
    """Ids of the strongest posts."""


class Sentiment(Model, frozen=True, kw_only=True):
    """The mood in total and over time."""

    total: int
    """Posts of the selection in the window: what each row of counts adds up to."""
    mood: Mood
    interval: str
    buckets: list[MoodAt]
    positive: Drivers
    negative: Drivers
    coverage: Coverage
