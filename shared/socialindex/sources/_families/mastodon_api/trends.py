"""What a server shows under "explore": the posts that are much boosted now.

They come in the order of their weight, with an offset (https://docs.joinmastodon.org/methods/trends/#statuses), and
there is no telling what is new: every poll reads the same few pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from socialindex.sources._families.mastodon_api import options
from socialindex.sources._families.mastodon_api.entities import Mark
from socialindex.sources._families.mastodon_api.reading import read_list
from socialindex.sources._families.mastodon_api.walk import JSON, PAGE
from socialindex.sources.base import Follow, Request

if TYPE_CHECKING:
    from socialindex.sources._families.mastodon_api.places import Place
    from socialindex.sources.base import Channel, Priority, Response

KIND: Final = "trends"


def start(channel: Channel, place: Place) -> Request:
    """The request for the first page.

    Raises:
        InvalidInput: the channel has an option that cannot be.
    """
    return _page(place, 0, options.number(channel, "pages", options.DEFAULT_PAGES), 0)


def follow(place: Place, response: Response) -> Follow:
    """The next page, while there is one and it is wanted.

    Raises:
        ParseError: the page cannot be read.
    """
    context = response.request.context
    count, left = len(read_list(response.body, Mark)), int(context["left"]) - 1
    if count < PAGE or left < 1:
        return Follow()
    return Follow(requests=[_page(place, int(context["offset"]) + PAGE, left, 1)])


def _page(place: Place, offset: int, left: int, priority: Priority) -> Request:
    query = urlencode({"limit": str(PAGE)} | ({"offset": str(offset)} if offset else {}))
    return Request(
        url=f"{place.origin}/api/v1/trends/statuses?{query}",
        kind=KIND,
        priority=priority,
        context={"offset": str(offset), "left": str(left)},
        headers=JSON,
    )
