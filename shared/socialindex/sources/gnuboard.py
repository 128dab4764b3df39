"""Gnuboard 5: the Korean PHP board that thousands of companies and communities run.

The channel is a board. A poll reads the first page of its list, walks on until it meets posts that it knows, and asks
for the posts that are new or have another number of comments than before; a post's page holds its comments too. Read
are the basic and gallery skins of 5.0 to 5.6 (desktop, mobile, themes built on them), Amina's and Nariya's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from socialindex.errors import Discarded, ParseError
from socialindex.model import Draft
from socialindex.sources._gnuboard import walk
from socialindex.sources._gnuboard.addresses import Board, board_of, is_table
from socialindex.sources._gnuboard.comments import comments
from socialindex.sources._gnuboard.lists import rows
from socialindex.sources._gnuboard.pages import read
from socialindex.sources._gnuboard.posts import number_of, post
from socialindex.sources.base import Adapter, Channel, Follow, Recognized, Request, Response
from socialindex.text import canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from socialindex.sources._gnuboard.pages import Page

_VARIABLES = re.compile(rb"\b(g5_bo_table|g5_bbs_url|g5_url)\s*=\s*[\"']([^\"'\n]{0,300})[\"']")
_TABLE_FIELD = re.compile(rb"name=[\"']bo_table[\"']\s+value=[\"'](\w{1,40})[\"']")
_MARKS = re.compile(rb"id=[\"']bo_(?:list|gall|v)[\"']")
"""What a theme keeps that drops the variables; Gnuboard 4, whose pages are others, has no such ids."""
_TITLE = re.compile(r"(?:.* > )?(?P<board>.*?)(?: \d+ 페이지)?(?: \| (?P<site>.*))?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?=-|$)")


class Gnuboard(Adapter):
    """Boards of Gnuboard 5 sites."""

    name: ClassVar[str] = "gnuboard"
    title: ClassVar[str] = "Gnuboard 5 boards"
    version: ClassVar[int] = 1
    rank: ClassVar[int] = 20
    gives: ClassVar[tuple[str, ...]] = ("likes", "replies", "views", "comments", "media")

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
        for directive in ("noindex", "nofollow"):
            if directive in document.robots:
                raise Discarded(directive)
        return Recognized(
            url=board.url,
            title=_board_title(document),
            language=_language(document),
            why=f"the page's scripts and forms are those of Gnuboard 5, and name the board {board.table!r}",
        )

    def start(self, channel: Channel) -> Request:
        """The first page of the board's list."""
        return Request(url=_board(channel).url, kind="list")

    def follow(self, channel: Channel, response: Response) -> Follow:
        """Posts that are new or changed, and further list pages; nothing follows from a post's page.

        Raises:
            ParseError: the list cannot be read.
            Discarded: the board is gone or closed to us.
        """
        if response.request.kind == "post":
            return Follow()
        board, page, step = _board(channel), read(response), walk.Step.of(response.request.context)
        if "nofollow" in page.robots:
            return Follow()
        return walk.follow(channel, board, page, step.rows(rows(page, board)), step)

    def posts(self, channel: Channel, response: Response) -> Iterable[Draft | Exception]:
        """A post and its comments; of a list only its secret posts, as discarded: a title alone is no post.

        Raises:
            ParseError: the page cannot be read.
            Discarded: the page is secret, for members only, gone or forbids indexing.
        """
        board = _board(channel)
        if response.request.kind == "post":
            return _post_and_comments(board, response)
        page = _indexable(read(response))
        shown = walk.Step.of(response.request.context).rows(rows(page, board))
        return [Discarded("secret") for row in shown if row.secret]


def _post_and_comments(board: Board, response: Response) -> list[Draft | Exception]:
    number = _number_of(board, response)
    try:
        page = _indexable(read(response, "post"))
    except Discarded as verdict:
        if verdict.reason == "gone" and number:
            return [Draft(uri=board.post_uri(number), deleted=True)]
        raise
    number = number or number_of(page, board)
    return [post(page, board, number), *comments(page, board, number)]


def _number_of(board: Board, response: Response) -> int | None:
    """The post's number by the address that answered, else by the one that was asked; some have words instead."""
    addresses = (board.address(url, url) for url in (response.url, response.request.url))
    return next((address.number for address in addresses if address and address.number), None)


def _indexable(page: Page) -> Page:
    if "noindex" in page.robots:
        raise Discarded("noindex")
    return page


def _board(channel: Channel) -> Board:
    board = board_of(channel.url)
    if board is None:
        raise ParseError(f"the channel's address is no board's: {channel.url}")
    return board


def _board_on(page: Response) -> Board | None:
    """The board that a page is of, by its address and by the variables that every page hands to its scripts."""
    variables = {name.decode(): value.decode("ascii", "replace") for name, value in _VARIABLES.findall(page.body)}
    field = _TABLE_FIELD.search(page.body)
    asked = board_of(page.url)
    table = variables.get("g5_bo_table") or (asked.table if asked else "") or (field[1].decode() if field else "")
    url = canonical_url(page.url)
    marked = variables or (field and _MARKS.search(page.body))
    if not marked or not url or not is_table(table):
        return None
    parts = urlsplit(url)
    found = canonical_url(Board(f"{parts.scheme}://{parts.netloc}{_folder(parts.path, variables, table)}", table).url)
    return board_of(found) if found else None


def _folder(path: str, variables: Mapping[str, str], table: str) -> str:
    """The installation's folder: before ``/bbs/``, or as the page's scripts are told it, for short addresses."""
    if "/bbs/" in path:
        return path.partition("/bbs/")[0]
    told = variables.get("g5_bbs_url", "").removesuffix("/bbs") or variables.get("g5_url", "")
    known = canonical_url(told) if told else None
    folder = urlsplit(known).path if known else path.partition(f"/{table}")[0]
    return folder.rstrip("/")


def _board_title(page: Page) -> str | None:
    """The board and the site, out of "자유게시판 1 페이지 | 사이트" or "제목 > 자유게시판 | 사이트"."""
    match = _TITLE.fullmatch(page.title[:300])
    return " | ".join(filter(None, match.group("board", "site"))) or None if match else None


def _language(page: Page) -> str | None:
    declared = next((str(tag.get("lang", "")).lower() for tag in page.named("html")), "")
    match = _LANGUAGE.match(declared)
    return match[0] if match else None


ADAPTER = Gnuboard()
