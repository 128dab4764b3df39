"""The moody blog: a post every quarter of a minute, and every way in which a host can be difficult."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING

from aiohttp import ETag, web

from infra.local.world.manifest import Channel, Item
from infra.local.world.sites import answers
from infra.local.world.sites.moody.posts import EDITED_AFTER, posts
from infra.local.world.sites.news import feeds, pages
from infra.local.world.sites.news.feeds import Entry

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

    from infra.local.world.records import Article
    from infra.local.world.sites.scene import Scene

WINDOW = 40
"""Posts in the feed: ten minutes of them."""
LIES_SECONDS = 150
"""For so long an ETag stays the same, whatever is posted meanwhile."""
THROTTLES_EVERY = 12
RETRY_AFTER = 2
CRAWL_DELAY = 0.5
TITLE = "변덕쟁이의 하루"


def open_site(scene: Scene, base: str) -> Moody:
    """The site at ``base``."""
    return Moody(scene, base)


class Moody:
    """The blog at one address."""

    def __init__(self, scene: Scene, base: str) -> None:
        self._scene = scene
        self._base = base
        self._counter = itertools.count(1)
        self._posts = posts(scene.world.seed, scene.world.anchor)
        self._site = pages.Site(TITLE, f"{base}/", "ko", ((TITLE, "application/rss+xml", f"{base}/feed.xml"),))

    def attach(self, app: web.Application) -> None:
        """Add the blog's routes."""
        app.middlewares.append(self._throttling())
        app.router.add_get("/", self._front)
        app.router.add_get("/robots.txt", self._robots)
        app.router.add_get("/feed.xml", self._feed)
        app.router.add_get("/posts/{slug}", self._post)

    def channels(self) -> list[Channel]:
        """The one feed; not shown to newcomers, whom it would only puzzle."""
        items = [Item(uri=self._link(post), published_at=post.published_at, kind="article") for post in self._posts]
        return [Channel(name="blog-moody", source="feed", url=f"{self._base}/", items=items)]

    @property
    def _closed(self) -> bool:
        """Whether its operator has had enough of crawlers."""
        after = self._scene.config.faults.moody_closes_after
        return after is not None and self._scene.now() >= self._scene.world.anchor + timedelta(seconds=after)

    def _throttling(self) -> Middleware:
        @web.middleware
        async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path == "/robots.txt" or next(self._counter) % THROTTLES_EVERY:
                return await handler(request)
            headers = {"Retry-After": str(RETRY_AFTER), "RateLimit": f'"crawlers";r=0;t={RETRY_AFTER}'}
            return web.Response(status=429, text="Too Many Requests\n", headers=headers)

        return middleware

    async def _front(self, request: web.Request) -> web.Response:
        del request
        return answers.page(pages.front(self._site, self._entries()))

    async def _robots(self, request: web.Request) -> web.Response:
        del request
        rule = "Disallow: /" if self._closed else "Disallow:"
        return answers.robots(f"User-agent: *\nCrawl-delay: {CRAWL_DELAY}\n{rule}\n")

    async def _feed(self, request: web.Request) -> web.Response:
        """RSS whose ETag is that of minutes ago, so that a 304 hides what is new."""
        age = self._scene.now() - self._scene.world.anchor
        tag = ETag(value=f"v{int(age.total_seconds()) // LIES_SECONDS}", is_weak=False)
        held = request.if_none_match or ()
        if any(known.value == tag.value for known in held):
            response = web.Response(status=304)
        else:
            channel = feeds.Channel(TITLE, f"{self._base}/", f"{self._base}/feed.xml", "ko")
            body = feeds.rss(channel, self._entries(), full=True)
            response = web.Response(text=body, content_type="application/rss+xml", charset="utf-8")
        response.etag = tag
        return response

    async def _post(self, request: web.Request) -> web.Response:
        slug = request.match_info["slug"]
        entry = next((entry for entry in self._entries() if entry.article.slug == slug), None)
        if entry is None:
            return answers.page(pages.missing(self._site), status=404)
        return answers.page(pages.article(self._site, entry))

    def _entries(self) -> list[Entry]:
        """The newest posts, newest first, each as it reads now."""
        shown = self._scene.published(self._posts)[-WINDOW:]
        return [Entry(post, self._link(post), self._text(post)) for post in reversed(shown)]

    def _text(self, post: Article) -> list[str]:
        edited = post.updated_at is not None and self._scene.now() >= post.published_at + EDITED_AFTER
        return [*post.paragraphs, "(고침) 다시 보니 제가 잘못 알았네요."] if edited else post.paragraphs

    def _link(self, post: Article) -> str:
        return f"{self._base}/posts/{post.slug}"
