"""Feeds: RSS 0.9x, 1.0 and 2.0, Atom, JSON Feed.

Decisions, each made once for all formats:

- Identity is the entry's link, made canonical, so that one article that arrives by feed, sitemap and API is one post.
  A fragment stays where it names a part of the page, such as a comment. Where several entries share a link, or it is
  the site's home page, the entry's id counts: an address, a ``tag:`` or ``urn:`` URI as it is, anything else within the
  feed (``https://example.com/feed#id``).
- A category is a topic that the publisher chose, no hashtag: only those written with ``#`` become hashtags.
- A text that is called summary or description is an excerpt where a link leads on.
- A date without zone is local time in Korea or Japan where the feed's language (or else its host) is theirs, else UTC.
- An author's e-mail address is never kept, RSS 2.0 wants one though.
- 404 and 410 say that the feed is gone, not its posts. A feed cannot say that a post is gone.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import urljoin, urlsplit

from socialindex.errors import Discarded, InvalidInput, ParseError
from socialindex.sources._families import feeds
from socialindex.sources._families.feeds.drafts import draft, local_zone, primary_language
from socialindex.sources._families.feeds.identity import Identities
from socialindex.sources.base import Adapter, Follow, Recognized, Request, header
from socialindex.text import canonical_url, decode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.model import Draft
    from socialindex.sources.base import Channel, Response

FEED: Final = "feed"
OLDER: Final = "older"
"""A request for entries before those of the feed; its context has the number of the ``page``."""
DEFAULT_PAGES: Final = 5
"""Documents that are read when a channel is new, where its option ``pages`` does not say otherwise."""
USUAL_PLACES: Final = ("feed", "rss", "rss.xml", "atom.xml", "feed.json", "index.xml")
"""Where feeds are when no page links to them, within a site or a folder."""

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_ASKED = {"history": "asked"}
"""The cursor: once a feed's older pages were asked for, a poll reads the feed only."""


class Feed(Adapter):
    """Any feed that a publisher offers."""

    name: ClassVar[str] = "feed"
    title: ClassVar[str] = "Feeds (RSS, Atom, JSON Feed)"
    rank: ClassVar[int] = 90
    gives: ClassVar[tuple[str, ...]] = ("title", "author", "media", "replies", "edits")

    def recognize(self, page: Response) -> Recognized | None:
        """The feed at the address of a fetched document that is one.

        Raises:
            Discarded: it asks not to be indexed.
        """
        try:
            document = _document(page)
        except ParseError:
            return None
        url = canonical_url(page.url)
        if not url:
            return None
        return Recognized(
            url=url,
            title=document.title or None,
            language=primary_language(document.language),
            why=_description(document),
        )

    def probes(self, url: str) -> Iterable[Request]:
        """The usual places of feeds, for sites whose pages do not name theirs."""
        address = canonical_url(url)
        return [_request(place, FEED) for place in _usual_places(address)] if address else []

    def start(self, channel: Channel) -> Request:
        """The feed itself."""
        return _request(channel.url, FEED)

    def follow(self, channel: Channel, response: Response) -> Follow:
        """The page before, from the first poll on, as many as the option ``pages`` says (RFC 5005)."""
        is_poll = response.request.kind == FEED
        if is_poll and channel.cursor:
            return Follow()
        older = _older(channel, response, _document(response))
        return Follow(requests=[older] if older else [], cursor=_ASKED if is_poll else None)

    def posts(self, channel: Channel, response: Response) -> Iterable[Draft | Exception]:
        """Every entry of the document, seen before or not."""
        document = _document(response)
        identities = Identities(document, channel.url)
        zone = local_zone(primary_language(document.language) or channel.language, channel.url)

        def post(entry: feeds.Entry | ParseError) -> Draft | Exception:
            if isinstance(entry, ParseError):
                return entry
            try:
                return draft(entry, identities.uri(entry), zone, document.language, response.received_at)
            except (Discarded, ParseError) as error:
                return error

        return [post(entry) for entry in document.entries]


ADAPTER = Feed()


def _request(url: str, kind: str) -> Request:
    return Request(url=url, kind=kind, headers={"Accept": _ACCEPT})


def _document(response: Response) -> feeds.Document:
    """The feed in a response.

    Raises:
        ParseError: there is none.
        Discarded: it is gone, or asks not to be indexed.
    """
    if response.status in _GONE:
        raise Discarded("gone", f"the server answered {response.status}")
    if response.status != HTTPStatus.OK:
        raise ParseError(f"the server answered {response.status}")
    document = feeds.read(decode(response.body, header(response, "content-type")), response.url)
    if document.blocked:
        raise Discarded("noindex", "the feed asks not to be indexed")
    return document


def _description(document: feeds.Document) -> str:
    what = "a JSON Feed" if document.format == "JSON Feed" else f"an {document.format} feed"
    return f"{what} titled “{document.title[:100]}”" if document.title else f"{what} without a title"


def _older(channel: Channel, response: Response, document: feeds.Document) -> Request | None:
    """The request for the page before, which must be on the same host, until there are enough."""
    page = int(response.request.context.get("page", "1")) + 1
    url = canonical_url(document.older)
    if not url or page > _pages(channel) or urlsplit(url).netloc != urlsplit(channel.url).netloc:
        return None
    return Request(url=url, kind=OLDER, priority=2, context={"page": str(page)}, headers={"Accept": _ACCEPT})


def _pages(channel: Channel) -> int:
    pages = channel.options.get("pages", str(DEFAULT_PAGES))
    if not pages.isdecimal():
        raise InvalidInput(f"pages is {pages!r}", field="pages", remedy="give the number of documents to read")
    return int(pages)


def _usual_places(url: str) -> list[str]:
    """Where the feed of an address may be: in its folder, then in the site's."""
    folders = dict.fromkeys((url.partition("?")[0].rstrip("/") + "/", urljoin(url, "/")))
    return [folder + place for folder in folders for place in USUAL_PLACES]
