"""Topics that were there before they were public: shared drafts, and topics that a timer publishes to a category.

Publishing one gives the topic and its posts the time of that (``TopicTimestampChanger``) and leaves their ids, which
are those of the draft, so that the newest posts by id do not show it. Topics by creation do: ``/latest.json`` with
``order=created``. A poll of a whole forum asks for that once an hour, and reads what was created since the last time
and has not been read as it began. What becomes public with the time at which it was written (a topic that is listed
again, or is moved from a category for members) stands in no order of the API where it could be found.

The cursor:

    looked  when topics by creation were last asked for
    began   topics that the newest posts have shown since
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from socialindex.sources._discourse import topics
from socialindex.sources._discourse.entities import ListPage
from socialindex.sources._families import late
from socialindex.sources._families.times import in_utc
from socialindex.sources._families.typed_json import read
from socialindex.sources.base import Follow, Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from socialindex.sources._discourse.places import Place
    from socialindex.sources.base import Channel, Response

KIND: Final = "created"
EVERY: Final = timedelta(hours=1)
_SLACK: Final = timedelta(minutes=2)
"""Before the last time: what was created then may have been seen by neither."""
_BEGAN: Final = "began"
_KEPT: Final = 80
"""Topics of which is remembered that they were read: their numbers fit a request's context."""
_MAX_PAGES: Final = 3


def beside(channel: Channel, place: Place, response: Response, began: Sequence[int], found: Follow) -> Follow:
    """What follows from a page of a poll, and once an hour the request for topics by creation.

    ``began`` are topics whose first posts the page shows as new, ``found`` is what follows from it otherwise.
    """
    cursor = channel.cursor if found.cursor is None else found.cursor
    known = [*dict.fromkeys([*map(str, began), *cursor.get(_BEGAN, "").split()])][:_KEPT]
    now, is_first = response.received_at, "before" not in response.request.context
    requests = found.requests
    if is_first and late.is_due(channel.cursor, now, every=EVERY):
        since = datetime.fromisoformat(channel.cursor[late.LOOKED]) - _SLACK
        requests = [*requests, _page(place, 0, {"since": since.isoformat(), "known": " ".join(known)})]
        known = []
    cursor = late.noted(cursor, now, every=EVERY) if is_first else cursor
    cursor = {name: value for name, value in {**cursor, _BEGAN: " ".join(known)}.items() if value}
    return Follow(requests=requests, cursor=cursor if cursor != channel.cursor else None)


def follow(place: Place, response: Response) -> Follow:
    """The topics of a page that were published since the last time, and the next page where all of them may be.

    Raises:
        ParseError: the page cannot be read.
    """
    context, found = response.request.context, read(response.body, ListPage).topic_list
    since, known = datetime.fromisoformat(context["since"]), context.get("known", "").split()
    rows = [row for row in found.topics if row.archetype == "regular" and row.visible is not False]
    fresh = [row for row in rows if (created := in_utc(row.created_at)) and created > since]
    page = int(context.get("page", "0")) + 1
    goes_on = fresh and len(fresh) == len(rows) and found.more_topics_url and page < _MAX_PAGES
    unread = [topics.whole(place, row.id, 1) for row in fresh if str(row.id) not in known]
    return Follow(requests=[*unread, *([_page(place, page, context)] if goes_on else [])])


def _page(place: Place, page: int, context: dict[str, str]) -> Request:
    numbered = {"page": str(page)} if page else {}
    url = f"{place.base}/latest.json?{urlencode({'order': 'created'} | numbered)}"
    return Request(url=url, kind=KIND, priority=2, context=context | numbered, leads=True)
