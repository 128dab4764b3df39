"""The page around everything, and the pages that say no."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from infra.local.world.sites.gnuboard.view import BoardView
from infra.local.world.sites.html import element, render

if TYPE_CHECKING:
    from infra.local.world.records import Thread
    from infra.local.world.sites.scene import Scene

_FRONT_TITLES = 6


def frame(scene: Scene, title: str, table: str, content: str) -> str:
    """A whole page around its content."""
    base = scene.directory.addresses.board
    links = [
        element("a", board.title, href=f"{base}/bbs/board.php?bo_table={board.table}", class_="gnb_1da")
        for board in scene.world.boards
        if not board.members_only
    ]
    menu = "".join(element("li", link, class_="gnb_1dli") for link in links)
    return render("gnuboard/page.html", title=escape(title), base=base, table=table, menu=menu, content=content)


def front_page(scene: Scene) -> str:
    """The newest titles of every open board."""
    base, now = scene.directory.addresses.board, scene.now()
    open_boards = [board for board in scene.world.boards if not board.members_only]
    content = "\n".join(_latest(BoardView(scene, board, base, now)) for board in open_boards)
    return frame(scene, "한빛전자 고객 커뮤니티", "", content)


def _latest(view: BoardView) -> str:
    heading = element("h2", element("a", view.board.title, href=view.href()), class_="lat_title")
    titles = [
        element("li", element("a", escape(thread.title), href=view.href(thread)))
        for thread in view.threads()[:_FRONT_TITLES]
    ]
    return element("div", heading, element("ul", *titles), class_="lat")


def password_page(scene: Scene, table: str, thread: Thread) -> str:
    """The page that a secret post redirects to; it shows the title."""
    content = render(
        "gnuboard/password.html",
        base=scene.directory.addresses.board,
        title=escape(thread.title),
        table=table,
        number=thread.number,
    )
    return frame(scene, f"{thread.title} 비밀글", table, content)


def login_page(scene: Scene) -> str:
    """The login form."""
    return frame(scene, "로그인", "", render("gnuboard/login.html", base=scene.directory.addresses.board))


def alert_page(base: str, table: str, message: str, back: str) -> str:
    """The page that the site shows instead of an error status; lines of the message are split by a newline."""
    return render(
        "gnuboard/alert.html",
        base=base,
        table=table,
        message=escape(message).replace("\n", "<br>"),
        message_js=message.replace("\n", "\\n"),
        back=escape(back),
        back_js=back,
    )
