"""The newest posts of a whole forum, of all its topics: ``/posts.json``.

It gives up to fifty posts with an id below ``before``, newest first; older forums those among the fifty ids from
``before`` down, so that a page may be short or empty though there is more. Ids are the cursor:

    newest  every public post up to this id has been read

A poll walks down from the newest post to ``newest``, and the cursor moves when it has arrived: a walk that is cut off
is begun again by the next poll. Ids are given before posts can be seen, so ``newest`` stays behind posts that are
younger than a minute; they are read again.

A topic's first post is read with its topic, which tells its tags and its views. Topics that were there before they
were public have low ids: ``published`` finds them.

Posts with staff color are not among them (``LatestPostsQuery``): they come with pages of their topics, as categories,
tags and topics are read, and with re-reads.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from socialindex.sources._discourse import published
from socialindex.sources._discourse.asking import ORIGINALS
from socialindex.sources._discourse.entities import LatestPosts, Mark, Post
from socialindex.sources._discourse.topics import whole
from socialindex.sources._families.one_service import number
from socialindex.sources._families.typed_json import read, read_each
from socialindex.sources.base import Follow, Request

if TYPE_CHECKING:
    from socialindex.errors import ParseError
    from socialindex.sources._discourse.places import Place
    from socialindex.sources.base import Channel, Priority, Response

KIND: Final = "latest"
DEFAULT_PAGES: Final = 3
"""Pages that the first poll reads."""
SETTLING: Final = timedelta(minutes=1)
_WINDOW: Final = 49
"""Ids that a page is at least sure to have looked at, beside the one that it begins with."""
_MAX_EMPTY: Final = 5
"""Empty pages in a row after which the history counts as ended: 250 ids without a public post in older forums."""


def start(place: Place) -> Request:
    """The request for the newest posts."""
    return _page(place, 0, {})


def backfill(place: Place) -> Request:
    """The request that begins to walk down all posts."""
    return _page(place, 2, {"walk": "history"})


def posts(response: Response) -> list[Post | ParseError]:
    """The posts of a page; of a poll without those that begin a topic.

    Their topic is read for them, with its tags: what this page says of them would take the tags away again. A walk
    through the history reads no topics.

    Raises:
        ParseError: it is none.
    """
    found = read_each(read(response.body, LatestPosts).latest_posts, Post)
    is_poll = "walk" not in response.request.context
    return [post for post in found if not (is_poll and isinstance(post, Post) and post.post_number == 1)]


def follow(channel: Channel, place: Place, response: Response) -> Follow:
    """The next page of the walk, the topics that are new, and the cursor where the walk has arrived.

    Raises:
        ParseError: the page cannot be read.
        InvalidInput: the channel's options ask for no number of pages.
    """
    context = response.request.context
    marks = [mark for mark in read_each(read(response.body, LatestPosts).latest_posts, Mark) if isinstance(mark, Mark)]
    if "walk" in context:
        return Follow(requests=_history(place, context, marks))
    after = int(context.get("after") or channel.cursor.get("newest", "0"))
    top = max(int(context.get("top", "0")), _settled(marks, response.received_at))
    fresh = [mark for mark in marks if mark.id > after]
    began = [mark.topic_id for mark in fresh if mark.post_number == 1]
    topics = [whole(place, topic, 1) for topic in began]
    left = int(context.get("left") or number(channel, "pages", DEFAULT_PAGES)) - 1 if not after else 1
    before = _below(marks, context)
    if before is None or before <= after or len(fresh) < len(marks) or left < 1:
        return published.beside(channel, place, response, began, Follow(requests=topics, cursor=_moved(channel, top)))
    further = {"before": str(before), "top": str(top)}
    further |= {"after": str(after)} if after else {"left": str(left)}
    return published.beside(channel, place, response, began, Follow(requests=[_page(place, 1, further), *topics]))


def _history(place: Place, context: dict[str, str], marks: list[Mark]) -> list[Request]:
    empty = 0 if marks else int(context.get("empty", "0")) + 1
    before = _below(marks, context)
    if before is None or before < 1 or empty >= _MAX_EMPTY:
        return []
    further = {"walk": "history", "before": str(before)}
    return [_page(place, 2, further | ({"empty": str(empty)} if empty else {}))]


def _below(marks: list[Mark], context: dict[str, str]) -> int | None:
    """Where the next page begins; ``None`` where the forum is empty."""
    asked = int(context["before"]) if "before" in context else None
    lowest = min((mark.id for mark in marks), default=None)
    if asked is None:
        return lowest
    return lowest if lowest is not None and lowest < asked else asked - _WINDOW


def _settled(marks: list[Mark], received_at: datetime) -> int:
    until = received_at - SETTLING
    return max((mark.id for mark in marks if mark.created_at and _aware(mark.created_at) <= until), default=0)


def _moved(channel: Channel, top: int) -> dict[str, str] | None:
    newest = int(channel.cursor.get("newest", "0"))
    return {**channel.cursor, "newest": str(top)} if top > newest else None


def _page(place: Place, priority: Priority, context: dict[str, str]) -> Request:
    query = f"?before={context['before']}" if "before" in context else ""
    return Request(
        url=f"{place.base}/posts.json{query}", kind=KIND, priority=priority, context=context, headers=ORIGINALS
    )


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)
