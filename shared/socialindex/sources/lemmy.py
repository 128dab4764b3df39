"""Lemmy servers: link aggregators and forums of the fediverse.

A channel is a community, the posts of an instance's own communities, a person or one post with its comments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from socialindex.errors import Discarded, InvalidInput, ParseError
from socialindex.model import Draft
from socialindex.sources._families.typed_json import read
from socialindex.sources._lemmy import detect, refusals, rereads, walk
from socialindex.sources._lemmy.api import JSON, Of, api_of, is_superseded, turned
from socialindex.sources._lemmy.drafts import Reader
from socialindex.sources._lemmy.entities import Mark, Single
from socialindex.sources._lemmy.places import Place, place_of
from socialindex.sources.base import POST_KIND, Adapter, Channel, Follow, Known, Recognized, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ROOT = "root"
"""Kind of the request for the post that is a channel, before its identity is known."""


class Lemmy(Adapter):
    """Kinds of requests, each with the module that makes it.

    list   a page of posts, of comments or of what a person wrote  walk
    late   the same, of a look for what arrived late               walk
    root   the post that is a channel, seen for the first time     here
    post   one post or comment that is known                       here, rereads
    tree   the comments of a post, asked for some of them          rereads

    Options: ``api`` (``4`` for the API of 1.0, which is found out too, see ``_lemmy.api``), ``pages`` and ``comments``,
    see ``walk``.
    """

    name: ClassVar[str] = "lemmy"
    title: ClassVar[str] = "Lemmy servers"
    version: ClassVar[int] = 3
    rank: ClassVar[int] = 35
    explains_errors: ClassVar[bool] = True
    gives: ClassVar[tuple[str, ...]] = (
        "author",
        "language",
        "likes",
        "replies",
        "edits",
        "quotes",
        "mentions",
        "links",
        "media",
        "sensitive",
    )
    paste: ClassVar[tuple[str, ...]] = (
        "https://lemmy.example/",
        "https://lemmy.example/c/battery",
        "https://lemmy.example/c/battery@other.example",
        "https://lemmy.example/u/mina",
        "https://lemmy.example/post/12",
    )

    def recognize(self, page: Response) -> Recognized | None:
        """The place that the answer to a probe proves."""
        return detect.recognized(page)

    def named(self, page: Response) -> Iterable[Request]:
        """The API's document of what a page shows: before the feed, which such pages name as well."""
        return detect.named(page)

    def probes(self, url: str) -> Iterable[Request]:
        """The API's document of the place that an address means."""
        return detect.probes(url)

    def start(self, channel: Channel) -> Request:
        """The newest page, or the post that is the channel.

        Raises:
            InvalidInput: the channel's address is none that ``recognize`` makes, or an option cannot be.
        """
        place = _place(channel)
        return _root(channel, place) if place.kind == "post" else walk.poll(channel, place, _of(place))

    def backfill(self, channel: Channel) -> Request | None:
        """The walk down all posts, then down all comments; of one post, down its comments."""
        place = _place(channel)
        return walk.backfill(channel, place, "comments" if place.kind == "post" else _of(place))

    def reread(self, channel: Channel, posts: Sequence[Known]) -> Iterable[Request]:
        """Requests for what the channel's server published, the comments of a post together."""
        return rereads.requests(api_of(channel, _place(channel)), posts)

    def follow(self, channel: Channel, response: Response) -> Follow:
        """Further pages, the comments of a post, and where the channel is then.

        Raises:
            ParseError: the answer cannot be read.
            Discarded: there is none: ``throttled``, ``forbidden`` or ``client_error``.
        """
        request, place = response.request, _place(channel)
        if reason := refusals.reason(response):
            return _led_nowhere(channel, response, reason)
        if request.kind == rereads.KIND:
            return Follow(requests=rereads.missing(api_of(channel, place), response))
        is_poll = place.kind == "post" and request.kind in {_ROOT, POST_KIND} and request.priority == 0
        if request.kind not in walk.KINDS and not is_poll:
            return Follow()
        if is_superseded(_rows(response)):
            return self._by_the_newer(channel, request)
        return _commented(channel, place, response) if is_poll else walk.follow(channel, place, response)

    def posts(self, channel: Channel, response: Response) -> Iterable[Draft | Exception]:
        """The posts and comments of an answer, and the one that it was asked for and that is gone.

        Raises:
            ParseError: the answer cannot be read.
            Discarded: there is none: ``throttled``, ``forbidden`` or ``client_error``.
        """
        if reason := refusals.reason(response):
            return _refused(response, reason)
        rows = _rows(response)
        return () if is_superseded(rows) else Reader(_place(channel).origin, response.received_at).drafts(rows)

    def _by_the_newer(self, channel: Channel, request: Request) -> Follow:
        """The poll or the history once more, from its beginning, by the version that tells all.

        The cursor says so in both cases: each further page is asked for by the version that is there.
        """
        cursor = turned(channel, request.url)
        newer = msgspec.structs.replace(channel, cursor=cursor)
        history = self.backfill(newer) if "walk" in request.context else None
        return Follow(requests=[history or self.start(newer)], cursor=cursor)


def _rows(response: Response) -> list[msgspec.Raw]:
    return walk.rows(response) if response.request.kind in {*walk.KINDS, rereads.KIND} else [_view(response)]


def _led_nowhere(channel: Channel, response: Response, reason: str) -> Follow:
    if reason == refusals.UNKNOWN:
        cursor = turned(channel, response.request.url)
        return Follow(cursor=cursor if cursor != channel.cursor else None)
    if reason != "gone":
        raise Discarded(reason)
    return Follow()


def _refused(response: Response, reason: str) -> list[Draft | Exception]:
    if reason != "gone":
        raise Discarded(reason)
    uri = response.request.context.get("uri")
    return [Draft(uri=uri, deleted=True)] if uri else []


def _commented(channel: Channel, place: Place, response: Response) -> Follow:
    """After the post its comments; its identity is kept, to tell when it is deleted."""
    uri = read(_view(response), Mark).subject.ap_id
    requests = [walk.poll(channel, place, "comments", 1)] if walk.comments(channel) else []
    cursor = {**channel.cursor, "uri": uri}
    return Follow(requests=requests, cursor=cursor if cursor != channel.cursor and len(uri) <= _MAX_URI else None)


def _root(channel: Channel, place: Place) -> Request:
    known = channel.cursor.get("uri")
    return Request(
        url=api_of(channel, place).single("post", place.name),
        kind=POST_KIND if known else _ROOT,
        context={"uri": known} if known else {},
        headers=JSON,
    )


_MAX_URI = 900
"""Characters of an identity that fit a request's context."""


def _view(response: Response) -> msgspec.Raw:
    found = read(response.body, Single)
    view = found.post_view if bytes(found.post_view) else found.comment_view
    if not bytes(view):
        raise ParseError("neither a post nor a comment")
    return view


def _of(place: Place) -> Of:
    return "content" if place.kind == "user" else "posts"


def _place(channel: Channel) -> Place:
    place = place_of(channel.url)
    if place is None or place.kind == "comment":
        raise InvalidInput(
            f"not a place of a server: {channel.url!r}",
            field="url",
            remedy="send https://host/, /c/name, /u/name or /post/12",
        )
    return place


ADAPTER = Lemmy()
