"""A stand-in for YouTube: its Data API v3, which asks for a key, and pages that are shells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from infra.local.world.manifest import Channel, Item
from infra.local.world.sites import answers
from infra.local.world.sites.youtube.records import Comment, Video, records
from infra.local.world.sites.youtube.resources import Json, Resources

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from infra.local.world.sites.scene import Scene

KEY_HEADER = "X-Goog-Api-Key"
KEY = "sample-key"
"""What the API asks for, in ``KEY_HEADER``."""
_PAGE = 5
"""Entries of a page at most, so that there are several."""
_BASE = "/youtube/v3"


class YouTube:
    """One channel, its uploads and their comments."""

    def __init__(self, scene: Scene, base: str) -> None:
        self._scene = scene
        self._base = base
        self._records = records(scene.world.seed, scene.world.anchor)
        self._resources = Resources(self._records)

    def attach(self, app: web.Application) -> None:
        """Add the API's routes, and the pages'."""
        app.router.add_get("/robots.txt", self._robots)
        app.router.add_get("/discovery/v1/apis/youtube/v3/rest", self._discovery)
        methods = {
            "channels": self._channels,
            "playlistItems": self._playlist_items,
            "search": self._search,
            "videos": self._videos,
            "commentThreads": self._threads,
            "comments": self._comments,
        }
        for name, method in methods.items():
            app.router.add_get(f"{_BASE}/{name}", _with_key(method))
        for path in ("/", "/watch", "/playlist", "/results", "/channel/{id}", f"/@{self._records.account.handle}"):
            app.router.add_get(path, self._page)

    def channels(self) -> list[Channel]:
        """The channel with all its comments."""
        account, truth = self._records.account, self._truth()
        return [
            Channel(
                name="youtube-channel",
                source="youtube",
                url=f"{self._base}/@{account.handle}",
                items=truth,
                options={"pages": "20", "comments": "5"},
                suggested=True,
            )
        ]

    def _truth(self) -> list[Item]:
        found: list[Item] = []
        for video in self._records.videos:
            uri = f"{self._base}/watch?v={video.id}"
            reason = "deleted" if video.deleted else "not_public" if video.unlisted else None
            found.append(Item(uri=uri, published_at=video.time, kind="post", reason=reason))
            found += [
                Item(uri=f"{uri}&lc={comment.id}", published_at=comment.time, kind="comment")
                for comment in video.comments
            ]
        return found

    def _shown(self) -> list[Video]:
        now = self._scene.now()
        return [video for video in self._records.videos if video.time <= now]

    def _there(self) -> list[Video]:
        return [video for video in self._shown() if not video.deleted]

    def _said(self, video: Video) -> list[Comment]:
        now = self._scene.now()
        return [comment for comment in video.comments if comment.time <= now]

    async def _robots(self, request: web.Request) -> web.Response:
        """The API is not for crawlers, but for those with a key."""
        del request
        return answers.robots("User-agent: *\nDisallow: /youtube/\n")

    async def _page(self, request: web.Request) -> web.Response:
        del request
        return answers.page("<!doctype html><html lang=ko><title>영상</title><p>영상은 여기에서 재생됩니다.</html>")

    async def _discovery(self, request: web.Request) -> web.Response:
        del request
        about = {"kind": "discovery#restDescription", "id": "youtube:v3", "name": "youtube", "version": "v3"}
        return web.json_response({**about, "rootUrl": f"{self._base}/", "servicePath": ""})

    async def _channels(self, request: web.Request) -> web.Response:
        account, query = self._records.account, request.query
        named = query.get("forHandle", "").lstrip("@").lower() == account.handle or query.get("id") == account.id
        return _listed(request, "channel", [self._resources.channel()] if named else [])

    async def _playlist_items(self, request: web.Request) -> web.Response:
        if request.query.get("playlistId") != self._records.account.uploads:
            return _refused(404, "playlistNotFound")
        shown = [video for video in self._shown() if not video.unlisted]
        return _listed(request, "playlistItem", [self._resources.entry(video) for video in shown])

    async def _search(self, request: web.Request) -> web.Response:
        words = request.query.get("q", "").split()
        found = [video for video in self._there() if not video.unlisted and all(word in video.title for word in words)]
        return _listed(request, "search", [self._resources.hit(video) for video in found])

    async def _videos(self, request: web.Request) -> web.Response:
        wanted, now = request.query.get("id", "").split(","), self._scene.now()
        found = [self._resources.video(video, now) for video in self._there() if video.id in wanted]
        return _listed(request, "video", found)

    async def _threads(self, request: web.Request) -> web.Response:
        query, now = request.query, self._scene.now()
        if query.get("allThreadsRelatedToChannelId") == self._records.account.id:
            return _listed(request, "commentThread", self._talk(now))
        wanted = query.get("id", "").split(",")
        videos = [video for video in self._there() if "id" in query or video.id == query.get("videoId")]
        if not videos:
            return _refused(404, "videoNotFound")
        if "videoId" in query and videos[0].comments_off:
            return _refused(403, "commentsDisabled")
        said = [(video, comment) for video in videos for comment in self._said(video) if comment.parent is None]
        found = [pair for pair in said if "id" not in query or pair[1].id in wanted]
        return _listed(request, "commentThread", [self._resources.thread(*pair, now) for pair in found])

    def _talk(self, now: datetime) -> list[Json]:
        """The comments on all videos of the channel, newest first."""
        there = [video for video in self._there() if not video.comments_off]
        said = [(video, comment) for video in there for comment in self._said(video) if comment.parent is None]
        newest = sorted(said, key=lambda pair: pair[1].time, reverse=True)
        return [self._resources.thread(*pair, now) for pair in newest]

    async def _comments(self, request: web.Request) -> web.Response:
        query = request.query
        wanted = query.get("id", "").split(",")
        said = [comment for video in self._there() for comment in self._said(video)]
        found = [comment for comment in said if comment.parent == query.get("parentId", "") or comment.id in wanted]
        return _listed(request, "comment", [self._resources.comment(comment) for comment in found])


def _with_key(method: Any) -> Any:  # noqa: ANN401 - aiohttp's handlers
    async def handler(request: web.Request) -> web.StreamResponse:
        key = request.headers.get(KEY_HEADER)
        if key is None:
            return _refused(403, "forbidden", status="PERMISSION_DENIED")
        if key != KEY:
            return _refused(400, "keyInvalid", status="INVALID_ARGUMENT")
        answer: web.StreamResponse = await method(request)
        return answer

    return handler


def _listed(request: web.Request, kind: str, items: Sequence[Json]) -> web.Response:
    """A page of a list; the token of the next one is where it begins. What is asked for by ids has one page."""
    begin, size = int(request.query.get("pageToken") or 0), len(items) if "id" in request.query else _PAGE
    further = {"nextPageToken": str(begin + size)} if begin + size < len(items) else {}
    return web.json_response(
        {
            "kind": f"youtube#{kind}ListResponse",
            "etag": "l1",
            **further,
            "pageInfo": {"totalResults": len(items), "resultsPerPage": size},
            "items": items[begin : begin + size],
        }
    )


def _refused(code: int, reason: str, *, status: str = "FAILED_PRECONDITION") -> web.Response:
    error = {"message": "The request is refused.", "domain": "youtube", "reason": reason}
    body = {"error": {"code": code, "message": "The request is refused.", "errors": [error], "status": status}}
    return web.json_response(body, status=code)


def open_site(scene: Scene, base: str) -> YouTube:
    """The stand-in at an address."""
    return YouTube(scene, base)
