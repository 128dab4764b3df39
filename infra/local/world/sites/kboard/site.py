"""Requests that the association answers, and what a person can paste of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

from infra.local.world.manifest import Channel, Item
from infra.local.world.sites import answers
from infra.local.world.sites.kboard.pages import Pages

if TYPE_CHECKING:
    from infra.local.world.sites.kboard.content import Content, Document
    from infra.local.world.sites.scene import Scene

OPEN: Final = "voice"
STAFF: Final = "staff"
"""For members only."""


class Association:
    """The association "온누리소비자연대"."""

    def __init__(self, scene: Scene, base: str, content: Content) -> None:
        self._scene = scene
        self._base = base
        self._content = content

    def attach(self, app: web.Application) -> None:
        """Add the site's routes: each board has one page."""
        app.router.add_get("/", self._front)
        app.router.add_get("/robots.txt", self._robots)
        app.router.add_get(f"/{{name:{OPEN}|{STAFF}}}/", self._board)

    def channels(self) -> list[Channel]:
        """The open board, which is suggested, and the one for members, which is refused."""
        return [self._channel(OPEN), self._channel(STAFF)]

    def _channel(self, name: str) -> Channel:
        return Channel(
            name=f"kboard-{name}",
            source="kboard",
            url=f"{self._base}/{name}/",
            items=[item for one in self._content.documents if one.board == name for item in self._items(one)],
            options={"pages": "50"},
            refused="members_only" if name == STAFF else None,
            suggested=name == OPEN,
        )

    def _items(self, document: Document) -> list[Item]:
        uri = f"{self._base}/{document.board}/?mod=document&uid={document.number}"
        reason = _reason(document)
        post = Item(uri=uri, published_at=document.time, kind="post", reason=reason)
        comments = [
            Item(
                uri=f"{uri}#comment_{comment.number}",
                published_at=comment.time,
                kind="comment",
                reason=reason or ("members_only" if comment.closed else None),
            )
            for comment in document.all_comments()
        ]
        return [post, *comments]

    async def _front(self, request: web.Request) -> web.Response:
        """The front page, and ``/?kboard_content_redirect=1``, which leads to a document."""
        asked = request.query.get("kboard_content_redirect")
        if asked is None:
            return answers.page(self._pages().front())
        document = self._find(asked)
        if document is None:
            return answers.page("<html><body id=error-page>잘못된 접근입니다.</body></html>", status=410)
        return web.Response(status=301, headers={"Location": self._pages().href(document)})

    async def _robots(self, request: web.Request) -> web.Response:
        del request
        return answers.robots("User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n")

    async def _board(self, request: web.Request) -> web.Response:
        """``/voice/?pageid=2`` and ``/voice/?mod=document&uid=1``; the plugin says no with the status 200."""
        name, pages, query = request.match_info["name"], self._pages(), request.query
        if name == STAFF:
            return answers.page(pages.for_members(name))
        if query.get("mod") != "document":
            page = query.get("pageid", "")
            return answers.page(pages.board(name, int(page[:3]) if page.isdecimal() and int(page[:3]) else 1))
        document = self._find(query.get("uid", ""), name)
        return answers.page(pages.document(document) if document else pages.sent_back(name))

    def _pages(self) -> Pages:
        return Pages(self._scene, self._base, self._content, self._scene.now())

    def _find(self, number: str, name: str = OPEN) -> Document | None:
        now, documents = self._scene.now(), self._content.documents
        found = (one for one in documents if str(one.number) == number and one.board == name and one.is_shown(now))
        return next(found, None)


def _reason(document: Document) -> str | None:
    if document.board == STAFF:
        return "members_only"
    if document.secret or document.pending:
        return "secret"
    return "deleted" if document.gone else None
