"""Conversations: a status with what it answers and what answers it, as far as its server knows them.

The status itself and its surroundings are two requests (https://docs.joinmastodon.org/methods/statuses/#context). The
second one carries what the first one told: the status's address, and whether it began the conversation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from socialindex.errors import ParseError
from socialindex.sources._families.mastodon_api.entities import Branch, Status
from socialindex.sources._families.mastodon_api.reading import read_around, read_list
from socialindex.sources._families.mastodon_api.references import is_reply
from socialindex.sources._families.mastodon_api.walk import JSON
from socialindex.sources.base import POST_KIND, Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.sources._families.mastodon_api.places import Place
    from socialindex.sources.base import Channel, Priority, Response

ROOT: Final = "thread"
"""Kind of the request for the status whose conversation is a channel, before its address is known."""
AROUND: Final = "context"
_MAX_URI: Final = 600
"""Characters of an address that fit a request's context."""


def start(channel: Channel, place: Place) -> Request:
    """The request for the status that the channel's address names."""
    known = channel.cursor.get("uri")
    return single(place.origin, place.status_id, {"uri": known} if known else {}, 0)


def single(origin: str, status_id: str, context: dict[str, str], priority: Priority) -> Request:
    """The request for one status; with ``uri`` in its context its absence is known to be a deletion."""
    return Request(
        url=f"{origin}/api/v1/statuses/{quote(status_id, safe='')}",
        kind=POST_KIND if "uri" in context else ROOT,
        priority=priority,
        context=context,
        headers=JSON,
    )


def around(place: Place, status: Status | Branch, priority: Priority) -> Request | None:
    """The request for what is around a status, or ``None`` where it cannot be asked for."""
    if status.id is None or not status.uri or len(status.uri) > _MAX_URI:
        return None
    begins = not is_reply(status) if isinstance(status, Status) else status.in_reply_to_id is None
    return Request(
        url=f"{place.origin}/api/v1/statuses/{quote(str(status.id), safe='')}/context",
        kind=AROUND,
        priority=priority,
        context={"id": str(status.id), "uri": status.uri, **({"begins": "1"} if begins else {})},
        headers=JSON,
    )


def branches(place: Place, response: Response, most: int) -> Iterator[Request]:
    """Requests for the conversations that hang on the statuses of a page, the most answered first.

    Raises:
        ParseError: the page cannot be read.
    """
    found = [branch for branch in read_list(response.body, Branch) if not isinstance(branch, ParseError)]
    answered = [branch for branch in found if branch.visibility == "public" and (branch.replies_count or 0) > 0]
    answered.sort(key=lambda branch: branch.replies_count or 0, reverse=True)
    yield from filter(None, (around(place, branch, 1) for branch in answered[:most]))


def statuses(response: Response) -> tuple[list[Status | ParseError], dict[str, str], str | None]:
    """The statuses around one, that one's address by its id, and the address that the conversation began with.

    Raises:
        ParseError: the answer cannot be read.
    """
    context = response.request.context
    ancestors, descendants = read_around(response.body)
    top = ancestors[0] if ancestors else None
    if isinstance(top, Status):
        first = None if is_reply(top) else top.uri
    else:
        first = context["uri"] if "begins" in context and top is None else None
    return [*ancestors, *descendants], {context["id"]: context["uri"]}, first
