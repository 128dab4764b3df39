"""Walking lists of the newest, so that nothing is lost between two polls.

Lists come by the time of writing, pinned posts before all others. The cursor says for each list (``posts``,
``comments``, and ``content``, which is what one person wrote) until when all is read. A poll walks down to there; the
cursor moves when the walk has arrived. It stays half an hour behind the present: what other servers' people write
travels, and carries the time at which it was written. What travels longer, since a server was down or has fallen behind
with its queue, is found by a look at each list a few times a day (``_families.late``); no order of the API is that of
arrival.

Comments are a list of their own, the newest of a whole community: a few pages tell what is new under all its posts,
however many there are. A poll of posts asks for it beside the first page.

Options of a channel:

    pages     pages of posts that the first poll reads
    comments  pages of comments that a poll reads at most, 0 for none
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from socialindex.errors import ParseError
from socialindex.sources._families import late
from socialindex.sources._families.late import LATE
from socialindex.sources._families.one_service import number
from socialindex.sources._families.typed_json import read, read_each
from socialindex.sources._lemmy.api import JSON, PAGE, Of, api_of
from socialindex.sources._lemmy.entities import Listing, Mark
from socialindex.sources.base import Follow, Request

if TYPE_CHECKING:
    from collections.abc import Iterable

    import msgspec

    from socialindex.sources._lemmy.places import Place
    from socialindex.sources.base import Channel, Priority, Response

KIND: Final = "list"
KINDS: Final = frozenset({KIND, LATE})
"""Of pages of lists."""
DEFAULT_PAGES: Final = 3
DEFAULT_COMMENTS: Final = 5
MAX_PAGES: Final = 100
"""Pages that a later poll reads of posts: 5,000 since the last one."""
SETTLING: Final = timedelta(minutes=30)
HISTORY: Final = {"walk": "history"}
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TOKEN: Final = re.compile(r"[\w=.~-]{1,200}", re.ASCII)


class Page(NamedTuple):
    """A page as paging sees it.

    Attributes:
        newest, oldest: times of writing; pinned posts do not count for the latter, and of two lists that one answer
            holds the one that goes back less far does.
        token: of the next page; empty at the end.
    """

    newest: datetime
    oldest: datetime | None
    token: str


def poll(channel: Channel, place: Place, of: Of, priority: Priority = 0) -> Request:
    """The request for the newest page of a list."""
    return _request(channel, place, {"of": of}, priority)


def backfill(channel: Channel, place: Place, of: Of) -> Request:
    """The request that begins to walk down a whole list."""
    return _request(channel, place, {"of": of, **HISTORY}, 2)


def comments(channel: Channel) -> int:
    """Pages of comments that a poll reads.

    Raises:
        InvalidInput: the option is no number.
    """
    return number(channel, "comments", DEFAULT_COMMENTS)


def rows(response: Response) -> list[msgspec.Raw]:
    """What a page lists.

    Raises:
        ParseError: it is no page of a list.
    """
    return [row for group in _groups(_listing(response)) for row in group]


def follow(channel: Channel, place: Place, response: Response) -> Follow:
    """The next page, the comments beside the first page of posts, and the cursor where the walk has arrived.

    Raises:
        ParseError: the page cannot be read.
        InvalidInput: an option is no number.
    """
    context, page = response.request.context, _page(response)
    if "walk" in context:
        return Follow(requests=_down(channel, place, context, page))
    if LATE in context:
        further = late.further(context, page.oldest, response.received_at) if page.token else None
        return Follow(requests=[_next(channel, place, {"of": context["of"], **further}, page, 2)] if further else [])
    beside = [poll(channel, place, "comments", 1)] if _is_first_of_posts(context) and comments(channel) else []
    found = _climb(channel, place, response, page, beside)
    return found if "page" in context or page.oldest is None else _with_look(channel, place, response, page, found)


def _with_look(channel: Channel, place: Place, response: Response, page: Page, found: Follow) -> Follow:
    """What follows from the first page of a poll's list, and a look below it if one is due."""
    of, now = response.request.context["of"], response.received_at
    is_short = page.oldest is None or page.oldest <= now - late.REACH or not page.token

    def look() -> list[Request]:
        return [] if is_short else [_next(channel, place, {"of": of, **late.pages(PAGE)}, page, 2)]

    return late.beside(found, look, channel.cursor, now, f"{late.LOOKED}_{of}")


def _climb(channel: Channel, place: Place, response: Response, page: Page, beside: list[Request]) -> Follow:
    context, of = response.request.context, response.request.context["of"]
    since = _time(context.get("since") or channel.cursor.get(of))
    left = int(context.get("left") or _bound(channel, of, since)) - 1
    top = max(_time(context.get("top")), page.newest)
    if not page.token or left < 1 or page.oldest is None or page.oldest <= since:
        return Follow(requests=beside, cursor=_moved(channel, of, min(top, response.received_at - SETTLING)))
    further = {"of": of, "since": since.isoformat(), "top": top.isoformat(), "left": str(left)}
    return Follow(requests=[_next(channel, place, further, page, 1), *beside])


def _down(channel: Channel, place: Place, context: dict[str, str], page: Page) -> list[Request]:
    """The next page of the history: of the same list, or behind the last post the newest comment."""
    if page.token:
        return [_next(channel, place, {"of": context["of"], **HISTORY}, page, 2)]
    return [backfill(channel, place, "comments")] if context["of"] == "posts" and comments(channel) else []


def _bound(channel: Channel, of: str, since: datetime) -> int:
    if of == "comments":
        return comments(channel)
    return number(channel, "pages", DEFAULT_PAGES) if since == _NEVER else MAX_PAGES


def _is_first_of_posts(context: dict[str, str]) -> bool:
    return context["of"] == "posts" and "page" not in context


def _moved(channel: Channel, of: str, until: datetime) -> dict[str, str] | None:
    moves = until > _time(channel.cursor.get(of))
    return {**channel.cursor, of: until.isoformat()} if moves else None


def _next(channel: Channel, place: Place, context: dict[str, str], page: Page, priority: Priority) -> Request:
    before = {"before": page.oldest.isoformat()} if page.oldest else {}
    return _request(channel, place, context | before | {"page": page.token}, priority)


def _request(channel: Channel, place: Place, context: dict[str, str], priority: Priority) -> Request:
    url = api_of(channel, place).listed(place, cast("Of", context["of"]), context.get("page", ""))
    kind = LATE if LATE in context else KIND
    return Request(url=url, kind=kind, priority=priority, context=context, headers=JSON)


def _listing(response: Response) -> Listing:
    found = read(response.body, Listing)
    if not _groups(found):
        raise ParseError("no list: neither posts nor comments nor items")
    return found


def _groups(found: Listing) -> list[list[msgspec.Raw]]:
    return [group for group in (found.posts, found.comments, found.items) if group is not None]


def _page(response: Response) -> Page:
    """A page's ends. One that does not go further back than the one before is the last: servers ignore ``page``."""
    found = _listing(response)
    groups = _groups(found)
    full = [group for group in groups if len(group) >= PAGE]
    marks = [[mark for mark in read_each(group, Mark) if isinstance(mark, Mark)] for group in full or groups]
    oldest = max((end for end in map(_oldest, marks) if end), default=None)
    newest = max((mark.subject.written or _NEVER for group in marks for mark in group), default=_NEVER)
    before = _time(response.request.context.get("before"))
    ends = oldest is None or (before != _NEVER and oldest >= before)
    return Page(newest, oldest, "" if ends else _token(found, response, is_full=bool(full)))


def _oldest(marks: Iterable[Mark]) -> datetime | None:
    return min((mark.subject.written for mark in marks if mark.subject.written and not _is_pinned(mark)), default=None)


def _is_pinned(mark: Mark) -> bool:
    return mark.comment is None and (mark.post.featured_community or mark.post.featured_local)


def _token(found: Listing, response: Response, *, is_full: bool) -> str:
    """The parameter that asks for the next page."""
    if found.next_page is not None:
        return f"page_cursor={found.next_page}" if _TOKEN.fullmatch(found.next_page) else ""
    name, _, value = response.request.context.get("page", "page=1").partition("=")
    pages = found.items is None and name == "page"
    return f"page={int(value) + 1}" if is_full and pages else ""


def _time(text: str | None) -> datetime:
    return datetime.fromisoformat(text) if text else _NEVER
