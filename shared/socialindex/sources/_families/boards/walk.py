"""How a poll walks a board's list, and what a channel remembers between polls.

Boards have the new above the old, or, where they are sorted by last comment, the changed above what is as it was. A
post that is known and unchanged ends the walk then; notices, which stand above everything, never do. Not every skin
marks them: on the first page whatever stands above a number higher than all before is taken for one. Gnuboard's order
is by thread: a new answer (답변글) stands below the post it answers, with a number of its own.

An operator may have a board sorted in any other way: the oldest first, by likes, by title. Where a first page shows
that what is new may stand elsewhere (``Listing.by_date``), a poll asks for the list from the newest post down as well,
and walks that in the same way. Once that has shown what the board's own order hides, polls begin with it, for what a
poll's first page leads to says how often to poll; the board's own order is then what is asked for beside it. Where such
a poll fails, as when a robots.txt has come to forbid lists in other orders, the next begins with the board's own again.

Numbers do not always come in the order of publication: XpressEngine and Rhymix give a document its number when a file
is uploaded or a draft is saved, so that it may appear later below documents with higher ones. So a number is known
where it is remembered, or is below all that are.

Of ``rel="nofollow"`` the links to posts count: a post whose link the operator marked is not asked for. Marks on pagers
and on the links that sort a list are the skins' own, and mean that these lists need not be indexed, which they are not.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from socialindex.errors import Discarded, InvalidInput
from socialindex.sources.base import POST_KIND, Follow, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from socialindex.sources._families.boards.rows import Address, Listing, Row
    from socialindex.sources.base import Channel, Priority

LIST_KIND: Final = "list"
FIRST_POLL_PAGES: Final = 3
"""List pages of a first poll, unless the channel's option ``pages`` says otherwise."""
CATCH_UP_PAGES: Final = 50
"""List pages that a later poll walks at most to reach what it knows."""
REMEMBERED: Final = 150
"""Posts whose number of comments is remembered: below 4 KB with the longest keys and numbers."""
HISTORY: Final = {"walk": "history"}
"""Context of a list request that goes through the board's history."""
KNOWN: Final = {"known": "poll"}
"""Context of a request for a post that was read before."""
_MOST_COMMENTS = 99_999
_MOST_NOTICES = 40
_BESIDE: Final = {"beside": "1"}
"""In the context of the second list that a poll reads."""
_HIDDEN = -1
"""Remembered in place of a number of comments while a post is closed to us, so that it is new once it is not."""


class Walked(Protocol):
    """A board, as far as a walk needs it."""

    def page_url(self, page: int) -> str:
        """Address of a page of the list."""

    def asked_url(self, address: Address) -> str:
        """Address under which a post is asked for."""


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

    def floor(self, notices: frozenset[str]) -> int:
        """The smallest number remembered, up to which all are known; the order of notices says nothing of that."""
        numbered = (int(key) for key in self.comments if key not in notices and key.isdecimal())
        return min(numbered, default=self.newest)

    def is_of_another_board(self, rows: Iterable[Row]) -> bool:
        """Whether the numbers began anew: the board was emptied or restored, and nothing on its page is known."""
        numbered = [row for row in rows if not row.notice and row.address.number]
        return bool(self.comments and numbered) and not any(
            row.address.key in self.comments or _number(row) > self.newest for row in numbered
        )


class Step(NamedTuple):
    """One list page of a poll, or of the walk through a board's history."""

    page: int
    since: int | None
    """The highest number known before the poll; ``None`` on a first one."""
    notices: frozenset[str]
    """Keys of notices that the first page had: boards repeat them on every page."""
    history: bool = False
    floor: int = 0
    """The number up to which all are known, of those that are not above ``since``."""
    query: str = ""
    """What the page's address has beyond the list's own: another order, or where its posts begin."""
    beside: bool = False
    """Whether the page is the first of the second of two lists that a poll reads."""

    @classmethod
    def of(cls, context: Mapping[str, str]) -> Step:
        """The step that a list request was made for; its context is empty for the first page of a poll."""
        since = context.get("since")
        notices = frozenset(context.get("notices", "").split())
        history, query = context.get("walk") == HISTORY["walk"], context.get("query", "")
        number = None if since is None else int(since)
        return cls(int(context.get("page", "1")), number, notices, history, query=query, beside="beside" in context)

    @property
    def begins(self) -> bool:
        """Whether a poll begins with the page."""
        return self.page == 1 and not self.history and not self.beside

    @property
    def context(self) -> dict[str, str]:
        """What the requests for further pages have of it."""
        since = {} if self.since is None else {"since": str(self.since)}
        query = {"query": self.query} if self.query else {}
        return (HISTORY if self.history else {}) | query | since

    def new(self, rows: Iterable[Row]) -> list[Row]:
        """The rows that this page is the first to show."""
        return [row for row in rows if row.address.key not in self.notices]


def start(channel: Channel, board: Walked) -> Request:
    """The request that begins a poll."""
    return _list(board, 1, Step.of({})._replace(query=channel.cursor.get("query", "")), {}, 0)


def retreat(channel: Channel) -> dict[str, str] | None:
    """The cursor with which polls begin with the board's own order again; ``None`` where they do."""
    own = {name: value for name, value in channel.cursor.items() if name != "query"}
    return own if own != channel.cursor else None


def backfill(board: Walked) -> Request:
    """The request that begins the walk through a board's history."""
    return _list(board, 1, Step.of(HISTORY), {}, 2)


def follow(channel: Channel, board: Walked, listing: Listing, step: Step) -> Follow:
    """Requests for posts that are new or changed and for the next list page, and the cursor that a poll's first makes.

    Raises:
        InvalidInput: the channel's option ``pages`` is no number of pages.
    """
    rows, memory = step.new(listing.rows), Memory.of(channel.cursor)
    if step.begins:
        memory = None if memory and memory.is_of_another_board(rows) else memory
        step = step._replace(since=memory.newest if memory else None)
    memory = memory or Memory(0, {})
    step = step._replace(floor=memory.floor(step.notices.union(row.address.key for row in rows if row.notice)))
    requests = [_post(row, board, memory, step) for row in rows if row.is_open and _is_wanted(row, memory, step)]
    if _goes_on(channel, listing, rows, memory, step):
        requests.append(_next_page(board, listing, rows, step))
    elif step.history and listing.older:
        requests.append(_list(board, 1, step._replace(query=listing.older), {}, 2))
    by_date = listing.by_date if listing.last_page > 1 else ""
    if step.begins and (step.query or by_date):
        other = step._replace(query="" if step.query else by_date)
        requests.append(_list(board, 1, other, _BESIDE, 2 if step.since is None else 0))
    query = _query(channel, by_date, rows, memory, step)
    cursor = memory.after(rows).cursor() | ({"query": query} if query else {})
    moves = step.page == 1 and not step.history and cursor != channel.cursor
    return Follow(requests=requests, cursor=cursor if moves else None)


def closed(listing: Listing, step: Step) -> list[Discarded]:
    """Verdicts on the posts of a list that must not be asked for."""
    rows = (row for row in step.new(listing.rows) if not row.is_open)
    return [Discarded("secret" if row.secret else "nofollow") for row in rows]


def _number(row: Row) -> int:
    return row.address.number or 0


def _count(row: Row) -> int:
    return min(row.comments, _MOST_COMMENTS) if row.is_open else _HIDDEN


def _is_known(row: Row, memory: Memory, step: Step) -> bool:
    number, remembered = row.address.number, row.address.key in memory.comments
    if number is None:
        return remembered
    return number <= (step.since or 0) and (remembered or number <= step.floor)


def _is_wanted(row: Row, memory: Memory, step: Step) -> bool:
    """New, or with another number of comments than when it was last seen."""
    remembered = memory.comments.get(row.address.key)
    return not _is_known(row, memory, step) if remembered is None else remembered != _count(row)


def _goes_on(channel: Channel, listing: Listing, rows: list[Row], memory: Memory, step: Step) -> bool:
    # where all are notices, none is: boards of notices have classes and categories that are called so
    notices = _notices(rows, step)
    regular = [row for row in rows if row.address.key not in notices] or rows
    if not regular or step.page >= listing.last_page:
        return False
    if step.history:
        return True
    reached = any(_is_known(row, memory, step) and not _is_wanted(row, memory, step) for row in regular)
    limit = _pages(channel) if step.since is None else max(_pages(channel), CATCH_UP_PAGES)
    return not reached and step.page < limit


def _notices(rows: list[Row], step: Step) -> frozenset[str]:
    """Keys of what stands above everything: what is marked, and on the first page what is above the first news.

    It is known, and says nothing of what is below it.
    """
    above = list(takewhile(lambda row: _number(row) <= (step.since or 0), rows))
    is_told = step.page == 1 and step.since is not None and len(above) < len(rows)
    unmarked = above if is_told else []
    return frozenset(row.address.key for row in (*unmarked, *(row for row in rows if row.notice)))


def _post(row: Row, board: Walked, memory: Memory, step: Step) -> Request:
    late = step.history or (step.since is None and step.page > 1)
    known = KNOWN if memory.comments.get(row.address.key, _HIDDEN) != _HIDDEN else {}
    priority: Priority = 2 if late else 1
    return Request(
        url=board.asked_url(row.address), kind=POST_KIND, priority=priority, context={**row.context, **known}
    )


def _next_page(board: Walked, listing: Listing, rows: list[Row], step: Step) -> Request:
    notices = step.notices | _notices(rows, step)
    context = {"page": str(step.page + 1), **listing.carry}
    if notices:
        context["notices"] = " ".join(sorted(notices)[:_MOST_NOTICES])
    return _list(board, step.page + 1, step, context, 2 if step.since is None else 1)


def _query(channel: Channel, by_date: str, rows: list[Row], memory: Memory, step: Step) -> str:
    """What the next poll begins with: the list by date once it shows news first, while the own order may not."""
    if not step.query:
        return channel.cursor.get("query", "") if by_date else ""
    is_hidden = any(_number(row) > (step.since or 0) and row.address.key not in memory.comments for row in rows)
    return step.query if step.begins or (step.since is not None and is_hidden) else ""


def _list(board: Walked, page: int, step: Step, context: Mapping[str, str], priority: Priority) -> Request:
    url = board.page_url(page)
    url = f"{url}{'&' if '?' in url else '?'}{step.query}" if step.query else url
    return Request(url=url, kind=LIST_KIND, priority=priority, context={**step.context, **context}, leads=True)


def _pages(channel: Channel) -> int:
    pages = channel.options.get("pages", str(FIRST_POLL_PAGES))
    if not (pages.isascii() and pages.isdigit() and int(pages[:6])):
        raise InvalidInput(f"{pages!r} is no number of pages", field="options.pages", remedy="give a number from 1 up")
    return int(pages[:6])
