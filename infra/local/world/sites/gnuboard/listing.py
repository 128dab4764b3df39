"""A board's list, as ``list.skin.php`` of the basic skin shows it."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from infra.local.world.sites.gnuboard.frame import frame
from infra.local.world.sites.gnuboard.view import PAGE_ROWS, list_date, writer
from infra.local.world.sites.html import element, icon, render, unseen

if TYPE_CHECKING:
    from infra.local.world.records import Thread
    from infra.local.world.sites.gnuboard.view import BoardView

_HOT_VIEWS = 400
_DAY_SECONDS = 86400
_PAGE_LINKS = 10
_NOTICE = element("strong", "공지", class_="notice_icon")
_EMPTY = element("tr", element("td", "게시물이 없습니다.", colspan="6", class_="empty_table"))


def list_page(view: BoardView, number: int) -> str:
    """A page of a board's list."""
    board = view.board
    content = render(
        "gnuboard/list.html",
        base=view.base,
        table=board.table,
        title=board.title,
        page=number,
        total=f"{len(view.threads()):,}",
        categories=_categories(view),
        likes_head=element("th", "추천 ", scope="col") if board.shows_likes else "",
        rows="\n".join(_rows(view, number)) or _EMPTY,
        paging=_paging(view, number),
    )
    return frame(view.scene, f"{board.title} {number} 페이지", board.table, content)


def _rows(view: BoardView, page: int) -> list[str]:
    """Notices first, then posts numbered down from the board's total."""
    notices, threads = view.page(page)
    first = len(view.threads()) - (len(notices) if page == 1 else (page - 1) * PAGE_ROWS)
    rows = [_row(view, thread, _NOTICE) for thread in notices]
    return rows + [_row(view, thread, str(first - index)) for index, thread in enumerate(threads)]


def _row(view: BoardView, thread: Thread, number: str) -> str:
    return render(
        "gnuboard/row.html",
        row_class="bo_notice even" if thread.notice else "even",
        number=number,
        indent="10px" if thread.answers else "0px",
        category=_category(view, thread),
        href=escape(view.href(thread)),
        reply_icon=icon("reply") if thread.answers else "",
        secret_icon=icon("lock") if thread.secret else "",
        title=escape(thread.title),
        icons=_icons(view, thread),
        comment_count=_comment_count(len(view.comments(thread))),
        writer=writer(thread.writer, view.base, view.board.table),
        views=view.views(thread),
        likes=element("td", str(view.likes(thread)), class_="td_num") if view.board.shows_likes else "",
        date=list_date(thread.published_at, view.now),
    )


def _categories(view: BoardView) -> str:
    if not view.board.categories:
        return ""
    links = [element("a", "전체", href=replace(view, only=None).href(), id="bo_cate_on")]
    links += [element("a", escape(name), href=view.category(name)) for name in view.board.categories]
    items = element("ul", *(element("li", link) for link in links), id="bo_cate_ul")
    return element("nav", element("h2", f"{view.board.title} 카테고리"), items, id="bo_cate")


def _category(view: BoardView, thread: Thread) -> str:
    if thread.category is None:
        return ""
    return element("a", escape(thread.category), href=view.category(thread.category), class_="bo_cate_link")


def _comment_count(count: int) -> str:
    return unseen("댓글") + element("span", str(count), class_="cnt_cmt") + unseen("개") if count else ""


def _icons(view: BoardView, thread: Thread) -> str:
    icons = []
    if (view.now - thread.published_at).total_seconds() < _DAY_SECONDS:
        icons.append(element("span", "N", unseen("새글"), class_="new_icon"))
    if view.views(thread) >= _HOT_VIEWS:
        icons.append(icon("heart"))
    if thread.files:
        icons.append(icon("download"))
    return " ".join(icons)


def _paging(view: BoardView, current: int) -> str:
    """Up to ten page links around the current one; none where there is one page only."""
    last = view.pages()
    if last == 1:
        return ""
    start = (current - 1) // _PAGE_LINKS * _PAGE_LINKS + 1
    links = [_page_link(view, number, current) for number in range(start, min(start + _PAGE_LINKS, last + 1))]
    if current > 1:
        links.insert(0, element("a", "처음", href=view.href(page=1), class_="pg_page pg_start"))
    if current < last:
        links.append(element("a", "맨끝", href=view.href(page=last), class_="pg_page pg_end"))
    return element("nav", element("span", "\n".join(links), class_="pg"), class_="pg_wrap")


def _page_link(view: BoardView, number: int, current: int) -> str:
    if number == current:
        return unseen("열린") + element("strong", str(number), class_="pg_current") + unseen("페이지")
    return element("a", str(number), unseen("페이지"), href=view.href(page=number), class_="pg_page")
