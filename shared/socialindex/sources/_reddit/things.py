"""Things of the API, the fields that we read.

Sources: https://www.reddit.com/dev/api and https://github.com/reddit-archive/reddit/wiki/JSON.

Everything is wrapped with its kind: ``Listing`` (a page), ``t3`` (a submission), ``t1`` (a comment), ``more`` (a stub
for comments that are not shown). Times are Unix times; what does not apply is ``null``, ``false`` or empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from socialindex.errors import ParseError
from socialindex.sources._families.typed_json import Entity, read

if TYPE_CHECKING:
    from collections.abc import Iterator


Id = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-z]{1,13}\Z")]
"""In base 36. It becomes a part of addresses, so that nothing else may be in it."""
Name = Annotated[str, msgspec.Meta(pattern=r"\At[0-9]_[0-9a-z]{1,13}\Z")]
"""The API's whole name of a thing, such as ``t3_1abcd2``."""


class Wrapped(Entity, frozen=True, kw_only=True):
    """Anything with its kind."""

    kind: str
    data: msgspec.Raw


class ListingData(Entity, frozen=True, kw_only=True):
    children: list[Wrapped]
    after: str | None = None


class Listing(Entity, frozen=True, kw_only=True):
    """A page; ``after`` is the name of what the next one begins behind."""

    data: ListingData


class Thing(Entity, frozen=True, kw_only=True):
    """What submissions and comments have in common."""

    id: Id
    name: Name
    permalink: str | None = None
    subreddit_type: str | None = None
    quarantine: bool = False
    author: str | None = None
    created_utc: float | None = None
    edited: bool | float | None = None
    """``false``, or when; ``true`` of very old things, whose time is not known."""
    score: int | None = None
    over_18: bool | None = None
    removal_reason: str | None = None
    """``legal``, where Reddit removed it for that."""


class RedditVideo(Entity, frozen=True, kw_only=True):
    fallback_url: str | None = None


class SiteMedia(Entity, frozen=True, kw_only=True):
    reddit_video: RedditVideo | None = None


class GallerySource(Entity, frozen=True, kw_only=True):
    u: str | None = None
    mp4: str | None = None


class GalleryPicture(Entity, frozen=True, kw_only=True):
    s: GallerySource | None = None


class GalleryItem(Entity, frozen=True, kw_only=True):
    media_id: str
    caption: str | None = None


class Gallery(Entity, frozen=True, kw_only=True):
    items: list[GalleryItem] = []


class PollOption(Entity, frozen=True, kw_only=True):
    text: str | None = None


class Poll(Entity, frozen=True, kw_only=True):
    options: list[PollOption] = []


class Submission(Thing, frozen=True, kw_only=True):
    title: str | None = None
    selftext: str | None = None
    selftext_html: str | None = None
    url: str | None = None
    is_self: bool = False
    is_robot_indexable: bool | None = None
    """``false`` of what is removed, and of what its author or community keeps from search engines."""
    removed_by_category: str | None = None
    """Who removed it: ``moderator``, ``deleted`` (the author), ``automod_filtered``, ``copyright_takedown``, ..."""
    hide_score: bool = False
    num_comments: int | None = None
    num_crossposts: int | None = None
    view_count: int | None = None
    spoiler: bool | None = None
    crosspost_parent: str | None = None
    """Its name; there even where the submission itself is gone."""
    crosspost_parent_list: list[Submission] = []
    """What it shows: the original, with the video and the gallery that the crosspost itself is told without."""
    post_hint: str | None = None
    is_gallery: bool | None = None
    gallery_data: Gallery | None = None
    media_metadata: dict[str, GalleryPicture] | None = None
    media: SiteMedia | None = None
    poll_data: Poll | None = None


class Comment(Thing, frozen=True, kw_only=True):
    body: str | None = None
    body_html: str | None = None
    parent_id: Name
    link_id: Name
    score_hidden: bool = False
    replies: msgspec.Raw = msgspec.Raw(b'""')
    """A listing, or an empty string."""


class More(Entity, frozen=True, kw_only=True):
    """Comments that an answer leaves out. Without ``children`` the thread goes on too deep, below ``parent_id``."""

    parent_id: Name
    children: list[str] = []


class _Things(Entity, frozen=True, kw_only=True):
    things: list[Wrapped] = []


class _Envelope(Entity, frozen=True, kw_only=True):
    errors: list[Any] = []
    data: _Things = _Things()


class MoreChildren(Entity, frozen=True, kw_only=True):
    """The answer of ``/api/morechildren``."""

    json: _Envelope


KINDS: dict[str, type[Submission | Comment]] = {"t3": Submission, "t1": Comment}


def listing(body: bytes | msgspec.Raw) -> ListingData:
    """A page.

    Raises:
        ParseError: it is none.
    """
    return read(body, Listing).data


def conversation(body: bytes) -> tuple[ListingData, ListingData]:
    """A submission, in a page of its own, and the first page of its comments.

    Raises:
        ParseError: the answer is something else.
    """
    pages = read(body, list[Listing])
    if len(pages) != 2:  # noqa: PLR2004 - as documented
        raise ParseError(f"not a submission with its comments, but {len(pages)} listings")
    return pages[0].data, pages[1].data


def more_children(body: bytes) -> list[Wrapped]:
    """What a stub stood for.

    Raises:
        ParseError: it is not that, or an error.
    """
    answer = read(body, MoreChildren).json
    if answer.errors:
        raise ParseError(f"refused: {str(answer.errors)[:200]}")
    return answer.data.things


def things(children: list[Wrapped]) -> Iterator[Submission | Comment | More | ParseError]:
    """Things in the order in which they are shown, answers behind what they answer; ``ParseError`` for bad ones."""
    waiting = list(reversed(children))
    while waiting:
        wrapped = waiting.pop()
        try:
            thing = _thing(wrapped)
            replies = _replies(thing) if isinstance(thing, Comment) else []
        except ParseError as error:
            yield error
            continue
        waiting.extend(reversed(replies))
        if thing is not None:
            yield thing


def _thing(wrapped: Wrapped) -> Submission | Comment | More | None:
    if wrapped.kind == "more":
        return read(wrapped.data, More)
    return read(wrapped.data, KINDS[wrapped.kind]) if wrapped.kind in KINDS else None


def _replies(comment: Comment) -> list[Wrapped]:
    return [] if bytes(comment.replies) == b'""' else listing(comment.replies).children
