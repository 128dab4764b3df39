"""Walking a feed: an author's, a list's, a feed generator's.

AppViews page from the newest down, by a cursor of their own. An author's and a list's feed are ordered by time
(``sorted_at``, of a repost the time of reposting); a feed generator's order is its own. The channel's cursor says what
has been walked:

    newest  everything that was written up to this time was read
    looked  of a list: when the last look for late posts began

A poll walks from the top until a page ends at or below ``newest``, which moves only when the walk is complete: a page
that went astray is made up for by the next poll. Of a feed generator, whose order says nothing of age, it reads
``DEFAULT_PAGES`` pages every time. ``newest`` stops short of the present, since a post may be seen a
little later than it was written. What a bridge brings from another network, or a client posts once it is online again,
can be hours late: a list of many people, of whom some may be there by a bridge, is looked at again some times a day
(``_families.late``). Pinned posts stand at the top whatever their age and say nothing about the walk.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

from socialindex.errors import ParseError
from socialindex.sources._bluesky.views import Feed, Reason, View, instant, sorted_at
from socialindex.sources._bluesky.xrpc import JSON, check, query
from socialindex.sources._families import late
from socialindex.sources._families.one_service import number
from socialindex.sources._families.typed_json import read, read_each
from socialindex.sources.base import Channel, Follow, Priority, Request, Response

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from socialindex.sources._bluesky.places import Kind, Place

KIND: Final = "feed"
KINDS: Final = frozenset({KIND, late.LATE})
"""Of pages."""
PAGE: Final = "100"
"""Posts that a page holds at most: the lexicons' maximum."""
DEFAULT_PAGES: Final = 3
"""Pages that the first poll reads, and every poll of a feed generator."""
MAX_PAGES: Final = 50
"""Pages of news that one poll reads of an author or a list; what is older then is left."""
SETTLING: Final = timedelta(minutes=2)
_MAX_CURSOR: Final = 2_000
"""Characters of a page's cursor, which is the server's to make, that still fit an address."""
_PIN: Final = "app.bsky.feed.defs#reasonPin"
_QUERIES: Final[dict[Kind, tuple[str, str]]] = {
    "profile": ("app.bsky.feed.getAuthorFeed", "actor"),
    "list": ("app.bsky.feed.getListFeed", "list"),
    "feed": ("app.bsky.feed.getFeed", "feed"),
}
"""Method, and the name of the parameter that says whose."""


class _Written(View, frozen=True, kw_only=True):
    created_at: str | None = None


class _Post(View, frozen=True, kw_only=True):
    record: _Written
    indexed_at: str | None = None


class _Mark(View, frozen=True, kw_only=True):
    """The part of a feed's item that the walk needs."""

    post: _Post
    reason: Reason | None = None

    @property
    def time(self) -> datetime | None:
        """Where the item stands in a feed that is ordered by time."""
        if self.reason:
            return None if self.reason.kind == _PIN else instant(self.reason.indexed_at)
        return sorted_at(self.post.record.created_at, self.post.indexed_at)


class Page(NamedTuple):
    """A page as the walk sees it; ``older`` is the cursor of the next one."""

    newest: datetime | None
    last: datetime | None
    older: str | None


class Walk:
    """The walk of one channel's feed.

    Args:
        channel: with the cursor as it is now.
        place: what the channel is about; not a post.
        did: the account's.
        context: of every request, beside the walk's own.
    """

    def __init__(self, channel: Channel, place: Place, did: str, context: dict[str, str]) -> None:
        self._channel = channel
        self._place = place
        self._did = did
        self._context = context
        self._newest = instant(channel.cursor.get("newest"))

    def poll(self) -> Request:
        """The request that asks for what is new."""
        return self._request(0, {})

    def history(self) -> Request:
        """The request that begins to walk down to the first post."""
        return self._request(2, {"walk": "history"})

    def follow(self, response: Response) -> Follow:
        """What follows from a page.

        Raises:
            ParseError: the page cannot be read.
            Discarded: the feed is gone or closed.
        """
        check(response)
        page, context = read_page(response), response.request.context
        if "walk" in context:
            return Follow(requests=self._next(page, 2, {"walk": "history"}))
        if "left" in context:
            return self._onward(page, context)
        if late.LATE in context:
            return Follow(requests=self._late(context, page, response.received_at))
        found = self._begin(page, response.received_at - SETTLING)
        return self._with_look(found, page, response.received_at) if self._place.kind == "list" else found

    def _with_look(self, found: Follow, page: Page, now: datetime) -> Follow:
        """What follows from the first page of a poll, and a look below it if one is due."""
        return late.beside(found, lambda: self._late(late.pages(int(PAGE)), page, now), self._channel.cursor, now)

    def _late(self, context: Mapping[str, str], page: Page, now: datetime) -> list[Request]:
        further = late.further(context, page.last, now)
        return self._next(page, 2, further) if further else []

    def _begin(self, page: Page, settled: datetime) -> Follow:
        """The first page of a poll. Of the very first poll what is older is history, and ``newest`` moves at once."""
        if page.newest is None:
            return Follow()
        top = min(page.newest, settled).isoformat()
        left = str(self._pages() - 1)
        if self._newest is None:
            return Follow(requests=self._further(page, {"left": left}), cursor=self._at(top))
        return self._onward(page, {"left": left, "since": self._newest.isoformat(), "top": top})

    def _onward(self, page: Page, context: dict[str, str]) -> Follow:
        """A page of a walk that began above it."""
        since = instant(context.get("since"))
        requests = [] if self._reaches(since, page) else self._further(page, context)
        return Follow(requests=requests, cursor=None if requests or since is None else self._at(context["top"]))

    def _reaches(self, since: datetime | None, page: Page) -> bool:
        """Whether all that is below a page was read before, which only a feed that is ordered by time can tell."""
        is_ordered = self._place.kind != "feed"
        return is_ordered and since is not None and page.last is not None and page.last <= since

    def _further(self, page: Page, context: dict[str, str]) -> list[Request]:
        left = int(context["left"])
        priority: Priority = 1 if "since" in context else 2
        return self._next(page, priority, {**context, "left": str(left - 1)}) if left > 0 else []

    def _next(self, page: Page, priority: Priority, context: dict[str, str]) -> list[Request]:
        return [self._request(priority, context, page.older)] if page.older else []

    def _at(self, newest: str) -> dict[str, str] | None:
        """The channel's cursor, which never goes back: walks may end in another order than they began."""
        time = instant(newest)
        if self._newest and (time is None or time <= self._newest):
            return None
        return {**self._channel.cursor, "newest": newest}

    def _pages(self) -> int:
        pages = number(self._channel, "pages", DEFAULT_PAGES)
        return MAX_PAGES if self._newest and self._place.kind != "feed" else pages

    def _request(self, priority: Priority, context: dict[str, str], cursor: str = "") -> Request:
        method, whose = _QUERIES[self._place.kind]
        name = self._did if self._place.kind == "profile" else self._place.uri(self._did)
        return Request(
            url=query(self._place.service.api, method, [(whose, name), ("limit", PAGE), ("cursor", cursor)]),
            kind=late.LATE if late.LATE in context else KIND,
            priority=priority,
            context={**self._context, **context},
            headers=JSON,
        )


def read_page(response: Response) -> Page:
    """A page's times and where the next one begins.

    Raises:
        ParseError: the answer is no feed.
    """
    feed = read(response.body, Feed)
    marks = [mark for mark in read_each(feed.feed, _Mark) if not isinstance(mark, ParseError)]
    times = [time for mark in marks if (time := mark.time)]
    return Page(max(times, default=None), times[-1] if times else None, _older(feed, response))


def _older(feed: Feed, response: Response) -> str | None:
    """The next page's cursor; ``None`` at the end, or where a server leads in circles."""
    asked = parse_qs(urlsplit(response.request.url).query).get("cursor", [""])[0]
    cursor = feed.cursor or ""
    return cursor if feed.feed and cursor != asked and 0 < len(cursor) <= _MAX_CURSOR else None
