"""A stand-in for Hacker News: its API at ``/v0/``, and pages that are shells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from infra.local.world.manifest import Channel
from infra.local.world.manifest import Item as Truth
from infra.local.world.sites import answers
from infra.local.world.sites.hackernews.items import Item, items

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.local.world.sites.scene import Scene

_STORIES = ("story", "poll")
_PAGES = ("/", "/news", "/newest", "/best", "/ask", "/show", "/jobs", "/item", "/user")
_RECENT = 30
"""Items of the last changes."""


class HackerNews:
    """Items become visible at their times, by number, as lists and by user."""

    def __init__(self, scene: Scene, base: str) -> None:
        self._scene = scene
        self._base = base
        self._items = items(scene.world.seed, scene.world.anchor)

    def attach(self, app: web.Application) -> None:
        """Add the API's routes, and the pages'."""
        app.router.add_get("/robots.txt", self._robots)
        app.router.add_get("/v0/maxitem.json", self._max_item)
        app.router.add_get("/v0/updates.json", self._updates)
        app.router.add_get("/v0/{name:(?:new|top|best|ask|show|job)}stories.json", self._list)
        app.router.add_get("/v0/item/{number:[0-9]+}.json", self._item)
        app.router.add_get("/v0/user/{name}.json", self._user)
        for path in _PAGES:
            app.router.add_get(path, self._page)

    def channels(self) -> list[Channel]:
        """The newest stories, with all their comments; and the jobs."""
        jobs = {item.number for item in self._items.values() if item.type == "job"}
        stories = [item for item in self._items.values() if item.root not in jobs]
        return [
            self._channel("newest", stories, suggested=True),
            self._channel("jobs", [self._items[number] for number in sorted(jobs)], suggested=False),
        ]

    def _channel(self, page: str, found: Iterable[Item], *, suggested: bool) -> Channel:
        return Channel(
            name=f"hackernews-{page}",
            source="hackernews",
            url=f"{self._base}/{page}",
            items=[self._truth(item) for item in found],
            options={"items": "100", "comments": "200"},
            suggested=suggested,
        )

    def _truth(self, item: Item) -> Truth:
        return Truth(
            uri=f"{self._base}/item?id={item.number}",
            published_at=item.time,
            kind="comment" if item.type in {"comment", "pollopt"} else "post",
            reason="deleted" if item.deleted or item.dead else None,
        )

    def _shown(self) -> list[Item]:
        """What is there by now, newest first."""
        now = self._scene.now()
        return [item for item in reversed(self._items.values()) if item.time <= now]

    async def _robots(self, request: web.Request) -> web.Response:
        del request
        return answers.robots("User-agent: *\nDisallow:\n")

    async def _page(self, request: web.Request) -> web.Response:
        del request
        return answers.page("<!doctype html><html lang=ko><title>뉴스 게시판</title><p>목록은 API에 있습니다.</html>")

    async def _max_item(self, request: web.Request) -> web.Response:
        del request
        return web.json_response(self._shown()[0].number)

    async def _updates(self, request: web.Request) -> web.Response:
        del request
        changed = [number for item in self._shown()[:_RECENT] for number in (item.number, item.parent) if number]
        return web.json_response({"items": sorted(set(changed), reverse=True), "profiles": []})

    async def _list(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        return web.json_response([item.number for item in self._shown() if _is_on(item, name)])

    async def _item(self, request: web.Request) -> web.Response:
        found = self._items.get(int(request.match_info["number"]))
        return web.json_response(None if found is None or found not in self._shown() else self._entity(found))

    async def _user(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        own = [item.number for item in self._shown() if item.by == name and item.type != "pollopt" and not item.deleted]
        user = {"id": name, "created": 1_600_000_000, "karma": len(own), "submitted": own}
        return web.json_response(user if own else None)

    def _entity(self, item: Item) -> dict[str, Any]:
        """An item as the API gives it: what does not apply is left out."""
        now = self._scene.now()
        kids = [kid for kid in item.kids if self._items[kid].time <= now]
        below = [other for other in self._items.values() if other.root == item.number and other.type == "comment"]
        count = sum(1 for other in below if other.time <= now and not other.deleted)
        bare = {"id": item.number, "type": item.type, "time": int(item.time.timestamp())}
        links = {"poll" if item.type == "pollopt" else "parent": item.parent, "kids": kids, "parts": item.parts}
        if item.deleted:
            return bare | {"deleted": True} | {name: value for name, value in links.items() if value}
        own = {"by": item.by, "title": item.title, "text": item.text, "url": item.url, "dead": item.dead}
        figures = {"score": item.score, "descendants": count if item.type in _STORIES else None}
        filled = {name: value for name, value in {**own, **links}.items() if value}
        return bare | filled | {name: value for name, value in figures.items() if value is not None}


def _is_on(item: Item, name: str) -> bool:
    """Whether an item is on a list."""
    title = item.title or ""
    if name in {"ask", "show"}:
        return item.type == "story" and title.startswith(f"{name.capitalize()} HN")
    return item.type == "job" if name == "job" else item.type in _STORIES


def open_site(scene: Scene, base: str) -> HackerNews:
    """The stand-in at an address."""
    return HackerNews(scene, base)
