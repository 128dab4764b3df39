"""Reddit, by its OAuth API: what is new in a community, by a user or in a search, or one post with its comments.

Off until an application's credentials are configured for oauth.reddit.com. What its author or moderators delete must
be deleted by us, too (Reddit Data API Terms): ``reread`` reads a hundred posts at a time.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qs, urlsplit

from socialindex.errors import Discarded, InvalidInput, ParseError
from socialindex.model import Draft
from socialindex.sources._families.one_service import origin_of, probe
from socialindex.sources._families.typed_json import Entity, read
from socialindex.sources._reddit.drafts import Reader
from socialindex.sources._reddit.places import Place, is_site, place_of, uri_of
from socialindex.sources._reddit.requests import purpose
from socialindex.sources._reddit.things import Comment, Submission, conversation, listing, more_children, things
from socialindex.sources._reddit.walk import Walk
from socialindex.sources.base import Adapter, Channel, Follow, Known, Recognized, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_SCOPES = "/api/v1/scopes"
"""What an application may be allowed: a document of the API that needs no token."""
_REMEDY = "send the address of a community (/r/name), a user (/user/name), a post or a search of www.reddit.com"
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class _Scope(Entity, frozen=True, kw_only=True):
    id: str


class _Refusal(Entity, frozen=True, kw_only=True):
    reason: str = "forbidden"
    """``private``, ``quarantined``, ``gated``, ``banned``."""


class Reddit(Adapter):
    """Kinds of requests: ``list`` (a page of a listing), ``stream`` (comments of a community), ``conversation``.

    ``more`` reads what stubs stand for, ``info`` reads posts again; ``list_history`` walks a history, ``list_late`` and
    ``stream_late`` look for what was approved late. Options:
    ``pages`` of a hundred entries, read by the first poll; ``comments``, read of each submission.
    """

    name: ClassVar[str] = "reddit"
    title: ClassVar[str] = "Reddit"
    explains_errors: ClassVar[bool] = True
    version: ClassVar[int] = 3
    rank: ClassVar[int] = 10
    needs_credentials: ClassVar[bool] = True
    speaks_for: ClassVar[tuple[str, ...]] = ("reddit.com",)
    gives: ClassVar[tuple[str, ...]] = (
        "author",
        "likes",
        "replies",
        "reposts",
        "edits",
        "quotes",
        "mentions",
        "links",
        "media",
        "sensitive",
    )
    paste: ClassVar[tuple[str, ...]] = (
        "https://www.reddit.com/r/community/",
        "https://www.reddit.com/user/name/",
        "https://www.reddit.com/r/community/search?q=...",
    )

    def recognize(self, page: Response) -> Recognized | None:
        """The place that was pasted, where a server on this machine tells the API's scopes."""
        if page.request.kind != "probe" or urlsplit(page.url).path != _SCOPES:
            return None
        try:
            scopes = read(page.body, dict[str, _Scope])
        except ParseError:
            return None
        place = place_of(page.request.context.get("pasted", ""))
        if place is None or "read" not in scopes:
            return None
        return _recognized(place, f"{origin_of(page.url)}{_SCOPES} tells the scopes of the Reddit API")

    def by_address(self, url: str) -> Recognized | None:
        """The place that an address of the site means."""
        if not is_site(url):
            return None
        place = place_of(url)
        if place is None:
            raise InvalidInput(f"nothing of Reddit that is read: {url!r}", field="url", remedy=_REMEDY)
        return _recognized(place, "it is a page of Reddit, which has an API")

    def probes(self, url: str) -> Iterable[Request]:
        """The API's scopes, of a server on this machine."""
        return probe(url, _SCOPES) if place_of(url) else ()

    def start(self, channel: Channel) -> Request:
        """The first page of the listing, or the post with its comments."""
        return _walk(channel).poll()

    def backfill(self, channel: Channel) -> Request | None:
        """All that the listing still shows, about a thousand entries."""
        return _walk(channel).backfill()

    def reread(self, channel: Channel, posts: Sequence[Known]) -> Iterable[Request]:
        """One request for a hundred submissions and comments."""
        return _walk(channel).reread(posts)

    def follow(self, channel: Channel, response: Response) -> Follow:
        """Further pages, conversations, and what their stubs stand for."""
        if response.status in _GONE:
            return Follow()
        _check(response)
        return _walk(channel).follow(response)

    def posts(self, channel: Channel, response: Response) -> Iterable[Draft | Exception]:
        """The submissions and comments of an answer; what it was asked for by name and lacks is gone."""
        _check(response)
        reader = Reader(_place(channel).site, response.received_at)
        match purpose(response.request):
            case "conversation":
                head, comments = conversation(response.body)
                return reader.drafts(things([*head.children, *comments.children]))
            case "more":
                return reader.drafts(things(more_children(response.body)))
            case "info":
                return _read_again(reader, response)
        return reader.drafts(things(listing(response.body).children))


def _read_again(reader: Reader, response: Response) -> Iterator[Draft | Exception]:
    """Things by their names, then those that the answer lacks: their communities were closed or banned."""
    found = list(things(listing(response.body).children))
    yield from reader.drafts(found)
    if any(isinstance(thing, ParseError) for thing in found):
        return  # nobody knows which of them it is
    answered = {thing.name for thing in found if isinstance(thing, Submission | Comment)}
    for name, (link, comment) in _asked(response.request).items():
        if name not in answered:
            uri = uri_of(reader.site, link, comment)
            yield Draft(uri=uri, kind="comment" if comment else "post", deleted=True)


def _asked(request: Request) -> dict[str, tuple[str, str | None]]:
    """The names that a request asks for, with the submission and the comment that each of them means."""
    names = parse_qs(urlsplit(request.url).query).get("id", [""])[0].split(",")
    links = iter(request.context.get("links", "").split())
    found: dict[str, tuple[str, str | None]] = {}
    for name in names:
        kind, _, bare = name.partition("_")
        found[name] = (bare, None) if kind == "t3" else (next(links, ""), bare)
    return {name: ids for name, ids in found.items() if ids[0]}


def _check(response: Response) -> None:
    """Pass an answer that is none of refusal.

    Raises:
        Discarded: it is one, with the reason that it gives.
    """
    if response.status in _GONE:
        raise Discarded("gone")
    if response.status < HTTPStatus.BAD_REQUEST:
        return
    try:
        reason = read(response.body, _Refusal).reason
    except ParseError:
        reason = "forbidden"
    raise Discarded(reason if reason in {"private", "quarantined", "gated", "banned"} else "forbidden")


def _recognized(place: Place, why: str) -> Recognized:
    return Recognized(url=place.url, title=place.title, why=why)


def _place(channel: Channel) -> Place:
    place = place_of(channel.url)
    if place is None:
        raise InvalidInput(f"not a place of Reddit: {channel.url!r}", field="url", remedy=_REMEDY)
    return place


def _walk(channel: Channel) -> Walk:
    return Walk(channel, _place(channel))


ADAPTER = Reddit()
