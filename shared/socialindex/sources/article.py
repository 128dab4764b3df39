"""Articles of news sites, blogs and company sites that offer no feed: found by sitemap, read as pages.

Decisions:

- A channel is one sitemap: the one that a person pasted, or the most promising that the site's robots.txt names, which
  is its news sitemap or else its index. A poll begins with it, so that a site that has nothing new answers 304.
- Of an index the sitemaps that changed since the last poll are read, ``MAX_SITEMAPS`` of them at most; of a sitemap
  what ``memory`` does not know. The first poll reads the newest articles, as many as the option ``pages`` says.
- A date without a time says that a sitemap may change all that day: it is read again until the day is over, also while
  the index answers 304 (``days``).
- An article's identity is its canonical address, within the same site (``sites``): AMP and mobile copies are one post.
- Whatever a page says no to is obeyed: ``noindex``, ``none``, ``noarchive`` and ``unavailable_after`` in its header and
  in ``<meta name="robots">``. A sitemap with ``nofollow`` leads nowhere; its ``noindex`` is only about itself.
- What is not free to read (``isAccessibleForFree``) is an excerpt. What is no article is counted as ``no_article``.
- The walk of the history goes through all that the robots.txt names, where the channel was found by it.
"""

from __future__ import annotations

from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import urljoin, urlsplit

from socialindex.errors import Discarded, ParseError
from socialindex.sources._families.articles import days, history, memory, pages, robots, sitemaps, sites
from socialindex.sources._families.articles.choice import promising
from socialindex.sources._families.feeds.drafts import local_zone
from socialindex.sources._families.one_service import number
from socialindex.sources.base import POST_KIND, Adapter, Follow, Recognized, Request, header
from socialindex.text import canonical_url, decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from socialindex.model import Draft
    from socialindex.sources._families.articles.sitemaps import Listed, Sitemap
    from socialindex.sources.base import Channel, Known, Priority, Response

SITEMAP: Final = "sitemap"
"""A request of a poll, for an index or for a sitemap of articles."""
WALKS: Final = ("walk", "walk_on")
"""Requests of the history's walk. They take turns: a document can lead to itself, and the same request waits once."""
DEFAULT_PAGES: Final = 50
"""Articles that are read when a channel is new."""
MAX_SITEMAPS: Final = 4
"""Sitemaps of an index that a poll reads, and marks that the cursor keeps: 650 bytes each."""
USUAL_PLACES: Final = ("sitemap.xml", "sitemap_index.xml", "news-sitemap.xml")

_ROBOTS = "/robots.txt"
_INDEX = "index"
"""The cursor's entry for the newest date in an index; beside it are marks by sitemaps' short names, and ``days``'."""
_OF_INDEX = (_INDEX, *days.ENTRIES)
_ACCEPT = {"Accept": "application/xml, text/xml;q=0.9, text/plain;q=0.8, application/gzip;q=0.8, */*;q=0.1"}


class Article(Adapter):
    """Any site that lists its articles in a sitemap."""

    name: ClassVar[str] = "article"
    title: ClassVar[str] = "News sites, blogs and company sites (sitemaps)"
    version: ClassVar[int] = 5
    rank: ClassVar[int] = 95
    gives: ClassVar[tuple[str, ...]] = ("title", "author", "media", "edits", "deletions")
    paste: ClassVar[tuple[str, ...]] = ("https://press.example/", "https://press.example/sitemap.xml")

    def recognize(self, page: Response) -> Recognized | None:
        """The sitemap at the address of a fetched document that is one, or the best that a robots.txt names."""
        url = canonical_url(page.url)
        if url is None or page.status != HTTPStatus.OK:
            return None
        if urlsplit(url).path == _ROBOTS:
            return _by_robots(page, url)
        if not sitemaps.looks_like_one(page.body, url):
            return None
        try:
            found = _sitemap(page)
        except (ParseError, Discarded):
            return None
        kind = "an index of sitemaps" if found.is_index else "a sitemap"
        return Recognized(url=url, title=sites.site_of(url), why=f"{kind} with {len(found.entries)} addresses")

    def probes(self, url: str) -> Iterable[Request]:
        """The site's robots.txt, which names its sitemaps, then their usual places."""
        address = canonical_url(url)
        if address is None:
            return ()
        places = (_ROBOTS, *(f"/{place}" for place in USUAL_PLACES))
        return [Request(url=urljoin(address, place), kind="recognize", headers=_ACCEPT, leads=True) for place in places]

    def start(self, channel: Channel) -> Request:
        """The channel's sitemap.

        Raises:
            InvalidInput: its address is none.
        """
        return Request(url=pages.address_of(channel.url), kind=SITEMAP, headers=_ACCEPT, leads=True)

    def backfill(self, channel: Channel) -> Request | None:
        """The first step of the walk through all that the site lists."""
        return _walk(channel, history.Step(), WALKS[0])

    def reread(self, channel: Channel, posts: Sequence[Known]) -> Iterable[Request]:
        """The page of each article: there is no other way to ask for one."""
        home = pages.address_of(channel.url)
        known = ((post.uri, canonical_url(post.url or post.uri)) for post in posts if post.kind == "article")
        return [pages.request(url, 2, uri=uri) for uri, url in known if url is not None and sites.same_site(url, home)]

    def follow(self, channel: Channel, response: Response) -> Follow:
        """Of an index the sitemaps that changed, of a sitemap the articles that are new; of a walk its next step."""
        kind = response.request.kind
        if kind == POST_KIND:
            return Follow()
        if kind in WALKS:
            return _walked(channel, response)
        found = _sitemap(response, channel)
        return _changed(channel, response, found) if found.is_index else _new(channel, response, found)

    def unchanged(self, channel: Channel, response: Response) -> Follow:
        """Of an index that did not change the sitemaps that may have: those whose date is a day that is not over."""
        now = response.received_at
        if not days.is_time(channel.cursor, now):
            return Follow()
        again = days.lasting(days.listed(channel.cursor), local_zone(channel.language, response.url), now)
        return Follow(requests=_children(again), cursor=days.read_at(channel.cursor, now)) if again else Follow()

    def posts(self, channel: Channel, response: Response) -> Iterable[Draft | Exception]:
        """The article of a page; a sitemap has none."""
        if response.request.kind != POST_KIND:
            if urlsplit(response.request.url).path != _ROBOTS:
                _sitemap(response, channel)
            return []
        return [pages.article(channel, response)]


ADAPTER = Article()


def _by_robots(page: Response, url: str) -> Recognized | None:
    named = sitemaps.named_in_robots(decode(page.body, header(page, "content-type")), url)
    if not named:
        return None
    best = promising([sitemaps.Listed(address) for address in named])[0].url
    why = f"its robots.txt names {len(named)} sitemap{'s' * (len(named) > 1)}, of which {best} promises the newest"
    return Recognized(url=best, title=sites.site_of(url), options={"robots": urljoin(url, _ROBOTS)}, why=why)


def _sitemap(response: Response, channel: Channel | None = None) -> Sitemap:
    """The sitemap in a response, without addresses of other sites than the channel's.

    Raises:
        ParseError: there is none.
        Discarded: it is gone, must not be followed, or is an index within an index.
    """
    if response.status in pages.GONE:
        raise Discarded("gone", f"the server answered {response.status}")
    if response.status != HTTPStatus.OK:
        raise ParseError(f"the server answered {response.status}")
    if robots.forbids_following(robots.directives(response)):
        raise Discarded("nofollow", "the sitemap must not be followed")
    zone = local_zone(channel.language if channel else None, response.url)
    found = sitemaps.read(response.body, response.url, response.received_at, zone)
    if found.is_index and "index" in response.request.context:
        raise Discarded("nested_index", "an index within an index, which only the walk of the history goes through")
    home = sites.site_of(_root(channel) if channel else response.url)
    own = [entry for entry in found.entries if found.is_index or _is_ours(entry.url, home)]
    return sitemaps.Sitemap(own, found.is_index)


def _is_ours(url: str, home: str) -> bool:
    return sites.site_of(url) == home and sites.may_be_page(url)


def _changed(channel: Channel, response: Response, found: Sitemap) -> Follow:
    """The sitemaps of an index that changed since the last poll, as far as its dates tell, or may have on their day."""
    before, now = channel.cursor.get(_INDEX, ""), response.received_at
    ordered = promising(found.entries)
    daily = days.lasting(ordered, local_zone(channel.language, response.url), now)
    again = set(daily) if days.is_time(channel.cursor, now) else set()
    new = (e for e in ordered if not before or days.stamp(e) > before or not e.modified or e in again)
    chosen = list(islice(new, MAX_SITEMAPS))
    latest = max(map(days.stamp, found.entries), default="")
    if not latest:
        return Follow(requests=_children(chosen))
    read = channel.cursor if again.isdisjoint(chosen) else days.read_at(channel.cursor, now)
    cursor = days.listing({**read, _INDEX: max(latest, before)}, daily, MAX_SITEMAPS)
    return Follow(requests=_children(chosen), cursor=cursor)


def _children(chosen: Sequence[Listed]) -> list[Request]:
    """The requests for sitemaps of an index, which share what a first poll may read."""
    context = {"index": "1", "share": str(len(chosen))}
    return [Request(url=e.url, kind=SITEMAP, headers=_ACCEPT, leads=True, context=context) for e in chosen]


def _new(channel: Channel, response: Response, found: Sitemap) -> Follow:
    """The new articles of a sitemap, and the cursor with its mark."""
    name = memory.short(response.request.url, 6)
    share = max(1, int(response.request.context.get("share", "1")))
    at_most = max(1, number(channel, "pages", DEFAULT_PAGES) // share)
    news = memory.news(found.entries, memory.decode(channel.cursor.get(name, "")), at_most)
    requests = [_article(entry, 1) for entry in (*news.fresh, *news.edited)]
    marks = {key: mark for key, mark in channel.cursor.items() if key not in {name, *_OF_INDEX}}
    kept = dict([*marks.items(), (name, memory.encode(news.mark))][-MAX_SITEMAPS:])
    index = {key: channel.cursor[key] for key in _OF_INDEX if key in channel.cursor}
    cursor = {**index, **kept}
    return Follow(requests=requests, cursor=cursor if cursor != channel.cursor else None)


def _article(entry: Listed, priority: Priority) -> Request:
    return pages.request(entry.url, priority, uri=entry.url, published=entry.published)


def _walk(channel: Channel, step: history.Step, kind: str) -> Request:
    """The request for the walk's root, on the way to a place."""
    return Request(url=_root(channel), kind=kind, priority=2, headers=_ACCEPT, leads=True, context=step.encode())


def _root(channel: Channel) -> str:
    """Where everything that a site lists can be found: its robots.txt where that is known.

    Raises:
        InvalidInput: the channel has no such address.
    """
    return pages.address_of(channel.options.get("robots", channel.url))


def _walked(channel: Channel, response: Response) -> Follow:
    step, kind = history.decode(response.request.context), WALKS[response.request.kind == WALKS[0]]
    if urlsplit(response.request.url).path == _ROBOTS:
        text = decode(response.body, header(response, "content-type"))
        return _through(channel, sitemaps.named_in_robots(text, response.url), step, kind)
    found = _sitemap(response, channel)
    if found.is_index:
        return _through(channel, [entry.url for entry in found.entries], step, kind)
    portion = history.through_articles(found.entries, step)
    further = [_walk(channel, portion.step, kind)] if portion.step else []
    return Follow(requests=[*(_article(entry, 2) for entry in portion.entries), *further])


def _through(channel: Channel, urls: list[str], step: history.Step, kind: str) -> Follow:
    """On to the next of several documents, or back to the root where there is none."""
    url, next_step = history.through_lists(urls, step)
    if next_step is None:
        return Follow()
    request = _walk(channel, next_step, kind)
    if url is None:
        return Follow(requests=[request])
    return Follow(
        requests=[Request(url=url, kind=kind, priority=2, headers=_ACCEPT, leads=True, context=request.context)]
    )
