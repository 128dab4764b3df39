"""YouTube, by its Data API v3: the videos of a channel, a playlist or a search, or one video, with their comments.

Off until a key is configured for www.googleapis.com. What is stored must be refreshed or deleted within 30 days
(YouTube API Services, Developer Policies, section III.E.4): ``reread`` takes one unit for fifty posts.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from socialindex.errors import Discarded, InvalidInput, ParseError
from socialindex.sources._families.one_service import origin_of, probe
from socialindex.sources._families.typed_json import Entity, read
from socialindex.sources._youtube.drafts import Reader
from socialindex.sources._youtube.places import Place, is_site, place_of
from socialindex.sources._youtube.refusals import refusal
from socialindex.sources._youtube.requests import HISTORY
from socialindex.sources._youtube.resources import page_of
from socialindex.sources._youtube.walk import Walk
from socialindex.sources.base import Adapter, Channel, Follow, Known, Recognized, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from socialindex.model import Draft

_DISCOVERY = "/discovery/v1/apis/youtube/v3/rest"
"""The API's description of itself, which needs no key (https://developers.google.com/discovery/v1/reference)."""
_REMEDY = "send the address of a channel (/@handle), a playlist, a video or a search of www.youtube.com"
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class _Description(Entity, frozen=True, kw_only=True):
    name: str
    version: str


class YouTube(Adapter):
    """Kinds of requests: ``lookup`` (a channel), ``list`` (a playlist), ``search``, ``videos``, ``comments``.

    ``talk`` tells which of a channel's videos were commented on lately. ``replies`` are those that did not come along
    with their comment, ``threads`` and ``single`` read comments again,
    kinds that end with ``_history`` walk a history. Options: ``pages`` of fifty videos, and ``comments``, pages of a
    hundred comments of each video.
    """

    name: ClassVar[str] = "youtube"
    title: ClassVar[str] = "YouTube"
    explains_errors: ClassVar[bool] = True
    version: ClassVar[int] = 2
    rank: ClassVar[int] = 10
    needs_credentials: ClassVar[bool] = True
    speaks_for: ClassVar[tuple[str, ...]] = ("youtube.com",)
    gives: ClassVar[tuple[str, ...]] = (
        "author",
        "followers",
        "language",
        "likes",
        "replies",
        "views",
        "edits",
        "hashtags",
        "links",
        "media",
        "sensitive",
    )
    paste: ClassVar[tuple[str, ...]] = (
        "https://www.youtube.com/@handle",
        "https://www.youtube.com/playlist?list=PL...",
        "https://www.youtube.com/watch?v=...",
        "https://www.youtube.com/results?search_query=...",
    )

    def recognize(self, page: Response) -> Recognized | None:
        """The place that was pasted, where a server on this machine describes itself as the API."""
        if page.request.kind != "probe" or urlsplit(page.url).path != _DISCOVERY:
            return None
        try:
            description = read(page.body, _Description)
        except ParseError:
            return None
        place = place_of(page.request.context.get("pasted", ""))
        if place is None or (description.name, description.version) != ("youtube", "v3"):
            return None
        return _recognized(place, f"{origin_of(page.url)} describes itself as the YouTube Data API v3")

    def by_address(self, url: str) -> Recognized | None:
        """The place that an address of the site means."""
        if not is_site(url):
            return None
        place = place_of(url)
        if place is None:
            raise InvalidInput(
                f"no channel, playlist, video or search of YouTube: {url!r}", field="url", remedy=_REMEDY
            )
        return _recognized(place, "it is a page of YouTube, which has an API")

    def probes(self, url: str) -> Iterable[Request]:
        """The API's description, of a server on this machine."""
        return probe(url, _DISCOVERY) if place_of(url) else ()

    def start(self, channel: Channel) -> Request:
        """The look-up of a channel, or the first page of its uploads, of a playlist or of a search, or the video."""
        return _walk(channel).poll()

    def backfill(self, channel: Channel) -> Request | None:
        """All videos of a channel or a playlist, or all comments of a video."""
        return _walk(channel).backfill()

    def reread(self, channel: Channel, posts: Sequence[Known]) -> Iterable[Request]:
        """One request for fifty videos, comments or replies."""
        return _walk(channel).reread(posts)

    def follow(self, channel: Channel, response: Response) -> Follow:
        """Videos after a list, comments after videos, replies after comments."""
        if response.status in _GONE:
            return Follow()
        _check(response)
        return _walk(channel).follow(response)

    def posts(self, channel: Channel, response: Response) -> Iterable[Draft | Exception]:
        """The videos or comments of an answer; what it was asked for and lacks is gone."""
        _check(response)
        kind, reader = response.request.kind.removesuffix(HISTORY), _reader(channel, response)
        if kind == "videos":
            return reader.videos(page_of(response.body, "video"))
        if kind in {"comments", "threads"}:
            return reader.threads(page_of(response.body, "commentThread"))
        return reader.comments(page_of(response.body, "comment")) if kind in {"replies", "single"} else ()


def _check(response: Response) -> None:
    """Pass an answer that is none of refusal.

    Raises:
        Discarded: it is one.
    """
    if response.status in _GONE:
        raise Discarded("gone")
    if response.status >= HTTPStatus.BAD_REQUEST:
        raise refusal(response.body)


def _reader(channel: Channel, response: Response) -> Reader:
    return Reader(_place(channel).site, response.request, response.received_at)


def _recognized(place: Place, why: str) -> Recognized:
    return Recognized(url=place.url, title=place.title, why=why)


def _place(channel: Channel) -> Place:
    place = place_of(channel.url)
    if place is None:
        raise InvalidInput(f"not a place of YouTube: {channel.url!r}", field="url", remedy=_REMEDY)
    return place


def _walk(channel: Channel) -> Walk:
    return Walk(channel, _place(channel))


ADAPTER = YouTube()
