"""Topics: named queries that posts are held against; and what the service proposes for one."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time

from socialindex.client.models.base import Model
from socialindex.client.models.queries import Explanation, Note  # noqa: TC001 - likewise


class MentionCounts(Model, frozen=True, kw_only=True):
    """How many mentions there are, without those marked as noise."""

    total: int
    day: int
    """Published in the last 24 hours."""
    open: int
    """New or assigned: nobody has answered or closed them."""


class TopicBackfill(Model, frozen=True, kw_only=True):
    """How far posts that were there before have been looked through."""

    done: bool
    until: datetime | None
    """Down to when; ``None`` until it began."""
    found: int
    """Posts that matched so far."""


class Topic(Model, frozen=True, kw_only=True):
    """A topic."""

    id: str
    workspace: str
    name: str
    q: str
    """Its query in the canonical spelling."""
    explanation: Explanation
    notes: tuple[Note, ...] = ()
    """What of the query its author may not have meant, each with its position in ``q``."""
    language: list[str]
    source: list[str]
    revision: int
    """Grows with each change of query, language or source."""
    since: datetime
    """Posts that were seen first at this time or later are news; what is older is backfilled, and raises no alert."""
    state: str
    trouble: str | None
    """Why it is suspended, and what to change."""
    live: bool
    """Whether new posts are held against it, as it is now."""
    backfill: TopicBackfill
    answer_minutes: int | None
    mentions: MentionCounts | None
    """``None`` where the engine does not tell in time."""
    created_at: datetime
    changed_at: datetime


class Topics(Model, frozen=True, kw_only=True):
    """Topics of a workspace, by their ids."""

    items: list[Topic]
    next_cursor: str | None


class SamplePost(Model, frozen=True, kw_only=True):
    """A post that a query finds."""

    post: str
    """Its id."""
    source: str
    platform: str | None
    url: str | None
    title: str | None
    excerpt: str | None
    """Of its text, around what was found."""
    language: str | None
    published_at: datetime | None


class SpellingUse(Model, frozen=True, kw_only=True):
    """A way to write the name."""

    text: str
    origin: str
    posts: int
    """Posts of the last 30 days that have it."""
    used: bool
    """Whether the proposed query has it: not where nobody writes it so."""


class PostFrequency(Model, frozen=True, kw_only=True):
    """How much there is."""

    posts: int
    """Of the last 30 days."""
    at_least: bool
    """Whether there are more: it is not counted beyond 100,000."""
    per_day: float


class PostsOf(Model, frozen=True, kw_only=True):
    """Posts with a value."""

    value: str
    posts: int


class NoiseGroup(Model, frozen=True, kw_only=True):
    """Hits that may not be meant."""

    kind: str
    terms: list[str]
    """Words of a theme, or the handle of a loud account."""
    posts: int
    """Hits that have one of them."""
    share: float
    """Of all hits."""
    example: SamplePost | None
    q: str
    """The query that leaves them out."""


class Competitor(Model, frozen=True, kw_only=True):
    """Another brand."""

    name: str
    q: str
    posts: int
    """Of the last 30 days."""


class TopicProposal(Model, frozen=True, kw_only=True):
    """A query for a topic; nothing is made of it until somebody does."""

    name: str
    q: str
    explanation: Explanation
    spellings: list[SpellingUse]
    estimate: PostFrequency
    languages: list[PostsOf]
    sources: list[PostsOf]
    samples: list[SamplePost]
    """The latest hits."""
    noise: list[NoiseGroup]
    """Hits that may not be meant, the most frequent first."""
    competitors: list[Competitor]


class Suggestion(Model, frozen=True, kw_only=True):
    """Something that could be added to a query."""

    text: str
    origin: str
    beside: str
    """The word of the query that it would stand beside."""
    posts: int
    """Posts of the last 30 days that have it."""
    new: int
    """Of them, those that the topic does not match."""
    example: SamplePost | None
    """The latest of the new ones; else of all."""
    q: str
    """The query with it; change the topic's ``q`` to it to accept."""


class Suggestions(Model, frozen=True, kw_only=True):
    """What could be added: spellings first, then words that go with the topic; each kind by the posts that it adds."""

    items: list[Suggestion]
