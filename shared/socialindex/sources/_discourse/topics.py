"""Pages of one topic.

``/t/12.json`` gives the first twenty posts, ``?page=2`` the next ones. ``/t/12/34.json`` gives five posts before the
one with that number, and it and those behind it up to twenty together; where the number is beyond the end, the last
twenty. Numbers have gaps where posts were deleted. Each answer has the topic's title, tags and figures, and the ids of
all its posts, of a very long topic that of the last one, so that a page tells whether it is the last.

A topic is read in one of five ways, which the request's context names:

    (nothing)    this page alone
    down, since  from the end down to posts of before ``since``, at most ``down`` pages: what is new in a list's topic
    up           on to the end, at most ``up`` pages, the cursor behind: a topic that is a channel of its own
    all          page by page to the end: history
    on           on to the end, at most ``on`` pages: what moderators moved to another topic

Where answers are voted on (the plugin discourse-post-voting) pages have them by votes, whatever their numbers. Such a
topic says so, and is asked for again by time. What answers another answer is on no page even then.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.sources._discourse.asking import ORIGINALS
from socialindex.sources._discourse.entities import Mark, Post, Topic
from socialindex.sources._families.one_service import number
from socialindex.sources._families.typed_json import read, read_each
from socialindex.sources.base import POST_KIND, Follow, Request

if TYPE_CHECKING:
    from socialindex.errors import ParseError
    from socialindex.sources._discourse.places import Place
    from socialindex.sources.base import Channel, Priority, Response

KIND: Final = "topic"
PAGE: Final = 20
BEHIND: Final = 15
"""Posts that a page around a number gives from that number on, at least."""
DEFAULT_PAGES: Final = 5
"""Pages of one topic that a poll reads at most (the option ``topic_pages``)."""
_BY_TIME: Final = "filter=activity"
_VOTED: Final = {"voted": "1"}
"""In the cursor of a topic with votes: its polls ask by time at once."""


def whole(place: Place, topic: int, priority: Priority) -> Request:
    """The first page of a topic."""
    return near(place, topic, 1, priority, {})


def near(place: Place, topic: int, post: int, priority: Priority, context: dict[str, str]) -> Request:
    """The page of a topic around a post's number."""
    url = f"{place.base}/t/{topic}/{post}.json" if post > 1 else f"{place.base}/t/{topic}.json"
    return Request(url=url, kind=KIND, priority=priority, context=context, headers=ORIGINALS)


def paged(place: Place, topic: int, page: int) -> Request:
    """A page of a topic that is read from the beginning to the end."""
    query = f"?page={page}" if page > 1 else ""
    url = f"{place.base}/t/{topic}.json{query}"
    return Request(url=url, kind=KIND, priority=2, context={"all": str(page)}, headers=ORIGINALS)


def onward(place: Place, topic: int, post: int, pages: int = DEFAULT_PAGES) -> Request:
    """A page of a topic from a post's number on, with those behind it."""
    return near(place, topic, post, 2, {"on": str(pages)})


def start(channel: Channel, place: Place) -> Request:
    """The request of a poll of a topic that is a channel: where the last one ended.

    It is about the topic's first post, too: without that there is no topic.

    Raises:
        InvalidInput: the channel's options ask for no number of pages.
    """
    pages = number(channel, "topic_pages", DEFAULT_PAGES)
    last = int(channel.cursor.get("last", "0"))
    request = _up(place, int(place.name), last + 1, 0, pages)
    return by_time(request) if _VOTED.items() <= channel.cursor.items() else request


def read_topic(response: Response) -> Topic:
    """The topic of an answer.

    Raises:
        ParseError: it is none.
    """
    return read(response.body, Topic)


def posts(topic: Topic) -> list[Post | ParseError]:
    """The posts of a page of a topic."""
    return [*read_each(topic.post_stream.posts, Post)]


def is_last(topic: Topic, marks: list[Mark]) -> bool:
    """Whether a page ends the topic, as one does that tells of no end."""
    end = topic.post_stream.end
    return end is None or end in {mark.id for mark in marks}


def follow(channel: Channel, place: Place, response: Response) -> Follow:
    """The next page, while there is one and it is wanted; the same one by time, where it came by votes.

    Raises:
        ParseError: the page cannot be read.
    """
    topic = read_topic(response)
    if not topic.is_voted:
        return _onward(channel, place, response, topic)
    if not is_by_time(response.request):
        context = response.request.context
        cursor = channel.cursor | _VOTED if "up" in context else None
        return Follow(requests=[by_time(response.request)] if context else [], cursor=cursor)
    found = _onward(channel, place, response, topic)
    return msgspec.structs.replace(found, requests=[*map(by_time, found.requests)])


def is_by_time(request: Request) -> bool:
    """Whether a request asks for a page by time where the topic's own order is by votes."""
    return _BY_TIME in request.url


def by_time(request: Request) -> Request:
    """The request for the same page by time."""
    return msgspec.structs.replace(request, url=f"{request.url}{'&' if '?' in request.url else '?'}{_BY_TIME}")


def _onward(channel: Channel, place: Place, response: Response, topic: Topic) -> Follow:
    context = response.request.context
    marks = [mark for mark in read_each(topic.post_stream.posts, Mark) if isinstance(mark, Mark)]
    if not marks:
        return Follow()
    if "up" in context:
        return _climb(channel, place, response, marks, is_end=is_last(topic, marks))
    if "down" in context:
        return Follow(requests=_descend(place, topic.id, context, marks))
    if is_last(topic, marks):
        return Follow()
    if "all" in context:
        return Follow(requests=[paged(place, topic.id, int(context["all"]) + 1)])
    left, last = int(context.get("on", "0")) - 1, max(mark.post_number for mark in marks)
    return Follow(requests=[onward(place, topic.id, last + 1, left)] if left > 0 else [])


def _climb(channel: Channel, place: Place, response: Response, marks: list[Mark], *, is_end: bool) -> Follow:
    last = max(mark.post_number for mark in marks)
    left = int(response.request.context["up"]) - 1
    moves = last > int(channel.cursor.get("last", "0"))
    further = [] if is_end or left < 1 or not moves else [_up(place, int(place.name), last + 1, 1, left)]
    return Follow(requests=further, cursor={**channel.cursor, "last": str(last)} if moves else None)


def _up(place: Place, topic: int, post: int, priority: Priority, pages: int) -> Request:
    request = near(place, topic, post, priority, {"up": str(pages), "topic": str(topic), "asked": "1"})
    return msgspec.structs.replace(request, kind=POST_KIND)


def _descend(place: Place, topic: int, context: dict[str, str], marks: list[Mark]) -> list[Request]:
    first, left = min(mark.post_number for mark in marks), int(context["down"]) - 1
    since = datetime.fromisoformat(context["since"]) if "since" in context else None
    oldest = min((_aware(mark.created_at) for mark in marks if mark.created_at), default=since)
    if first <= 1 or left < 1 or (since and oldest and oldest <= since):
        return []
    return [near(place, topic, max(1, first - BEHIND), 1, context | {"down": str(left)})]


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)
