"""Requests that a Gnuboard site answers."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from aiohttp import web

from infra.local.world.sites import answers, picture
from infra.local.world.sites.gnuboard import frame, listing, reading
from infra.local.world.sites.gnuboard.view import BoardView
from infra.local.world.sites.html import render

if TYPE_CHECKING:
    from infra.local.world.records import Board, Thread
    from infra.local.world.sites.scene import Scene

_GONE = "글이 존재하지 않습니다.\n글이 삭제되었거나 이동된 경우입니다."
_NO_BOARD = "존재하지 않는 게시판입니다."
_MEMBERS_ONLY = "목록을 볼 권한이 없습니다.\n회원이시라면 로그인 후 이용해 보십시오."


class Gnuboard:
    """The customer community of Hanbit Electronics."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.base = scene.directory.addresses.board
        self.boards = {board.table: board for board in scene.world.boards}

    def attach(self, app: web.Application) -> None:
        """Add the site's routes."""
        app.router.add_get("/", self.home)
        app.router.add_get("/robots.txt", self.robots)
        app.router.add_get("/bbs/board.php", self.long_address)
        app.router.add_get("/bbs/password.php", self.password)
        app.router.add_get("/bbs/login.php", self.login)
        app.router.add_get("/theme/basic/{path:.+[.]css}", self.style)
        app.router.add_get("/data/file/{table}/{name}", self.file)
        app.router.add_get("/{table:[a-z_]+}", self.short_list)
        app.router.add_get("/{table:[a-z_]+}/{number:[0-9]+}", self.short_thread)
        app.on_response_prepare.append(self._headers)

    async def home(self, request: web.Request) -> web.Response:
        """The front page."""
        del request
        return answers.page(frame.front_page(self.scene))

    async def robots(self, request: web.Request) -> web.Response:
        """One board and one post are closed to crawlers, in both forms of their addresses."""
        del request
        boards = [board.table for board in self.scene.world.boards if board.disallowed]
        lines = [f"Disallow: /bbs/board.php?bo_table={table}\nDisallow: /{table}" for table in boards]
        for board in self.scene.world.boards:
            numbers = [thread.number for thread in board.threads if thread.withdrawn]
            lines += [_closed(board.table, number) for number in numbers]
        return answers.robots("\n".join(["User-agent: *", "Disallow: /adm/", *lines]) + "\n")

    async def long_address(self, request: web.Request) -> web.Response:
        """``/bbs/board.php?bo_table=x&wr_id=1&page=2``, and ``sca=`` for a category's list."""
        query = request.query
        table, number, page = (query.get(name, "") for name in ("bo_table", "wr_id", "page"))
        return self._board(table, number, page, query.get("sca") or None)

    async def short_list(self, request: web.Request) -> web.Response:
        """``/x?page=2``."""
        return self._board(request.match_info["table"], "", request.query.get("page", ""))

    async def short_thread(self, request: web.Request) -> web.Response:
        """``/x/1``."""
        return self._board(request.match_info["table"], request.match_info["number"], "")

    def _board(self, table: str, number: str, page: str, category: str | None = None) -> web.Response:
        board = self.boards.get(table)
        if board is None:
            return self._alert(table, _NO_BOARD, self.base)
        if board.members_only:
            return self._alert(table, _MEMBERS_ONLY, f"{self.base}/bbs/login.php?url=%2F{table}")
        view = self._view(board)
        if number:
            return self._thread(view, number)
        view = replace(view, only=category)
        return answers.page(listing.list_page(view, min(int(page or 1), 10_000) if page.isdecimal() else 1))

    def _thread(self, view: BoardView, number: str) -> web.Response:
        found = next((t for t in view.board.threads if str(t.number) == number and view.shows(t)), None)
        if found is None:
            return self._comment_or_gone(view, number)
        if found.secret:
            return _moved(f"{self.base}/bbs/password.php?w=s&bo_table={view.board.table}&wr_id={number}")
        if self.scene.config.faults.poison_thread and found.key == "hot-charging":
            return answers.page("<!doctype html><html><body><main>새 단장 중입니다</main></body></html>")
        return answers.page(reading.thread_page(view, found))

    def _comment_or_gone(self, view: BoardView, number: str) -> web.Response:
        """A comment's number leads to its post; any other number to the alert page, with status 200."""
        for thread in view.threads():
            if any(str(comment.number) == number for _, comment in view.comments(thread)):
                return _moved(f"{self.scene.directory.comment(view.board.table, thread.number, int(number))}")
        return self._alert(view.board.table, _GONE, f"{self.base}/bbs/board.php?bo_table={view.board.table}")

    async def password(self, request: web.Request) -> web.Response:
        """The page that a secret post redirects to."""
        table, number = request.query.get("bo_table", ""), request.query.get("wr_id", "")
        thread = self._find(table, number)
        if thread is None:
            return self._alert(table, _GONE, self.base)
        return answers.page(frame.password_page(self.scene, table, thread))

    def _find(self, table: str, number: str) -> Thread | None:
        board = self.boards.get(table)
        threads = self._view(board).threads() if board else []
        return next((thread for thread in threads if str(thread.number) == number), None)

    async def login(self, request: web.Request) -> web.Response:
        """The login form."""
        del request
        return answers.page(frame.login_page(self.scene))

    async def style(self, request: web.Request) -> web.Response:
        """The style sheet."""
        del request
        return web.Response(text=render("gnuboard/style.css"), content_type="text/css", charset="utf-8")

    async def file(self, request: web.Request) -> web.Response:
        """An attached picture: a plain color that depends on its name."""
        color = zlib.crc32(request.match_info["name"].encode())
        return web.Response(body=picture.png(color & 0xFFFFFF), content_type="image/png")

    def _view(self, board: Board) -> BoardView:
        return BoardView(self.scene, board, self.base, self.scene.now())

    def _alert(self, table: str, message: str, back: str) -> web.Response:
        return answers.page(frame.alert_page(self.base, table if table.isalnum() else "", message, back))

    async def _headers(self, request: web.Request, response: web.StreamResponse) -> None:
        """What ``common.php`` sends with every page: it is never cacheable and was always changed just now."""
        del request
        if response.content_type == "text/html":
            response.headers["Expires"] = "0"
            response.last_modified = self.scene.now()
            response.headers["Cache-Control"] = (
                "no-store, no-cache, must-revalidate, pre-check=0, post-check=0, max-age=0"
            )
            response.headers["Pragma"] = "no-cache"


def _moved(address: str) -> web.Response:
    return web.Response(status=302, headers={"Location": address})


def _closed(table: str, number: int) -> str:
    return f"Disallow: /bbs/board.php?bo_table={table}&wr_id={number}$\nDisallow: /{table}/{number}$"
