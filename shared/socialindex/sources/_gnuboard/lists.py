"""A board's list page, whichever skin draws it: tables, galleries, webzines."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from socialindex.errors import LayoutChanged
from socialindex.sources._families.boards.answers import Thread, indent_of, to_title
from socialindex.sources._families.boards.columns import Columns
from socialindex.sources._families.boards.figures import NUMBER, number_in
from socialindex.sources._families.boards.markup import (
    attribute,
    classes,
    elements,
    nodes,
    own_text,
    text_of,
    with_class,
)
from socialindex.sources._families.boards.rows import Found, Listing, Row, is_nofollow, last_page, posts_in, rises
from socialindex.sources._gnuboard.authors import name_tag, with_menu
from socialindex.sources._gnuboard.posts import icons

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lxml.etree import _Element as Element

    from socialindex.sources._gnuboard.addresses import Board
    from socialindex.sources._gnuboard.pages import BoardPage

_BADGES: Final = frozenset({"cnt_cmt", "wr-comment", "count", "count-plus", "bl-comment", "td-comment"})
"""What shows the number of comments: the basic skins', Amina's, Nariya's and Eyoom's classes."""
_EXCERPTS: Final = ("webzine-cont", "gallery-cont", "rb_bbs_for_cont_txt")
"""Eyoom's and the Rebuilder's classes around the beginning of a text, above its figures."""
_NUMBER = re.compile(f"({NUMBER})")
_PART = re.compile(r"[?&]spt=(-[0-9]{1,10})\b")
_COUNT = re.compile(rf"댓글\s*[(\[+]?\s*({NUMBER})")
_LIKES = re.compile(rf"(?<!비)추천\s*({NUMBER})(?![0-9A-Za-z가-힣:-])")
"""Not the beginning of a date or time, nor that of a word: "추천 10선" stands in excerpts."""
_LIKES_HEADING = re.compile(r"추천(?:\s?수)?")
_BY_DATE: Final = "sst=wr_datetime&sod=desc"
"""The one order from the newest post down that ``bbs/list.php`` takes in every version."""
_MOST_IN_ROW: Final = 300
"""Elements of a row that are looked at: far more than any skin has."""
_NOTICE = re.compile(r"[\[(【]?공지[\])】]?")
_EMPTY = re.compile(r"(?:게시물이?|게시글이?|자료가?|데이터가?|글이?) ?(?:없습니다|존재하지 않습니다)")


def listing(page: BoardPage, board: Board, context: Mapping[str, str]) -> Listing:
    """A list page, as it was asked for with a context.

    Raises:
        LayoutChanged: the list shows no posts and does not say that it is empty.
    """
    container = page.listing
    if container is None:
        raise LayoutChanged("the page has no board list")
    thread, columns = Thread(context), Columns(container, likes=_LIKES_HEADING)
    found = posts_in(container, lambda href: board.address(href, page.url))
    rows = [_row(post, board, thread, columns) for post in found]
    if not rows and not _EMPTY.search(text_of(container)):
        raise LayoutChanged("the list has no posts and does not say that it is empty")
    return Listing(rows, last_page(page), thread.carry(), _BY_DATE if rises(rows) else "", _older(page, context))


def _older(page: BoardPage, context: Mapping[str, str]) -> str:
    """The next part of a category: one list shows as many of the board's threads as ``cf_search_part`` says, 10,000.

    Parts are named by the number of the thread that they begin with, which is the higher the older it is.
    """
    found = (_PART.search(attribute(tag, "href")) for tag in page.named("a"))
    last = max((int(match[1]) for match in found if match), default=0)
    asked = _PART.search(f"&{context.get('query', '')}")
    return f"spt={last}" if last and (asked is None or last > int(asked[1])) else ""


def _row(post: Found, board: Board, thread: Thread, columns: Columns) -> Row:
    tags = [post.row, *islice(elements(post.row), _MOST_IN_ROW)]
    marks, text = " ".join(_marks(tags)), _labels(post)
    notice, number = "notice" in marks or "fa-bullhorn" in marks, post.address.number
    context = {} if notice or number is None else thread.below(number, indent_of(to_title(tags, post.links[0])), board)
    likes = columns.number("likes", post.row)
    likes = number_in(_LIKES, text) if likes is None else likes
    return Row(
        post.address,
        _comments(tags, text),
        notice=notice,
        secret="secret" in marks or "fa-lock" in marks,
        nofollow=all(map(is_nofollow, post.links)),
        context=context if likes is None else {**context, "likes": str(likes)},
    )


def _labels(post: Found) -> str:
    """A row's text on one line without what people wrote, title, name and excerpt: "추천 10" is no figure in these.

    Icons are the words that they stand for, as Eyoom's webzine and gallery have them.
    """
    name, excerpt = name_tag(post.row), with_class(post.row, *_EXCERPTS)
    others = (None if name is None else with_menu(name), excerpt)
    written = {*post.links, *(tag for tag in others if tag is not None)}
    pieces = (piece for node in nodes(post.row, without=written) for piece in _words(node) if piece.strip())
    return " ".join(" ".join(islice(pieces, _MOST_IN_ROW)).split())


def _words(node: Element | str) -> Iterable[str]:
    return [node] if isinstance(node, str) else icons(node)


def _marks(tags: Iterable[Element]) -> Iterator[str]:
    """Words that say what a row is: classes, the icons' file names, and 공지, which the gallery and Nariya's lists say.

    Of a link it is the name of a category.
    """
    for tag in tags:
        yield from classes(tag)
        if tag.tag == "img":
            yield from re.findall(r"/icon_\w+", attribute(tag, "src"))  # not the members' own icons
            yield from ["secret"] if "/ico_sec." in attribute(tag, "src") else []
        elif tag.tag != "a" and _NOTICE.fullmatch(own_text(tag)):
            yield "notice"


def _comments(tags: list[Element], text: str) -> int:
    badge = next((tag for tag in tags if not _BADGES.isdisjoint(classes(tag))), None)
    shown = None if badge is None else number_in(_NUMBER, text_of(badge, _MOST_IN_ROW))
    return shown if shown is not None else number_in(_COUNT, text) or 0
