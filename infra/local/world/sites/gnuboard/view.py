"""What a visitor may see of a board at a moment, and how the site writes dates, names and addresses."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from infra.local.world.sites.html import element
from infra.local.world.story.calendar import KST

if TYPE_CHECKING:
    from datetime import datetime

    from infra.local.world.records import Board, Comment, Thread, Writer
    from infra.local.world.sites.scene import Scene

PAGE_ROWS = 15
"""Posts a page, notices included on the first."""


@dataclass(frozen=True)
class BoardView:
    """One board as it is at ``now``."""

    scene: Scene
    board: Board
    base: str
    now: datetime
    only: str | None = None
    """The category that the list is narrowed to (``sca=``); Gnuboard shows no notices above such a list."""

    def threads(self) -> list[Thread]:
        """Posts as ``wr_num, wr_reply`` sorts them: newest first, answers below what they answer."""
        shown = [thread for thread in self.board.threads if self.shows(thread) and self._is_in_category(thread)]
        numbers = {thread.number for thread in shown}
        return sorted(shown, key=lambda thread: self._order(thread, numbers))

    def shows(self, thread: Thread) -> bool:
        """Whether a post is written and not deleted yet."""
        return thread.published_at <= self.now and not (thread.deleted_at and thread.deleted_at <= self.now)

    def comments(self, thread: Thread) -> list[tuple[int, Comment]]:
        """Comments with their depth, answers below what they answer."""
        shown = [comment for comment in thread.comments if comment.published_at <= self.now]
        return list(_tree(shown, None, 0))

    def page(self, number: int) -> tuple[list[Thread], list[Thread]]:
        """Notices and posts of a page, counted as ``bbs/list.php`` does: notices take rows of the first page only."""
        threads = self.threads()
        notices = [thread for thread in threads if thread.notice and not self.only]
        others = [thread for thread in threads if thread not in notices]
        if number == 1:
            return notices, others[: PAGE_ROWS - len(notices)]
        first = (number - 1) * PAGE_ROWS - len(notices)
        return [], others[first : first + PAGE_ROWS]

    def pages(self) -> int:
        """How many pages the list has, at least one."""
        return max(1, -(-len(self.threads()) // PAGE_ROWS))

    def href(self, thread: Thread | None = None, page: int = 1) -> str:
        """Address of the list's page or of a post, in the form that the site is set to."""
        if self.scene.config.short_addresses:
            path = f"/{self.board.table}/{thread.number}" if thread else f"/{self.board.table}"
            return f"{self.base}{path}" + (f"?page={page}" if page > 1 else "")
        query = f"&wr_id={thread.number}" if thread else ""
        query += f"&sca={quote(self.only)}" if self.only else ""
        return f"{self.base}/bbs/board.php?bo_table={self.board.table}{query}" + (f"&page={page}" if page > 1 else "")

    def category(self, name: str) -> str:
        """Address of the list of a category."""
        return f"{self.base}/bbs/board.php?bo_table={self.board.table}&sca={quote(name)}"

    def views(self, thread: Thread) -> int:
        """Views so far: they come in over the first two days."""
        return max(1, int(thread.views * self._maturity(thread))) + 3 * len(self.comments(thread))

    def likes(self, thread: Thread) -> int:
        """Likes so far."""
        return int(thread.likes * self._maturity(thread))

    def _maturity(self, thread: Thread) -> float:
        return min(1.0, (self.now - thread.published_at).total_seconds() / (48 * 3600))

    def _is_in_category(self, thread: Thread) -> bool:
        return self.only in {None, thread.category}

    def _order(self, thread: Thread, numbers: set[int]) -> tuple[int, int]:
        if thread.answers in numbers:
            return -thread.answers, thread.number
        return -thread.number, 0


def _tree(comments: list[Comment], parent: int | None, depth: int) -> list[tuple[int, Comment]]:
    branch: list[tuple[int, Comment]] = []
    for comment in comments:
        if comment.parent == parent:
            branch += [(depth, comment), *_tree(comments, comment.number, depth + 1)]
    return branch


def long_date(moment: datetime) -> str:
    """``26-11-28 09:41``, Korean time."""
    return f"{moment.astimezone(KST):%y-%m-%d %H:%M}"


def list_date(moment: datetime, now: datetime) -> str:
    """Time only for today's posts, month and day for all others: no year."""
    local = moment.astimezone(KST)
    return f"{local:%H:%M}" if local.date() == now.astimezone(KST).date() else f"{local:%m-%d}"


def writer(who: Writer, base: str, table: str) -> str:
    """A member's name with its menu, or a guest's."""
    name = escape(who.name)
    if who.member is None:
        return element("span", name, class_="sv_guest")
    profile = f"{base}/bbs/profile.php?mb_id={who.member}"
    search = f"{base}/bbs/board.php?bo_table={table}&sca=&sfl=mb_id,1&stx={who.member}"
    menu = element(
        "span", element("a", "자기소개", href=profile), element("a", "아이디로 검색", href=search), class_="sv"
    )
    link = element("a", f" {name}", href=profile, class_="sv_member", title=f"{who.name} 자기소개", rel="nofollow")
    return element("span", link, menu, element("noscript", menu, class_="sv_nojs"), class_="sv_wrap")


def masked(ip: str) -> str:
    """An address with its second part hidden, as visitors see it."""
    first, _, third, fourth = ip.split(".")
    return f"{first}.♡.{third}.{fourth}"
