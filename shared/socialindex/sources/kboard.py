"""KBoard: the board plugin for WordPress that Korean companies, associations and schools have on their sites.

The channel is the page that a board is on. A poll reads the first page of its list, walks on until it meets documents
that it knows, and asks for those that are new or have another number of comments than before; a document's page holds
its comments too. Read are the skins of the plugin's makers and what is built on them, of 2013 to now, and the comments
of their second plugin, ``kboard-comments``. Of a board in a frame the frame's address is pasted; where the board has no
address of its own (``use_direct_url``), that shows nothing to who has not seen the page around it.

A category is a channel of its own where its address (``category1=``) is pasted; its documents are those of the board.
The plugin's feed (``rss.php``) is not used: it is of all boards, and has no figures and no comments. When a document
was edited is told nowhere: what the head calls modified is also when it was last commented on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from socialindex.errors import ParseError
from socialindex.sources._families.boards.adapter import BoardAdapter
from socialindex.sources._families.boards.page import obey
from socialindex.sources._kboard.addresses import Board, board_of
from socialindex.sources._kboard.comments import comments
from socialindex.sources._kboard.lists import listing
from socialindex.sources._kboard.pages import BoardPage, read
from socialindex.sources._kboard.posts import number_of, post
from socialindex.sources.base import Recognized
from socialindex.text import canonical_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from socialindex.model import Draft
    from socialindex.sources._families.boards.adapter import View
    from socialindex.sources._families.boards.reading import Comment
    from socialindex.sources._families.boards.rows import Listing
    from socialindex.sources.base import Channel, Response

_SOFTWARE = re.compile(rb"WordPress KBoard plugin|plugins/kboard/|\bkboard_(?:current|settings)\s?=")
"""On every page of a site that has the plugin."""
_BOARD = re.compile(rb"\bkboard_current\s?=|\bid=[\"']kboard-(?:[a-z0-9-]{1,60}-)?(?:list|document|editor)[\"']")
"""On a page with a board; a front page's latest posts are none."""
_SENT_BACK = re.compile(rb"<script>window\.location\.href=[\"'][^\"'<>]{0,2000}[\"'];</script>\s{0,99}")
"""What a page ends with that is of a document that is not there."""
_END = 3_000
_AROUND = re.compile(r"^\W{1,9}|\W{1,9}$")


class KBoard(BoardAdapter[Board, BoardPage]):
    """Boards of WordPress sites with KBoard."""

    name: ClassVar[str] = "kboard"
    title: ClassVar[str] = "KBoard boards"
    version: ClassVar[int] = 2
    rank: ClassVar[int] = 20
    gives: ClassVar[tuple[str, ...]] = ("likes", "replies", "views", "comments", "threads", "media")
    paste: ClassVar[tuple[str, ...]] = (
        "https://association.example.com/notice/",
        "https://association.example.com/notice/?mod=document&uid=12",
    )

    def recognize(self, page: Response) -> Recognized | None:
        """Make a channel of the board that a list or document page belongs to; a site's other pages are none.

        Raises:
            Discarded: the board is there and closed to us, or its page forbids indexing.
        """
        url = _board_url(page) if _is_board(page.body) else None
        if url is None:
            return None
        try:
            document = read(page)
        except ParseError:
            return None
        obey(document, "noindex", "noarchive", "nofollow")
        return Recognized(
            url=url,
            title=_board_title(document),
            language=document.language,
            why="the page's scripts and markup are those of KBoard, the board plugin for WordPress",
        )

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
        """The documents of a list page, with what it tells of answers."""
        return listing(page, board, context)

    def number_on(self, page: BoardPage, board: Board) -> int:
        """The document's number, out of its buttons and scripts."""
        del board
        return number_of(page)

    def post(self, page: BoardPage, board: Board, number: int, told: Mapping[str, str]) -> Draft:
        """The document without its comments."""
        return post(page, board, number, told)

    def comments(self, page: BoardPage, board: Board, number: int) -> list[Comment]:
        """The comments below the document."""
        return comments(page, board, number)

    def comment_pages(self, page: BoardPage, board: Board, number: int) -> list[str]:
        """None: all comments are on the document's page."""
        del page, board, number
        return []

    def has_comment_pages(self, response: Response) -> bool:
        """Never."""
        del response
        return False

    def shows_comments(self, page: BoardPage) -> bool:
        """Whether the comments' plugin drew its place; boards may have it off, or another one's in its stead."""
        return page.first_class("kboard-comments-wrap", "kboard-comments") is not None


def _is_board(body: bytes) -> bool:
    return bool(_SOFTWARE.search(body)) and bool(_BOARD.search(body) or _is_sent_back(body[-_END:]))


def _is_sent_back(end: bytes) -> bool:
    return any(match.end() == len(end) and b"mod=list" in match[0] for match in _SENT_BACK.finditer(end))


def _board_url(page: Response) -> str | None:
    url = canonical_url(page.url)
    board = board_of(url) if url else None
    return canonical_url(board.url) if board else None


def _board_title(page: BoardPage) -> str | None:
    """The page and the site, as a list's head names them; a document's has its own title in place of the page's."""
    if page.view == "list":
        return page.title or None
    document = page.meta("og:title")
    return _AROUND.sub("", page.title.removeprefix(document)) or None if document else None


ADAPTER = KBoard()
