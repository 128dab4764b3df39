"""Walking the comments of videos: they are asked for only where their number grew, as many pages as it grew by.

Comments come newest first, each with its newest replies; of those with more, the replies are asked for by themselves,
page by page.
Numbers of comments come with the videos, which a poll reads fifty at a time; the cursor keeps those of recent videos
as ``seen``: ``id:12 id:0``. New replies to older comments come with re-reads.

Polls ask for the newest videos. Which older ones are talked about, one request tells for a whole channel
(``allThreadsRelatedToChannelId``): hourly it leads to the videos of the last day's comments, whose time in the cursor
is ``talked``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from socialindex.sources._families import late
from socialindex.sources._families.times import in_utc
from socialindex.sources._youtube.requests import COMMENTS, Asking, ids_in, parent_in
from socialindex.sources._youtube.resources import Page, Thread, Video, readable
from socialindex.sources.base import Follow, Priority, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_SEEN: Final = 60
_MAX_REPLIES: Final = 20
"""Comments of a poll's page whose further replies are asked for, the newest. A history asks for those of all."""
_REPLY_PAGES: Final = 10
"""Pages of a hundred replies that are read of one comment at most."""
_TALK_EVERY: Final = timedelta(hours=1)
_TALKED: Final = "talked"
_TALKED_ABOUT: Final = 20
"""Videos that the newest comments of a channel lead to at most: a unit each where their numbers grew."""


class Conversations:
    """The comments of a channel's videos.

    Args:
        ask: makes the requests.
        pages: of comments that are read of a video at once, at most.
        cursor: the channel's.
    """

    def __init__(self, ask: Asking, pages: int, cursor: Mapping[str, str]) -> None:
        self._ask = ask
        self._pages = pages
        self._cursor = dict(cursor)

    def videos(self, request: Request, page: Page) -> Follow:
        """Requests for comments after an answer with videos. Those of a history are all unknown."""
        if "again" in request.context:
            return Follow()
        shown = [video for video in readable(page, Video) if video.is_public]
        counts = {video.id: video.statistics.comment_count or 0 for video in shown}
        if "past" in request.context:
            return Follow(requests=self._grown(counts, {}, 2))
        seen = {
            video: count for video, count in self._seen().items() if video in counts or video not in ids_in(request)
        }
        cursor = {**self._cursor, "seen": _encode(counts | {**seen, **counts})}
        changed = cursor if cursor != {"seen": "", **self._cursor} else None
        return Follow(requests=self._grown(counts, seen, 1), cursor=changed)

    def beside(self, found: Follow, owner: str, now: datetime) -> Follow:
        """What follows from the first page of a channel's videos, and the look for comments on any of them, if due."""
        if not (owner and self._pages):
            return found
        return late.beside(found, lambda: [self._ask.talk(owner)], self._cursor, now, _TALKED, _TALK_EVERY)

    def talked(self, page: Page, now: datetime, context: Mapping[str, str]) -> Follow:
        """The request, with a context, for the videos that were commented on lately."""
        since = now - late.REACH
        videos = [thread.snippet.video_id for thread in readable(page, Thread) if _written(thread) > since]
        named = list(dict.fromkeys(filter(None, videos)))[:_TALKED_ABOUT]
        return Follow(requests=[self._ask.videos(named, 2, context)] if named else [])

    def comments(self, request: Request, page: Page) -> Follow:
        """The next page of comments, and the replies that did not come along."""
        context, priority = request.context, max(1, request.priority)
        video = context["video"]
        parts = [thread.id for thread in readable(page, Thread) if _is_part(thread)]
        wanted = parts[:_MAX_REPLIES] if priority == 1 else parts
        further = [self._ask.replies(video, comment, priority, _REPLY_PAGES - 1) for comment in wanted]
        left = int(context.get("left", "0"))
        passed = {"walk": "history"} if "walk" in context else {"left": str(left - 1)} if left > 0 else None
        if page.next_page_token and passed:
            further.append(self._ask.comments(video, priority, passed, page.next_page_token))
        return Follow(requests=further)

    def replies(self, request: Request, page: Page) -> Follow:
        """The next page of the replies to a comment."""
        token, left = page.next_page_token, int(request.context.get("left", "0"))
        if not token or left < 1:
            return Follow()
        video, comment, priority = request.context["video"], parent_in(request), max(1, request.priority)
        return Follow(requests=[self._ask.replies(video, comment, priority, left - 1, token)])

    def _grown(self, counts: Mapping[str, int], seen: Mapping[str, int], priority: Priority) -> list[Request]:
        """The first page of comments of each video whose number grew."""
        if not self._pages:
            return []
        grown = {video: count - seen.get(video, 0) for video, count in counts.items()}
        return [
            self._ask.comments(video, priority, {"left": str(min(self._pages, -(-more // COMMENTS)) - 1)})
            for video, more in grown.items()
            if more > 0
        ]

    def _seen(self) -> dict[str, int]:
        pairs = (entry.rpartition(":") for entry in self._cursor.get("seen", "").split())
        return {video: int(count) for video, _, count in pairs}


def _is_part(thread: Thread) -> bool:
    """Whether a comment has more replies than came along with it."""
    return thread.snippet.total_reply_count > len(thread.replies.comments)


def _written(thread: Thread) -> datetime:
    """When a comment was written; one that does not tell is as old as can be."""
    time = thread.snippet.top_level_comment.snippet.published_at
    return in_utc(time) or datetime.min.replace(tzinfo=UTC)


def _encode(seen: Mapping[str, int]) -> str:
    return " ".join(f"{video}:{count}" for video, count in list(seen.items())[:_MAX_SEEN])
