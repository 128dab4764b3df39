"""A stand-in for a Lemmy server: the API of 0.19 for those who are not logged in, and pages that carry its data.

Its operator opens ``/api``, which the robots.txt that ``lemmy-ui`` brings closes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from aiohttp import web

from infra.local.world.manifest import Channel, Item
from infra.local.world.sites import answers
from infra.local.world.sites.lemmy.records import Comment, Post, comment_uri, records, uri_of
from infra.local.world.sites.lemmy.views import Json, Views

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from infra.local.world.sites.scene import Scene

    Query = Mapping[str, str]

T = TypeVar("T", Post, Comment)

_ROBOTS = (
    "User-agent: *\nDisallow: /login\nDisallow: /signup\nDisallow: /settings\nDisallow: /search\nDisallow: /modlog\n"
)
_SHELL = (
    "<!doctype html><html lang=ko><title>{}</title><script>window.isoData = {{}}</script><div id=root></div></html>"
)


class Lemmy:
    """What is there by now, as lists and by number."""

    def __init__(self, scene: Scene, base: str) -> None:
        self._scene = scene
        self._base = base
        self._records = records(scene.world.seed, scene.world.anchor, base)
        self._views = Views(base)

    def attach(self, app: web.Application) -> None:
        """Add the API's routes, and the pages'."""
        app.router.add_get("/robots.txt", self._robots)
        routes = {
            "site": lambda _: self._views.site(),
            "community": self._community,
            "user": self._user,
            "post": self._post,
            "comment": self._comment,
            "post/list": self._post_list,
            "comment/list": self._comment_list,
        }
        for path, document in routes.items():
            app.router.add_get(f"/api/v3/{path}", _answering(document))
        for path in ("/", "/c/{name}", "/u/{name}", "/post/{number}"):
            app.router.add_get(path, self._page)

    def channels(self) -> list[Channel]:
        """A community, all communities, a person and a post."""
        posts = self._records.posts
        main = [post for post in posts if post.community.name == "nuriphone"]
        namus = [item for post in posts for item in self._truth(post, of="namu")]
        return [
            self._channel("nuriphone", "/c/nuriphone", self._truths(main), suggested=True),
            self._channel("local", "/", self._truths(posts)),
            self._channel("user", "/u/namu", namus),
            self._channel("post", f"/post/{posts[1].number}", self._truth(posts[1])),
        ]

    def _channel(self, name: str, path: str, items: list[Item], *, suggested: bool = False) -> Channel:
        return Channel(
            name=f"lemmy-{name}",
            source="lemmy",
            url=self._base + path,
            items=items,
            options={"pages": "20", "comments": "20"},
            suggested=suggested,
        )

    def _truths(self, posts: Iterable[Post]) -> list[Item]:
        return [item for post in posts for item in self._truth(post)]

    def _truth(self, post: Post, of: str | None = None) -> list[Item]:
        """A post and its comments, or what of them one person wrote."""
        whole = "local_only" if post.community.visibility != "Public" else "deleted" if post.is_gone else None
        reason = whole or _objection(post)
        own = Item(uri=uri_of(post, self._base), published_at=post.time, kind="post", reason=reason)
        comments = [
            Item(
                uri=comment_uri(comment, self._base),
                published_at=comment.time,
                kind="comment",
                reason=whole or ("deleted" if comment.deleted or comment.removed else _objection(comment)),
            )
            for comment in post.comments
            if of in {None, comment.by.name}
        ]
        return [*([own] if of in {None, post.by.name} else []), *comments]

    def _shown(self) -> list[Post]:
        """The posts that everybody sees by now, newest first."""
        now, posts = self._scene.now(), reversed(self._records.posts)
        return [
            post for post in posts if post.time <= now and not post.is_gone and post.community.visibility == "Public"
        ]

    def _comments(self) -> list[Comment]:
        now, seen = self._scene.now(), {post.number for post in self._shown()}
        comments = reversed(self._records.comments())
        return [comment for comment in comments if comment.time <= now and comment.post.number in seen]

    def _post_list(self, query: Query) -> Json | None:
        posts = [post for post in self._shown() if query.get("community_name") in {None, post.community.name}]
        posts.sort(key=lambda post: not post.given.get("pinned", False))
        start = int(query.get("page_cursor", "P0")[1:])
        page = posts[start : start + _limit(query)]
        further = {"next_page": f"P{start + len(page)}"} if page else {}
        return {"posts": [self._views.post(post, self._scene.now()) for post in page], **further}

    def _comment_list(self, query: Query) -> Json | None:
        asked, whole = query.get("post_id"), self._comments()
        found = [each for each in whole if query.get("community_name") in {None, each.post.community.name}]
        found = [each for each in found if asked in {None, str(each.post.number)}]
        page = found if "max_depth" in query else _paged(found, query)
        return {"comments": [self._views.comment(each, self._scene.now()) for each in page]}

    def _community(self, query: Query) -> Json | None:
        found = self._records.communities.get(query.get("name", ""))
        if found is None or found.visibility != "Public":
            return None
        return {"community_view": {"community": self._views.community(found)}, "moderators": []}

    def _user(self, query: Query) -> Json | None:
        person, now = self._records.people.get(query.get("username", "")), self._scene.now()
        if person is None or person.host:
            return None
        posts = [post for post in self._shown() if post.by == person]
        comments = [each for each in self._comments() if each.by == person and not (each.deleted or each.removed)]
        return {
            "person_view": {"person": self._views.person(person)},
            "posts": [self._views.post(post, now) for post in _paged(posts, query)],
            "comments": [self._views.comment(each, now) for each in _paged(comments, query)],
        }

    def _post(self, query: Query) -> Json | None:
        number = query.get("id") or self._post_of(query.get("comment_id", ""))
        found = next((post for post in self._shown() if str(post.number) == number), None)
        return {"post_view": self._views.post(found, self._scene.now()), "cross_posts": []} if found else None

    def _post_of(self, number: str) -> str:
        return next((str(each.post.number) for each in self._comments() if str(each.number) == number), "")

    def _comment(self, query: Query) -> Json | None:
        found = next((each for each in self._comments() if str(each.number) == query.get("id")), None)
        return {"comment_view": self._views.comment(found, self._scene.now())} if found else None

    async def _robots(self, request: web.Request) -> web.Response:
        del request
        return answers.robots(_ROBOTS)

    async def _page(self, request: web.Request) -> web.Response:
        del request
        return answers.page(_SHELL.format("누리숲 레미"))


def _objection(thing: Post | Comment) -> str | None:
    return "nobot" if "#nobot" in (thing.by.bio or "") else None


def _answering(document: Callable[[Query], Json | None]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        found = document(dict(request.query))
        return web.json_response({"error": "not_found"}, status=404) if found is None else web.json_response(found)

    return answer


def _paged(things: Sequence[T], query: Query) -> Sequence[T]:
    start = (int(query.get("page", "1")) - 1) * _limit(query)
    return things[start : start + _limit(query)]


def _limit(query: Query) -> int:
    return int(query.get("limit", "10"))


def open_site(scene: Scene, base: str) -> Lemmy:
    """The stand-in at an address."""
    return Lemmy(scene, base)
