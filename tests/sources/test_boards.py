"""Polls and histories of boards, against a small double of Gnuboard that orders and pages as ``bbs/list.php`` does."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialindex import sources
from socialindex.sources.base import POST_KIND, Channel, Response
from socialindex.sources.gnuboard import ADAPTER
from tests.sources.harness import FOLDER, Case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from random import Random

    from socialindex.sources.base import Request

HOME: Final = "https://board.example.com/bbs/board.php?bo_table=free"
AT: Final = datetime(2026, 11, 20, 9, tzinfo=UTC)
ROWS: Final = 15


@dataclass
class Post:
    """A post as Gnuboard's table has it, as far as its lists depend on it."""

    number: int
    thread: int
    """``wr_num``: the later a thread began, the smaller."""
    reply: str = ""
    likes: int = 0
    last: int = 0
    """When it was last commented on."""
    comments: int = 0


THREADS: Final = "wr_num, wr_reply"
"""The software's own order: answers stand below what they answer."""
ORDERS: Final[dict[str, Callable[[Post], tuple[float | str, ...]]]] = {
    THREADS: lambda post: (post.thread, post.reply),
    "wr_datetime asc": lambda post: (post.number,),
    "wr_good desc, wr_num, wr_reply": lambda post: (-post.likes, post.thread, post.reply),
    "wr_last desc": lambda post: (-post.last,),
    "wr_subject asc, wr_num, wr_reply": lambda post: (str(post.number * 7919 % 1009),),
}
"""What an administrator can choose (``get_board_sort_fields``)."""


@dataclass
class Board:
    """A board with an order of its own, and pins above it that its skin does not mark."""

    order: str = "wr_num, wr_reply"
    pins: int = 0
    part: int = 10_000
    """``cf_search_part``: threads that one answer of a category looks at."""
    posts: list[Post] = field(default_factory=list)
    last: int = 0
    """The last number that was given, to a post or to a comment."""

    def write(self, count: int = 1) -> None:
        for _ in range(count):
            number = self._next()
            self.posts.append(Post(number, -number, likes=number * 7919 % 101, last=number))

    def answer(self, post: Post) -> int:
        number = self._next()
        self.posts.append(Post(number, post.thread, post.reply + "A", last=number))
        return number

    def first(self) -> set[int]:
        """The posts on its first page, without pins."""
        ordered = sorted(self.posts[self.pins :], key=ORDERS[self.order])
        return {post.number for post in ordered[:ROWS]}

    def comment(self, post: Post) -> None:
        post.comments, post.last = post.comments + 1, self._next()

    def _next(self) -> int:
        self.last += 1
        return self.last

    def page(self, url: str) -> str:
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        pins, found, further = self.posts[: self.pins], self.posts[self.pins :], ""
        if "sca" in query:
            pins, found = [], self.posts
            begin = int(query.get("spt", min(post.thread for post in self.posts)))
            found = [post for post in found if begin <= post.thread <= begin + self.part]
            parts = [begin - self.part] if begin - self.part >= min(post.thread for post in self.posts) else []
            parts += [begin + self.part] if begin + self.part < 0 else []
            further = "".join(f'<a href="{HOME}&amp;sca=a&amp;spt={part}&amp;page=1">검색</a>' for part in parts)
        by_date = query.get("sst") == "wr_datetime" and query.get("sod") == "desc"
        ordered = sorted(found, key=(lambda post: (-post.number,)) if by_date else ORDERS[self.order])
        page, asked = int(query.get("page", "1")), "".join(f"&amp;{k}={query[k]}" for k in ("spt", "sst") if k in query)
        shown = ordered[(page - 1) * ROWS : page * ROWS]
        pages = range(1, -(-len(ordered) // ROWS) + 1)
        pager = "".join(f'<a href="{HOME}&amp;page={number}{asked}">{number}</a>' for number in pages)
        rows = "".join(map(_row, [*pins, *shown])) or "<tr><td>게시물이 없습니다.</td></tr>"
        form = f'<form name="fboardlist" id="fboardlist"><table><tbody>{rows}</tbody></table></form>'
        return f'<html><body><div id="bo_list">{form}{pager}{further}</div></body></html>'


def _row(post: Post) -> str:
    indent, badge = len(post.reply) * 10, f'<span class="cnt_cmt">{post.comments}</span>' if post.comments else ""
    link = f'<a href="{HOME}&amp;wr_id={post.number}">글 {post.number}</a>'
    return f'<tr><td class="td_subject" style="padding-left:{indent}px">{link}{badge}</td></tr>'


@dataclass
class Crawler:
    """Polls a board until nothing follows; what is asked for is read."""

    board: Board
    url: str = HOME
    cursor: dict[str, str] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)
    lists: int = 0

    @property
    def channel(self) -> Channel:
        return Channel(id="ch_test", source="gnuboard", url=self.url, created_at=AT, cursor=self.cursor)

    def poll(self) -> None:
        self._drain(ADAPTER.start(self.channel))

    def history(self) -> None:
        self._drain(ADAPTER.backfill(self.channel))

    def _drain(self, *waiting: Request) -> None:
        queue = list(waiting)
        while queue:
            request = queue.pop(0)
            if request.kind == POST_KIND:
                self.asked.append(int(parse_qs(urlsplit(request.url).query)["wr_id"][0]))
                continue
            self.lists += 1
            queue += self.followed(request)

    def followed(self, request: Request) -> Iterable[Request]:
        body = self.board.page(request.url).encode()
        headers = {"content-type": "text/html; charset=utf-8"}
        answer = Response(request=request, url=request.url, status=200, headers=headers, body=body, received_at=AT)
        follow = ADAPTER.follow(self.channel, answer)
        if follow.cursor is not None:
            self.cursor = follow.cursor
        return follow.requests


@pytest.mark.parametrize("pins", [0, 1, 4])
@pytest.mark.parametrize("burst", [1, 14, 15, 16, 40])
def test_a_burst_is_found_below_notices_that_a_skin_does_not_mark(pins: int, burst: int) -> None:
    board = Board(pins=pins)
    board.write(100)
    crawler = Crawler(board)
    crawler.poll()
    before = set(crawler.asked)
    board.write(burst)
    crawler.poll()
    assert {post.number for post in board.posts[100:]} <= set(crawler.asked) - before
    asked, lists = len(crawler.asked), crawler.lists
    crawler.poll()
    assert len(crawler.asked) == asked
    assert crawler.lists == lists + (2 if pins else 1)


@settings(deadline=None, max_examples=50)
@pytest.mark.parametrize("order", ORDERS)
@given(chance=st.randoms(use_true_random=False), pins=st.sampled_from([0, 1, 4]))
def test_every_new_post_is_found_however_a_board_is_sorted(order: str, pins: int, chance: Random) -> None:
    board = Board(order, pins)
    board.write(200)
    crawler = Crawler(board)
    crawler.poll()
    old = {post.number for post in board.posts}
    before, below = len(crawler.asked), set[int]()
    for _ in range(8):
        board.write(chance.choice((0, 1, 3, 14, 15, 16, 40)))
        for _ in range(chance.choice((0, 1, 5))):
            board.comment(chance.choice(board.posts))
        answers = {board.answer(chance.choice(board.posts[-10:])) for _ in range(chance.choice((0, 1, 2)))}
        for _ in range(chance.choice((0, 0, 1, 3))):
            board.posts.remove(chance.choice(board.posts[-20:]))
        if order == THREADS:
            below |= answers - board.first()  # histories alone find answers further down in the board's own order
        crawler.poll()
    new = {post.number for post in board.posts} - old - below
    assert new - set(crawler.asked) == set()
    assert len(crawler.asked) - before < 2 * len(new) + 100


def test_polls_begin_with_the_list_that_shows_what_is_new_while_the_boards_own_does_not() -> None:
    board = Board("wr_datetime asc")
    board.write(100)
    crawler = Crawler(board)
    begun = []
    for order in ("wr_datetime asc", "wr_datetime asc", "wr_datetime asc", "wr_num, wr_reply", "wr_num, wr_reply"):
        board.order = order
        begun.append(parse_qs(urlsplit(ADAPTER.start(crawler.channel).url).query).get("sst"))
        crawler.poll()
        board.write()
    assert begun == [None, None, ["wr_datetime"], ["wr_datetime"], None]
    before, lists = len(crawler.asked), crawler.lists
    crawler.poll()
    assert (len(crawler.asked), crawler.lists) == (before + 1, lists + 1)


def test_a_quiet_poll_of_a_board_in_another_order_tells_of_nothing_new() -> None:
    board = Board("wr_datetime asc")
    board.write(100)
    crawler = Crawler(board)
    for _ in range(3):
        crawler.poll()
        board.write()
    crawler.poll()
    assert [request.priority for request in crawler.followed(ADAPTER.start(crawler.channel))] == [0]
    crawler.cursor.pop("query")
    assert [request.priority for request in crawler.followed(ADAPTER.start(crawler.channel))] == [0]


def test_polls_go_back_to_a_boards_own_order_where_no_link_of_the_list_by_date_may_be_followed() -> None:
    board = Board("wr_datetime asc")
    board.write(100)
    own = {"newest": "100", "comments": "100:0"}
    channel = Crawler(board, cursor=own | {"query": "sst=wr_datetime&sod=desc"}).channel
    request = ADAPTER.start(channel)
    page = board.page(request.url).replace("<body>", '<head><meta name="robots" content="nofollow"></head><body>')
    answer = Response(request=request, url=request.url, status=200, body=page.encode(), received_at=AT)
    assert ADAPTER.follow(channel, answer).cursor == own


@pytest.mark.parametrize(("part", "lists"), [(10_000, 14), (100, 14), (31, 19)])
def test_a_categorys_history_goes_on_where_gnuboard_looks_at_a_part_of_the_board_at_a_time(
    part: int, lists: int
) -> None:
    board = Board(part=part)
    board.write(200)
    crawler = Crawler(board, f"{HOME}&sca=a")
    crawler.history()
    assert set(crawler.asked) == {post.number for post in board.posts}
    assert crawler.lists == lists


@pytest.mark.parametrize(
    ("source", "name", "numbers", "address"),
    [
        (
            "rhymix",
            "page-list-xedition",
            ("92011", "91987"),
            "https://plaza.example.com/free?sort_index=list_order&order_type=asc",
        ),
        (
            "kboard",
            "page-list-default",
            ("41", "40"),
            "https://association.example.com/notice/?kboard_list_sort=newest",
        ),
    ],
)
def test_a_board_of_another_software_is_asked_for_by_date_where_it_has_the_oldest_first(
    source: str, name: str, numbers: tuple[str, str], address: str
) -> None:
    adapter, case = sources.find(source), Case(FOLDER / source / name)
    answer = case.response(adapter)
    swapped = re.sub(
        rf"\b(?:{'|'.join(numbers)})\b", lambda found: numbers[found[0] == numbers[0]], answer.body.decode()
    )
    follow = adapter.follow(case.channel(), msgspec.structs.replace(answer, body=swapped.encode()))
    assert address in {request.url for request in follow.requests}
    assert address not in {request.url for request in adapter.follow(case.channel(), answer).requests}
