"""The newspaper's routes, and what a crawl of it must and must not find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from infra.local.world.manifest import Channel, Item
from infra.local.world.sites import answers
from infra.local.world.sites.press.documents import Documents
from infra.local.world.sites.press.pages import Pages
from infra.local.world.sites.press.story import Article, tell

if TYPE_CHECKING:
    from infra.local.world.sites.scene import Scene

_ALL = {"pages": "400"}
_XML = "application/xml; charset=utf-8"


class Press:
    """나루신문, in Korean and English."""

    def __init__(self, scene: Scene, base: str) -> None:
        self._base = base
        self._scene = scene
        self._articles = tell(scene.world.seed, scene.world.anchor)

    def attach(self, app: web.Application) -> None:
        """Add the newspaper's routes."""
        add = app.router.add_get
        add("/", self._front)
        add("/robots.txt", self._robots)
        add("/sitemap.xml", self._index)
        add("/news-sitemap.xml", self._news)
        add("/section-sitemap.xml", self._sections)
        add("/sitemap-{month}.xml.gz", self._month)
        add("/section/{name}", self._front)
        for folder in ("", "/en", "/pro"):
            add(f"{folder}/article/{{number}}", self._article)
        add("/amp/article/{number}", self._amp)

    def channels(self) -> list[Channel]:
        """The news of two days, by the front page; and everything, by the index of sitemaps."""
        anchor = self._scene.world.anchor
        fresh = Documents(self._base, self._articles, anchor).news()
        coming = [article for article in self._articles if article.published_at > anchor]
        return [
            self._channel("news", "/", [*fresh, *coming]),
            self._channel("all", "/sitemap.xml", self._articles, suggested=True),
        ]

    def _channel(self, name: str, path: str, articles: list[Article], *, suggested: bool = False) -> Channel:
        return Channel(
            name=f"press-{name}",
            source="article",
            url=self._base + path,
            items=[self._item(article) for article in articles],
            options=_ALL,
            suggested=suggested,
        )

    def _item(self, article: Article) -> Item:
        gone = article.gone_at is not None and article.gone_at <= self._scene.world.anchor
        return Item(
            uri=self._base + article.path,
            published_at=article.published_at,
            kind="article",
            reason="deleted" if gone else article.reason,
            until=article.gone_at,
        )

    async def _front(self, request: web.Request) -> web.Response:
        del request
        return answers.page(self._pages.front(list(reversed(self._shown()))[:20]))

    async def _robots(self, request: web.Request) -> web.Response:
        del request
        return answers.robots(self._documents.robots())

    async def _index(self, request: web.Request) -> web.Response:
        return self._list(request, self._documents.index().encode())

    async def _news(self, request: web.Request) -> web.Response:
        return self._list(request, self._documents.news_sitemap().encode())

    async def _sections(self, request: web.Request) -> web.Response:
        return self._list(request, self._documents.sections().encode())

    async def _month(self, request: web.Request) -> web.Response:
        month = request.match_info["month"]
        if month not in self._documents.months():
            raise web.HTTPNotFound
        return self._list(request, self._documents.monthly(month), "application/gzip")

    async def _article(self, request: web.Request) -> web.Response:
        found = self._found(request, request.path)
        if found is None:
            return answers.page(self._pages.front([]), status=404)
        others = [article for article in self._shown() if article is not found and article.language == found.language]
        return answers.page(self._pages.article(found, list(reversed(others))))

    async def _amp(self, request: web.Request) -> web.Response:
        found = self._found(request, request.path.removeprefix("/amp"))
        if found is None or not found.amp:
            return answers.page(self._pages.front([]), status=404)
        return answers.page(self._pages.amp(found))

    def _found(self, request: web.Request, path: str) -> Article | None:
        number = request.match_info["number"]
        return next((a for a in self._shown() if a.number == number and a.path == path), None)

    def _shown(self) -> list[Article]:
        now = self._scene.now()
        return [article for article in self._articles if article.is_there(now)]

    def _list(self, request: web.Request, body: bytes, content_type: str = _XML) -> web.Response:
        """A list with validators, and the mark that keeps it out of search results itself."""
        newest = max(article.published_at for article in self._articles if article.published_at <= self._scene.now())
        response = answers.cacheable(request, body, content_type, newest)
        response.headers["X-Robots-Tag"] = "noindex, follow"
        return response

    @property
    def _documents(self) -> Documents:
        return Documents(self._base, self._articles, self._scene.now())

    @property
    def _pages(self) -> Pages:
        return Pages(self._base, self._scene.now())


def open_site(scene: Scene, base: str) -> Press:
    """The newspaper at an address."""
    return Press(scene, base)
