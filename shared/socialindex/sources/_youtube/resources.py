"""Resources of the API, the fields that we read (https://developers.google.com/youtube/v3/docs).

Numbers are written as strings. A figure that the channel hides, or that does not exist (comments that are off), is
absent.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING, TypeVar

import msgspec  # noqa: TC002 - msgspec reads the annotations at run time

from socialindex.errors import ParseError
from socialindex.sources._families.typed_json import Entity, read, read_each

if TYPE_CHECKING:
    from collections.abc import Iterator


class Resource(Entity, frozen=True, kw_only=True, rename="camel"):
    """Base of the resources."""


class PageInfo(Resource, frozen=True, kw_only=True):
    total_results: int | None = None


class Page(Resource, frozen=True, kw_only=True):
    """A page of a list; without results ``items`` may be left out."""

    kind: str
    items: list[msgspec.Raw] = []
    next_page_token: str | None = None
    page_info: PageInfo = PageInfo()


class Named(Resource, frozen=True, kw_only=True):
    """Any resource, as far as its id."""

    id: str


class VideoSnippet(Resource, frozen=True, kw_only=True):
    published_at: datetime | None = None
    channel_id: str
    channel_title: str | None = None
    title: str | None = None
    description: str | None = None
    tags: list[str] = []
    live_broadcast_content: str | None = None
    """``none``, ``live`` or ``upcoming``."""
    default_language: str | None = None
    default_audio_language: str | None = None


class VideoStatus(Resource, frozen=True, kw_only=True):
    privacy_status: str | None = None
    """``public``, ``unlisted`` or ``private``."""
    made_for_kids: bool | None = None


class ContentRating(Resource, frozen=True, kw_only=True):
    yt_rating: str | None = None


class VideoDetails(Resource, frozen=True, kw_only=True):
    content_rating: ContentRating = ContentRating()


class VideoStatistics(Resource, frozen=True, kw_only=True):
    view_count: int | None = None
    like_count: int | None = None
    comment_count: int | None = None


class LiveDetails(Resource, frozen=True, kw_only=True):
    actual_start_time: datetime | None = None


class Video(Resource, frozen=True, kw_only=True):
    id: str
    snippet: VideoSnippet
    status: VideoStatus = VideoStatus()
    content_details: VideoDetails = VideoDetails()
    statistics: VideoStatistics = VideoStatistics()
    live_streaming_details: LiveDetails = LiveDetails()

    @property
    def is_public(self) -> bool:
        """Whether it is there for everybody: unlisted videos are for those who have their address."""
        return self.status.privacy_status in {"public", None}


class CommentAuthor(Resource, frozen=True, kw_only=True):
    value: str | None = None


class CommentSnippet(Resource, frozen=True, kw_only=True):
    video_id: str | None = None
    parent_id: str | None = None
    text_display: str | None = None
    """Plain text where ``textFormat=plainText`` asked for it."""
    author_display_name: str | None = None
    author_channel_id: CommentAuthor = CommentAuthor()
    like_count: int | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None


class Comment(Resource, frozen=True, kw_only=True):
    id: str
    snippet: CommentSnippet


class ThreadSnippet(Resource, frozen=True, kw_only=True):
    video_id: str | None = None
    top_level_comment: Comment
    total_reply_count: int = 0


class Replies(Resource, frozen=True, kw_only=True):
    comments: list[Comment] = []


class Thread(Resource, frozen=True, kw_only=True):
    """A comment of a video with some of its replies."""

    id: str
    snippet: ThreadSnippet
    replies: Replies = Replies()


class ItemSnippet(Resource, frozen=True, kw_only=True):
    published_at: datetime | None = None
    """When the video was added to the playlist."""


class ItemDetails(Resource, frozen=True, kw_only=True):
    video_id: str
    video_published_at: datetime | None = None
    """Absent where the video is private or deleted."""


class PlaylistItem(Resource, frozen=True, kw_only=True):
    snippet: ItemSnippet = ItemSnippet()
    content_details: ItemDetails
    status: VideoStatus = VideoStatus()


class HitId(Resource, frozen=True, kw_only=True):
    video_id: str


class Hit(Resource, frozen=True, kw_only=True):
    """What a search found."""

    id: HitId
    snippet: ItemSnippet = ItemSnippet()


class RelatedPlaylists(Resource, frozen=True, kw_only=True):
    uploads: str


class ChannelDetails(Resource, frozen=True, kw_only=True):
    related_playlists: RelatedPlaylists


class ChannelStatistics(Resource, frozen=True, kw_only=True):
    subscriber_count: int | None = None
    hidden_subscriber_count: bool | None = None


class ChannelResource(Resource, frozen=True, kw_only=True):
    id: str
    content_details: ChannelDetails
    statistics: ChannelStatistics = ChannelStatistics()

    @property
    def followers(self) -> int | None:
        """Subscribers, rounded by YouTube; absent where the channel hides them."""
        return None if self.statistics.hidden_subscriber_count else self.statistics.subscriber_count


R = TypeVar("R", bound=Resource)


def page_of(body: bytes, kind: str) -> Page:
    """A page of a list.

    Args:
        body: the answer.
        kind: what the list holds, such as ``video``.

    Raises:
        ParseError: it is no such page.
    """
    page = read(body, Page, strict=False)
    if page.kind != f"youtube#{kind}ListResponse":
        raise ParseError(f"not a list of {kind}s but {page.kind[:60]!r}")
    return page


def each(page: Page, kind: type[R]) -> Iterator[R | ParseError]:
    """The resources of a page, with a ``ParseError`` in the place of each that cannot be read."""
    return read_each(page.items, kind, strict=False)


def readable(page: Page, kind: type[R]) -> list[R]:
    """The resources of a page that can be read."""
    return [item for item in each(page, kind) if not isinstance(item, ParseError)]
