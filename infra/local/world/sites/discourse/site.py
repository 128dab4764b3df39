"""The forum's routes and pages, and what a crawl of it must and must not find."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from aiohttp import web

from infra.local.world.manifest import Channel, Item
from infra.local.world.sites import answers
from infra.local.world.sites.discourse.documents import Documents
from infra.local.world.sites.discourse.forum import Post, Topic, tell
from infra.local.world.sites.html import element

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.local.world.sites.scene import Scene

_TITLE = "한빛전자 고객 커뮤니티"
_GENERATOR = "Discourse 3.5.0 - https://github.com/discourse/discourse version 0123abcd"
_ROBOTS = "User-agent: *\nDisallow: /admin/\nDisallow: /auth/\nDisallow: /search\nDisallow: /session\n"
_PAGES = {"pages": "20", "topic_pages": "20"}


class Forum:
    """A forum with categories, one of which only its team may see."""

    def __init__(self, scene: Scene, base: str) -> None:
        self._base = base
        self._story = tell(scene.world.seed, scene.world.anchor)
        self._documents = Documents(self._story, scene.now, scene.directory.fill)

    def attach(self, app: web.Application) -> None:
        """Add the documents' routes, and the pages'."""
        add = app.router.add_get
        add("/robots.txt", self._robots)
        add("/posts.json", self._latest)
        add("/latest.json", self._everything)
        add("/c/{slug}/{id:[0-9]+}.json", self._category)
        add("/c/{slug}/{id:[0-9]+}/l/latest.json", self._category)
        add("/c/{id:[0-9]+}/show.json", self._about_category)
        add("/tag/{name}.json", self._tag)
        add("/t/{id:[0-9]+}.json", self._topic)
        add("/t/{id:[0-9]+}/{number:[0-9]+}.json", self._topic)
        add("/u/{name}/activity.json", self._user)
        add("/user_actions.json", self._actions)
        for path in ("/", "/latest", "/categories", "/c/{slug}/{id:[0-9]+}", "/tag/{name}", "/u/{name}/activity"):
            add(path, self._page)
        for path in ("/t/{slug}/{id:[0-9]+}", "/t/{slug}/{id:[0-9]+}/{number:[0-9]+}"):
            add(path, self._topic_page)

    def channels(self) -> list[Channel]:
        """The whole forum, its categories, a tag, a topic and a person."""
        queue = next(topic for topic in self._story.topics if topic.slug == "queue")
        return [
            self._channel("all", "/", self._story.topics, suggested=True),
            *(self._of_category(category.id) for category in self._story.categories if not category.restricted),
            self._channel("tag", "/tag/배터리", [topic for topic in self._story.topics if "배터리" in topic.tags]),
            self._channel("topic", f"/t/{queue.slug}/{queue.id}", [queue]),
            self._channel("user", "/u/gaeul/activity", self._story.topics, by="gaeul"),
        ]

    def _of_category(self, number: int) -> Channel:
        topics = [topic for topic in self._story.topics if topic.category.id == number]
        slug = topics[0].category.slug
        return self._channel(slug, f"/c/{slug}/{number}", topics)

    def _channel(
        self, name: str, path: str, topics: Iterable[Topic], *, by: str = "", suggested: bool = False
    ) -> Channel:
        items = [self._item(topic, post) for topic in topics for post in topic.posts if by in ("", post.by.username)]
        return Channel(
            name=f"discourse-{name}",
            source="discourse",
            url=self._base + path,
            items=items,
            options=_PAGES,
            suggested=suggested,
        )

    def _item(self, topic: Topic, post: Post) -> Item:
        return Item(
            uri=f"{self._base}/t/{topic.id}/{post.number}",
            published_at=post.published_at,
            kind="post" if post.number == 1 else "comment",
            reason="restricted" if topic.category.restricted else post.reason,
        )

    async def _robots(self, request: web.Request) -> web.Response:
        del request
        return answers.robots(_ROBOTS)

    async def _latest(self, request: web.Request) -> web.Response:
        return _json(self._documents.latest(_number(request.query.get("before"))))

    async def _everything(self, request: web.Request) -> web.Response:
        return self._list(request, "/latest", self._documents.visible())

    async def _category(self, request: web.Request) -> web.Response:
        """A category's topics, in the order that is asked for or else in its own."""
        wanted = (int(request.match_info["id"]), request.match_info["slug"], False)
        found = [each for each in self._story.categories if (each.id, each.slug, each.restricted) == wanted]
        if not found:
            return _missing()
        topics = [topic for topic in self._documents.visible() if topic.category.id == found[0].id]
        order = request.query.get("order") or found[0].order
        return self._list(request, request.path.removesuffix(".json"), topics, order)

    async def _about_category(self, request: web.Request) -> web.Response:
        number = int(request.match_info["id"])
        found = next((each for each in self._story.categories if each.id == number and not each.restricted), None)
        if found is None:
            return _missing()
        about = {"id": found.id, "name": found.name, "slug": found.slug, "read_restricted": False}
        return _json({"category": about})

    async def _tag(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        topics = [topic for topic in self._documents.visible() if name in topic.tags]
        return self._list(request, f"/tag/{name}/l/latest", topics) if topics else _missing()

    async def _topic(self, request: web.Request) -> web.Response:
        found, number = self._found(request), request.match_info.get("number")
        page = _number(request.query.get("page")) or 1
        document = self._documents.topic(found, int(number) if number else None, page) if found else None
        return _json(document) if document else _missing()

    async def _user(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        return _json(self._documents.by(name)) if name in self._story.users else _missing()

    async def _actions(self, request: web.Request) -> web.Response:
        name, offset = request.query.get("username", ""), _number(request.query.get("offset"))
        return _json(self._documents.actions(name, offset)) if name in self._story.users else _missing()

    async def _page(self, request: web.Request) -> web.Response:
        del request
        links = [(f"/t/{topic.slug}/{topic.id}", topic.title) for topic in self._documents.visible()]
        return answers.page(
            _html(_TITLE, "\n".join(element("p", element("a", title, href=url)) for url, title in links))
        )

    async def _topic_page(self, request: web.Request) -> web.Response:
        found = self._found(request)
        document = self._documents.topic(found, None, 1) if found else None
        if found is None or document is None:
            return answers.page(_html("찾을 수 없습니다", ""), status=404)
        words = [post["cooked"] for post in document["post_stream"]["posts"]]
        return answers.page(_html(found.title, "\n".join(words)))

    def _found(self, request: web.Request) -> Topic | None:
        number = int(request.match_info["id"])
        return next((topic for topic in self._documents.visible() if topic.id == number), None)

    def _list(self, request: web.Request, path: str, topics: list[Topic], order: str = "") -> web.Response:
        return _json(self._documents.listing(path, topics, _number(request.query.get("page")), order))


def open_site(scene: Scene, base: str) -> Forum:
    """The forum at an address."""
    return Forum(scene, base)


def _json(document: Any, status: int = 200) -> web.Response:  # noqa: ANN401 - JSON is anything
    return web.json_response(document, status=status)


def _missing() -> web.Response:
    return _json({"errors": ["요청하신 페이지가 없거나 볼 수 없습니다."], "error_type": "not_found"}, status=404)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() else 0


def _html(title: str, content: str) -> str:
    """A page as crawlers are given it."""
    marks = (
        f'<meta name="generator" content="{_GENERATOR}">'
        f'<meta property="og:site_name" content="{_TITLE}"><meta property="og:title" content="{escape(title)}">'
    )
    head = f'<head><meta charset="utf-8"><title>{escape(title)}</title>{marks}</head>'
    return f'<!DOCTYPE html>\n<html lang="ko">{head}<body class="crawler">{content}</body></html>'
