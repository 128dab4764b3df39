"""Feeds: RSS 0.9x, 1.0 and 2.0, Atom, JSON Feed.

Decisions, each made once for all formats:

- Identity is the entry's link, made canonical, so that one article that arrives by feed, sitemap and API is one post.
  A fragment stays where it names a part of the page, such as a comment. Where several entries share a link, or it is
  the site's home page, the entry's id counts: an address, a ``tag:`` or ``urn:`` URI as it is, anything else within the
  feed (``https://example.com/feed#id``).
- A category is a topic that the publisher chose, no hashtag: only those written with ``#`` become hashtags.
- A text that is called summary or description is an excerpt where a link leads on. With the option ``full`` such an
  entry's page is read too, as ``article`` reads pages.
- A date without zone is local time in Korea or Japan where the feed's language (or else its host) is theirs, or its
  titles are, whatever it declares; else UTC.
- An author's e-mail address is never kept, RSS 2.0 wants one though.
- 404 and 410 say that the feed is gone, not its posts. That a post is gone, Atom can say (RFC 6721).
- A feed whose ``X-Robots-Tag`` says ``noindex`` is not indexed: SEO plugins send ``noindex, follow`` with every feed,
  and mean that the feed shall be no search result. We take them at their word: nothing is kept of it, but its links are
  followed, and each article is judged by its own page. With ``nofollow`` too, or ``none``, nothing is left of it. What
  the feed says inside itself (``<itunes:block>``, ``<podcast:block>`` that names no other platform, ``<meta
  name="robots">``) is about its entries: those are refused. ``<itunes:block>`` keeps a show out of Apple's directory:
  of a feed that has no episodes it says nothing, and Substack writes it into every newsletter that has none.
- A person's feed at a server of the fediverse is kept only while the person's page does not say ``noindex``
  (``_families/feeds/person``), and an entry of a feed of PieFed's or Mbin's only while its page does not
  (``_families/feeds/people``).
- What came between two polls beyond what a feed holds is read from its older pages, where it has any (RFC 5005, JSON
  Feed, WordPress, Blogger): a poll that shows no entry of the last one leads to them (``_families/feeds/gaps``).
- Feeds of comments to single entries (``wfw:commentRss``) are not asked for, at one request an article and poll: who
  wants them adds the site's own feed of comments. Hubs (WebSub) push to servers; a function that sleeps is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import urljoin

import msgspec

from socialindex.errors import ParseError
from socialindex.sources._families.articles import pages
from socialindex.sources._families.feeds import gaps, people, person
from socialindex.sources._families.feeds.drafts import primary_language
from socialindex.sources._families.feeds.reading import FEED, HISTORY, SEEN, Reading, document_of, leads_on, request
from socialindex.sources.base import POST_KIND, Adapter, Follow, Recognized, Request
from socialindex.text import canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from socialindex.model import Draft
    from socialindex.sources._families.feeds import Document
    from socialindex.sources.base import Channel, Known, Response

USUAL_PLACES: Final = ("feed", "rss", "rss.xml", "atom.xml", "feed.json", "index.xml")
"""Where feeds are when no page links to them, within a site or a folder; the first ones are the likeliest."""
_LIKELY = 3
_PROFILE: Final = re.compile(r"https?://[^/]+/@[^/]+")
"""A person's page at Misskey and its forks, whose feed has the same address with another ending."""


class Feed(Adapter):
    """Any feed that a publisher offers."""

    name: ClassVar[str] = "feed"
    title: ClassVar[str] = "Feeds (RSS, Atom, JSON Feed)"
    version: ClassVar[int] = 5
    hostless: ClassVar[Mapping[str, str]] = {"tag": "", "urn": ""}
    rank: ClassVar[int] = 90
    gives: ClassVar[tuple[str, ...]] = ("title", "author", "media", "likes", "replies", "views", "edits", "deletions")
    paste: ClassVar[tuple[str, ...]] = ("https://blog.example/", "https://news.example/rss.xml")

    def recognize(self, page: Response) -> Recognized | None:
        """The feed at the address of a fetched document that is one.

        Raises:
            Discarded: it asks not to be indexed.
        """
        try:
            document = document_of(page)
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
        return [request(place, FEED) for place in _usual_places(address)] if address else []

    def start(self, channel: Channel) -> Request:
        """The feed itself.

        Raises:
            InvalidInput: the channel's address is none.
        """
        return request(pages.address_of(channel.url), FEED)

    def backfill(self, channel: Channel) -> Request | None:
        """The feed itself, from which the walk to its older pages begins."""
        return request(pages.address_of(channel.url), HISTORY, 2, {"walk": "history", "page": "1"})

    def reread(self, channel: Channel, posts: Sequence[Known]) -> Iterable[Request]:
        """The pages of articles, where they are what is read; an entry cannot be asked for."""
        if SEEN not in channel.cursor:
            return ()
        known = ((post.uri, canonical_url(post.url or post.uri)) for post in posts if post.kind == "article")
        return [pages.request(url, 2, uri=uri) for uri, url in known if url is not None]

    def follow(self, channel: Channel, response: Response) -> Follow:
        """Pages before, from the first poll on, as many as the option ``pages`` says; pages of entries; a person's.

        Pages before also where a poll shows nothing that the last one did, until one does: more came than it holds.
        """
        kind = response.request.kind
        if kind == person.PAGE:
            return person.follow(channel, response)
        if kind == people.PAGE:
            return people.follow(channel, response)
        if kind == POST_KIND:
            return Follow()
        if kind == FEED:
            return person.also_asked(channel, response.received_at, _after_poll(channel, response))
        if not leads_on(channel, response):
            return Follow()
        reading = Reading(channel, response)
        return Follow(requests=[*reading.pages(reading.wanted(), 2), *reading.before()])

    def unchanged(self, channel: Channel, response: Response) -> Follow:
        """The page of the person whose feed it is: what it says may change while the feed does not."""
        return person.also_asked(channel, response.received_at, Follow())

    def posts(self, channel: Channel, response: Response) -> Iterable[Draft | Exception]:
        """Every entry of the document, seen before or not; or the article of an entry's page."""
        if response.request.kind == person.PAGE:
            return ()
        if response.request.kind == people.PAGE:
            return people.verdicts(response)
        if response.request.kind == POST_KIND:
            return [pages.article(channel, response)]
        return people.obeyed(channel, person.obeyed(channel, Reading(channel, response).posts()))


ADAPTER = Feed()


def _after_poll(channel: Channel, response: Response) -> Follow:
    seen, theirs = gaps.seen(channel, response), people.is_theirs(channel, response)
    leads = seen.known or leads_on(channel, response)
    remembering = msgspec.structs.replace(channel, cursor=seen.cursor)
    found = Follow(cursor=seen.cursor if seen.cursor != channel.cursor else None)
    if not leads and not theirs:
        return found
    reading = Reading(remembering, response)
    if leads:
        followed = reading.after_poll(seen.known)
        found = followed if followed.cursor is not None else Follow(requests=followed.requests, cursor=found.cursor)
    if not theirs:
        return found
    cursor = channel.cursor if found.cursor is None else found.cursor
    told = people.asked(channel, cursor, reading.uris(), response.received_at)
    return Follow(requests=[*told.requests, *found.requests], cursor=told.cursor)


def _description(document: Document) -> str:
    what = "a JSON Feed" if document.format == "JSON Feed" else f"an {document.format} feed"
    return f"{what} titled “{document.title[:100]}”" if document.title else f"{what} without a title"


def _usual_places(url: str) -> list[str]:
    """Where the feed of an address may be: a person's own, in its folder, then in the likeliest places of the site."""
    folder, site = url.partition("?")[0].rstrip("/") + "/", urljoin(url, "/")
    person = [f"{folder[:-1]}.atom"] if _PROFILE.fullmatch(folder[:-1]) else []
    further = [site + place for place in USUAL_PLACES[:_LIKELY]] if folder != site else []
    return [*person, *(folder + place for place in USUAL_PLACES), *further]
