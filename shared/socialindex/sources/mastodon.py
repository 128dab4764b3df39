"""Servers that speak the Mastodon client API: Mastodon, GoToSocial, Pleroma, Akkoma and their kin.

A channel is a server's local timeline, its trends, a hashtag, an account or a conversation. An account is looked up
once; its id at the server is kept in the cursor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from socialindex.errors import Discarded, InvalidInput, ParseError
from socialindex.model import Draft
from socialindex.sources._families.late import LATE
from socialindex.sources._families.mastodon_api import conversations, detect, options, rereads, trends
from socialindex.sources._families.mastodon_api.consent import account_objection
from socialindex.sources._families.mastodon_api.drafts import Reader
from socialindex.sources._families.mastodon_api.entities import Account, Status
from socialindex.sources._families.mastodon_api.places import Place, place_of
from socialindex.sources._families.mastodon_api.reading import read, read_list
from socialindex.sources._families.mastodon_api.walk import HISTORY, KIND, Walk
from socialindex.sources.base import POST_KIND, Adapter, Channel, Follow, Known, Recognized, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_GONE = frozenset({404, 410})
_TIMELINES = frozenset({KIND, LATE})


class Mastodon(Adapter):
    """Kinds of requests, each with the module that makes it.

    lookup      an account by name                                                  detect
    timeline    a page of statuses                                                  walk
    late        the same, of a look for what arrived late                           walk
    trends      a page of what is much boosted                                      trends
    thread      the status whose conversation is a channel, seen for the first time conversations
    context     what is around a status                                             conversations
    post        one status that is known                                            conversations, rereads
    statuses    several statuses that are known                                     rereads
    """

    name: ClassVar[str] = "mastodon"
    title: ClassVar[str] = "Mastodon-API servers"
    version: ClassVar[int] = 4
    rank: ClassVar[int] = 30
    gives: ClassVar[tuple[str, ...]] = (
        "author",
        "followers",
        "language",
        "likes",
        "replies",
        "reposts",
        "edits",
        "quotes",
        "mentions",
        "hashtags",
        "links",
        "media",
        "sensitive",
    )
    paste: ClassVar[tuple[str, ...]] = (
        "https://social.example/public/local",
        "https://social.example/explore",
        "https://social.example/tags/battery",
        "https://social.example/@mina",
        "https://social.example/@mina/117600000000000009",
        "@mina@social.example",
    )

    def recognize(self, page: Response) -> Recognized | None:
        """The place that a page of such a server shows, or that the answer to a probe proves."""
        return detect.recognized(page)

    def probes(self, url: str) -> Iterable[Request]:
        """Requests to the API that tell whether the pasted address is a place of such a server."""
        return detect.probes(url)

    def start(self, channel: Channel) -> Request:
        """The newest page, the conversation's own status, or the look-up of an account whose id is unknown.

        Raises:
            InvalidInput: the channel's address is none that ``recognize`` makes, or an option cannot be.
        """
        place = _place(channel)
        if place.kind == "trends":
            return trends.start(channel, place)
        if place.kind == "thread":
            return conversations.start(channel, place)
        walk = _walk(channel, place)
        return walk.poll() if walk else detect.lookup(place)

    def backfill(self, channel: Channel) -> Request | None:
        """The walk down a whole timeline. Trends have no history, and a conversation is read whole each time."""
        place = _place(channel)
        if place.kind in {"trends", "thread"}:
            return None
        walk = _walk(channel, place)
        if walk:
            return walk.backfill()
        return msgspec.structs.replace(detect.lookup(place), priority=2, context=HISTORY)

    def reread(self, channel: Channel, posts: Sequence[Known]) -> Iterable[Request]:
        """Requests for what the channel's server published; other servers' statuses have ids that we do not know."""
        return rereads.requests(channel, _place(channel), posts)

    def follow(self, channel: Channel, response: Response) -> Follow:
        """What is still to be walked or read beside the answer, and where the channel is then."""
        request, place = response.request, _place(channel)
        if request.kind == "lookup":
            return self._found(channel, response)
        if request.kind == rereads.KIND:
            return rereads.follow(channel, response)
        if response.status in _GONE:
            return _forgotten(channel, request)
        if request.kind == trends.KIND:
            return trends.follow(place, response)
        if place.kind == "thread" and request.kind in {conversations.ROOT, POST_KIND} and request.priority == 0:
            return _surrounded(channel, place, response)
        return _timeline(channel, place, response) if request.kind in _TIMELINES else Follow()

    def posts(self, channel: Channel, response: Response) -> Iterable[Draft | Exception]:
        """The posts of an answer, and those that it was asked for and that are gone."""
        kind, place = response.request.kind, _place(channel)
        if kind == "lookup":
            _found(channel, response)
            return ()
        if kind == rereads.KIND:
            found = rereads.statuses(response)
            return [*_reader(channel, place, response).drafts(found), *rereads.gone(place, response, found)]
        if response.status in _GONE:
            return _missing(response)
        if kind == conversations.AROUND:
            around, uris, first = conversations.statuses(response)
            return _reader(channel, place, response, uris, first).drafts(around)
        return _reader(channel, place, response).drafts(_statuses(response))

    def _found(self, channel: Channel, response: Response) -> Follow:
        """After a look-up the timeline, or its history where that is what the look-up was for."""
        account_id = str(_found(channel, response).id)
        found = msgspec.structs.replace(channel, cursor={**channel.cursor, "account": account_id})
        if response.request.context == HISTORY:
            return Follow(requests=[request] if (request := self.backfill(found)) else [])
        return Follow(requests=[self.start(found)], cursor=found.cursor)


def _statuses(response: Response) -> list[Status | ParseError]:
    kind = response.request.kind
    if kind in _TIMELINES or kind == trends.KIND:
        return read_list(response.body, Status)
    return [read(response.body, Status)] if kind in {POST_KIND, conversations.ROOT} else []


def _reader(
    channel: Channel, place: Place, response: Response, uris: dict[str, str] | None = None, first: str | None = None
) -> Reader:
    domain = channel.options.get("domain", place.host)
    return Reader(place.origin, domain, response.received_at, uris or {}, first)


def _walk(channel: Channel, place: Place) -> Walk | None:
    """The walk of the channel's timeline; ``None`` where that is an account whose id is unknown."""
    account_id = channel.cursor.get("account", "")
    return None if place.kind == "account" and not account_id else Walk(channel, place, account_id)


def _timeline(channel: Channel, place: Place, response: Response) -> Follow:
    follow = Walk(channel, place, response.request.context.get("account", "")).follow(response)
    most = options.number(channel, "threads", 0)
    if not most or response.request.kind == LATE:
        return follow
    requests = [*follow.requests, *conversations.branches(place, response, most)]
    return msgspec.structs.replace(follow, requests=requests)


def _surrounded(channel: Channel, place: Place, response: Response) -> Follow:
    """After a conversation's own status what is around it; its address is kept, to tell when it is deleted."""
    status = read(response.body, Status)
    around = conversations.around(place, status, 0)
    cursor = {**channel.cursor, "uri": status.uri}
    return Follow(requests=[around] if around else [], cursor=cursor if around and cursor != channel.cursor else None)


def _forgotten(channel: Channel, request: Request) -> Follow:
    """A timeline that is gone: the account's id means nothing any more."""
    if request.kind not in _TIMELINES or "account" not in channel.cursor:
        return Follow()
    return Follow(cursor={name: value for name, value in channel.cursor.items() if name != "account"})


def _place(channel: Channel) -> Place:
    place = place_of(channel.url)
    if place is None:
        raise InvalidInput(
            f"not a timeline of a server: {channel.url!r}",
            field="url",
            remedy="send https://host/public/local, /explore, /tags/name, /@name or a post's address",
        )
    return place


def _found(channel: Channel, response: Response) -> Account:
    """The account that a look-up found.

    Raises:
        ParseError: the answer is no account.
        Discarded: there is none, it is another, or it must not be kept.
    """
    if response.status in _GONE:
        raise Discarded("gone")
    account = read(response.body, Account)
    if not detect.is_meant(account, _place(channel), channel.options.get("domain", "")):
        raise Discarded("gone", f"the server knows @{account.acct} only")
    if reason := account_objection(account):
        raise Discarded(reason)
    return account


def _missing(response: Response) -> Iterable[Draft]:
    """What it means that the server says 404 or 410: a deleted post, a deleted account, a hashtag never used.

    Raises:
        ParseError: a post is gone, and the request does not say which.
        Discarded: the account is gone. ``follow`` forgets its id, so that the next poll looks for it again.
    """
    context = response.request.context
    if response.request.kind == POST_KIND:
        if "uri" not in context:
            raise ParseError("a post is gone, but its request names no uri")
        return (Draft(uri=context["uri"], deleted=True),)
    if "account" in context:
        raise Discarded("gone")
    return ()


ADAPTER = Mastodon()
