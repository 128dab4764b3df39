"""Feeds of many people at a server of PieFed or Mbin, and whether each of them wants to be found.

Feeds of communities, of groups of these, and of hashtags neither tell a wish nor name an author by an address that
could be asked. The page of a post does tell: it says noindex where its author wants no search to find it, PieFed's by a
tag, Mbin's by a header, which also has it where author and post are another server's, and where the magazine is not to
be found. So the pages of what the feed shows are read: of new entries at once, and as people change their minds, of a
seventh of the others each day, those first that were read longest ago. All of them each day would be 20 pages for every
community of a server, most of which hear of one or two new posts. What is refused is taken down, and not kept while the
feed shows it.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from itertools import islice
from math import ceil
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from socialindex.errors import ParseError
from socialindex.model import Draft
from socialindex.sources._families.articles import memory
from socialindex.sources._families.feeds import person
from socialindex.sources.base import REREAD_CONTEXT, Follow, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from socialindex.sources.base import Channel, Response

PAGE: Final = "wish"
"""Kind of the request for a post's page; in the cursor, the last day on which some were asked for, and of which posts
ever, those first that were asked for longest ago."""
_REFUSED: Final = "refused"
"""In the cursor: the posts whose pages said no."""
_SERVERS: Final = (
    (
        re.compile(r"https?://[^/]+(?:(?:/(?:community|tag)/[^/]+)?/feed|/(?:topic|f)/.+\.rss)(?:\?.*)?"),
        re.compile(r"(https?://[^/]+)/(?:post/[0-9]+|c/[^/]+/p/[0-9]+(?:/[^/]*)?)"),
    ),
    (
        re.compile(r"https?://[^/]+/(?:feed|rss)(?:\?.*)?"),
        re.compile(r"(https?://[^/]+)/m/[^/]+/t/[0-9]+(?:/[^/]*)?"),
    ),
)
"""Addresses of feeds, and of the posts in them: PieFed's, then Mbin's."""
_PATHS: Final = ("/post/", "/c/", "/m/")
"""With which the addresses of posts begin."""
_MAX_ASKED: Final = 100
"""Entries of a feed whose pages are read: the most that a server of any version lists."""
_DAYS: Final = 7
"""Within which each page is read again."""
_MAX_URI: Final = 700
"""Characters of an address that still fit a request's context."""
_NAME: Final = 6
"""Characters of a remembered name."""


class _Asked(NamedTuple):
    day: str
    names: list[str]


def is_theirs(channel: Channel, response: Response) -> bool:
    """Whether a feed looks like one of such a server: by its address, and by addresses that are in it somewhere."""
    origin = "/".join(channel.url.split("/")[:3])
    return bool(_posts_of(channel)) and any(f"{origin}{path}".encode() in response.body for path in _PATHS)


def asked(channel: Channel, cursor: dict[str, str], uris: Iterable[str], now: datetime) -> Follow:
    """The requests for the pages of a feed's entries that are to be read now, and the cursor with them.

    Args:
        channel: of the feed.
        cursor: as the poll leaves it.
        uris: of the entries.
        now: the time of the poll.
    """
    shown = {_name(uri): uri for uri in islice(_pages(channel, uris), _MAX_ASKED)}
    if not shown:
        return Follow(cursor=cursor if cursor != channel.cursor else None)
    before, today = _asked(cursor), f"{now:%Y-%m-%d}"
    known = [name for name in before.names if name in shown]
    fresh = [name for name in shown if name not in known]
    again = known[: ceil(len(known) / _DAYS)] if before.day != today else []
    names = [*known[len(again) :], *again, *fresh]
    refused = "".join(sorted(_refused(cursor) & shown.keys()))
    cursor = {**cursor, PAGE: f"{today} {''.join(names)}", _REFUSED: refused}
    news: Literal[1, 2] = 1 if before.day else 2  # what a feed shows when it is asked first are no news of that poll
    requests = [*(_request(shown[name], news) for name in fresh), *(_request(shown[name], 2) for name in again)]
    return Follow(requests=requests, cursor=cursor if cursor != channel.cursor else None)


def follow(channel: Channel, response: Response) -> Follow:
    """The cursor after a post's page; what is no page changes nothing."""
    says_no = _says_no(response)
    if says_no is None:
        return Follow()
    before, name = _refused(channel.cursor), _name(response.request.context["uri"])
    after = before | {name} if says_no else before - {name}
    return Follow(cursor={**channel.cursor, _REFUSED: "".join(sorted(after))} if after != before else None)


def verdicts(response: Response) -> list[Exception]:
    """The verdict on the post whose page says no."""
    return [person.withdrawal(response.request.context["uri"])] if _says_no(response) else []


def obeyed(channel: Channel, found: list[Draft | Exception]) -> list[Draft | Exception]:
    """The posts of a feed, with the verdicts on those whose pages said no when they were last read."""
    refused = _refused(channel.cursor)
    return [_judged(each, refused) if isinstance(each, Draft) else each for each in found] if refused else found


def _judged(post: Draft, refused: frozenset[str]) -> Draft | Exception:
    return person.withdrawal(post.uri) if _name(post.uri) in refused and not post.deleted else post


def _says_no(response: Response) -> bool | None:
    if response.status != HTTPStatus.OK:
        return None
    try:
        return person.says_no(response)
    except ParseError:
        return None


def _pages(channel: Channel, uris: Iterable[str]) -> Iterator[str]:
    """The entries that are posts of the feed's own server; such a post's identity is the address of its page."""
    patterns = _posts_of(channel)
    for uri in uris:
        match = next(filter(None, (pattern.fullmatch(uri) for pattern in patterns)), None)
        if match and channel.url.startswith(f"{match[1]}/") and len(uri) <= _MAX_URI:
            yield uri


def _posts_of(channel: Channel) -> list[re.Pattern[str]]:
    return [posts for feeds, posts in _SERVERS if feeds.fullmatch(channel.url)]


def _request(uri: str, priority: Literal[1, 2]) -> Request:
    return Request(url=uri, kind=PAGE, priority=priority, context={"uri": uri, **REREAD_CONTEXT}, leads=True)


def _asked(cursor: dict[str, str]) -> _Asked:
    day, _, names = cursor.get(PAGE, "").partition(" ")
    return _Asked(day, memory.apart(names, _NAME))


def _refused(cursor: dict[str, str]) -> frozenset[str]:
    return frozenset(memory.apart(cursor.get(_REFUSED, ""), _NAME))


def _name(uri: str) -> str:
    return memory.short(uri, _NAME)
