"""Walking channels, playlists and searches, so that a quiet poll of a channel costs two units of ten thousand.

A channel is looked up once, and again once a day for its subscribers; its uploads are a playlist. A poll reads the
playlist's first page, and further ones while everything on them is new; then its new videos, and the newest known ones
again, fifty for one unit. Hourly it asks which older ones are talked about as well. Only the uploads are in the order
of time: another playlist is walked to its end whenever its length changes. Older videos' figures are for re-reads.

The cursor:

    uploads, owner, followers, looked   of a channel: its playlist, its id, its subscribers, the day of the look-up
    newest                              when the newest video was published, or added to the playlist
    total                               of a playlist: its length
    seen, talked                        recent videos with their numbers of comments (see ``conversations``)
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from socialindex.errors import Discarded
from socialindex.sources._families.one_service import batches, number
from socialindex.sources._youtube.conversations import Conversations
from socialindex.sources._youtube.places import Place, ids_of
from socialindex.sources._youtube.requests import HISTORY, MAX_IDS, Asking, playlist_in
from socialindex.sources._youtube.resources import (
    ChannelResource,
    Hit,
    Page,
    PlaylistItem,
    page_of,
    readable,
)
from socialindex.sources.base import Channel, Follow, Known, Priority, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PAGES: Final = {"playlist": 20}
"""Pages of fifty videos that a poll reads at most, of a channel its first poll, where it is more than one."""
CATCH_UP_PAGES: Final = 20
"""Pages of a channel's uploads that a later poll reads at most to reach what it knows: a key's quota may have been used
up for a day."""
COMMENT_PAGES: Final = {"video": 5}
"""Pages of a hundred comments that are read of a video at first, where it is more than one."""
_RECENT: Final = 10
"""Known videos whose figures every poll reads again."""
_FIRST_YEAR: Final = 2005
"""Of YouTube: an earlier date is a mistake, and at the calendar's edge none that can be reckoned with."""
_SEARCH_LAG = timedelta(hours=6)
"""How late a video may turn up in a search."""
_LISTS: Final = {
    "lookup": "channel",
    "list": "playlistItem",
    "search": "search",
    "videos": "video",
    "talk": "commentThread",
}
_LOOKED_UP: Final = frozenset({"channel", "handle", "user"})


class Walk:
    """The walk of one channel.

    Raises:
        InvalidInput: an option of the channel is no number.
    """

    def __init__(self, channel: Channel, place: Place) -> None:
        self._cursor = channel.cursor
        self._place = place
        self._ask = Asking(place.site)
        self._pages = number(channel, "pages", PAGES.get(place.kind, 1))
        pages = number(channel, "comments", COMMENT_PAGES.get(place.kind, 1))
        self._conversations = Conversations(self._ask, pages, channel.cursor)

    def poll(self) -> Request:
        """The request that begins a poll."""
        if self._place.kind == "video":
            return self._ask.videos([self._place.name], 0, {})
        if self._place.kind == "search":
            after = {"after": self._published_after(), **self._first_page()}
            return self._ask.search(self._place.name, 0, after)
        playlist = self._playlist()
        if playlist is None:
            return self._ask.lookup(self._place, {})
        return self._ask.listed(playlist, 0, self._first_page())

    def backfill(self) -> Request | None:
        """The request for a whole playlist, or for all comments of a video; a search's history would cost too much."""
        walk = {"walk": "history"}
        if self._place.kind == "search":
            return None
        if self._place.kind == "video":
            return self._ask.comments(self._place.name, 2, walk)
        playlist = self._playlist()
        return self._ask.lookup(self._place, walk) if playlist is None else self._ask.listed(playlist, 2, walk)

    def reread(self, posts: Sequence[Known]) -> Iterator[Request]:
        """Requests for videos, comments and replies again, fifty for one unit."""
        named = [ids for post in posts if post.uri.startswith(self._place.site) and (ids := ids_of(post.uri))]
        for videos in batches([video for video, comment in named if comment is None], MAX_IDS):
            yield self._ask.videos(videos, 2, {**self._owner(), "again": "1"})
        comments = [(video, comment) for video, comment in named if comment is not None]
        for threads in batches([pair for pair in comments if "." not in pair[1]], MAX_IDS):
            yield self._ask.again("threads", threads)
        for replies in batches([pair for pair in comments if "." in pair[1]], MAX_IDS):
            yield self._ask.again("single", replies)

    def follow(self, response: Response) -> Follow:
        """What follows from an answer.

        Raises:
            ParseError: it cannot be read.
            Discarded: the channel is not there.
        """
        request = response.request
        kind = request.kind.removesuffix(HISTORY)
        if kind == "comments":
            return self._conversations.comments(request, page_of(response.body, "commentThread"))
        if kind == "replies":
            return self._conversations.replies(request, page_of(response.body, "comment"))
        if kind not in _LISTS:
            return Follow()
        page = page_of(response.body, _LISTS[kind])
        if kind == "lookup":
            return self._looked_up(request, page, response.received_at)
        if kind == "videos":
            return self._conversations.videos(request, page)
        listed = {"list": self._list, "search": self._search, "talk": self._talk}[kind]
        return listed(request, page, response.received_at)

    def _looked_up(self, request: Request, page: Page, now: datetime) -> Follow:
        found = readable(page, ChannelResource)
        if not found:
            raise Discarded("gone")
        learned = {
            "uploads": found[0].content_details.related_playlists.uploads,
            "owner": found[0].id,
            "followers": "" if found[0].followers is None else str(found[0].followers),
            "looked": now.date().isoformat(),
        }
        cursor = self._with(**learned)
        if "again" in request.context:
            return Follow(cursor=cursor)
        if "walk" in request.context:
            return Follow(requests=[self._ask.listed(learned["uploads"], 2, {"walk": "history"})])
        return Follow(requests=[self._ask.listed(learned["uploads"], 0, self._first_page())], cursor=cursor)

    def _list(self, request: Request, page: Page, now: datetime) -> Follow:
        context, items = request.context, readable(page, PlaylistItem)
        times = {item.content_details.video_id: _added(item) for item in items if _is_public(item)}
        if "walk" in context:
            older = self._next(request, page, 2, {"walk": "history"})
            return Follow(requests=[*self._history(list(times)), *older])
        since = _time(context.get("since"))
        fresh = [video for video, added in times.items() if since is None or (added is not None and added > since)]
        recent = self._recent(items, fresh) if context.get("page") == "1" else []
        wanted = [self._ask.videos(ids, 1, self._owner()) for ids in batches(fresh, MAX_IDS)]
        wanted += [self._ask.videos(ids, 2, self._owner()) for ids in batches(recent, MAX_IDS)]
        new = len(fresh) == len(times) if self._place.kind != "playlist" else self._longer(request, page)
        further = self._further(request, page, goes_on=new)
        is_first = context.get("page") == "1"
        again = self._look_again(now) if is_first else []
        found = Follow(requests=[*wanted, *further, *again], cursor=self._moved(page, list(times.values()), now))
        owner = self._cursor.get("owner", "") if self._place.kind in _LOOKED_UP and is_first else ""
        return self._conversations.beside(found, owner, now)

    def _recent(self, items: Sequence[PlaylistItem], fresh: Sequence[str]) -> list[str]:
        """Known videos that are worth asking for again: the newest, and those that the playlist shows as gone."""
        known = [item for item in items if item.content_details.video_id not in fresh]
        shown = [item.content_details.video_id for item in known if _is_public(item)]
        gone = [item.content_details.video_id for item in known if not _is_public(item)]
        return shown[:_RECENT] + [video for video in gone if f"{video}:" in self._cursor.get("seen", "")]

    def _longer(self, request: Request, page: Page) -> bool:
        """Whether a playlist has another length than before; asked of its first page only, for all of them."""
        return request.context.get("page") != "1" or str(page.page_info.total_results) != self._cursor.get("total")

    def _search(self, request: Request, page: Page, now: datetime) -> Follow:
        hits = readable(page, Hit)
        ids = list(dict.fromkeys(hit.id.video_id for hit in hits))
        wanted = [self._ask.videos(ids, 1, {})] if ids else []
        further = self._further(request, page, goes_on=bool(ids))
        times = [_aware(hit.snippet.published_at) for hit in hits if hit.snippet.published_at]
        return Follow(requests=[*wanted, *further], cursor=self._moved(page, times, now))

    def _talk(self, request: Request, page: Page, now: datetime) -> Follow:
        del request
        return self._conversations.talked(page, now, self._owner())

    def _further(self, request: Request, page: Page, *, goes_on: bool) -> list[Request]:
        """The next page of a poll, if it may read one more."""
        left = int(request.context.get("left", "0"))
        if not goes_on or left < 1:
            return []
        kept = {name: value for name, value in request.context.items() if name in {"since", "after"}}
        return self._next(request, page, 1, {**kept, "left": str(left - 1)})

    def _next(self, request: Request, page: Page, priority: Priority, context: dict[str, str]) -> list[Request]:
        token = page.next_page_token
        if not token:
            return []
        if request.kind == "search":
            return [self._ask.search(self._place.name, priority, context, token)]
        return [self._ask.listed(playlist_in(request), priority, context, token)]

    def _history(self, ids: list[str]) -> list[Request]:
        return [self._ask.videos(ids, 2, {**self._owner(), "past": "1"})] if ids else []

    def _look_again(self, now: datetime) -> list[Request]:
        """Subscribers change: once a day."""
        stale = self._place.kind in _LOOKED_UP and self._cursor.get("looked") != now.date().isoformat()
        return [self._ask.lookup(self._place, {"again": "1"})] if stale else []

    def _playlist(self) -> str | None:
        return self._place.name if self._place.kind == "playlist" else self._cursor.get("uploads")

    def _owner(self) -> dict[str, str]:
        """The channel and its subscribers, for the author of its videos."""
        return {name: self._cursor[name] for name in ("owner", "followers") if self._cursor.get(name)}

    def _first_page(self) -> dict[str, str]:
        since = self._cursor.get("newest", "")
        is_ordered = since and self._place.kind in _LOOKED_UP
        pages = max(self._pages, CATCH_UP_PAGES if is_ordered else 1)
        return {"page": "1", "since": since, "left": str(pages - 1)}

    def _published_after(self) -> str:
        newest = _time(self._cursor.get("newest"))
        return _written(newest - _SEARCH_LAG) if newest else ""

    def _moved(self, page: Page, times: Sequence[datetime | None], now: datetime) -> dict[str, str] | None:
        """The cursor after a page of a list; ``None`` where it is as it was. No date beyond today holds it up."""
        past = [min(time, now) for time in times if time and time.year >= _FIRST_YEAR]
        newest = max([*past, *filter(None, [_time(self._cursor.get("newest"))])], default=None)
        total = page.page_info.total_results if self._place.kind == "playlist" else None
        changes = {"newest": _written(newest) if newest else "", "total": "" if total is None else str(total)}
        cursor = self._with(**changes)
        return cursor if cursor != self._cursor else None

    def _with(self, **changes: str) -> dict[str, str]:
        return {name: value for name, value in {**self._cursor, **changes}.items() if value}


def _is_public(item: PlaylistItem) -> bool:
    """Whether the video behind an entry is there for everybody: private and deleted ones keep their entries."""
    return item.content_details.video_published_at is not None and item.status.privacy_status in {"public", None}


def _added(item: PlaylistItem) -> datetime | None:
    """When a video came to its place: added to the playlist, or published where that was later (premieres)."""
    times = [time for time in (item.snippet.published_at, item.content_details.video_published_at) if time]
    return max(map(_aware, times), default=None)


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _time(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _written(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")
