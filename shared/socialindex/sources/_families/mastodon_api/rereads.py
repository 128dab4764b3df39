"""Reading statuses again: for their figures, their edits, their deletion.

A status is asked for at the server that published it, by the id in its address: ids of other servers' statuses are
known to nobody but the server that gave them. Some addresses end in the server's own id at one kind of server and in
another one elsewhere (``/objects/`` is Mitra's, but Pleroma's too): they count where their id looks like those that the
channel has met. Mastodon gives up to twenty at once since 4.3
(https://docs.joinmastodon.org/methods/statuses/#index); other servers know no such request. They answer 404, or with
an empty list, which would mean that twenty statuses were deleted together: then the channel's cursor remembers to ask
for each by itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from socialindex.errors import ParseError
from socialindex.model import Draft
from socialindex.sources._families.mastodon_api.conversations import single
from socialindex.sources._families.mastodon_api.entities import Mark, Status
from socialindex.sources._families.mastodon_api.reading import read_list
from socialindex.sources._families.mastodon_api.walk import JSON
from socialindex.sources.base import Follow, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from socialindex.sources._families.mastodon_api.places import Place
    from socialindex.sources.base import Channel, Known, Response

KIND: Final = "statuses"
_MOST: Final = 20
"""Statuses that one request may ask for: more are refused."""
_ROOM: Final = 900
"""Characters of a request's context that its statuses' paths may take."""
_OWN: Final = re.compile(r"(?:/(?:ap/)?users/[^/]+/statuses|/notice|/@[^/]+(?:/statuses)?)/([0-9A-Za-z]{1,32})")
"""Paths of statuses and of their pages that end in the server's own id."""
_MAYBE_OWN: Final = re.compile(r"/(?:notes|objects)/([0-9A-Za-z-]{1,36})")
"""Paths that do so at some servers: forks of Misskey (but not those that give the API ids of their own), and Mitra."""


def requests(channel: Channel, place: Place, posts: Sequence[Known]) -> Iterator[Request]:
    """Requests for those of some posts that the channel's server published."""
    met = channel.cursor.get("newest", "")
    own = {post.uri: status_id for post in posts if (status_id := _own_id(place.origin, post, met))}
    if "single" in channel.cursor:
        yield from (single(place.origin, status_id, {"uri": uri}, 2) for uri, status_id in own.items())
        return
    for batch in _batches([uri.removeprefix(place.origin) for uri in own]):
        yield _request(place.origin, batch, own)


def follow(channel: Channel, response: Response) -> Follow:
    """Remembers where a server does not take the request for several statuses."""
    if response.status == 200 and (read_list(response.body, Mark) or len(_asked(response)) == 1):  # noqa: PLR2004
        return Follow()
    return Follow(cursor={**channel.cursor, "single": "1"})


def statuses(response: Response) -> list[Status | ParseError]:
    """The statuses of an answer.

    Raises:
        ParseError: the answer cannot be read.
    """
    return read_list(response.body, Status) if response.status == 200 else []  # noqa: PLR2004 - RFC 9110


def gone(place: Place, response: Response, found: Iterable[Status | ParseError]) -> Iterator[Draft]:
    """Posts that were asked for and are not among those found."""
    answer = [*found]
    asked = _asked(response)
    if any(isinstance(each, ParseError) for each in answer) or (not answer and len(asked) > 1):
        return
    here = {status.uri for status in answer if isinstance(status, Status)}
    uris = (place.origin + path for path in asked)
    yield from (Draft(uri=uri, deleted=True) for uri in uris if uri not in here)


def _own_id(origin: str, post: Known, met: str) -> str | None:
    """The server's own id of a status that it published; ``None`` for others, and for boosts.

    Args:
        origin: the server.
        post: the status.
        met: an id that the server gave another status.
    """
    path = post.uri.removeprefix(origin)
    is_own = post.uri.startswith(f"{origin}/")  # an identity can be anything, such as "//host/"
    if post.kind == "repost" or not is_own or len(path) > _ROOM or path.split() != [path]:
        return None
    if match := _OWN.fullmatch(path) or _OWN.fullmatch((post.url or "").removeprefix(origin)):
        return match[1]
    match = _MAYBE_OWN.fullmatch(path)
    return match[1] if match and _are_alike(match[1], met) else None


def _are_alike(one: str, other: str) -> bool:
    """Whether two ids are of one form: of as many characters, and both numbers, both UUIDs or both words."""
    forms = {(len(each), each.isdecimal(), each.count("-")) for each in (one, other)}
    return len(forms) == 1


def _batches(paths: Iterable[str]) -> Iterator[list[str]]:
    """Paths in groups that one request can ask for."""
    batch, room = list[str](), _ROOM
    for path in paths:
        room -= len(path) + 1
        if batch and (room < 0 or len(batch) == _MOST):
            yield batch
            batch, room = [], _ROOM - len(path) - 1
        batch.append(path)
    if batch:
        yield batch


def _request(origin: str, paths: list[str], ids: dict[str, str]) -> Request:
    query = urlencode([("id[]", ids[origin + path]) for path in paths])
    return Request(
        url=f"{origin}/api/v1/statuses?{query}",
        kind=KIND,
        priority=2,
        context={"asked": " ".join(paths)},
        headers=JSON,
    )


def _asked(response: Response) -> list[str]:
    return response.request.context.get("asked", "").split()
