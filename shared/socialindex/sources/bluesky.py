"""Bluesky, read anonymously from an AppView.

A channel is an author's posts and reposts, a list, a feed generator, one post's thread, or a Jetstream, by which new
posts of the whole network are discovered. Searches are not among them: they are for signed-in accounts only.

An address that names an account by its handle is looked up once; the DID, which outlives the handle, is kept in the
cursor, and so is an author's number of followers, which is read again daily.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import urlsplit

import msgspec

from socialindex.errors import Discarded, InvalidInput, ParseError
from socialindex.sources._bluesky import detect, stream
from socialindex.sources._bluesky.answers import asked_posts, thread_posts
from socialindex.sources._bluesky.drafts import Reader
from socialindex.sources._bluesky.labels import objection
from socialindex.sources._bluesky.places import BLUESKY, POST, AtUri, Place, Service, place_of
from socialindex.sources._bluesky.views import (
    Account,
    Feed,
    FeedItem,
    Profile,
    instant,
)
from socialindex.sources._bluesky.walk import KINDS, Walk
from socialindex.sources._bluesky.xrpc import JSON, PROFILE, RESOLVE, THREAD, ask_for, check, query
from socialindex.sources._families.typed_json import read, read_each
from socialindex.sources.base import Adapter, Channel, Follow, Known, Recognized, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from socialindex.model import Draft

_REFRESH: Final = timedelta(days=1)
"""How old an author's number of followers may become."""
_DEPTH: Final = "100"
_HEIGHT: Final = "100"
"""Levels of answers below a post and of posts above it; deeper ones are read by a channel of their own."""


class Bluesky(Adapter):
    """An AppView and a Jetstream.

    Kinds of requests: ``profile`` and ``handle`` (an account by name), ``feed`` (a page of it), ``late`` (the
    same, of a look for late posts), ``thread``, ``slice`` (of a stream), ``posts`` (by their URIs: found in a slice, or
    read again).
    """

    name: ClassVar[str] = "bluesky"
    title: ClassVar[str] = "Bluesky"
    explains_errors: ClassVar[bool] = True
    version: ClassVar[int] = 2
    hostless: ClassVar[Mapping[str, str]] = {"at": urlsplit(BLUESKY.api).netloc}
    rank: ClassVar[int] = 20
    gives: ClassVar[tuple[str, ...]] = (
        "author",
        "followers",
        "language",
        "likes",
        "replies",
        "reposts",
        "quotes",
        "threads",
        "mentions",
        "hashtags",
        "links",
        "media",
        "sensitive",
    )
    paste: ClassVar[tuple[str, ...]] = (
        "https://bsky.app/profile/name.example.com",
        "https://bsky.app/profile/name.example.com/lists/3kexample22a",
        "https://bsky.app/profile/name.example.com/feed/battery-news",
        "https://bsky.app/profile/name.example.com/post/3kexample22a",
        stream.PUBLIC_STREAM,
    )

    def by_address(self, url: str) -> Recognized | None:
        """The channel of a Jetstream.

        Raises:
            InvalidInput: the address is a search of Bluesky's, which anonymous readers cannot make.
        """
        detect.refuse_search(url)
        return stream.recognized(url)

    def recognize(self, page: Response) -> Recognized | None:
        """The place that a page of Bluesky's shows, or that an AppView's answer to a probe proves."""
        return detect.recognized(page)

    def probes(self, url: str) -> Iterable[Request]:
        """The query that tells whether an AppView is behind the pasted address, and which account it means."""
        return detect.probes(url)

    def start(self, channel: Channel) -> Request:
        """The newest page of a feed, a thread, the next slice of a stream; before that an account's look-up.

        Raises:
            InvalidInput: the channel's address is none that ``recognize`` makes, or an option cannot be read.
        """
        if stream.is_stream(channel):
            return stream.start(channel)
        place = _place(channel)
        did = _did(channel, place)
        if did is None or (place.kind == "profile" and "did" not in channel.cursor):
            return _look_up(place)
        return _thread(place, did) if place.kind == "post" else _walk(channel, place, did).poll()

    def backfill(self, channel: Channel) -> Request | None:
        """The first page of an author's or a list's history, once the account is looked up."""
        place = None if stream.is_stream(channel) else _place(channel)
        if place is None or place.kind not in {"profile", "list"}:
            return None
        did = _did(channel, place)
        return _walk(channel, place, did).history() if did else None

    def reread(self, channel: Channel, posts: Sequence[Known]) -> Iterable[Request]:
        """Queries for 25 posts each; reposts, which no query gives, are left out."""
        at = {post.uri: AtUri.parse(post.uri) for post in posts}
        uris = [uri for uri, parts in at.items() if parts and parts.collection == POST]
        return ask_for(_service(channel).api, uris, 2, {})

    def follow(self, channel: Channel, response: Response) -> Follow:
        """After a look-up the feed or thread; after a page the next ones; after a slice the posts that it tells of."""
        kind = response.request.kind
        if kind == "slice":
            return stream.follow(channel, response)
        if kind in {"profile", "handle"}:
            return self._looked_up(channel, response)
        if kind in KINDS:
            return _follow_feed(channel, response)
        check(response)
        return Follow()

    def posts(self, channel: Channel, response: Response) -> Iterable[Draft | Exception]:
        """The posts of a page, a thread or a query; of a slice only what is left out of it."""
        kind = response.request.kind
        reader = Reader(_service(channel), response.received_at, _followers(response.request))
        if kind == "slice":
            return stream.left_out(channel, response)
        if kind == "profile":
            _profile(response)
        if kind == "thread":
            return thread_posts(reader, response)
        check(response)
        if kind in KINDS:
            return reader.feed(read_each(read(response.body, Feed).feed, FeedItem))
        return asked_posts(reader, response) if kind == "posts" else ()

    def _looked_up(self, channel: Channel, response: Response) -> Follow:
        cursor = {**channel.cursor, **_learned(response)}
        if "refresh" in response.request.context:
            return Follow(cursor=cursor)
        found = msgspec.structs.replace(channel, cursor=cursor)
        return Follow(requests=[self.start(found)], cursor=cursor)


def _place(channel: Channel) -> Place:
    place = place_of(channel.url)
    if place is None:
        raise InvalidInput(
            f"not a place on Bluesky: {channel.url!r}",
            field="url",
            remedy="send https://host/profile/name, also with /lists/..., /feed/... or /post/... behind it",
        )
    return place


def _service(channel: Channel) -> Service:
    return stream.service_of(channel) if stream.is_stream(channel) else _place(channel).service


def _did(channel: Channel, place: Place) -> str | None:
    return place.did or channel.cursor.get("did")


def _look_up(place: Place) -> Request:
    """The query for an account's DID; an author's own profile tells more."""
    kind, method, name = ("profile", PROFILE, "actor") if place.kind == "profile" else ("handle", RESOLVE, "handle")
    return Request(url=query(place.service.api, method, [(name, place.actor)]), kind=kind, headers=JSON, leads=True)


def _thread(place: Place, did: str) -> Request:
    asked = [("uri", place.uri(did)), ("depth", _DEPTH), ("parentHeight", _HEIGHT)]
    url = query(place.service.api, THREAD, asked)
    return Request(url=url, kind="thread", context={"uri": place.uri(did)}, headers=JSON)


def _walk(channel: Channel, place: Place, did: str) -> Walk:
    """The walk of a feed; an author's number of followers goes with it, since views of posts do not tell it."""
    followers = channel.cursor.get("followers")
    return Walk(channel, place, did, {"did": did, "followers": followers} if followers else {})


def _follow_feed(channel: Channel, response: Response) -> Follow:
    place = _place(channel)
    did = _did(channel, place)
    if did is None:
        raise ParseError("a page of a feed whose account was never looked up")
    follow = _walk(channel, place, did).follow(response)
    return _with_refresh(follow, place, channel, response) if place.kind == "profile" else follow


def _with_refresh(follow: Follow, place: Place, channel: Channel, response: Response) -> Follow:
    """What follows from a page, and once a day the profile."""
    read_at = instant(channel.cursor.get("profile_at"))
    if read_at is None or response.received_at - read_at < _REFRESH:
        return follow
    request = msgspec.structs.replace(_look_up(place), priority=1, context={"refresh": "followers"})
    return Follow(requests=[*follow.requests, request], cursor=follow.cursor)


def _learned(response: Response) -> dict[str, str]:
    """What a look-up adds to the cursor.

    Raises:
        ParseError: the answer is none.
        Discarded: there is no such account, or its posts must not be kept.
    """
    if response.request.kind == "handle":
        check(response)
        return {"did": read(response.body, Account).did}
    profile = _profile(response)
    followers = {} if profile.followers_count is None else {"followers": str(profile.followers_count)}
    return {"did": profile.did, "profile_at": response.received_at.isoformat(), **followers}


def _profile(response: Response) -> Profile:
    """The account that a look-up found.

    Raises:
        ParseError: the answer is no profile.
        Discarded: there is no such account, or its posts must not be kept.
    """
    check(response)
    profile = read(response.body, Profile)
    if reason := objection(profile, None, response.received_at):
        raise Discarded(reason)
    return profile


def _followers(request: Request) -> dict[str, int]:
    did, count = request.context.get("did"), request.context.get("followers", "")
    return {did: int(count)} if did and count else {}


ADAPTER = Bluesky()
