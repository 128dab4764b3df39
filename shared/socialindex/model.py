"""The canonical post: the only schema. The index mapping, the API and the messages follow from it.

Field names follow ActivityStreams 2.0's vocabulary (https://www.w3.org/TR/activitystreams-vocabulary/) where it has a
word, in snake_case. A value that the source did not give is ``None`` (or an empty list), never zero or an empty
string: no likes and unknown likes differ. All times are timezone-aware and in UTC.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Literal

import msgspec

Kind = Literal["post", "comment", "repost", "article", "review"]
AuthorKind = Literal["person", "organization", "bot"]
MediaKind = Literal["image", "video", "audio", "file"]

MAX_TEXT = 40_000
"""Characters kept of a text: at most 160 kB in UTF-8, so that a post fits into a message."""
MAX_TITLE = 1_000
PUBLIC = "public"
"""The visibility of what everybody may read; any other value is the id of the one workspace that may."""


class Struct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base of the schema's parts: immutable, keyword-only, unknown fields refused, defaults left out when encoded."""


class Author(Struct, frozen=True, kw_only=True):
    """Who wrote a post. ``id`` is ``None`` where the name identifies nobody (guests): such authors are never merged."""

    id: str | None = None
    key: str | None = None
    """A short name for ``id`` that tells nothing about the person; made by the stages."""
    handle: str | None = None
    name: str | None = None
    url: str | None = None
    followers: int | None = None
    kind: AuthorKind | None = None


class Media(Struct, frozen=True, kw_only=True):
    """Something attached to a post. ``url`` may be absent: boards often show an attachment's name only."""

    kind: MediaKind
    url: str | None = None
    description: str | None = None
    """The author's own words for it (alt text), or an attachment's file name."""


class Metrics(Struct, frozen=True, kw_only=True):
    """Engagement as the source showed it; ``read_at`` is when these very figures were read first."""

    likes: int | None = None
    replies: int | None = None
    reposts: int | None = None
    """Quotes among them, where the source counts these."""
    views: int | None = None
    read_at: datetime | None = None


class Version(Struct, frozen=True, kw_only=True):
    """The words of a post before an edit."""

    title: str | None = None
    text: str | None = None
    edited_at: datetime | None = None
    """When these words were written, where they came by an edit themselves."""
    collected_at: datetime
    """When they were received, the last time that is known."""


class Provenance(Struct, frozen=True, kw_only=True):
    """Where a post came from: enough to read the archived response again."""

    channel: str
    """The channel's id."""
    adapter: str
    """The source adapter's name and version, such as ``gnuboard/1``."""
    archive_key: str
    archive_offset: int
    archive_length: int


class Draft(Struct, frozen=True, kw_only=True):
    """A post as an adapter reads it out of a response, before the stages clean, identify and enrich it.

    ``text`` and ``title`` are plain text: the adapter turns markup into text with ``socialindex.text.html_to_text``.
    Links may be relative to the response's URL and may carry trackers: the stages resolve and clean them.
    """

    uri: str
    """The identity that the *publisher* gave: ActivityPub ``uri``, AT URI, a board's canonical post address, an
    article's canonical address. Never the adapter's name or the id at the server that told us, so that one post that
    arrives by two ways is one document."""
    kind: Kind = "post"
    url: str | None = None
    """The address that a person opens; ``uri`` where the two are the same."""
    title: str | None = None
    text: str | None = None
    excerpt: bool = False
    """True where ``text`` is known to be a part only (a feed's summary): it never replaces a full text."""
    language: str | None = None
    """BCP 47 primary language as the source declares it, such as ``ko``; absent where it declares none."""
    author: Author | None = None
    published_at: datetime | None = None
    edited_at: datetime | None = None
    deleted: bool = False
    """True where the response says that the post is gone. Only ``uri`` need be set beside it."""
    in_reply_to: str | None = None
    """The ``uri`` of the post that this one answers."""
    thread: str | None = None
    """The ``uri`` of the post that the conversation began with; the post's own where it began one."""
    repost_of: str | None = None
    quote_of: str | None = None
    mentions: list[str] = []
    """Handles or addresses of those addressed, as the source writes them, without a leading ``@``."""
    hashtags: list[str] = []
    """Without the leading ``#``, in the author's spelling."""
    links: list[str] = []
    media: list[Media] = []
    metrics: Metrics | None = None
    sensitive: bool | None = None
    """True where the author or the source marks it as such (content warning, self label, adult)."""
    rating: float | None = None
    """Of a review: stars on a scale from 0 to 5."""


class Post(Struct, frozen=True, kw_only=True):
    """One post in the social index. ``id`` is derived from ``uri``: the same post fetched twice is one document."""

    id: str
    uri: str
    source: str
    """The adapter's name, which is the service's: ``mastodon``, ``gnuboard``, ``feed``."""
    platform: str | None = None
    """The host that published it, such as ``board.example.com``."""
    kind: Kind = "post"
    url: str | None = None
    title: str | None = None
    text: str | None = None
    excerpt: bool = False
    language: str | None = None
    author: Author | None = None
    visibility: str = PUBLIC
    published_at: datetime | None = None
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    """When we saw that the post is gone; such a document is a tombstone without text."""
    withdrawn: bool = False
    """True of a tombstone whose post is still there, but must not be kept any longer: its author has said so."""
    hearsay: bool = False
    """True where another host told us than the one that ``uri`` names; it never replaces what that host has told."""
    collected_at: datetime
    """When the response that this version comes from was received."""
    first_seen_at: datetime | None = None
    """When the post was received for the first time; set by the index stage."""
    indexed_at: datetime | None = None
    """When the post became a document for the first time; set by the index stage."""
    updated_at: datetime | None = None
    """When the document was last changed; set by the index stage."""
    refreshed_at: datetime | None = None
    """When the post was last read, where the terms of its host ask that it be read again; set by the index stage."""
    latency_ms: int | None = None
    """From ``published_at`` to the first write; only for posts published after their channel was added."""
    in_reply_to: str | None = None
    """The ``id`` of the post that this one answers, derived from its publisher's uri whether or not we hold it."""
    thread_id: str | None = None
    repost_of: str | None = None
    quote_of: str | None = None
    mentions: list[str] = []
    hashtags: list[str] = []
    """Case-folded, without the leading ``#``."""
    links: list[str] = []
    """Canonical: absolute, without trackers."""
    media: list[Media] = []
    metrics: Metrics | None = None
    metrics_history: list[Metrics] = []
    """Earlier readings, oldest first, one per change; kept by the index stage."""
    history: list[Version] = []
    """Earlier words, oldest first; kept by the index stage until the post is gone."""
    sensitive: bool | None = None
    rating: float | None = None
    sentiment: float | None = None
    entities: list[str] = []
    promotional: bool | None = None
    signature: list[str] = []
    """Entries that near-duplicates have in common; none where the words are few. For the cluster writer, not shown."""
    cluster_id: str | None = None
    """The ``id`` of the earliest of its near-duplicates, or its own; always set on a living document."""
    provenance: Provenance | None = None
