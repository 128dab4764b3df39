"""The AppView's queries, and its errors in its own words (https://atproto.com/specs/xrpc)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from infra.local.world.sites.bluesky.records import Json, instant

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from datetime import datetime

    from multidict import MultiMapping

    from infra.local.world.sites.bluesky.story import Account, Curated, Post, Repost
    from infra.local.world.sites.bluesky.views import Views

    Query = Callable[["Views", "MultiMapping[str]"], Json]
    Item = tuple[datetime, Post, Repost | None]

MOST_POSTS = 25
_MOST = 100
_DEFAULT = 50
_DEEPEST = 1_000
_FORBIDDEN = "<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>\n"


class XrpcError(Exception):
    """An error answer of status 400."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class AppView:
    """The routes below ``/xrpc/``; ``views`` gives the views of the present."""

    def __init__(self, views: Callable[[], Views]) -> None:
        self._views = views

    def attach(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/xrpc/_health", self._health)
        app.router.add_get("/xrpc/app.bsky.feed.searchPosts", _search)
        for name, query in QUERIES.items():
            app.router.add_get(f"/xrpc/{name}", self._answering(query))
        app.router.add_get("/xrpc/{name}", _unknown)

    def _answering(self, query: Query) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            views = self._views()
            try:
                response = web.json_response(query(views, request.query))
            except XrpcError as error:
                response = web.json_response({"error": error.name, "message": str(error)}, status=400)
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Atproto-Content-Labelers"] = f"{views.labeler};redact"
            response.enable_compression()
            return response

        return answer

    async def _health(self, request: web.Request) -> web.Response:
        del request
        return web.json_response({"version": "sample"})


async def _unknown(request: web.Request) -> web.Response:
    del request
    return web.json_response({"error": "MethodNotImplemented", "message": "Method Not Implemented"}, status=501)


async def _search(request: web.Request) -> web.Response:
    """Searches are for signed-in accounts; the refusal is that of the proxy before the AppView."""
    del request
    return web.Response(status=403, text=_FORBIDDEN, content_type="text/html")


def _get_profile(views: Views, asked: MultiMapping[str]) -> Json:
    return views.detailed(_account(views, _required(asked, "actor")))


def _resolve_handle(views: Views, asked: MultiMapping[str]) -> Json:
    account = views.story.accounts.get(_required(asked, "handle").lower())
    if account is None:
        raise XrpcError("InvalidRequest", "Unable to resolve handle")
    return {"did": account.did}


def _get_author_feed(views: Views, asked: MultiMapping[str]) -> Json:
    account = _account(views, _required(asked, "actor"))
    items = _items(views, (account.did,), asked.get("filter", "posts_with_replies"))
    page = _page(views, items, asked)
    pinned = [post for post in views.visible() if post.pinned and post.author is account]
    if asked.get("includePins") == "true" and "cursor" not in asked:
        page["feed"] = [*(views.feed_item(post, pin=True) for post in pinned), *page["feed"]]
    return page


def _get_list_feed(views: Views, asked: MultiMapping[str]) -> Json:
    found = _curated(views.story.lists, _required(asked, "list"))
    if found is None:
        raise XrpcError("UnknownList", "List not found")
    return _page(views, _items(views, found.members), asked)


def _get_feed(views: Views, asked: MultiMapping[str]) -> Json:
    found = _curated(views.story.feeds, _required(asked, "feed"))
    if found is None:
        raise XrpcError("InvalidRequest", "could not find feed")
    posts = (post for post in views.visible() if any(word in post.text.lower() for word in found.words))
    return _page(views, [(post.published_at, post, None) for post in posts], asked)


def _get_post_thread(views: Views, asked: MultiMapping[str]) -> Json:
    uri = _required(asked, "uri")
    post = _by_uri(views).get(uri)
    if post is None:
        raise XrpcError("NotFound", f"Post not found: {uri}")
    depth, height = _number(asked, "depth", 6, _DEEPEST), _number(asked, "parentHeight", 80, _DEEPEST)
    return {"thread": views.thread(post, depth, height)}


def _get_posts(views: Views, asked: MultiMapping[str]) -> Json:
    """Posts that are there; of the others not a word."""
    _required(asked, "uris")
    uris = asked.getall("uris")
    if len(uris) > MOST_POSTS:
        raise XrpcError("InvalidRequest", f"Error: uris must not have more than {MOST_POSTS} elements")
    known = _by_uri(views)
    return {"posts": [views.post(known[uri]) for uri in uris if uri in known]}


QUERIES: dict[str, Query] = {
    "app.bsky.actor.getProfile": _get_profile,
    "com.atproto.identity.resolveHandle": _resolve_handle,
    "app.bsky.feed.getAuthorFeed": _get_author_feed,
    "app.bsky.feed.getListFeed": _get_list_feed,
    "app.bsky.feed.getFeed": _get_feed,
    "app.bsky.feed.getPostThread": _get_post_thread,
    "app.bsky.feed.getPosts": _get_posts,
}


def _items(views: Views, dids: Iterable[str], which: str = "posts_with_replies") -> list[Item]:
    """Posts and reposts of some accounts, as their feed mixes them."""
    wanted = set(dids)
    posts: list[Item] = [(post.published_at, post, None) for post in views.visible() if post.author.did in wanted]
    if which != "posts_with_replies":
        posts = [item for item in posts if item[1].answers is None]
    if which == "posts_with_media":
        return [item for item in posts if item[1].pictures or item[1].video]
    reposts = (repost for repost in views.reposts() if repost.author.did in wanted)
    return [*posts, *((repost.published_at, repost.post, repost) for repost in reposts)]


def _page(views: Views, items: list[Item], asked: MultiMapping[str]) -> Json:
    """A page of a feed, newest first; the cursor is the time of its last item."""
    below = asked.get("cursor", "9")
    order = sorted(items, key=lambda item: item[0], reverse=True)
    limit = _number(asked, "limit", _DEFAULT, _MOST)
    rest = [item for item in order if instant(item[0]) < below]
    feed = [views.feed_item(post, repost) for _, post, repost in rest[:limit]]
    return {"feed": feed, **({"cursor": instant(rest[limit - 1][0])} if len(rest) > limit else {})}


def _account(views: Views, actor: str) -> Account:
    by_did = {account.did: account for account in views.story.accounts.values()}
    account = by_did.get(actor) or views.story.accounts.get(actor.lower())
    if account is None:
        raise XrpcError("InvalidRequest", "Profile not found")
    return account


def _curated(found: list[Curated], uri: str) -> Curated | None:
    return next((each for each in found if each.uri == uri), None)


def _by_uri(views: Views) -> dict[str, Post]:
    return {post.uri: post for post in views.visible()}


def _required(asked: MultiMapping[str], name: str) -> str:
    if not asked.get(name):
        raise XrpcError("InvalidRequest", f'Error: Params must have the property "{name}"')
    return asked[name]


def _number(asked: MultiMapping[str], name: str, default: int, most: int) -> int:
    value = asked.get(name, str(default))
    if not value.isdecimal():
        raise XrpcError("InvalidRequest", f"Error: {name} must be an integer")
    if int(value) > most:
        raise XrpcError("InvalidRequest", f"Error: {name} can not be greater than {most}")
    return int(value)
