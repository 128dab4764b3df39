"""The REST API: posts and comments as JSON, with the headers that every answer of it has."""

from __future__ import annotations

import zlib
from html import escape
from typing import TYPE_CHECKING, Any

from aiohttp import web

from infra.local.world.sites.html import paragraphs
from infra.local.world.story.calendar import KST

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from infra.local.world.sites.wordpress.blog import Comment, Post

    Json = dict[str, Any]

_PER_PAGE, _MOST_PER_PAGE = 10, 100


class Api:
    """Answers at a moment.

    Args:
        base: the site's address.
        posts: those that are public now.
        now: the moment.
    """

    def __init__(self, base: str, posts: list[Post], now: datetime) -> None:
        self._base = base
        self._posts = posts
        self._now = now

    def root(self) -> web.Response:
        """What the API is able to, much shortened."""
        names = {"name": "한빛전자 뉴스룸", "description": "", "url": self._base, "home": self._base}
        able = {"gmt_offset": 9, "timezone_string": "Asia/Seoul", "namespaces": ["oembed/1.0", "yoast/v1", "wp/v2"]}
        return self._json({**names, **able, "authentication": {}, "routes": {}})

    def posts(self, query: dict[str, str]) -> web.Response:
        """Posts by the parameters that we ask with."""
        wanted = [post for post in self._posts if _is_wanted(post.id, query, "include")]
        slugs = query.get("slug", "").split(",") if "slug" in query else None
        found = [post for post in wanted if slugs is None or post.slug in slugs]
        if after := query.get("modified_after"):
            found = [post for post in found if f"{_gmt(post.modified_at(self._now))}Z" > after]
        found.sort(key=self._order(query), reverse=query.get("order", "desc") == "desc")
        return self._page(found, query, lambda post: self._post(post, embedded="_embed" in query))

    def comments(self, query: dict[str, str]) -> web.Response:
        """Comments on posts without a password, the newest first."""
        pairs = [(post, comment) for post in self._posts if not post.has_password for comment in post.thread(self._now)]
        found = [(post, comment) for post, comment in pairs if _is_wanted(comment.id, query, "include")]
        found.sort(key=lambda pair: (pair[1].published_at, pair[1].id), reverse=query.get("order", "desc") == "desc")
        return self._page(found, query, lambda pair: self._comment(*pair))

    def _order(self, query: dict[str, str]) -> Callable[[Post], Any]:
        if query.get("orderby") == "modified":
            return lambda post: (post.modified_at(self._now), post.id)
        return lambda post: (post.published_at, post.id)

    def _page(self, found: list[Any], query: dict[str, str], shown: Callable[[Any], Json]) -> web.Response:
        size = min(int(query.get("per_page", _PER_PAGE)), _MOST_PER_PAGE)
        page, total = int(query.get("page", 1)), -(-len(found) // size)
        if page > max(total, 1):
            message = "요청한 페이지 번호가 사용 가능한 페이지 번호보다 큽니다."
            return self._json(
                {"code": "rest_post_invalid_page_number", "message": message, "data": {"status": 400}}, 400
            )
        items = [_fields(shown(item), query.get("_fields", "")) for item in found[(page - 1) * size : page * size]]
        response = self._json(items)
        response.headers["X-WP-Total"] = str(len(found))
        response.headers["X-WP-TotalPages"] = str(total)
        return response

    def _json(self, document: Any, status: int = 200) -> web.Response:  # noqa: ANN401 - JSON is anything
        response = web.json_response(document, status=status)
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Link"] = f'<{self._base}/wp-json/>; rel="https://api.w.org/"'
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Access-Control-Expose-Headers"] = "X-WP-Total, X-WP-TotalPages, Link"
        return response

    def _post(self, post: Post, *, embedded: bool) -> Json:
        robots = {"index": "noindex" if post.noindex else "index", "follow": "follow"}
        content = "" if post.has_password else f"{paragraphs(list(post.words(self._now)))}\n"
        modified = post.modified_at(self._now)
        document = {
            "id": post.id,
            "date": _local(post.published_at),
            "date_gmt": _gmt(post.published_at),
            "guid": {"rendered": f"{self._base}/?p={post.id}"},
            "modified": _local(modified),
            "modified_gmt": _gmt(modified),
            "slug": post.slug,
            "status": "publish",
            "type": "post",
            "link": self._base + post.path,
            "title": {"rendered": escape(post.title)},
            "content": {"rendered": content, "protected": post.has_password},
            "excerpt": {"rendered": "", "protected": post.has_password},
            "author": post.by.id,
            "featured_media": post.id + 1 if post.picture else 0,
            "comment_status": "open",
            "ping_status": "open",
            "sticky": False,
            "template": "",
            "format": "standard",
            "meta": {"footnotes": ""},
            "categories": [_term_id(post.category)],
            "tags": [_term_id(tag) for tag in post.tags],
            "yoast_head_json": {"title": f"{post.title} - 한빛전자 뉴스룸", "robots": robots, "og_locale": "ko_KR"},
        }
        return document | ({"_embedded": self._embedded(post)} if embedded else {})

    def _embedded(self, post: Post) -> Json:
        author = {"id": post.by.id, "name": post.by.name, "url": "", "slug": post.by.slug}
        author["link"] = f"{self._base}/author/{post.by.slug}/"
        terms = [[self._term(post.category, "category")], [self._term(tag, "post_tag") for tag in post.tags]]
        found: Json = {"author": [author], "wp:term": terms}
        if post.picture:
            address = f"{self._base}/wp-content/uploads/{post.slug}.jpg"
            found["wp:featuredmedia"] = [
                {"id": post.id + 1, "media_type": "image", "alt_text": post.picture, "source_url": address}
            ]
        return found

    def _term(self, name: str, taxonomy: str) -> Json:
        folder = "category" if taxonomy == "category" else "tag"
        return {"id": _term_id(name), "link": f"{self._base}/{folder}/{name}/", "name": name, "taxonomy": taxonomy}

    def _comment(self, post: Post, comment: Comment) -> Json:
        return {
            "id": comment.id,
            "post": post.id,
            "parent": comment.parent,
            "author": comment.by.id if comment.by else 0,
            "author_name": comment.name,
            "author_url": "",
            "date": _local(comment.published_at),
            "date_gmt": _gmt(comment.published_at),
            "content": {"rendered": f"<p>{escape(comment.text)}</p>\n"},
            "link": f"{self._base}{post.path}#comment-{comment.id}",
            "status": "approved",
            "type": "pingback" if comment.is_pingback else "comment",
            "meta": [],
        }


def _is_wanted(number: int, query: dict[str, str], name: str) -> bool:
    return name not in query or str(number) in query[name].split(",")


def _fields(document: Json, names: str) -> Json:
    """The fields that were asked for, such as ``id`` or ``content.protected``."""
    if not names:
        return document
    found: Json = {}
    for name in names.split(","):
        key, _, inner = name.partition(".")
        if key in document:
            found[key] = found.get(key, {}) | {inner: document[key].get(inner)} if inner else document[key]
    return found


def _term_id(name: str) -> int:
    return zlib.crc32(name.encode()) % 900 + 2


def _gmt(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}"


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(KST):%Y-%m-%dT%H:%M:%S}"
