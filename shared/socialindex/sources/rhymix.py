"""Boards of Rhymix and of XpressEngine 1.x, which it grew out of: what Korean communities and companies run.

The channel is a board. A poll reads the first page of its list, walks on until it meets documents that it knows, and
asks for those that are new or have another number of comments than before; a document's page holds its comments too.
Read are XpressEngine's and Rhymix's own skins, sketchbook5 and what is built on them; of any other skin what the
software itself writes (see ``_rhymix/pages.py``), and where that is too little, it is an error.

A category is a channel of its own where its address (``category=``) is pasted. The boards' feeds (``/free/rss``) are
not used: they have no figures, and stay silent of documents that only have new comments.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urljoin, urlsplit

from socialindex.errors import ParseError
from socialindex.sources._families.boards.adapter import BoardAdapter
from socialindex.sources._families.boards.host import path_on
from socialindex.sources._families.boards.links import linked
from socialindex.sources._families.boards.markup import attribute, text_of
from socialindex.sources._families.boards.page import obey, told_to_scripts
from socialindex.sources._rhymix.addresses import Board, board_of, is_mid, led_to
from socialindex.sources._rhymix.comments import comment_pages, comments, last_comments
from socialindex.sources._rhymix.documents import document, number_of
from socialindex.sources._rhymix.lists import listing
from socialindex.sources._rhymix.pages import BoardPage, read
from socialindex.sources.base import Recognized
from socialindex.text import canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from socialindex.model import Draft
    from socialindex.sources._families.boards.adapter import View
    from socialindex.sources._families.boards.reading import Comment
    from socialindex.sources._families.boards.rows import Listing
    from socialindex.sources.base import Channel, Response

_NAMES = {"rhymix": "Rhymix", "xpressengine": "XpressEngine", "zeroboard xe": "XpressEngine"}
_VARIABLE = re.compile(rb"\b(current_mid|request_uri|default_url)\s*=\s*[\"']([^\"'\n]{0,300})[\"']")
_BOARD_ACTION = b"dispBoard"
"""In the links of every board (write, search by tag), and of no page of another kind."""


class Rhymix(BoardAdapter[Board, BoardPage]):
    """Boards of Rhymix and XpressEngine 1.x sites."""

    name: ClassVar[str] = "rhymix"
    title: ClassVar[str] = "Rhymix and XpressEngine boards"
    version: ClassVar[int] = 5
    rank: ClassVar[int] = 20
    gives: ClassVar[tuple[str, ...]] = ("likes", "replies", "views", "comments", "edits", "media")
    paste: ClassVar[tuple[str, ...]] = (
        "https://community.example.com/free",
        "https://community.example.com/index.php?mid=free",
    )

    def recognize(self, page: Response) -> Recognized | None:
        """Make a channel of the board that a list or document page belongs to; a site's other pages are none.

        Raises:
            Discarded: the board is there and closed to us, or its page forbids indexing.
        """
        variables = told_to_scripts(page, _VARIABLE)
        if "current_mid" not in variables:
            return None
        try:
            document_page = read(page)
        except ParseError:
            return None
        software = document_page.software
        board = _board_on(page, document_page, variables)
        if board is None or not (software and _BOARD_ACTION in page.body):
            return None
        obey(document_page, "noindex", "noarchive", "nofollow")
        return Recognized(
            url=board.url,
            title=_board_title(document_page, board),
            language=document_page.language,
            why=f"the page says that {_NAMES[software]} made it, and is of the board {board.mid!r}",
        )

    def leads(self, page: Response) -> Iterator[str]:
        """The boards whose documents a site's home page links to."""
        variables, url = told_to_scripts(page, _VARIABLE), canonical_url(page.url)
        if url and "current_mid" in variables:
            parts = urlsplit(url)
            base = f"{parts.scheme}://{parts.netloc}{_folder(variables)}"
            boards = (led_to(found, base) for found in linked(page, base))
            yield from dict.fromkeys(board.url for board in boards if board)

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
        """The documents of a list page."""
        del context
        return listing(page, board)

    def number_on(self, page: BoardPage, board: Board) -> int:
        """The document's number, out of the class of its text."""
        del board
        return number_of(page)

    def post(self, page: BoardPage, board: Board, number: int, told: Mapping[str, str]) -> Draft:
        """The document without its comments."""
        return document(page, board, number, told)

    def comments(self, page: BoardPage, board: Board, number: int) -> list[Comment]:
        """The comments below the document."""
        return comments(page, board, number)

    def comment_pages(self, page: BoardPage, board: Board, number: int) -> list[str]:
        """Further pages of comments."""
        return comment_pages(page, board, number)

    def has_comment_pages(self, response: Response) -> bool:
        """Whether any link leads to a page of comments."""
        return b"cpage=" in response.body

    def has_newer_comments(self, response: Response) -> bool:
        """Any board with pages of comments can be set to show the first one."""
        return self.has_comment_pages(response)

    def newer_comments(self, page: BoardPage, board: Board, number: int) -> str | None:
        """The last page of comments, where the page of the document shows another."""
        return last_comments(page, board, number)


def _board_on(response: Response, page: BoardPage, variables: Mapping[str, str]) -> Board | None:
    """The board that a page is of, by the variables that every page hands to its scripts."""
    mid, url = variables["current_mid"], canonical_url(response.url)
    if not url or not is_mid(mid):
        return None
    parts = urlsplit(url)
    base = f"{parts.scheme}://{parts.netloc}{_folder(variables)}"
    pasted = board_of(url)
    long = Board(base, mid, category=pasted.category if pasted else None)
    found = canonical_url(long._replace(is_short=_shows_short(page, long, url)).url)
    return board_of(found) if found else None


def _board_title(page: BoardPage, board: Board) -> str | None:
    """What a list's ``<title>`` says, or on a document's page what leads back to the list."""
    if not page.texts:
        return page.title[:300] or None
    headings = (tag for name in ("h1", "h2", "h3") for tag in page.named(name))
    links = (link for heading in headings for link in heading.iter("a"))
    names = (text_of(link) for link in links if _leads_to(board, attribute(link, "href"), page.url))
    return next(filter(None, names), None)


def _leads_to(board: Board, href: str, at: str) -> bool:
    """Whether a link leads to the whole board's list, not to a category or a document."""
    try:
        found = board_of(urljoin(at, href))
    except ValueError:  # such as an open bracket in the host
        return False
    is_board = found is not None and (found.base, found.mid, found.category) == (board.base, board.mid, None)
    return is_board and board.address(href, at) is None


def _folder(variables: Mapping[str, str]) -> str:
    """The installation's folder, by the address that scripts are told, whose slashes JSON escapes."""
    told = variables.get("request_uri") or variables.get("default_url") or ""
    known = canonical_url(told.replace("\\/", "/"))
    return urlsplit(known).path.rstrip("/") if known else ""


def _shows_short(page: BoardPage, board: Board, url: str) -> bool:
    """Whether the site shows short addresses: the pasted one is, or the page's links to its documents are."""
    paths = (path_on(board.base, attribute(tag, "href"), page.url) for tag in page.named("a"))
    short = (found.path.startswith(f"/{board.mid}/") for found in paths if found)
    return urlsplit(url).path.rstrip("/").endswith(f"/{board.mid}") or any(short)


ADAPTER = Rhymix()
