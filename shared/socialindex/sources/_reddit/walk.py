"""Walking listings and conversations, so that a quiet poll of a community costs two requests.

A community has a listing of its submissions and one of its comments, both newest first: a poll reads each until it
meets what the last poll had read. Listings end after about a thousand entries, whatever there was before. ``before``,
which would give what is newer than an entry, gives nothing for ever once that entry is removed; so pages are walked
down by ``after``.

What moderators approve late (a filter holds back what new accounts write) stands where it was written, for each order
of the API that is by time goes by the time of writing, a search's and a user's as well. So listings, and a community's
comments, are looked at again some times a day, as far down as a day goes (``_families.late``): where the first page
goes as far, nothing more is asked for.

An answer shows at most 500 comments of a submission; stubs stand for the rest. They are followed for a channel that
is one submission, for what a search found and for history, as far as the channel's ``comments`` allow.

The cursor:

    newest   when the newest entry of the listing was written, in Unix time
    stream   the same for a community's comments
    looked_newest, looked_stream   when the last look at the listing, and at a community's comments, began
    count    of a submission: its comments, as counted when its stubs were followed
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from socialindex.sources._families import late
from socialindex.sources._families.late import LATE
from socialindex.sources._families.one_service import batches, number
from socialindex.sources._reddit.places import Place, ids_of
from socialindex.sources._reddit.requests import MAX_NAMES, Asking, purpose
from socialindex.sources._reddit.things import (
    Comment,
    ListingData,
    More,
    Submission,
    conversation,
    listing,
    more_children,
    things,
)
from socialindex.sources.base import Channel, Follow, Known, Priority, Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from socialindex.errors import ParseError

PAGES: Final = 1
"""Pages of a hundred entries that the first poll reads."""
COMMENTS: Final = {"post": 500}
"""Comments that are read of a submission, where it is more than what one stub stands for."""
_MAX_PAGES: Final = 10
"""Pages of a listing before Reddit ends it."""


class Walk:
    """The walk of one channel.

    Raises:
        InvalidInput: an option of the channel is no number.
    """

    def __init__(self, channel: Channel, place: Place) -> None:
        self._cursor = channel.cursor
        self._place = place
        self._ask = Asking(place)
        self._pages = number(channel, "pages", PAGES)
        self._comments = number(channel, "comments", COMMENTS.get(place.kind, MAX_NAMES))

    def poll(self) -> Request:
        """The request that begins a poll."""
        if self._place.kind == "post":
            return self._conversation(self._place.name, 0)
        return self._ask.listed(0, self._first_page("newest"))

    def backfill(self) -> Request | None:
        """The request for all that a listing still shows; a submission is read in full by its polls."""
        return None if self._place.kind == "post" else self._ask.listed(2, {"walk": "history"})

    def reread(self, posts: Sequence[Known]) -> Iterator[Request]:
        """Requests for submissions and comments again, a hundred at a time."""
        named = [ids for post in posts if post.uri.startswith(self._place.site) and (ids := ids_of(post.uri))]
        yield from (self._ask.again(part) for part in batches(named, MAX_NAMES))

    def follow(self, response: Response) -> Follow:
        """What follows from an answer.

        Raises:
            ParseError: it cannot be read.
        """
        request = response.request
        match purpose(request):
            case "list":
                return self._list(response, listing(response.body))
            case "stream":
                return self._stream(response, listing(response.body))
            case "conversation":
                return self._conversed(request, *conversation(response.body))
            case "more":
                return Follow(requests=self._stubs(request, things(more_children(response.body))))
        return Follow()

    def _list(self, response: Response, page: ListingData) -> Follow:
        request, found = response.request, _readable(page)
        submissions = [thing for thing in found if isinstance(thing, Submission)]
        if "walk" in request.context:
            older = [self._ask.listed(2, {"walk": "history"}, page.after)] if page.after else []
            return Follow(requests=[*self._conversations(submissions, 2), *older])
        if LATE in request.context:
            return Follow(requests=_later(self._ask.listed, request.context, page, found, response.received_at))
        since, first = float(request.context.get("since") or 0), "page" in request.context
        requests = [self._ask.listed(1, context, page.after or "") for context in self._further(request, page, found)]
        if self._place.kind == "search":
            fresh = [post for post in submissions if (post.created_utc or 0) > since]
            requests += self._conversations(fresh, 1)
        if self._place.kind == "community" and first and self._comments:
            requests.append(self._ask.stream(0, self._first_page("stream")))
        cursor = self._moved("newest", found, response)
        return self._with_look("newest", Follow(requests=requests, cursor=cursor), response, page, found)

    def _stream(self, response: Response, page: ListingData) -> Follow:
        request, found = response.request, _readable(page)
        if LATE in request.context:
            return Follow(requests=_later(self._ask.stream, request.context, page, found, response.received_at))
        requests = [self._ask.stream(1, context, page.after or "") for context in self._further(request, page, found)]
        cursor = self._moved("stream", found, response)
        return self._with_look("stream", Follow(requests=requests, cursor=cursor), response, page, found)

    def _with_look(
        self, name: str, found: Follow, response: Response, page: ListingData, things: Sequence[Submission | Comment]
    ) -> Follow:
        """What follows from the first page of a listing, and a look below it if one is due."""
        if "page" not in response.request.context or not things:
            return found
        ask = self._ask.listed if name == "newest" else self._ask.stream
        now, further = response.received_at, {LATE: str(_MAX_PAGES)}
        look = partial(_later, ask, further, page, things, now)
        return late.beside(found, look, self._cursor, now, f"{late.LOOKED}_{name}")

    def _further(
        self, request: Request, page: ListingData, found: Sequence[Submission | Comment]
    ) -> Iterator[dict[str, str]]:
        """The context of the next page, where a poll goes on to it: all of this one is new."""
        since, left = float(request.context.get("since") or 0), int(request.context.get("left", "0"))
        times = [thing.created_utc or 0 for thing in found]
        if page.after and left > 0 and min(times, default=0) > since:
            yield {"since": request.context.get("since", ""), "left": str(left - 1)}

    def _conversations(self, posts: Iterable[Submission], priority: Priority) -> list[Request]:
        """Submissions with comments, where the listing itself does not give them to us."""
        if self._place.kind == "user" or not self._comments:
            return []
        return [self._conversation(post.id, priority) for post in posts if post.num_comments]

    def _conversation(self, link: str, priority: Priority) -> Request:
        return self._ask.conversation(link, priority, {"left": str(-(-self._comments // MAX_NAMES))})

    def _conversed(self, request: Request, head: ListingData, comments: ListingData) -> Follow:
        stubs = self._stubs(request, things(comments.children))
        if self._place.kind != "post" or request.priority:
            return Follow(requests=stubs)
        counts = [str(post.num_comments) for post in _readable(head) if isinstance(post, Submission)]
        if not counts or counts[0] == self._cursor.get("count"):
            return Follow()
        return Follow(requests=stubs, cursor={"count": counts[0]})

    def _stubs(self, request: Request, found: Iterable[Submission | Comment | More | ParseError]) -> list[Request]:
        """Requests for what stubs stand for, among whom the requests that are left are shared out."""
        link, priority = request.context["link"], max(1, request.priority)
        stubs = [thing for thing in found if isinstance(thing, More)]
        parts = [(stub.parent_id, part) for stub in stubs for part in batches(stub.children, MAX_NAMES)]
        deeper = [(stub.parent_id, ()) for stub in stubs if not stub.children and stub.parent_id.startswith("t1_")]
        left = int(request.context.get("left", "0"))
        wanted = [*parts, *deeper][:left]
        context = {"left": str((left - len(wanted)) // len(wanted))} if wanted else {}
        return [
            self._ask.more(link, part, priority, context)
            if part
            else self._ask.conversation(link, priority, context, below=parent.removeprefix("t1_"))
            for parent, part in wanted
        ]

    def _first_page(self, name: str) -> dict[str, str]:
        known = self._cursor.get(name, "")
        return {"page": "1", "since": known, "left": str((_MAX_PAGES if known else max(1, self._pages)) - 1)}

    def _moved(self, name: str, found: Sequence[Submission | Comment], response: Response) -> dict[str, str] | None:
        """The cursor after a page; ``None`` where it is as it was. No date beyond today can hold it up for ever."""
        newest = min(max([thing.created_utc or 0 for thing in found], default=0), response.received_at.timestamp())
        if newest <= float(self._cursor.get(name) or 0):
            return None
        return {**self._cursor, name: str(newest)}


def _readable(page: ListingData) -> list[Submission | Comment]:
    return [thing for thing in things(page.children) if isinstance(thing, Submission | Comment)]


def _later(
    ask: Callable[[Priority, Mapping[str, str], str], Request],
    context: Mapping[str, str],
    page: ListingData,
    found: Sequence[Submission | Comment],
    now: datetime,
) -> list[Request]:
    """The next page of a look for what was approved late."""
    oldest = min((thing.created_utc or 0 for thing in found), default=0)
    written = datetime.fromtimestamp(min(max(oldest, 0), now.timestamp()), UTC)
    further = late.further(context, written, now) if page.after else None
    return [ask(2, further, page.after or "")] if further else []
