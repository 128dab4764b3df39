"""A feed as a server answered it: its posts, the pages that it leads to, and the document before it."""

from __future__ import annotations

import re
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, Final

from socialindex.errors import Discarded, ParseError
from socialindex.model import Draft
from socialindex.sources._families import feeds
from socialindex.sources._families.articles import memory, pages, robots
from socialindex.sources._families.articles.sitemaps import Listed
from socialindex.sources._families.feeds import gaps
from socialindex.sources._families.feeds.drafts import draft, entry_dates, local_zone, primary_language
from socialindex.sources._families.feeds.identity import Identities
from socialindex.sources._families.feeds.older import MAX_WALKED, older
from socialindex.sources._families.one_service import number
from socialindex.sources.base import Follow, Request, header
from socialindex.text import canonical_url, decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import tzinfo

    from socialindex.sources.base import Channel, Priority, Response

FEED: Final = "feed"
OLDER: Final = "older"
"""A request for entries before those of the feed; its context has the number of the ``page``."""
HISTORY: Final = "history"
"""The same, of a walk through all of them."""
DEFAULT_PAGES: Final = 5
"""Documents that are read when a channel is new, where its option ``pages`` does not say otherwise."""
FULL: Final = "full"
"""The option with which entries that are excerpts lead to their pages, where its value is ``1``."""
SEEN: Final = "seen"
"""In the cursor: which entries' pages were asked for."""

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
_ASKED = {"history": "asked"}
"""In the cursor: once a feed's older pages were asked for, a poll reads the feed only."""
_TITLES: Final = 10
"""Entries whose titles show which language a feed is in, for dates without a zone."""
_KEPT_BACK = frozenset({"noindex", "none", "noarchive"})
_MARK = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)\b|jsonfeed\.org/version", re.IGNORECASE)
_BEGINNING: Final = 4_096
"""Bytes in which a feed nearly always shows what it is; where one does not, it is read."""


class Reading:
    """A feed as it was answered.

    Raises:
        ParseError: there is none.
        Discarded: it is gone, or asks not to be indexed.
    """

    def __init__(self, channel: Channel, response: Response) -> None:
        self._channel = channel
        self._response = response
        self._document = document_of(response)
        tags = robots.directives(response)
        self._only_leads = not tags.isdisjoint(_KEPT_BACK)
        self._follows = not robots.forbids_following(tags)

    def posts(self) -> list[Draft | Exception]:
        if self._only_leads:
            return []
        identities, zone = self._identities(), self._zone()
        return [*(self._post(entry, identities, zone) for entry in self._document.entries), *self._gone(identities)]

    def uris(self) -> Iterator[str]:
        """The identities of the entries."""
        identities = self._identities()
        entries = (entry for entry in self._document.entries if isinstance(entry, feeds.Entry))
        return filter(None, map(identities.uri, entries))

    def after_poll(self, known: str = "") -> Follow:
        """What follows from a poll. ``known`` are entries that it should show and does not, as ``gaps`` names them."""
        is_first = "history" not in self._channel.cursor
        wanted = self.wanted()
        mark = self._channel.cursor.get(SEEN)
        news = memory.news(wanted, memory.decode(mark or ""), memory.MAX_NEW) if wanted or mark else None
        found = self.pages((*news.fresh, *news.edited), 1) if news else []
        cursor = self._channel.cursor | _ASKED | ({SEEN: memory.encode(news.mark)} if news else {})
        requests = [*(self.before(known) if is_first or known else ()), *found]
        return Follow(requests=requests, cursor=cursor if cursor != self._channel.cursor else None)

    def wanted(self) -> list[Listed]:
        """The entries whose pages are to be read: all where the feed only leads, else with ``full`` the excerpts."""
        is_full = self._channel.options.get(FULL) == "1"
        if not self._follows or not (self._only_leads or is_full):
            return []
        entries = (entry for entry in self._document.entries if isinstance(entry, feeds.Entry) and not entry.blocked)
        zone = self._zone()
        listed = (_listed(entry, zone) for entry in entries if self._only_leads or entry.content is None)
        return list({found.url: found for found in listed if found}.values())

    def pages(self, wanted: Iterable[Listed], priority: Priority) -> list[Request]:
        """The requests for entries' pages."""
        return [pages.request(found.url, priority, uri=found.url, published=found.published) for found in wanted]

    def before(self, known: str = "") -> list[Request]:
        """The request for the document before, on the same host, until there are enough, or entries that are known."""
        context = self._response.request.context | ({gaps.KNOWN: known} if known else {})
        is_news = gaps.KNOWN in context
        if is_news and gaps.is_reached(self._response.body, context[gaps.KNOWN]):
            return []
        page = int(context.get("page", "1"))
        walks = "walk" in context
        url = canonical_url(self._response.url) or self._channel.url
        address = older(self._document, url, page)
        if address is None or page >= self._at_most(context):
            return []
        further = {**context, "page": str(page + 1)}
        return [request(address, HISTORY if walks else OLDER, 1 if is_news else 2, further)]

    def _at_most(self, context: Mapping[str, str]) -> int:
        if "walk" in context:
            return MAX_WALKED
        return gaps.PAGES if gaps.KNOWN in context else number(self._channel, "pages", DEFAULT_PAGES)

    def _post(self, entry: feeds.Entry | ParseError, identities: Identities, zone: tzinfo) -> Draft | Exception:
        if isinstance(entry, ParseError):
            return entry
        try:
            return draft(entry, identities.uri(entry), zone, self._document.language, self._response.received_at)
        except (Discarded, ParseError) as error:
            return error

    def _gone(self, identities: Identities) -> Iterator[Draft]:
        """Entries that are gone, unless they came back: an entry of the same id in the same feed is there."""
        there = {entry.id for entry in self._document.entries if isinstance(entry, feeds.Entry)}
        gone = (tombstone for tombstone in self._document.tombstones if tombstone.id not in there)
        named = (identities.of_tombstone(tombstone) for tombstone in gone)
        return (Draft(uri=uri, deleted=True) for uri in named if uri)

    def _identities(self) -> Identities:
        return Identities(self._document, self._channel.url)

    def _zone(self) -> tzinfo:
        language = primary_language(self._document.language) or self._channel.language
        return local_zone(language, self._channel.url, " ".join([self._document.title, *self._titles()]))

    def _titles(self) -> Iterator[str]:
        entries = islice(self._document.entries, _TITLES)
        return (entry.title.source for entry in entries if isinstance(entry, feeds.Entry) and entry.title)


def leads_on(channel: Channel, response: Response) -> bool:
    """Whether anything can follow from a feed: what a poll of a known feed tells are its posts, mostly.

    An answer that does not look like one may be none any more, which is to be found when it is read.
    """
    is_poll = response.request.kind == FEED and "history" in channel.cursor
    is_known = is_poll and response.status == HTTPStatus.OK and _MARK.search(response.body, 0, _BEGINNING)
    return not is_known or channel.options.get(FULL) == "1" or not robots.directives(response).isdisjoint(_KEPT_BACK)


def _listed(entry: feeds.Entry, zone: tzinfo) -> Listed | None:
    url = canonical_url(entry.link)
    return Listed(url, *entry_dates(entry, zone)) if url else None


def request(url: str, kind: str, priority: Priority = 0, context: dict[str, str] | None = None) -> Request:
    headers = {"Accept": _ACCEPT}
    return Request(url=url, kind=kind, priority=priority, context=context or {}, headers=headers, leads=True)


def document_of(response: Response) -> feeds.Document:
    """The feed in a response.

    Raises:
        ParseError: there is none.
        Discarded: it is gone, or asks not to be indexed.
    """
    if response.status in pages.GONE:
        raise Discarded("gone", f"the server answered {response.status}")
    if response.status != HTTPStatus.OK:
        raise ParseError(f"the server answered {response.status}")
    document = feeds.read(decode(response.body, header(response, "content-type")), response.url)
    tags = robots.directives(response)
    if document.blocked or (robots.forbids_following(tags) and not tags.isdisjoint(_KEPT_BACK)):
        raise Discarded("noindex", "the feed asks not to be indexed")
    return document
