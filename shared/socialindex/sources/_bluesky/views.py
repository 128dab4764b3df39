"""Views that an AppView answers with, and records of posts, the fields that we read (lexicons app.bsky.*).

An AppView checks records against their lexicon before it shows them, so that a view which does not fit is an error and
not a guess. Open unions are told apart by ``$type`` (``kind`` here); a kind that we do not know is passed over.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec

from socialindex.sources._bluesky.places import DID_PATTERN, URI_PATTERN
from socialindex.sources._families.typed_json import Entity

Did = Annotated[str, msgspec.Meta(pattern=rf"\A{DID_PATTERN}\Z")]
Uri = Annotated[str, msgspec.Meta(pattern=rf"\A{URI_PATTERN}\Z")]
ABSENT: Final = msgspec.Raw()
"""In the place of JSON that an answer does not have: it is false."""
_MAX_TIME: Final = 64


class View(Entity, frozen=True, kw_only=True, rename="camel"):
    """Base of the views."""


class Union(View, frozen=True, kw_only=True):
    """Base of what stands in an open union."""

    kind: str = msgspec.field(default="", name="$type")


class Label(View, frozen=True, kw_only=True):
    """``com.atproto.label.defs#label``."""

    val: str
    src: str = ""
    uri: str = ""
    neg: bool = False
    exp: str | None = None


class Profile(View, frozen=True, kw_only=True):
    """``app.bsky.actor.defs#profileViewBasic``; ``profileViewDetailed`` also counts followers."""

    did: Did
    handle: str = ""
    display_name: str | None = None
    followers_count: int | None = None
    labels: list[Label] | None = None


class ByteSlice(View, frozen=True, kw_only=True):
    """Offsets in the text's UTF-8, the end exclusive."""

    byte_start: int
    byte_end: int


class Feature(Union, frozen=True, kw_only=True):
    """What a facet does: a ``#link`` to ``uri``, a ``#mention`` of ``did``, a ``#tag``."""

    uri: str = ""
    did: str = ""
    tag: str = ""


class Facet(View, frozen=True, kw_only=True):
    """``app.bsky.richtext.facet``."""

    index: ByteSlice
    features: list[Feature]


class StrongRef(View, frozen=True, kw_only=True):
    """``com.atproto.repo.strongRef``."""

    uri: Uri


class ReplyRef(View, frozen=True, kw_only=True):
    """``app.bsky.feed.post#replyRef``."""

    root: StrongRef
    parent: StrongRef


class Record(View, frozen=True, kw_only=True):
    """``app.bsky.feed.post``, as its author wrote it. Facets are read one by one: a bad one does not hide the text."""

    text: str = ""
    created_at: str | None = None
    langs: list[str] | None = None
    facets: list[msgspec.Raw] | None = None
    tags: list[str] | None = None
    reply: ReplyRef | None = None


class Image(View, frozen=True, kw_only=True):
    """``app.bsky.embed.images#viewImage``."""

    fullsize: str | None = None
    alt: str | None = None


class GalleryItem(Union, frozen=True, kw_only=True):
    """An item of ``app.bsky.embed.gallery#view``, an open union; of a post's record the ``#image`` without address."""

    fullsize: str | None = None
    alt: str | None = None


class External(View, frozen=True, kw_only=True):
    """``app.bsky.embed.external#viewExternal``: a card that leads elsewhere."""

    uri: str
    title: str | None = None
    description: str | None = None


class Embed(Union, frozen=True, kw_only=True):
    """What a post carries, a view of one of the lexicons ``app.bsky.embed.*``.

    That of ``recordWithMedia`` has the view of a ``record`` and another one as its ``media``.
    """

    images: list[Image] | None = None
    items: list[GalleryItem] | None = None
    """Pictures of a post with more than four of them (since June 2026)."""
    external: External | None = None
    playlist: str | None = None
    alt: str | None = None
    record: msgspec.Raw = ABSENT
    media: Embed | None = None


class Slot(View, frozen=True, kw_only=True):
    """``app.bsky.embed.record#view``."""

    record: msgspec.Raw


class Embedded(Union, frozen=True, kw_only=True):
    """The least that an embedded record's view has in common: a post's, one not to be seen, a list's, a feed's."""

    uri: str = ""


class QuotedPost(View, frozen=True, kw_only=True):
    """``app.bsky.embed.record#viewRecord`` of a post."""

    uri: Uri
    author: Profile
    value: Record
    indexed_at: str | None = None
    labels: list[Label] | None = None
    embeds: list[Embed] | None = None
    like_count: int | None = None
    reply_count: int | None = None
    repost_count: int | None = None
    quote_count: int | None = None


class PostView(View, frozen=True, kw_only=True):
    """``app.bsky.feed.defs#postView``."""

    uri: Uri
    author: Profile
    record: Record
    indexed_at: str | None = None
    labels: list[Label] | None = None
    embed: Embed | None = None
    like_count: int | None = None
    reply_count: int | None = None
    repost_count: int | None = None
    quote_count: int | None = None


class Reason(Union, frozen=True, kw_only=True):
    """Why a post is in a feed: ``#reasonRepost`` (by whom, when, as which record) or ``#reasonPin``."""

    by: Profile | None = None
    indexed_at: str | None = None
    uri: Uri | None = None


class FeedItem(View, frozen=True, kw_only=True):
    """``app.bsky.feed.defs#feedViewPost``."""

    post: PostView
    reason: Reason | None = None


class Feed(View, frozen=True, kw_only=True):
    """The answer of ``getAuthorFeed``, ``getListFeed`` and ``getFeed``."""

    feed: list[msgspec.Raw]
    cursor: str | None = None


class Posts(View, frozen=True, kw_only=True):
    """The answer of ``getPosts``."""

    posts: list[msgspec.Raw]


class Thread(Union, frozen=True, kw_only=True):
    """``#threadViewPost``, ``#notFoundPost`` (``uri``, ``not_found``) or ``#blockedPost`` (``uri``, ``blocked``)."""

    post: msgspec.Raw = ABSENT
    parent: Thread | None = None
    replies: list[Thread] | None = None
    uri: Uri | None = None
    not_found: bool = False
    blocked: bool = False


class ThreadAnswer(View, frozen=True, kw_only=True):
    """The answer of ``getPostThread``."""

    thread: Thread


class Named(View, frozen=True, kw_only=True):
    """As much of a view as tells which post it is."""

    uri: Uri


class Account(View, frozen=True, kw_only=True):
    """The answer of ``resolveHandle``."""

    did: Did


def instant(text: str | None) -> datetime | None:
    """A time in UTC; ``None`` where there is none, or none that UTC has. Without an offset it is taken for UTC."""
    if not text or len(text) > _MAX_TIME:
        return None
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def sorted_at(created_at: str | None, indexed_at: str | None) -> datetime | None:
    """When a post was written: what its author says, but not later than an AppView saw it, as feeds sort it."""
    times = [time for time in (instant(created_at), instant(indexed_at)) if time]
    return min(times, default=None)
