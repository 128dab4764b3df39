"""What one person wrote.

``/u/name/activity.json`` gives the newest fifty posts, ``/user_actions.json`` the beginnings of all, thirty at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

import msgspec

from socialindex.sources._discourse.asking import ORIGINALS
from socialindex.sources._discourse.entities import Post, UserAction, UserActions
from socialindex.sources._families.typed_json import read, read_each
from socialindex.sources.base import Follow, Request

if TYPE_CHECKING:
    from socialindex.errors import ParseError
    from socialindex.sources._discourse.places import Place
    from socialindex.sources.base import Response

KIND: Final = "user"
ACTIONS: Final = "actions"
_WROTE: Final = "4,5"
"""Kinds of actions: began a topic, answered."""


def start(place: Place) -> Request:
    """The request for the newest posts."""
    return Request(url=f"{place.base}/u/{quote(place.name)}/activity.json", kind=KIND, headers=ORIGINALS)


def backfill(place: Place) -> Request:
    """The request that begins to walk down all posts."""
    return _actions(place, 0)


def posts(response: Response) -> list[Post | ParseError]:
    """The newest posts.

    Raises:
        ParseError: the answer is no list.
    """
    return [*read_each(read(response.body, list[msgspec.Raw]), Post)]


def actions(response: Response) -> list[UserAction | ParseError]:
    """The beginnings of posts.

    Raises:
        ParseError: the answer cannot be read.
    """
    return [*read_each(read(response.body, UserActions).user_actions, UserAction)]


def follow(place: Place, response: Response) -> Follow:
    """The next page of the history, until an empty one.

    Raises:
        ParseError: the page cannot be read.
    """
    count = len(read(response.body, UserActions).user_actions)
    offset = int(response.request.context["offset"]) + count
    return Follow(requests=[_actions(place, offset)] if count else [])


def _actions(place: Place, offset: int) -> Request:
    query = urlencode({"offset": offset, "username": place.name, "filter": _WROTE}, safe=",")
    return Request(
        url=f"{place.base}/user_actions.json?{query}",
        kind=ACTIONS,
        priority=2,
        context={"walk": "history", "offset": str(offset)},
    )
