"""Walking a timeline so that no status is lost, whatever the server and whenever we are interrupted.

Servers page by id: ``max_id`` gives what is older than an id, newest first, ``since_id`` the newest down to an id. We
walk down by ``max_id``. ``min_id``, which walks up, would let the cursor climb page by page, but servers get it wrong:
GoToSocial up to 0.18 skips up to five statuses of a full page, Pixelfed takes it for ``since_id``.

The cursor says what has been walked:

    newest  every status up to this id, but for the gaps
    floor   a status below it, so that a poll's answer shows ``newest`` again and thereby that nothing is missing
    gaps    pairs ``after:before``: what lies between them is still to be walked, from ``before`` down

A poll asks for what is newer than ``floor``. What its first page does not reach becomes a gap; each page of the gap
lowers its ``before``, until it reaches ``after``. Every poll asks for the open gaps again, so that a page that went
astray is made up for; the frontier keeps one copy of a request that waits already.

Ids are ordered by time of writing, not of arrival: GoToSocial gives a remote status an id of the time it was written
at, and so does Mastodon where it fetches one, as for a boost or a conversation. One that is delivered to it gets an id
of the time of arrival, though it keeps the date that it was written at. So ``newest`` stops at the newest *settled*
status, one that is old enough to have no late neighbors and has none above it that is not; what is newer is read again.
What arrives later than that (a server that was down, a boost of yesterday's status) is found by a look a few times a
day, at places where other servers' people write (``_families.late``). Ids are decimal numbers (Mastodon), ULIDs
(GoToSocial), base62 flake ids (Pleroma, Akkoma), base36 (Sharkey and other forks of Misskey) or UUIDs that begin with
the time (Mitra): all are ordered by length, then by character.

Forks of Misskey hand ``since_id`` on to their own API, which then answers from the oldest up: a full page of it ends
before the news do, and what is newer is asked for in turn.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import parse_qs, quote, urlencode

from socialindex.errors import ParseError
from socialindex.sources._families import late
from socialindex.sources._families.mastodon_api import options
from socialindex.sources._families.mastodon_api.entities import Mark
from socialindex.sources._families.mastodon_api.reading import read_list
from socialindex.sources.base import Channel, Follow, Priority, Request, Response, header

if TYPE_CHECKING:
    from socialindex.sources._families.mastodon_api.places import Place

PAGE: Final = 40
"""Statuses that a page holds at most: the API's maximum."""
_USUAL_PAGE: Final = 20
"""Statuses of a page of a server that caps it lower: the API's default."""
_MAX_GAPS: Final = 24
"""Gaps that the cursor keeps apart; the oldest two become one beyond."""
_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,36}")
"""No longer than a UUID."""
_LINK: Final = re.compile(r"<([^<>]*)>([^<]*)")
_NEXT: Final = re.compile(r"""\brel=["']?next\b""")
JSON: Final = {"Accept": "application/json"}
KIND: Final = "timeline"
HISTORY: Final = {"walk": "history"}
"""Context of the requests that walk a timeline's whole history, apart from the polls and their cursor."""


class Gap(NamedTuple):
    after: str
    before: str


class Page(NamedTuple):
    """A page as paging sees it.

    Attributes:
        ids: newest first.
        settled: position of the newest settled status in ``ids``.
        older: where the next page begins, for ``max_id``; ``None`` at the end.
        climbs: whether it came from the oldest up and may end before the newest.
        written: when the latest of its statuses was written.
    """

    ids: list[str]
    settled: int | None
    older: str | None
    climbs: bool
    written: datetime | None = None


def settling(place: Place) -> timedelta:
    """How late a status may appear in a timeline: local ones race for a moment, remote ones travel."""
    return timedelta(minutes=30 if _is_remote(place) else 1)


class Walk:
    """The walk of one channel's timeline.

    Args:
        channel: with the cursor as it is now.
        place: what the channel is about.
        account_id: the server's id of the account, where the place is one.

    Raises:
        InvalidInput: the channel has an option that cannot be.
    """

    def __init__(self, channel: Channel, place: Place, account_id: str = "") -> None:
        self._cursor = channel.cursor
        self._pages = options.number(channel, "pages", options.DEFAULT_PAGES)
        self._filters = options.filters(channel, place)
        self._place = place
        self._account_id = account_id
        self._newest = channel.cursor.get("newest", "")
        self._gaps = [Gap(*gap.split(":")) for gap in channel.cursor.get("gaps", "").split()]

    def poll(self) -> Request:
        """The request that asks for what is new."""
        return self._request(0, {}, since=self._cursor.get("floor") or self._newest)

    def backfill(self) -> Request:
        """The request that begins to walk down the whole timeline."""
        return self._request(2, HISTORY)

    def follow(self, response: Response) -> Follow:
        """What follows from a page of the timeline.

        Raises:
            ParseError: the page cannot be read.
        """
        context = response.request.context
        page = read_page(response, settling(self._place))
        if context.get("walk") == "history":
            return Follow(requests=[self._request(2, HISTORY | {"before": page.older})] if page.older else [])
        if late.LATE in context:
            return Follow(requests=self._late(context, page, response.received_at))
        if "gap" in context:
            return self._lower(Gap(context["gap"], context["before"]), page)
        if "above" in context:
            return Follow(requests=self._higher(page._replace(settled=None), context["above"]))
        if "history" in context:
            return Follow(requests=self._history(page.older, int(context["history"])))
        found = self._climb(page) if self._newest else self._begin(page)
        is_poll = response.request.priority == 0 and page.ids and _is_remote(self._place)
        return self._with_look(found, page, response.received_at) if is_poll else found

    def _with_look(self, found: Follow, page: Page, now: datetime) -> Follow:
        """What follows from the first page of a poll, and a look below it if one is due."""
        further = {"before": page.ids[-1], **late.pages(PAGE)}
        return late.beside(found, lambda: [self._request(2, further)], self._cursor, now)

    def _late(self, context: dict[str, str], page: Page, now: datetime) -> list[Request]:
        further = late.further(context, page.written, now) if page.older else None
        return [self._request(2, {"before": page.older, **further})] if page.older and further else []

    def _begin(self, page: Page) -> Follow:
        """The first page ever: what is older is history, read as far as the channel's options say."""
        if not page.ids:
            return Follow()
        top = len(page.ids) - 1 if page.settled is None else page.settled
        return Follow(requests=self._history(page.older, self._pages - 1), cursor=self._at(page.ids[top:], []))

    def _climb(self, page: Page) -> Follow:
        """A page of news: the first of a poll, or a later one while all statuses so far are unsettled."""
        missing = page.older if page.older and not _reaches(page, self._newest) else None
        higher = self._higher(page, self._newest)
        if page.settled is None:
            older = [self._request(1, {"before": missing})] if missing else []
            return Follow(requests=[*higher, *older, *self._requests(self._gaps)])
        gaps = [*self._gaps, Gap(self._newest, missing)] if missing else self._gaps
        below = page.ids[page.settled :]
        moves = rank(below[0]) > rank(self._newest)
        requests = [*higher, *self._requests(gaps)]
        return Follow(requests=requests, cursor=self._at(below, gaps) if moves else None)

    def _higher(self, page: Page, above: str) -> list[Request]:
        """What is newer than a page that ends before the newest, and lies above an id.

        Beyond unsettled statuses the cursor does not follow: the next poll begins below them, and comes here again.
        """
        if not page.climbs or rank(page.ids[0]) <= rank(above):
            return []
        if page.settled == 0:
            return [self._request(1, {}, since=page.ids[1])]
        return [self._request(1, {"above": page.ids[0]}, since=page.ids[0])]

    def _lower(self, gap: Gap, page: Page) -> Follow:
        """A page of a gap, unless it came twice and is behind the gap's progress."""
        if gap not in self._gaps:
            return Follow()
        missing = page.older if page.older and not _reaches(page, gap.after) else None
        rest = [Gap(gap.after, missing)] if missing else []
        position = self._gaps.index(gap)
        gaps = [*self._gaps[:position], *rest, *self._gaps[position + 1 :]]
        return Follow(requests=self._requests(rest), cursor=self._with(gaps=_encode(gaps)))

    def _history(self, before: str | None, pages: int) -> list[Request]:
        if not before or pages < 1:
            return []
        return [self._request(2, {"before": before, "history": str(pages - 1)})]

    def _requests(self, gaps: list[Gap]) -> list[Request]:
        return [self._request(1, {"gap": gap.after, "before": gap.before}) for gap in gaps]

    def _at(self, ids: list[str], gaps: list[Gap]) -> dict[str, str]:
        """The cursor with the first of some descending ids as its newest, and the next one as its floor."""
        return self._with(newest=ids[0], floor=(ids[1:] or [self._newest])[0], gaps=_encode(gaps))

    def _with(self, **changes: str) -> dict[str, str]:
        cursor = {**self._cursor, "account": self._account_id, **changes}
        return {name: value for name, value in cursor.items() if value}

    def _request(self, priority: Priority, context: dict[str, str], *, since: str = "") -> Request:
        """A request for a page; ``before`` in the context is where it begins."""
        local = "true" if self._place.kind == "local" else ""
        asked = {"limit": str(PAGE), "local": local, "since_id": since, "max_id": context.get("before", "")}
        query = urlencode([(name, value) for name, value in asked.items() if value] + self._filters)
        known = {"account": self._account_id} if self._account_id else {}
        return Request(
            url=f"{self._place.origin}{self._path()}?{query}",
            kind=late.LATE if late.LATE in context else KIND,
            priority=priority,
            context={**context, **known},
            headers=JSON,
        )

    def _path(self) -> str:
        if self._place.kind == "local":
            return "/api/v1/timelines/public"
        if self._place.kind == "tag":
            return f"/api/v1/timelines/tag/{quote(self._place.name, safe='')}"
        return f"/api/v1/accounts/{quote(self._account_id, safe='')}/statuses"


def _is_remote(place: Place) -> bool:
    """Whether statuses of other servers' people come to a place."""
    return place.kind == "tag" or "@" in place.name


def rank(status_id: str) -> tuple[int, str]:
    """The key that ids of every server are ordered by, oldest first."""
    return len(status_id), status_id


def read_page(response: Response, settle: timedelta) -> Page:
    """A page's ids and where it ends.

    Raises:
        ParseError: the body is no list.
    """
    marks = [mark for mark in read_list(response.body, Mark) if not isinstance(mark, ParseError)]
    known = [(str(mark.id), mark.created_at) for mark in marks if _ID.fullmatch(str(mark.id or ""))]
    climbs = "since_id=" in response.request.url and len(known) > 1 and rank(known[0][0]) < rank(known[-1][0])
    if climbs:
        known.reverse()
    ids, times = [status_id for status_id, _ in known], [_aware(written) if written else None for _, written in known]
    settled = _settled(times, response.received_at, settle)
    written = max(filter(None, times), default=None)
    return Page(ids, settled, _older(response, ids), climbs and len(ids) >= _USUAL_PAGE, written)


def _settled(times: list[datetime | None], now: datetime, settle: timedelta) -> int | None:
    """The position of the newest settled status; dates that are yet to come say nothing."""
    recent = (position for position, time in enumerate(times) if time and now - settle < time <= now)
    below = max(recent, default=-1) + 1
    known = (position for position, time in enumerate(times[below:], below) if time and time <= now - settle)
    return next(known, None)


def _older(response: Response, ids: list[str]) -> str | None:
    """Where the next page begins: as the Link header says, else after the last status of a page that looks full.

    Only the id is taken from the header: addresses are ours to make. A server may filter a page to the last status
    and still know where the next begins.
    """
    link = header(response, "link")
    older = _next_max_id(link) if link else (ids[-1] if len(ids) >= _USUAL_PAGE else None)
    before = response.request.context.get("before")
    if not older or not _ID.fullmatch(older) or (before and rank(older) >= rank(before)):
        return None
    return older


def _next_max_id(link: str) -> str | None:
    """The ``max_id`` of a Link header's ``rel="next"`` (RFC 8288, section 3)."""
    addresses = (address for address, parameters in _LINK.findall(link) if _NEXT.search(parameters))
    query = next(addresses, "").partition("?")[2]
    return next(iter(parse_qs(query).get("max_id", [])), None)


def _reaches(page: Page, status_id: str) -> bool:
    return any(rank(each) <= rank(status_id) for each in page.ids)


def _encode(gaps: list[Gap]) -> str:
    if len(gaps) > _MAX_GAPS:
        gaps = [Gap(gaps[0].after, gaps[1].before), *gaps[2:]]
    return " ".join(f"{gap.after}:{gap.before}" for gap in gaps)


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)
