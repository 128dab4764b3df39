"""Servers that speak the Mastodon client API: Mastodon, GoToSocial, Pleroma, Akkoma and their kin.

A channel is a server's local timeline, a hashtag or an account. An account is looked up once; its id at the server is
kept in the cursor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from socialindex.errors import Discarded, InvalidInput, ParseError
from socialindex.model import Draft
from socialindex.sources._families.mastodon_api import detect
from socialindex.sources._families.mastodon_api.consent import account_objection
from socialindex.sources._families.mastodon_api.drafts import Reader
from socialindex.sources._families.mastodon_api.entities import Account, Status, read, read_list
from socialindex.sources._families.mastodon_api.places import Place, place_of
from socialindex.sources._families.mastodon_api.walk import Walk
from socialindex.sources.base import Adapter, Channel, Follow, Recognized, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable

_GONE = frozenset({404, 410})


class Mastodon(Adapter):
    """Kinds of requests: ``lookup`` (an account by name), ``timeline`` (a page of statuses), ``post`` (one status)."""

    name: ClassVar[str] = "mastodon"
    title: ClassVar[str] = "Mastodon-API servers"
    version: ClassVar[int] = 1
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
    )

    def recognize(self, page: Response) -> Recognized | None:
        """The place that a page of such a server shows, or that the answer to a probe proves."""
        return detect.recognized(page)

    def probes(self, url: str) -> Iterable[Request]:
        """Requests to the API that tell whether the pasted address is a place of such a server."""
        return detect.probes(url)

    def start(self, channel: Channel) -> Request:
        """The timeline's newest page, or the look-up of an account whose id is unknown.

        Raises:
            InvalidInput: the channel's address is none that ``recognize`` makes.
        """
        place, account_id = _place(channel), channel.cursor.get("account", "")
        if place.kind == "account" and not account_id:
            return detect.lookup(place)
        return Walk(channel, place, account_id).poll()

    def follow(self, channel: Channel, response: Response) -> Follow:
        """After a look-up the timeline, after its page what of it is still to be walked."""
        if response.request.kind == "lookup":
            account_id = str(_found(response).id)
            found = msgspec.structs.replace(channel, cursor={**channel.cursor, "account": account_id})
            return Follow(requests=[self.start(found)], cursor=found.cursor)
        if response.request.kind != "timeline":
            return Follow()
        if response.status in _GONE:
            return Follow(cursor=_without_account(channel)) if "account" in channel.cursor else Follow()
        account_id = response.request.context.get("account", "")
        return Walk(channel, _place(channel), account_id).follow(response)

    def posts(self, channel: Channel, response: Response) -> Iterable[Draft | Exception]:
        """The posts of a page, or the one of kind ``post``, whose ``uri`` its request's context names."""
        kind = response.request.kind
        if kind == "lookup":
            _found(response)
        if kind not in {"timeline", "post"}:
            return ()
        if response.status in _GONE:
            return _missing(response)
        statuses = read_list(response.body, Status) if kind == "timeline" else [read(response.body, Status)]
        place = _place(channel)
        return Reader(place.origin, channel.options.get("domain", place.host), response.received_at).drafts(statuses)


def _place(channel: Channel) -> Place:
    place = place_of(channel.url)
    if place is None:
        raise InvalidInput(
            f"not a timeline of a server: {channel.url!r}",
            field="url",
            remedy="send https://host/public/local, https://host/tags/name or https://host/@name",
        )
    return place


def _found(response: Response) -> Account:
    """The account that a look-up found.

    Raises:
        ParseError: the answer is no account.
        Discarded: there is none, or it must not be kept.
    """
    if response.status in _GONE:
        raise Discarded("gone")
    account = read(response.body, Account)
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
    if response.request.kind == "post":
        if "uri" not in context:
            raise ParseError("a post is gone, but its request names no uri")
        return (Draft(uri=context["uri"], deleted=True),)
    if "account" in context:
        raise Discarded("gone")
    return ()


def _without_account(channel: Channel) -> dict[str, str]:
    return {name: value for name, value in channel.cursor.items() if name != "account"}


ADAPTER = Mastodon()
