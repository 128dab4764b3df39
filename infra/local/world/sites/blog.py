"""A small blog with a feed: once on a host that is slow, once on one that fails now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.world.sites import answers
from infra.local.world.sites.news import feeds, pages
from infra.local.world.sites.news.feeds import Channel, Entry

if TYPE_CHECKING:
    from aiohttp import web

    from infra.local.world.records import Article
    from infra.local.world.sites.scene import Scene

FEED = "/feed.xml"


class Blog:
    """One blog at one address."""

    def __init__(self, scene: Scene, base: str, name: str, posts: list[Article], crawl_delay: int | None) -> None:
        self.scene = scene
        self.base = base
        self.posts = posts
        self.crawl_delay = crawl_delay
        self.site = pages.Site(name, f"{base}/", "ko", ((name, "application/rss+xml", base + FEED),))

    def attach(self, app: web.Application) -> None:
        """Add the blog's routes."""
        app.router.add_get("/", self.front)
        app.router.add_get("/robots.txt", self.robots)
        app.router.add_get(FEED, self.feed)
        app.router.add_get("/posts/{slug}", self.post)

    async def front(self, request: web.Request) -> web.Response:
        """All titles."""
        return self._answer(request, pages.front(self.site, self._entries()), "text/html; charset=utf-8")

    async def robots(self, request: web.Request) -> web.Response:
        """Everything is open, at a pace."""
        del request
        pace = f"Crawl-delay: {self.crawl_delay}\n" if self.crawl_delay else ""
        return answers.robots(f"User-agent: *\n{pace}Disallow:\n")

    async def feed(self, request: web.Request) -> web.Response:
        """RSS 2.0 with the whole text."""
        channel = Channel(self.site.name, self.site.home, self.base + FEED, "ko")
        return self._answer(
            request, feeds.rss(channel, self._entries(), full=True), "application/rss+xml; charset=utf-8"
        )

    async def post(self, request: web.Request) -> web.Response:
        """One post."""
        entry = next((e for e in self._entries() if e.article.slug == request.match_info["slug"]), None)
        if entry is None:
            return answers.page(pages.missing(self.site), status=404)
        return self._answer(request, pages.article(self.site, entry), "text/html; charset=utf-8")

    def _answer(self, request: web.Request, body: str, content_type: str) -> web.Response:
        changed = max(entry.article.published_at for entry in self._entries())
        return answers.cacheable(request, body.encode(), content_type, changed)

    def _entries(self) -> list[Entry]:
        """Posts so far, newest first."""
        shown = reversed(self.scene.published(self.posts))
        return [Entry(post, self.scene.directory.post(self.base, post.slug), post.paragraphs) for post in shown]
