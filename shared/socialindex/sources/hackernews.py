"""Hacker News, by its official API: story lists, one item with its comments, or what a user submits."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from socialindex.errors import Discarded, InvalidInput, ParseError
from socialindex.model import Draft
from socialindex.sources._families.one_service import origin_of, probe
from socialindex.sources._families.typed_json import read_or_none
from socialindex.sources._hackernews.drafts import draft_of
from socialindex.sources._hackernews.items import Item, User
from socialindex.sources._hackernews.places import Place, is_site, item_url, place_of
from socialindex.sources._hackernews.walk import Walk
from socialindex.sources.base import POST_KIND, Adapter, Channel, Follow, Known, Recognized, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MAX_ITEM = "/v0/maxitem.json"
_REMEDY = "send /news, /newest, /best, /ask, /show, /jobs, /item?id=... or /user?id=... of news.ycombinator.com"


class HackerNews(Adapter):
    """Kinds of requests: ``list`` (numbers of stories), ``user``, ``updates``, ``history``, ``post`` (one item).

    Options: ``items``, read by the first poll; ``comments``, read below each item.
    """

    name: ClassVar[str] = "hackernews"
    title: ClassVar[str] = "Hacker News"
    version: ClassVar[int] = 3
    rank: ClassVar[int] = 10
    speaks_for: ClassVar[tuple[str, ...]] = ("news.ycombinator.com",)
    gives: ClassVar[tuple[str, ...]] = ("author", "likes", "replies", "links")
    paste: ClassVar[tuple[str, ...]] = (
        "https://news.ycombinator.com/newest",
        "https://news.ycombinator.com/ask",
        "https://news.ycombinator.com/item?id=8863",
    )

    def recognize(self, page: Response) -> Recognized | None:
        """The place that was pasted, where a server on this machine proves by its answer that it speaks the API."""
        if page.request.kind != "probe" or urlsplit(page.url).path != _MAX_ITEM or not page.body.strip().isdigit():
            return None
        place = place_of(page.request.context.get("pasted", ""))
        return _recognized(place, f"{origin_of(page.url)}{_MAX_ITEM} names the newest item") if place else None

    def by_address(self, url: str) -> Recognized | None:
        """The place that an address of the site means."""
        if not is_site(url):
            return None
        place = place_of(url)
        if place is None:
            raise InvalidInput(f"no list, item or user of Hacker News: {url!r}", field="url", remedy=_REMEDY)
        return _recognized(place, "it is a page of Hacker News, which has an API")

    def probes(self, url: str) -> Iterable[Request]:
        """The newest item's number, of a server on this machine."""
        return probe(url, _MAX_ITEM)

    def start(self, channel: Channel) -> Request:
        """The list, the user or the item."""
        return _walk(channel).poll()

    def backfill(self, channel: Channel) -> Request | None:
        """All that a list or a user still shows."""
        return _walk(channel).backfill()

    def reread(self, channel: Channel, posts: Sequence[Known]) -> Iterable[Request]:
        """One request for each item; newer comments below it follow."""
        return _walk(channel).reread(posts)

    def follow(self, channel: Channel, response: Response) -> Follow:
        """Items after a list, comments after an item."""
        return Follow() if response.status != HTTPStatus.OK else _walk(channel).follow(response)

    def posts(self, channel: Channel, response: Response) -> Iterable[Draft | Exception]:
        """The post that an item is; lists and users hold none."""
        if response.request.kind == POST_KIND:
            return _post(_place(channel), response)
        if response.request.kind == "user" and read_or_none(response.body, User) is None:
            raise Discarded("gone")
        return ()


def _post(place: Place, response: Response) -> Iterable[Draft]:
    """The one post of an answer. The API answers ``null`` of items that are not there, or not yet.

    Raises:
        ParseError: the answer is no item.
        Discarded: there is none, and there was none that we know of.
    """
    request, uri = response.request, item_url(place.site, _wanted(response.request))
    if response.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return (Draft(uri=uri, deleted=True),)
    item = read_or_none(response.body, Item)
    if item is None:
        if "again" not in request.context:
            raise Discarded("gone")
        return (Draft(uri=uri, deleted=True),)
    return (draft_of(item, place.site, response.received_at, request.context.get("root")),)


def _wanted(request: Request) -> str:
    name = urlsplit(request.url).path.rpartition("/")[2].removesuffix(".json")
    if not name.isdecimal():
        raise ParseError(f"not the address of an item: {request.url}")
    return name


def _recognized(place: Place, why: str) -> Recognized:
    return Recognized(url=place.url, title=place.title, why=why)


def _place(channel: Channel) -> Place:
    place = place_of(channel.url)
    if place is None:
        raise InvalidInput(f"not a place of Hacker News: {channel.url!r}", field="url", remedy=_REMEDY)
    return place


def _walk(channel: Channel) -> Walk:
    return Walk(channel, _place(channel))


ADAPTER = HackerNews()
