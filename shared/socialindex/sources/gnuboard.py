"""Gnuboard 5, the Korean PHP board that thousands of companies and communities run, and Gnuboard 6, its heir in Python.

The channel is a board. A poll reads the first page of its list, walks on until it meets posts that it knows, and asks
for the posts that are new or have another number of comments than before; a post's page holds its comments too. Read
are the basic and gallery skins of 5.0 to 5.6 (desktop, mobile, responsive themes built on them), Amina's, Nariya's,
Eyoom's and the Rebuilder's; of any other skin its posts, by the body's id or by what stands between title and buttons,
and their comments where it keeps the fields by which Gnuboard edits them. Gnuboard 6 has the ids of the basic skins.

A category (분류) is a channel of its own where its address (``sca=``) is pasted; its posts are those of the board.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from socialindex.errors import ParseError
from socialindex.sources._families.boards.adapter import BoardAdapter
from socialindex.sources._families.boards.links import linked
from socialindex.sources._families.boards.page import obey, told_to_scripts
from socialindex.sources._gnuboard.addresses import Board, board_of, category_in, is_table, led_to, six_of
from socialindex.sources._gnuboard.comments import comment_pages, comments
from socialindex.sources._gnuboard.lists import listing
from socialindex.sources._gnuboard.pages import BoardPage, is_of_six, read
from socialindex.sources._gnuboard.posts import number_of, post
from socialindex.sources.base import Recognized
from socialindex.text import canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from socialindex.model import Draft
    from socialindex.sources._families.boards.adapter import View
    from socialindex.sources._families.boards.reading import Comment
    from socialindex.sources._families.boards.rows import Listing
    from socialindex.sources.base import Channel, Response

_VARIABLES = re.compile(rb"\b(g5_bo_table|g5_bbs_url|g5_url)\s*=\s*[\"']([^\"'\n]{0,300})[\"']")
_TABLE_FIELD = re.compile(rb"name=[\"']bo_table[\"']\s+value=[\"'](\w{1,40})[\"']")
_MARKS = re.compile(rb"id=[\"']bo_(?:list|gall|v)[\"']")
"""What a theme keeps that drops the variables; Gnuboard 4, whose pages are others, has no such ids."""
_TITLE = re.compile(r"(?:.* > )?(?P<board>.*?)(?: \d+ 페이지)?(?: \| (?P<site>.*))?")


class Gnuboard(BoardAdapter[Board, BoardPage]):
    """Boards of Gnuboard 5 and 6 sites."""

    name: ClassVar[str] = "gnuboard"
    title: ClassVar[str] = "Gnuboard boards"
    version: ClassVar[int] = 11
    rank: ClassVar[int] = 20
    gives: ClassVar[tuple[str, ...]] = ("likes", "replies", "views", "comments", "threads", "media")
    paste: ClassVar[tuple[str, ...]] = (
        "https://board.example.com/bbs/board.php?bo_table=free",
        "https://board.example.com/free",
    )

    def recognize(self, page: Response) -> Recognized | None:
        """Make a channel of the board that a list or post page belongs to; a site's other pages are none.

        Raises:
            Discarded: the board is there and closed to us, or its page forbids indexing.
        """
        board = _board_on(page)
        if board is None:
            return None
        try:
            document = read(page)
        except ParseError:
            return None
        obey(document, "noindex", "noarchive", "nofollow")
        return Recognized(
            url=board.url,
            title=_board_title(document, board),
            language=document.language,
            why=f"the page's scripts and forms are those of Gnuboard {6 if board.is_six else 5}, and name the board "
            f"{board.table!r}",
        )

    def leads(self, page: Response) -> Iterator[str]:
        """The boards that a site's home page links to, by their lists or by their newest posts."""
        variables, url, is_six = told_to_scripts(page, _VARIABLES), canonical_url(page.url), is_of_six(page)
        if url and (is_six or variables):
            parts = urlsplit(url)
            base = f"{parts.scheme}://{parts.netloc}{'' if is_six else _folder(parts.path, variables, '')}"
            boards = (led_to(found, base, is_six=is_six) for found in linked(page, base))
            yield from dict.fromkeys(board.home for board in boards if board)

    def board(self, channel: Channel) -> Board:
        """The board, or its category, that a channel is."""
        board = board_of(channel.url)
        if board is None:
            raise ParseError(f"the channel's address is no board's: {channel.url}")
        return board

    def read(self, response: Response, view: View) -> BoardPage:
        """The page of a response, whichever skin drew it."""
        return read(response, view)

    def listing(self, page: BoardPage, board: Board, context: Mapping[str, str]) -> Listing:
        """The posts of a list page, with what it tells of answers and recommendations."""
        return listing(page, board, context)

    def number_on(self, page: BoardPage, board: Board) -> int:
        """The post's number, out of forms and links: addresses may have words instead."""
        return number_of(page, board)

    def post(self, page: BoardPage, board: Board, number: int, told: Mapping[str, str]) -> Draft:
        """The post without its comments."""
        return post(page, board, number, told)

    def comments(self, page: BoardPage, board: Board, number: int) -> list[Comment]:
        """The comments below the post."""
        return comments(page, board, number)

    def comment_pages(self, page: BoardPage, board: Board, number: int) -> list[str]:
        """Further pages of comments, which only Amina, Nariya and Eyoom have."""
        return comment_pages(page, board, number)

    def has_comment_pages(self, response: Response) -> bool:
        """Whether a script of Amina's or Nariya's is there to fetch them, or Eyoom's link to the next."""
        return b"_page(" in response.body or _shows_oldest(response)

    def shows_comments(self, page: BoardPage) -> bool:
        """Every skin that we know has the place, also where there are no comments."""
        return page.has_comments

    def has_newer_comments(self, response: Response) -> bool:
        """Eyoom alone has the newest comments on the last page."""
        return _shows_oldest(response)

    def newer_comments(self, page: BoardPage, board: Board, number: int) -> str | None:
        """The last page of Eyoom's comments."""
        return next(iter(comment_pages(page, board, number)), None)


def _board_on(page: Response) -> Board | None:
    """The board that a page is of, by its address and by the variables that every page hands to its scripts."""
    if is_of_six(page):
        known = canonical_url(page.url)
        six = six_of(known) if known else None
        found = canonical_url(six.url) if six else None
        return board_of(found) if found else None
    variables = told_to_scripts(page, _VARIABLES)
    field = _TABLE_FIELD.search(page.body)
    asked = board_of(page.url)
    named = asked.table if asked and not asked.is_six else ""
    table = variables.get("g5_bo_table") or named or (field[1].decode() if field else "")
    url = canonical_url(page.url)
    marked = variables or (field and _MARKS.search(page.body))
    if not marked or not url or not is_table(table):
        return None
    parts = urlsplit(url)
    base = f"{parts.scheme}://{parts.netloc}{_folder(parts.path, variables, table)}"
    found = canonical_url(Board(base, table, category_in(page.url)).url)
    return board_of(found) if found else None


def _folder(path: str, variables: Mapping[str, str], table: str) -> str:
    """The installation's folder: before ``/bbs/``, or as the page's scripts are told it, for short addresses."""
    if "/bbs/" in path:
        return path.partition("/bbs/")[0]
    told = variables.get("g5_bbs_url", "").removesuffix("/bbs") or variables.get("g5_url", "")
    known = canonical_url(told) if told else None
    folder = urlsplit(known).path if known else path.partition(f"/{table}")[0]
    return folder.rstrip("/")


def _shows_oldest(response: Response) -> bool:
    return b"infinite_pagination" in response.body and b"cpage=" in response.body


def _board_title(page: BoardPage, board: Board) -> str | None:
    """The board and the site, out of "자유게시판 1 페이지 | 사이트" or "제목 > 자유게시판 | 사이트"."""
    match = _TITLE.fullmatch(page.title[:300])
    names = match.group("board", "site") if match else ()
    return " | ".join(filter(None, (*names[:1], board.category, *names[1:]))) or None


ADAPTER = Gnuboard()
