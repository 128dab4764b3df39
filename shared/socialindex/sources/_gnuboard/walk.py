"""How a poll walks a board's list, and what a channel remembers between polls.

Gnuboard's order is by thread: a new answer (답변글) stands below the post it answers, with a number of its own. Some
boards are sorted by last comment instead. Both have the new and the changed above what is as it was, so that a post
that is known and unchanged ends the walk; notices, which stand above everything, never do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.errors import InvalidInput
from socialindex.sources._gnuboard.lists import has_page_after
from socialindex.sources.base import Follow, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from socialindex.sources._gnuboard.addresses import Board
    from socialindex.sources._gnuboard.lists import Row
    from socialindex.sources._gnuboard.pages import Page
    from socialindex.sources.base import Channel

FIRST_POLL_PAGES: Final = 3
"""List pages of a first poll, unless the channel's option ``pages`` says otherwise."""
CATCH_UP_PAGES: Final = 50
"""List pages that a later poll walks at most to reach what it knows."""
REMEMBERED: Final = 150
"""Posts whose number of comments is remembered: below 4 KB with the longest keys and numbers."""
_MOST_COMMENTS = 99_999
_MOST_NOTICES = 40
_HIDDEN = -1
"""Remembered in place of a number of comments while a post is secret, so that it is new once it is not."""


class Memory(NamedTuple):
    """A channel's cursor."""

    newest: int
    """The highest number seen; zero on a board whose addresses have words."""
    comments: dict[str, int]
    """Number of comments by the post's key, the latest first."""

    @classmethod
    def of(cls, cursor: Mapping[str, str]) -> Memory | None:
        """What a cursor says; ``None`` before the first poll."""
        if "newest" not in cursor:
            return None
        pairs = (entry.split(":") for entry in cursor.get("comments", "").split())
        return cls(int(cursor["newest"]), {key: int(count) for key, count in pairs})

    def cursor(self) -> dict[str, str]:
        return {
            "newest": str(self.newest),
            "comments": " ".join(f"{key}:{count}" for key, count in self.comments.items()),
        }

    def after(self, rows: Iterable[Row]) -> Memory:
        """The memory once these rows are seen."""
        seen = {row.address.key: _count(row) for row in rows}
        entries = list((seen | {key: count for key, count in self.comments.items() if key not in seen}).items())
        return Memory(max([self.newest, *map(_number, rows)]), dict(entries[:REMEMBERED]))

    def is_of_another_board(self, rows: Iterable[Row]) -> bool:
        """Whether the numbers began anew: the board was emptied or restored, and nothing on its page is known."""
        numbered = [row for row in rows if not row.notice and row.address.number]
        return bool(self.comments and numbered) and not any(
            row.address.key in self.comments or _number(row) > self.newest for row in numbered
        )


class Step(NamedTuple):
    """One list page of a poll."""

    page: int
    since: int | None
    """The highest number known before the poll; ``None`` on a first one."""
    notices: frozenset[str]
    """Keys of notices that the first page had: boards repeat them on every page."""

    @classmethod
    def of(cls, context: Mapping[str, str]) -> Step:
        """The step that a list request was made for; its context is empty for the first page of a poll."""
        since = context.get("since")
        notices = frozenset(context.get("notices", "").split())
        return cls(int(context.get("page", "1")), None if since is None else int(since), notices)

    def rows(self, rows: Iterable[Row]) -> list[Row]:
        """The rows that this page is the first to show."""
        return [row for row in rows if row.address.key not in self.notices]


def follow(channel: Channel, board: Board, page: Page, rows: list[Row], step: Step) -> Follow:
    """Requests for posts that are new or changed and for the next list page, and the cursor that the first one makes.

    Raises:
        InvalidInput: the channel's option ``pages`` is no number of pages.
    """
    memory = Memory.of(channel.cursor)
    if step.page == 1:
        memory = None if memory and memory.is_of_another_board(rows) else memory
        step = step._replace(since=memory.newest if memory else None)
    memory = memory or Memory(0, {})
    requests = [_post(row, board, step) for row in rows if not row.secret and _is_wanted(row, memory, step)]
    if _goes_on(channel, page, rows, memory, step):
        requests.append(_next_page(board, rows, step))
    cursor = memory.after(rows).cursor()
    return Follow(requests=requests, cursor=cursor if step.page == 1 and cursor != channel.cursor else None)


def _number(row: Row) -> int:
    return row.address.number or 0


def _count(row: Row) -> int:
    return _HIDDEN if row.secret else min(row.comments, _MOST_COMMENTS)


def _is_known(row: Row, memory: Memory, step: Step) -> bool:
    number = row.address.number
    return row.address.key in memory.comments if number is None else number <= (step.since or 0)


def _is_wanted(row: Row, memory: Memory, step: Step) -> bool:
    """New, or with another number of comments than when it was last seen."""
    remembered = memory.comments.get(row.address.key)
    return not _is_known(row, memory, step) if remembered is None else remembered != _count(row)


def _goes_on(channel: Channel, page: Page, rows: list[Row], memory: Memory, step: Step) -> bool:
    regular = [row for row in rows if not row.notice]
    reached = any(_is_known(row, memory, step) and not _is_wanted(row, memory, step) for row in regular)
    limit = _pages(channel) if step.since is None else max(_pages(channel), CATCH_UP_PAGES)
    return bool(regular) and not reached and step.page < limit and has_page_after(page, step.page)


def _post(row: Row, board: Board, step: Step) -> Request:
    number = row.address.number
    url = row.address.url if number is None else board.post_uri(number)
    return Request(url=url, kind="post", priority=2 if step.since is None and step.page > 1 else 1)


def _next_page(board: Board, rows: list[Row], step: Step) -> Request:
    notices = [*step.notices, *(row.address.key for row in rows if row.notice)]
    context = {"page": str(step.page + 1)}
    if step.since is not None:
        context["since"] = str(step.since)
    if notices:
        context["notices"] = " ".join(sorted(notices)[:_MOST_NOTICES])
    return Request(
        url=board.page_url(step.page + 1), kind="list", priority=2 if step.since is None else 1, context=context
    )


def _pages(channel: Channel) -> int:
    pages = channel.options.get("pages", str(FIRST_POLL_PAGES))
    if not (pages.isascii() and pages.isdigit() and int(pages[:6])):
        raise InvalidInput(f"{pages!r} is no number of pages", field="options.pages", remedy="give a number from 1 up")
    return int(pages[:6])
