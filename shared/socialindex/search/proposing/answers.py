"""What is asked for a proposal, and what is proposed."""

from __future__ import annotations

from typing import Annotated

import msgspec

from socialindex.model import Struct
from socialindex.search.proposing.noise import NoiseGroup  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.search.proposing.pieces import SamplePost  # noqa: TC001 - likewise
from socialindex.search.proposing.spellings import Origin  # noqa: TC001 - likewise
from socialindex.search.queries import Explanation  # noqa: TC001 - likewise
from socialindex.search.topic_views import Languages, Name, Sources

_Names = Annotated[list[Name], msgspec.Meta(max_length=20)]


class Propose(Struct, frozen=True, kw_only=True):
    """What somebody knows of a brand."""

    name: Name
    """As people call it."""
    also: _Names = []
    """Other names of it."""
    competitors: _Names = []
    """A query is proposed for each of them too, to compare."""
    leave_out: _Names = []
    """Words of what is not meant."""
    language: Languages = []
    source: Sources = []


class SpellingUse(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A way to write the name."""

    text: str
    origin: Origin
    """given: by who asks. dictionary: a spelling that the service knows. spacing: with other spaces. brackets: people
    write the two side by side, one of them in brackets. misspelling: hardly different. related: a word that goes with
    it."""
    posts: int
    """Posts of the last 30 days that have it."""
    used: bool
    """Whether the proposed query has it: not where nobody writes it so."""


class PostFrequency(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """How much there is."""

    posts: int
    """Of the last 30 days."""
    at_least: bool
    """Whether there are more: it is not counted beyond 100,000."""
    per_day: float
    """On average."""


class PostsOf(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Posts with a value."""

    value: str
    posts: int


class Competitor(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Another brand."""

    name: str
    q: str
    posts: int
    """Of the last 30 days."""


class TopicProposal(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A query for a topic; nothing is made of it until somebody does."""

    name: str
    q: str
    explanation: Explanation
    spellings: list[SpellingUse]
    """Ways to write the name, those that were given first."""
    estimate: PostFrequency
    """How much the query finds."""
    languages: list[PostsOf]
    sources: list[PostsOf]
    samples: list[SamplePost]
    """The latest hits."""
    noise: list[NoiseGroup]
    """Hits that may not be meant, the most frequent first."""
    competitors: list[Competitor]
    """A query for each that was asked for."""
