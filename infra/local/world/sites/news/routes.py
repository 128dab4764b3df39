"""Requests that the newspaper answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.world.sites import answers
from infra.local.world.sites.news import feeds, pages
from infra.local.world.sites.news.feeds import Channel, Entry

if TYPE_CHECKING:
    from datetime import datetime

    from aiohttp import web

    from infra.local.world.records import Article
    from infra.local.world.sites.scene import Scene

FEEDS = {
    "main": "/rss.xml",
    "english": "/en/atom.xml",
    "japanese": "/ja/feed.json",
    "press": "/press.xml",
    "archive": "/archive.xml",
}
"""Path of every feed."""
TITLES = {
    "main": "새벽일보",
    "english": "Dawn Daily",
    "japanese": "暁日報",
    "press": "새벽일보 보도자료",
    "archive": "새벽일보 지난 기사",
}
WINDOW = 20
"""Articles in a feed."""
ARCHIVE_PAGE = 10
"""Articles on a page of the paged feed."""
_TYPES = {"main": "application/rss+xml", "english": "application/atom+xml", "japanese": "application/feed+json"}
_GARBAGE = b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>\xff\xfe\x00 broken & <entry'


class Newspaper:
    """새벽일보 Dawn Daily."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.base = scene.directory.addresses.news
        advertised = tuple((TITLES[name], kind, self.base + FEEDS[name]) for name, kind in _TYPES.items())
        self.site = pages.Site("새벽일보 Dawn Daily", f"{self.base}/", "ko", advertised)

    def attach(self, app: web.Application) -> None:
        """Add the newspaper's routes."""
        app.router.add_get("/", self.front)
        app.router.add_get("/robots.txt", self.robots)
        app.router.add_get("/news/{slug}", self.article)
        app.router.add_get(FEEDS["main"], self.main)
        app.router.add_get(FEEDS["english"], self.english)
        app.router.add_get(FEEDS["japanese"], self.japanese)
        app.router.add_get(FEEDS["press"], self.press)
        app.router.add_get(FEEDS["archive"], self.archive)

    async def front(self, request: web.Request) -> web.Response:
        """Headlines of the main edition."""
        entries = self.entries("main")[:WINDOW]
        return self._cacheable(request, pages.front(self.site, entries), "text/html; charset=utf-8", entries)

    async def robots(self, request: web.Request) -> web.Response:
        """Nothing is closed but the search."""
        del request
        return answers.robots("User-agent: *\nDisallow: /search\n")

    async def article(self, request: web.Request) -> web.Response:
        """An article, once its time has come."""
        slug = request.match_info["slug"]
        found = next((a for a in self.scene.published(self.scene.world.articles) if a.slug == slug), None)
        if found is None:
            return answers.page(pages.missing(self.site), status=404)
        entry = self._entry(found)
        return self._cacheable(request, pages.article(self.site, entry), "text/html; charset=utf-8", [entry])

    async def main(self, request: web.Request) -> web.Response:
        """RSS 2.0 with summaries."""
        entries = self.entries("main")[:WINDOW]
        return self._cacheable(
            request, feeds.rss(self.channel("main"), entries, full=False), "application/rss+xml; charset=utf-8", entries
        )

    async def english(self, request: web.Request) -> web.Response:
        """Atom with the whole text."""
        entries = self.entries("english")[:WINDOW]
        body = feeds.atom(self.channel("english", "en"), entries, {}).encode()
        if self.scene.config.faults.poison_feed:
            body = _GARBAGE
        return answers.cacheable(request, body, "application/atom+xml; charset=utf-8", _changed(entries))

    async def japanese(self, request: web.Request) -> web.Response:
        """JSON Feed."""
        entries = self.entries("japanese")[:WINDOW]
        body = feeds.json_feed(self.channel("japanese", "ja"), entries)
        return answers.cacheable(request, body, "application/feed+json; charset=utf-8", _changed(entries))

    async def press(self, request: web.Request) -> web.Response:
        """RSS in CP949 that calls itself EUC-KR, under a header that says UTF-8: both lie."""
        entries = self.entries("press")[:WINDOW]
        text = feeds.rss(self.channel("press"), entries, full=True, encoding="euc-kr")
        body = text.encode("cp949", "xmlcharrefreplace")
        return answers.cacheable(request, body, "text/xml; charset=utf-8", _changed(entries))

    async def archive(self, request: web.Request) -> web.Response:
        """A paged feed (RFC 5005, section 3)."""
        entries = self.entries("archive")
        last = max(1, -(-len(entries) // ARCHIVE_PAGE))
        asked = request.query.get("page", "1")
        page = min(max(1, int(asked)), last) if asked.isdecimal() else 1
        shown = entries[(page - 1) * ARCHIVE_PAGE : page * ARCHIVE_PAGE]
        relations = {"first": 1, "previous": page - 1, "next": page + 1, "last": last}
        links = {rel: self._page(number) for rel, number in relations.items() if 1 <= number <= last}
        body = feeds.atom(self.channel("archive"), shown, links)
        return self._cacheable(request, body, "application/atom+xml; charset=utf-8", shown)

    def entries(self, feed: str) -> list[Entry]:
        """Everything that a feed has carried so far, newest first."""
        articles = [a for a in self.scene.published(self.scene.world.articles) if feed in a.feeds]
        return [self._entry(article) for article in reversed(articles)]

    def channel(self, feed: str, language: str = "ko") -> Channel:
        """A feed's own description."""
        return Channel(TITLES[feed], f"{self.base}/", self.base + FEEDS[feed], language)

    def _page(self, number: int) -> str:
        return self.base + FEEDS["archive"] + (f"?page={number}" if number > 1 else "")

    def _entry(self, article: Article) -> Entry:
        texts = [self.scene.directory.fill(text) for text in article.paragraphs]
        return Entry(article, self.scene.directory.article(article.slug), texts)

    def _cacheable(self, request: web.Request, body: str, content_type: str, entries: list[Entry]) -> web.Response:
        return answers.cacheable(request, body.encode(), content_type, _changed(entries))


def _changed(entries: list[Entry]) -> datetime:
    return max(entry.article.updated_at or entry.article.published_at for entry in entries)
