"""Requests that the community answers, and what a person can paste of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from infra.local.world.manifest import Channel, Item
from infra.local.world.sites import answers
from infra.local.world.sites.rhymix.pages import Pages

if TYPE_CHECKING:
    from infra.local.world.sites.rhymix.content import Comment, Content, Document
    from infra.local.world.sites.scene import Scene

OPEN = "phone"
LOUNGE = "lounge"
"""For members only."""


class Community:
    """The community "손안의 광장"."""

    def __init__(self, scene: Scene, base: str, content: Content) -> None:
        self._scene = scene
        self._base = base
        self._content = content

    def attach(self, app: web.Application) -> None:
        """Add the site's routes: each page has a long address, and a short one that the site shows."""
        app.router.add_get("/", self._long)
        app.router.add_get("/index.php", self._long)
        app.router.add_get("/robots.txt", self._robots)
        app.router.add_get("/{mid:[a-z]+}", self._short)
        app.router.add_get("/{mid:[a-z]+}/{number:[0-9]+}", self._short)
        app.router.add_get("/{number:[0-9]+}", self._short)

    def channels(self) -> list[Channel]:
        """The open board, which is suggested, and the one for members, which is refused."""
        return [self._channel(OPEN), self._channel(LOUNGE)]

    def _channel(self, mid: str) -> Channel:
        refused = "members_only" if mid == LOUNGE else None
        return Channel(
            name=f"rhymix-{mid}",
            source="rhymix",
            url=f"{self._base}/{mid}",
            items=[item for one in self._content.documents if one.board == mid for item in self._items(one)],
            options={"pages": "50"},
            refused=refused,
            suggested=mid == OPEN,
        )

    def _items(self, document: Document) -> list[Item]:
        gone = document.deleted_at is not None and document.deleted_at <= self._scene.world.anchor
        reason = "members_only" if document.board == LOUNGE else "secret" if document.secret else None
        reason = reason or ("deleted" if gone else None)
        until, uri = document.deleted_at, f"{self._base}/index.php?document_srl={document.number}"
        post = Item(uri=uri, published_at=document.published_at, kind="post", reason=reason, until=until)
        comments = [
            Item(
                uri=f"{uri}#comment_{comment.number}",
                published_at=comment.published_at,
                kind="comment",
                reason=reason or _closed(comment),
                until=until,
            )
            for comment in document.comments
        ]
        return [post, *comments]

    async def _robots(self, request: web.Request) -> web.Response:
        del request
        return answers.robots("User-agent: *\nDisallow: /admin\nDisallow: /*act=procFileDownload\n")

    async def _long(self, request: web.Request) -> web.Response:
        """``/index.php?mid=x&document_srl=1&page=2``."""
        query = request.query
        return self._answer(query.get("mid", ""), query.get("document_srl", ""), request)

    async def _short(self, request: web.Request) -> web.Response:
        """``/x``, ``/x/1`` and ``/1``."""
        found = request.match_info
        return self._answer(found.get("mid", ""), found.get("number", ""), request)

    def _answer(self, mid: str, number: str, request: web.Request) -> web.Response:
        pages = Pages(self._scene, self._base, self._content, self._scene.now())
        document = self._find(number) if number else None
        board = document.board if document else mid or OPEN
        if board not in self._content.boards:
            return answers.page(pages.message(OPEN, "요청한 페이지를 찾을 수 없습니다."), status=404)
        if board == LOUNGE:
            return answers.page(pages.message(board, "접근 권한이 없습니다."), status=403)
        if document and mid not in {"", board}:
            return web.Response(status=302, headers={"Location": pages.href(document)})
        page, cpage = (_page(request, name) for name in ("page", "cpage"))
        if number and document is None:
            return answers.page(pages.board(board, page or 1, gone=True), status=404)
        return answers.page(pages.board(board, page or 1, document, cpage))

    def _find(self, number: str) -> Document | None:
        now = self._scene.now()
        return next((one for one in self._content.documents if str(one.number) == number and one.is_shown(now)), None)


def _closed(comment: Comment) -> str | None:
    return "secret" if comment.secret else "deleted" if comment.deleted else None


def _page(request: web.Request, name: str) -> int:
    value = request.query.get(name, "")
    return min(int(value), 1_000) if value.isdecimal() else 0
