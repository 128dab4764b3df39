"""Posts, and pages, conversations and copies of them."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time

from socialindex.client.models.base import Model
from socialindex.client.models.queries import Note  # noqa: TC001 - likewise


class Author(Model, frozen=True, kw_only=True, omit_defaults=True):
    """Who wrote a post. Without ``id`` nobody knows who is meant: guests of boards may share a name."""

    id: str | None = None
    key: str | None = None
    """A short name for ``id`` that tells nothing about the person: what ``Client.author`` takes."""
    handle: str | None = None
    name: str | None = None
    url: str | None = None
    followers: int | None = None
    kind: str | None = None
    """``person``, ``organization`` or ``bot``, where the source says so."""


class Media(Model, frozen=True, kw_only=True, omit_defaults=True):
    """Something attached to a post. ``url`` may be absent: boards often show an attachment's name only."""

    kind: str
    url: str | None = None
    description: str | None = None
    """The author's own words for it (alt text), or an attachment's file name."""


class Metrics(Model, frozen=True, kw_only=True, omit_defaults=True):
    """Engagement as the source showed it; ``read_at`` is when these very figures were read first."""

    likes: int | None = None
    replies: int | None = None
    reposts: int | None = None
    views: int | None = None
    read_at: datetime | None = None


class Version(Model, frozen=True, kw_only=True, omit_defaults=True):
    """The words of a post before an edit."""

    title: str | None = None
    text: str | None = None
    edited_at: datetime | None = None
    """When these words were written, where they came by an edit themselves."""
    collected_at: datetime
    """When they were received, the last time that is known."""


class Provenance(Model, frozen=True, kw_only=True, omit_defaults=True):
    """By which way a post came."""

    channel: str | None = None
    """The channel's id."""
    adapter: str | None = None
    """What read it, with its version, such as ``gnuboard/1``."""


class Piece(Model, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a fragment: plain text, never markup."""

    text: str
    hit: bool = False
    """Whether this is what the query looks for."""


class Mention(Model, frozen=True, kw_only=True, omit_defaults=True):
    """What makes a post a topic's mention, and what people did with it."""

    id: str
    topic: str
    workspace: str
    post: str
    public: bool
    """Whether its post is one that everybody may read."""
    revision: int
    """Of the topic, when it matched last."""
    matched: list[str] = []
    """What of the query was found in it."""
    matched_at: datetime
    """When it was found."""
    changed_at: datetime
    """When anything of it changed last: the order of the stream."""
    backfilled: bool = False
    """The post was there before the topic."""
    gone: str | None = None
    """Why it is none any more: ``edited``, ``deleted``, ``erased`` or ``topic``. Then delete what you have of it."""
    machine_sentiment: float | None = None
    """What the machine said, where an analyst said otherwise."""
    worked: int = 0
    status: str = "new"
    assignee: str | None = None
    tags: list[str] = []
    noise: bool = False
    due_at: datetime | None = None
    """When it should be answered."""
    answered_at: datetime | None = None
    closed_at: datetime | None = None


class Post(Model, frozen=True, kw_only=True, omit_defaults=True):
    """One post in the social index.

    What the source did not give is ``None`` or empty: no likes and unknown likes differ. Of a search with ``fields``
    only these and ``id`` are there. Times are in UTC.
    """

    id: str
    uri: str | None = None
    """Its identity as the publisher gave it; its address where there is no ``url``."""
    source: str | None = None
    """``mastodon``, ``gnuboard``, ``feed`` and so on."""
    platform: str | None = None
    """The host that published it, such as ``board.example.com``."""
    kind: str = "post"
    url: str | None = None
    title: str | None = None
    text: str | None = None
    excerpt: bool = False
    """Whether the text is known to be a part only."""
    language: str | None = None
    author: Author | None = None
    visibility: str = "public"
    """``public``, or the id of the workspace whose own post it is."""
    published_at: datetime | None = None
    edited_at: datetime | None = None
    hearsay: bool = False
    """Whether another host told of it than the one that published it."""
    collected_at: datetime | None = None
    """When these words were received."""
    first_seen_at: datetime | None = None
    indexed_at: datetime | None = None
    """When it could be found for the first time."""
    updated_at: datetime | None = None
    refreshed_at: datetime | None = None
    latency_ms: int | None = None
    """From its publication until it could be found; only of posts that are newer than their channel."""
    in_reply_to: str | None = None
    """The id of the post that it answers, whether or not that one is here."""
    thread_id: str | None = None
    """The id of the post that its conversation began with."""
    repost_of: str | None = None
    quote_of: str | None = None
    mentions: list[str] = []
    hashtags: list[str] = []
    """Case-folded, without ``#``."""
    links: list[str] = []
    media: list[Media] = []
    metrics: Metrics | None = None
    history: list[Version] = []
    """Its earlier words, the oldest first; of a post that is asked for by itself."""
    sensitive: bool | None = None
    rating: float | None = None
    """Of a review: stars from 0 to 5."""
    sentiment: float | None = None
    """From -1 to 1."""
    entities: list[str] = []
    promotional: bool | None = None
    cluster_id: str | None = None
    """Names its group of near-duplicates."""
    provenance: Provenance | None = None
    mention: Mention | None = None
    """Of a topic's mention."""
    highlights: dict[str, list[list[Piece]]] | None = None
    """By ``title`` and ``text``, fragments of it in pieces; where ``highlight`` was asked for."""


class FacetValue(Model, frozen=True, kw_only=True):
    """One value, and on how many posts it is."""

    value: str
    """As the filter of the same name takes it; an author's ``key``; a day as ``2026-11-28``."""
    posts: int
    label: str | None = None
    """An author's name or handle."""


class FacetCount(Model, frozen=True, kw_only=True):
    """A facet: its most frequent values, or of days the latest ones with posts."""

    values: list[FacetValue]
    others: int | None
    """Posts with values that are not among these; a post with several hashtags counts for each. Of days: unknown."""
    too_few_by: int
    """By how many at most each figure is too small: months are counted apart, and their rare values are cut off."""


class Page(Model, frozen=True, kw_only=True):
    """One page of an answer."""

    items: list[Post]
    next_cursor: str | None
    """Asks for the page after this one; ``None`` where this is the last."""
    total: int
    """How many posts match, all pages together, near-duplicates included."""
    facets: dict[str, FacetCount] | None = None
    """Those asked for, of all posts that match; ``None`` on later pages."""
    notes: tuple[Note, ...] = ()
    """What of the query its author may not have meant, each with its position (of the canonical spelling for a guided
    query)."""


class Turn(Model, frozen=True, kw_only=True):
    """A place in the conversation, and the answers to it by their time."""

    id: str
    state: str
    """``deleted``: it is gone, nothing of it is kept. ``missing``: answers name it, and we do not have it."""
    post: Post | None
    """``None`` where there is none to show."""
    replies: list[Turn]
    hidden: int
    """Posts below that are deeper than asked for."""


class Thread(Model, frozen=True, kw_only=True):
    """A conversation, as far as it is known."""

    asked: str
    """The id of the post asked for."""
    thread_id: str | None
    """The id of the post that it began with, where the source says so."""
    posts: int
    """How many posts it has here, without missing and deleted ones."""
    truncated: bool
    """There are more than a thousand, or than could be followed. A search for ``thread=thread_id`` with
    ``sort="oldest"`` finds all that name their beginning."""
    turns: list[Turn]
    """Where it begins: one place, or several where the source does not say how they hang together."""


class Copies(Model, frozen=True, kw_only=True):
    """Posts that say the same, oldest first; the post asked for is one of them."""

    cluster_id: str | None
    """Names the group; a search takes it as ``cluster``. ``None`` for a post that was not compared with others yet."""
    items: list[Post]
    next_cursor: str | None
    total: int
    outlets: list[FacetValue] | None
    """The hosts with the most of them, at most fifty; ``None`` on later pages."""
