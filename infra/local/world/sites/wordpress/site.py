"""The blog's routes, and what a crawl of it must and must not find."""

from __future__ import annotations

from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING

from infra.local.world.manifest import Channel, Item
from infra.local.world.sites import answers
from infra.local.world.sites.html import element, paragraphs
from infra.local.world.sites.wordpress.api import Api
from infra.local.world.sites.wordpress.blog import Post, tell
from infra.local.world.sites.wordpress.theme import NAME, Theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiohttp import web

    from infra.local.world.sites.scene import Scene

_PAGES = {"pages": "20"}
_IN_FEED = 10
_NAMES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "content": "http://purl.org/rss/1.0/modules/content/",
        "wfw": "http://wellformedweb.org/CommentAPI/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "slash": "http://purl.org/rss/1.0/modules/slash/",
    }.items()
)


class Newsroom:
    """한빛전자 뉴스룸."""

    def __init__(self, scene: Scene, base: str) -> None:
        self._base = base
        self._scene = scene
        self._posts = tell(scene.world.anchor)

    def attach(self, app: web.Application) -> None:
        """Add the routes of the API, the feed and the pages."""
        add = app.router.add_get
        add("/", self._front)
        add("/robots.txt", self._robots)
        add("/wp-json/", self._root)
        add("/wp-json/wp/v2/posts", self._api_posts)
        add("/wp-json/wp/v2/comments", self._api_comments)
        add("/feed/", self._feed)
        add("/{year:[0-9]{4}}/{month:[0-9]{2}}/{slug}/", self._page)

    def channels(self) -> list[Channel]:
        """The blog, by any of its pages."""
        return [
            Channel(
                name="wordpress-newsroom",
                source="wordpress",
                url=f"{self._base}/",
                items=[item for post in self._posts for item in self._items(post)],
                options=_PAGES,
                suggested=True,
            )
        ]

    def _items(self, post: Post) -> Iterator[Item]:
        gone = post.trashed_at is not None and post.trashed_at <= self._scene.world.anchor
        reason = "deleted" if gone else post.reason
        uri = self._base + post.path
        yield Item(uri=uri, published_at=post.published_at, kind="article", reason=reason, until=post.trashed_at)
        for comment in post.comments:
            yield Item(
                uri=f"{uri}#comment-{comment.id}",
                published_at=comment.published_at,
                kind="comment",
                reason=reason or ("pingback" if comment.is_pingback else None),
                until=post.trashed_at,
            )

    async def _front(self, request: web.Request) -> web.Response:
        del request
        return self._html(self._theme.front())

    async def _robots(self, request: web.Request) -> web.Response:
        del request
        return answers.robots("User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n")

    async def _root(self, request: web.Request) -> web.Response:
        del request
        return self._api.root()

    async def _api_posts(self, request: web.Request) -> web.Response:
        return self._api.posts(dict(request.query))

    async def _api_comments(self, request: web.Request) -> web.Response:
        return self._api.comments(dict(request.query))

    async def _page(self, request: web.Request) -> web.Response:
        found = next((post for post in self._shown if post.path == request.path), None)
        if found is None:
            return self._html(self._theme.missing(), status=404)
        response = self._html(self._theme.post(found))
        response.headers.add("Link", f"<{self._base}/?p={found.id}>; rel=shortlink")
        return response

    async def _feed(self, request: web.Request) -> web.Response:
        """RSS as WordPress writes it; a protected post is in it, without its text."""
        newest = list(reversed(self._shown))[:_IN_FEED]
        items = "\n".join(map(self._feed_item, newest))
        body = (
            f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {_NAMES}>\n<channel><title>{NAME}</title>'
            f"<link>{self._base}</link><language>ko-KR</language>"
            f"<generator>https://wordpress.org/?v=6.8.3</generator>\n{items}\n</channel></rss>\n"
        )
        changed = max(post.modified_at(self._scene.now()) for post in self._shown)
        return answers.cacheable(request, body.encode(), "application/rss+xml; charset=UTF-8", changed)

    def _feed_item(self, post: Post) -> str:
        now, address = self._scene.now(), self._base + post.path
        title = f"보호된 글: {post.title}" if post.has_password else post.title
        text = "" if post.has_password else paragraphs(list(post.words(now)))
        parts = [
            element("title", escape(title)),
            element("link", address),
            element("dc:creator", escape(post.by.name)),
            element("pubDate", format_datetime(post.published_at)),
            *(element("category", escape(name)) for name in (post.category, *post.tags)),
            f'<guid isPermaLink="false">{self._base}/?p={post.id}</guid>',
            f"<content:encoded><![CDATA[{text}]]></content:encoded>",
            element("wfw:commentRss", f"{address}feed/"),
            element("slash:comments", str(len(post.thread(now)))),
        ]
        return element("item", *parts)

    def _html(self, body: str, status: int = 200) -> web.Response:
        response = answers.page(body, status=status)
        response.headers["Link"] = f'<{self._base}/wp-json/>; rel="https://api.w.org/"'
        return response

    @property
    def _shown(self) -> list[Post]:
        now = self._scene.now()
        return [post for post in self._posts if post.is_there(now)]

    @property
    def _api(self) -> Api:
        return Api(self._base, self._shown, self._scene.now())

    @property
    def _theme(self) -> Theme:
        return Theme(self._base, self._shown, self._scene.now())


def open_site(scene: Scene, base: str) -> Newsroom:
    """The blog at an address."""
    return Newsroom(scene, base)
