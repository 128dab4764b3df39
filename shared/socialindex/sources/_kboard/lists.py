"""A board's list page, whichever skin draws it: tables, galleries, webzines."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from socialindex.errors import LayoutChanged
from socialindex.sources._families.boards.answers import Thread, indent_of, to_title
from socialindex.sources._families.boards.figures import NUMBER, number_in
from socialindex.sources._families.boards.markup import attribute, classes, elements, own_text, text_of, with_class
from socialindex.sources._families.boards.rows import Listing, Row, is_nofollow, last_page, posts_in, rises
from socialindex.sources._kboard.pages import is_pending

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lxml.etree import _Element as Element

    from socialindex.sources._families.boards.rows import Found
    from socialindex.sources._kboard.addresses import Board
    from socialindex.sources._kboard.pages import BoardPage

_PAGE = re.compile(r"[?&;]pageid=([0-9]{1,6})\b")
_NUMBER = re.compile(f"({NUMBER})")
_LINE = re.compile(r"cut_strings|kboard-[a-z0-9-]{1,60}-cut-strings")
"""The line with a title: skins of the first years have the number of comments in it, without an element of its own."""
_BEHIND_TITLE = re.compile(rf"\(({NUMBER})\)$")
_LOCK = re.compile(r"/icon[-_]lock\.\w{3,4}(?:\?|$)")
_LOCKS: Final = frozenset({"kboard-icon-lock", "icon-lock", "fa-lock"})
_EMPTY = re.compile(r"(?:게시물|게시글|자료|글)이? ?(?:없습니다|존재하지 않습니다)|no documents", re.IGNORECASE)
_NOTICE = re.compile(r"(?:kboard-)?(?:list-|is-)?notice")
"""Classes of notices, the plugin's own first. Others are of skins that are called so: ``kboard-notice-item``."""
_BY_DATE: Final = "kboard_list_sort=newest"
_MOST_IN_ROW: Final = 300
"""Elements of a row that are looked at: far more than any skin has."""


def listing(page: BoardPage, board: Board, context: Mapping[str, str]) -> Listing:
    """A list page, as it was asked for with a context.

    Raises:
        LayoutChanged: the list shows no documents, and nothing says that there are none.
    """
    container = page.listing
    if container is None:
        raise LayoutChanged("the page has no board list")
    thread = Thread(context)
    rows = [_row(post, board, thread) for post in posts_in(container, lambda href: board.address(href, page.url))]
    if not rows and not _is_empty(container, board, context):
        raise LayoutChanged("the list has no documents and does not say that it is empty")
    return Listing(rows, last_page(page, _PAGE), thread.carry(), _BY_DATE if rises(rows) else "")


def _is_empty(container: Element, board: Board, context: Mapping[str, str]) -> bool:
    """Whether a list without documents is one. The count above it is that of the whole board; old skins have none."""
    if _EMPTY.search(text_of(container)):
        return True
    shown = with_class(container, "kboard-total-count")
    if shown is None and with_class(container, "kboard-pagination") is None:
        return False
    total = 0 if shown is None else number_in(_NUMBER, text_of(shown))
    is_part = bool(board.category) or "page" in context
    leads_on = any("mod=document" in attribute(tag, "href") for tag in container.iter("a"))
    return not leads_on and (total == 0 or is_part)


def _row(post: Found, board: Board, thread: Thread) -> Row:
    tags = [post.row, *islice(elements(post.row), _MOST_IN_ROW)]
    title = next((link for link in post.links if text_of(link)), post.links[0])
    notice, number = _is_notice(tags), int(post.address.key)
    return Row(
        post.address,
        _comments(tags),
        notice=notice,
        secret=any(map(_is_lock, tags)) or is_pending(text_of(title)),
        nofollow=all(map(is_nofollow, post.links)),
        context={} if notice else thread.below(number, indent_of(to_title(tags, title, _MOST_IN_ROW)), board),
    )


def _is_notice(tags: Iterable[Element]) -> bool:
    return any(_NOTICE.fullmatch(name) for tag in tags for name in classes(tag))


def _is_lock(tag: Element) -> bool:
    """The icon of a secret document, which is a picture or, in skins with a font of icons, a class."""
    is_picture = tag.tag == "img" and bool(_LOCK.search(attribute(tag, "src")))
    return is_picture or not _LOCKS.isdisjoint(classes(tag))


def _comments(tags: list[Element]) -> int:
    badge = next((tag for tag in tags if "kboard-comments-count" in classes(tag)), None)
    if badge is not None:
        return number_in(_NUMBER, text_of(badge)) or 0
    line = next((tag for tag in tags if any(_LINE.fullmatch(name) for name in classes(tag))), None)
    return 0 if line is None else number_in(_BEHIND_TITLE, own_text(line)) or 0
