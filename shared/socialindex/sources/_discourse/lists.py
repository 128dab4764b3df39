"""Lists of topics: a category's, a tag's.

Topics come by their last activity (``bumped_at``), pinned ones before all others. A category's own document has the
view and the order that its administrators chose (top, votes, creation, ascending; ``ListController#category_default``),
so that its topics are asked for as the latest ones by activity. The cursor says what has been read:

    bumped  all that was posted until then

A poll walks the list down to topics that were quiet since, and reads the new part of each. The cursor moves when the
walk has arrived. It stays a minute behind the present: posts can be seen a moment after the time that they carry.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from socialindex.sources._discourse import topics
from socialindex.sources._discourse.entities import ListPage, Row
from socialindex.sources._discourse.latest import DEFAULT_PAGES, SETTLING
from socialindex.sources._families.one_service import number
from socialindex.sources._families.typed_json import read
from socialindex.sources.base import Follow, Request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.sources._discourse.places import Place
    from socialindex.sources.base import Channel, Priority, Response

KIND: Final = "list"
_BY_ACTIVITY: Final = {"order": "activity"}
"""By ``bumped_at``, the latest first (``TopicQuery::SORTABLE_MAPPING``)."""
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


def start(place: Place) -> Request:
    """The request for the list's first page."""
    return _page(place, 0, 0, {})


def backfill(place: Place) -> Request:
    """The request that begins to walk down the whole list."""
    return _page(place, 0, 2, {"walk": "history"})


def follow(channel: Channel, place: Place, response: Response) -> Follow:
    """What is new in the list's topics, the list's next page, and the cursor where the walk has arrived.

    Raises:
        ParseError: the page cannot be read.
        InvalidInput: the channel's options ask for no number of pages.
    """
    context, found = response.request.context, read(response.body, ListPage).topic_list
    rows = [row for row in found.topics if row.archetype == "regular" and row.visible is not False]
    page, is_end = int(context.get("page", "0")), not found.more_topics_url or not found.topics
    if "walk" in context:
        whole = [topics.paged(place, row.id, 1) for row in rows]
        return Follow(requests=[*([] if is_end else [_page(place, page + 1, 2, {"walk": "history"})]), *whole])
    since = _time(context.get("since") or channel.cursor.get("bumped"))
    fresh = [row for row in rows if _bumped(row) > since]
    left = int(context.get("left") or number(channel, "pages", DEFAULT_PAGES)) - 1 if since == _NEVER else 1
    requests = [request for row in fresh for request in _unread(channel, place, row, since)]
    top = max([_time(context.get("top")), *map(_bumped, rows)])
    if is_end or left < 1 or any(_bumped(row) <= since for row in rows if not _is_pinned(row)):
        return Follow(requests=requests, cursor=_moved(channel, min(top, response.received_at - SETTLING)))
    further = {"top": top.isoformat()}
    further |= {"left": str(left)} if since == _NEVER else {"since": since.isoformat()}
    return Follow(requests=[_page(place, page + 1, 1, further), *requests])


def _unread(channel: Channel, place: Place, row: Row, since: datetime) -> Iterable[Request]:
    """The pages of a topic that hold what is new in it: all of a short topic, else the end of it.

    The beginning of a long topic is read where the topic is new to us.
    """
    if row.highest_post_number <= topics.PAGE:
        return [topics.whole(place, row.id, 1)]
    is_new = row.created_at is None or _aware(row.created_at) > since
    pages = number(channel, "topic_pages", topics.DEFAULT_PAGES)
    how = {"down": str(pages)} | ({} if since == _NEVER else {"since": since.isoformat()})
    end = topics.near(place, row.id, row.highest_post_number, 1, how)
    return [topics.whole(place, row.id, 1), end] if is_new else [end]


def _moved(channel: Channel, until: datetime) -> dict[str, str] | None:
    moves = until > _time(channel.cursor.get("bumped"))
    return {**channel.cursor, "bumped": until.isoformat()} if moves else None


def _page(place: Place, page: int, priority: Priority, context: dict[str, str]) -> Request:
    numbered = {"page": str(page)} if page else {}
    path, ordered = (f"{place.path}/l/latest", _BY_ACTIVITY) if place.kind == "category" else (place.path, {})
    query = urlencode(ordered | numbered)
    return Request(
        url=f"{place.base}{path}.json" + (f"?{query}" if query else ""),
        kind=KIND,
        priority=priority,
        context=context | numbered,
        leads=True,
    )


def _bumped(row: Row) -> datetime:
    return _aware(row.bumped_at) if row.bumped_at else _NEVER


def _is_pinned(row: Row) -> bool:
    return bool(row.pinned or row.pinned_globally)


def _time(text: str | None) -> datetime:
    return datetime.fromisoformat(text) if text else _NEVER


def _aware(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except OverflowError:
        return _NEVER
