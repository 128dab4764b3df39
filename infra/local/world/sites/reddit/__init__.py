"""A stand-in for Reddit: one community behind the OAuth API, and pages that are shells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from infra.local.world.manifest import Channel, Item
from infra.local.world.sites import answers
from infra.local.world.sites.reddit.records import Comment, Post, records
from infra.local.world.sites.reddit.things import Json, Things, listing, more
from infra.local.world.sites.reddit.tokens import CLIENT_ID, CLIENT_SECRET, TOKEN_PATH, Tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from infra.local.world.sites.scene import Scene

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "TOKEN_PATH", "Reddit", "open_site"]

_PAGE = 8
"""Entries of a page at most, so that there are several."""
_SHOWN = 4
"""Comments that an answer shows before it begins to leave some out."""
_PRIVATE = "nuristaff"
_LIMIT = 600


class Reddit:
    """What the community holds by now, as listings, conversations and by name."""

    def __init__(self, scene: Scene, base: str) -> None:
        self._scene = scene
        self._base = base
        self._records = records(scene.world.seed, scene.world.anchor)
        self._things = Things(self._records, base)
        self._tokens = Tokens(scene)

    def attach(self, app: web.Application) -> None:
        """Add the API's routes, and the pages'."""
        app.router.add_get("/robots.txt", self._robots)
        app.router.add_post(TOKEN_PATH, self._tokens.give)
        app.router.add_get("/api/v1/scopes", self._scopes)
        routes = {
            "/r/{community}/new": self._new,
            "/r/{community}/comments": self._stream,
            "/r/{community}/search": self._search,
            "/user/{name}/overview": self._overview,
            "/comments/{id}": self._conversation,
            "/api/morechildren": self._more,
            "/api/info": self._info,
        }
        for path, handler in routes.items():
            app.router.add_get(path, self._tokens.asked(handler))
        for path in ("/", "/r/{community}", "/r/{community}/", "/user/{name}", "/user/{name}/"):
            app.router.add_get(path, self._page)
        app.on_response_prepare.append(_tell_limit)

    def channels(self) -> list[Channel]:
        """The community, and one of its members."""
        return [
            self._channel("community", f"/r/{self._records.community}", self._records.posts, suggested=True),
            self._channel("post", f"/comments/{self._records.posts[2].id}/", self._records.posts[2:3], suggested=False),
        ]

    def _channel(self, name: str, path: str, posts: Iterable[Post], *, suggested: bool) -> Channel:
        return Channel(
            name=f"reddit-{name}",
            source="reddit",
            url=self._base + path,
            items=[item for post in posts for item in self._truth(post)],
            options={"pages": "10", "comments": "500"},
            suggested=suggested,
        )

    def _truth(self, post: Post) -> list[Item]:
        uri = f"{self._base}/comments/{post.id}/"
        reason = "deleted" if post.deleted else "noindex" if post.hidden else None
        kind = "repost" if post.crosspost else "post"
        comments = [
            Item(
                uri=f"{uri}comment/{comment.id}/",
                published_at=comment.time,
                kind="comment",
                reason="deleted" if comment.removed else None,
            )
            for comment in post.comments
        ]
        return [Item(uri=uri, published_at=post.time, kind=kind, reason=reason), *comments]

    def _posts(self) -> list[Post]:
        """Posts so far, newest first."""
        now = self._scene.now()
        return [post for post in reversed(self._records.posts) if post.time <= now]

    def _comments(self) -> list[Comment]:
        """Comments so far, newest first."""
        now = self._scene.now()
        return [comment for comment in reversed(self._records.comments()) if comment.time <= now]

    def _written(self, found: Iterable[Post | Comment]) -> list[Json]:
        now, write = self._scene.now(), self._things
        return [write.post(thing, now) if isinstance(thing, Post) else write.comment(thing) for thing in found]

    async def _robots(self, request: web.Request) -> web.Response:
        """Nothing is for crawlers but what tells whether this is the API, and the page that a person pastes."""
        del request
        return answers.robots(
            "User-agent: *\nAllow: /api/v1/scopes\nAllow: /$\nAllow: /r/\nAllow: /comments/\nDisallow: /\n"
        )

    async def _page(self, request: web.Request) -> web.Response:
        del request
        return answers.page("<!doctype html><html lang=ko><title>모임</title><p>글은 앱에서 볼 수 있습니다.</html>")

    async def _scopes(self, request: web.Request) -> web.Response:
        del request
        read = {"description": "Access posts and comments through my account.", "id": "read", "name": "Read Content"}
        return web.json_response({"read": read})

    async def _new(self, request: web.Request) -> web.Response:
        # Removed posts drop out of listings at once, those that their authors deleted only in time.
        return self._listed(request, [post for post in self._posts() if post.deleted != "moderator"])

    async def _stream(self, request: web.Request) -> web.Response:
        return self._listed(request, self._comments())

    async def _search(self, request: web.Request) -> web.Response:
        words = request.query.get("q", "").split()
        found = [post for post in self._posts() if not post.deleted and all(word in post.title for word in words)]
        return self._listed(request, found)

    async def _overview(self, request: web.Request) -> web.Response:
        name = request.match_info["name"].lower()
        everything: list[Post | Comment] = [*self._posts(), *self._comments()]
        said = [thing for thing in everything if thing.by.lower() == name]
        if not said:
            return _refused(404, None)
        return self._listed(request, sorted(said, key=lambda thing: thing.time, reverse=True))

    async def _conversation(self, request: web.Request) -> web.Response:
        post = next((post for post in self._posts() if post.id == request.match_info["id"]), None)
        if post is None:
            return _refused(404, None)
        said = [comment for comment in self._comments() if comment.link == post.id]
        shown = {comment.id for comment in said[-_SHOWN:]}
        tree = self._tree(f"t3_{post.id}", said, shown)
        return web.json_response([listing(self._written([post])), listing(tree)])

    def _tree(self, parent: str, said: Sequence[Comment], shown: set[str]) -> list[Json]:
        """Comments below something, with a stub for those that are not shown."""
        below = [comment for comment in said if comment.parent == parent]
        tree = []
        for comment in (comment for comment in below if comment.id in shown):
            replies = self._tree(f"t1_{comment.id}", said, shown)
            tree.append(self._things.comment(comment, listing(replies) if replies else None))
        left = [comment.id for comment in below if comment.id not in shown]
        return [*tree, more(parent, left)] if left else tree

    async def _more(self, request: web.Request) -> web.Response:
        wanted = set(request.query.get("children", "").split(","))
        said = self._comments()
        for comment in reversed(said):  # with everything below them
            if comment.parent.removeprefix("t1_") in wanted:
                wanted.add(comment.id)
        found = self._written(comment for comment in said if comment.id in wanted)
        return web.json_response({"json": {"errors": [], "data": {"things": found}}})

    async def _info(self, request: web.Request) -> web.Response:
        wanted = set(request.query.get("id", "").split(","))
        posts = [post for post in self._posts() if f"t3_{post.id}" in wanted]
        comments = [comment for comment in self._comments() if f"t1_{comment.id}" in wanted]
        return web.json_response(listing(self._written([*posts, *comments])))

    def _listed(self, request: web.Request, found: Sequence[Post | Comment]) -> web.Response:
        """A page of a listing; the next one begins behind its last entry."""
        community = request.match_info.get("community", self._records.community).lower()
        if community != self._records.community.lower():
            return _refused(403, "private") if community == _PRIVATE else _refused(404, "banned")
        names = [f"t3_{thing.id}" if isinstance(thing, Post) else f"t1_{thing.id}" for thing in found]
        after = request.query.get("after")
        begin = names.index(after) + 1 if after in names else 0
        end = begin + min(_PAGE, int(request.query.get("limit", "25")))
        return web.json_response(listing(self._written(found[begin:end]), names[end - 1] if end < len(found) else None))


async def _tell_limit(request: web.Request, response: web.StreamResponse) -> None:
    """What is left of the limit, as the API tells it with every answer."""
    del request
    response.headers.update(
        {"X-Ratelimit-Remaining": f"{_LIMIT - 1}.0", "X-Ratelimit-Reset": "60", "X-Ratelimit-Used": "1"}
    )


def _refused(status: int, reason: str | None) -> web.Response:
    words = {403: "Forbidden", 404: "Not Found"}[status]
    body = {"message": words, "error": status} | ({"reason": reason} if reason else {})
    return web.json_response(body, status=status)


def open_site(scene: Scene, base: str) -> Reddit:
    """The stand-in at an address."""
    return Reddit(scene, base)
