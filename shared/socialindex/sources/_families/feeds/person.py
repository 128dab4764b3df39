"""Feeds of one person at a server of the fediverse, and whether that person wants to be found.

Such feeds hold posts and no wishes: Misskey, GoToSocial, Mastodon and PieFed tell these on the person's page, by a
robots tag that says noindex. So the page is read as well, once a day. While it says so nothing of the feed is kept,
and what the feed still shows is taken down: the feed is read again for that at once, for it may not change for days.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from socialindex.errors import ParseError
from socialindex.model import Draft
from socialindex.sources._families.articles import metadata, robots
from socialindex.sources._families.boards.markup import parse
from socialindex.sources._families.feeds.reading import FEED, request
from socialindex.sources.base import REREAD_CONTEXT, Follow, Request, header, withdrawn
from socialindex.text import decode

if TYPE_CHECKING:
    from datetime import datetime

    from socialindex.sources.base import Channel, Response

PAGE: Final = "person"
"""Kind of the request for a person's page; in the cursor, the day on which it was asked for, and what it said last."""
_FEED: Final = re.compile(
    r"(?:(?P<page>https?://[^/]+/@[^/?]+?)(?:(?:/with_replies|/media|/tagged/[^?]+?)?\.(?:atom|rss|json)|/feed\.rss)"
    r"|(?P<piefed>https?://[^/]+/u/[^/?]+)/feed)(?:\?.*)?"
)
"""Mastodon has further feeds of a person: with answers, of media, of a hashtag. Parameters make none another's."""
_NO: Final = " noindex"
_WALL: Final = b'id="anubis_version"'
"""On what Anubis, which many servers have in front of them, shows with a good status in place of a page. That forbids
to index itself, and hides what the page says."""


def also_asked(channel: Channel, now: datetime, found: Follow) -> Follow:
    """What follows from a poll, with the page of the person whose feed it is, where that was not asked for today.

    Remembered as asked before it answers: a page that is not there is not asked for at each poll.
    """
    match = _FEED.fullmatch(channel.url)
    known = channel.cursor.get(PAGE, "")
    if match is None or known.startswith(_day(now)):
        return found
    url = match["page"] or match["piefed"]
    page = Request(url=url, kind=PAGE, priority=2, context=REREAD_CONTEXT, leads=True)
    cursor = channel.cursor if found.cursor is None else found.cursor
    said = _NO if known.endswith(_NO) else ""
    return Follow(requests=[page, *found.requests], cursor={**cursor, PAGE: _day(now) + said})


def follow(channel: Channel, response: Response) -> Follow:
    """The cursor after the page, and the feed where it begins to say no; what is no page changes nothing."""
    if response.status != HTTPStatus.OK:
        return Follow()
    try:
        said = _NO if says_no(response) else ""
    except ParseError:
        return Follow()
    is_new = said and not channel.cursor.get(PAGE, "").endswith(said)
    again = [request(channel.url, FEED, 2)] if is_new else []
    return Follow(requests=again, cursor={**channel.cursor, PAGE: _day(response.received_at) + said})


def obeyed(channel: Channel, found: list[Draft | Exception]) -> list[Draft | Exception]:
    """The posts of a feed, or the verdicts on them where the person's page said no when it was last read."""
    if not channel.cursor.get(PAGE, "").endswith(_NO):
        return found
    return [_withdrawn(each) if isinstance(each, Draft) and not each.deleted else each for each in found]


def says_no(response: Response) -> bool:
    """Whether a page asks not to be indexed.

    Raises:
        ParseError: it is none.
    """
    if _WALL in response.body:
        raise ParseError("a wall stands before the page")
    html = decode(response.body, header(response, "content-type"))
    says = metadata.read(parse(html), response.url)
    return not robots.directives(response, says.robots).isdisjoint({"noindex", "none"})


def withdrawal(uri: str, author: str | None = None) -> Exception:
    """The verdict on a post that must not be kept because of what a page says."""
    return withdrawn("noindex", uri, author)


def _withdrawn(post: Draft) -> Exception:
    return withdrawal(post.uri, post.author.id if post.author else None)


def _day(time: datetime) -> str:
    return f"{time:%Y-%m-%d}"
