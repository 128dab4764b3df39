"""A board's list page, whichever skin draws it."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from socialindex.errors import LayoutChanged
from socialindex.sources._families.boards.columns import Columns
from socialindex.sources._families.boards.figures import NUMBER, count
from socialindex.sources._families.boards.markup import attribute, classes, elements, text_of
from socialindex.sources._families.boards.rows import (
    Address,
    Found,
    Listing,
    Row,
    is_nofollow,
    last_page,
    posts_in,
    rises,
)
from socialindex.sources._rhymix.pages import is_comment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

    from socialindex.sources._rhymix.addresses import Board
    from socialindex.sources._rhymix.pages import BoardPage

_LIKES = re.compile(r"추천(?:\s?수)?|좋아요|vote[sd]?(?: count)?", re.IGNORECASE)
_NUMBER = re.compile(rf"\W{{0,3}}({NUMBER})\W{{0,3}}")
_SECRET = re.compile(r"비밀 ?글입니다\.?|\W?secret\W?", re.IGNORECASE)
"""Both softwares put these words in place of a secret document's title."""
_BY_DATE: Final = "sort_index=list_order&order_type=asc"
"""Both softwares' own order; ``list_order`` is a number that falls with time."""
_MOST_IN_ROW: Final = 300
"""Elements of a row that are looked at: far more than any skin has."""
_EMPTY = re.compile(
    r"(?:글|게시물|게시글|문서|자료)[이가]? ?(?:없습니다|존재하지 않습니다)|no (?:articles|documents|posts)"
)


def listing(page: BoardPage, board: Board) -> Listing:
    """A list page.

    Raises:
        LayoutChanged: the list shows no documents and does not say that it is empty.
    """
    container = page.listing
    if container is None:
        raise LayoutChanged("the page has no board list")
    columns = Columns(container, likes=_LIKES)
    found = posts_in(container, lambda href: board.address(href, page.url))
    rows = [_row(post, columns) for post in found] or _whole(page, board, container)
    if not rows and not _EMPTY.search(text_of(container)):
        raise LayoutChanged("the list has no documents and does not say that it is empty")
    # some stand below older ones on any board: a document has its number from when its draft was saved
    is_sorted = rises(rows) * 4 <= len(rows)
    return Listing(_as_marked_by_people(rows), _last_page(page, board), by_date="" if is_sorted else _BY_DATE)


def _whole(page: BoardPage, board: Board, container: Element) -> list[Row]:
    """Documents of a list that has their whole texts and no links to them: sketchbook5's blogs and guest books.

    Each has its comments below. What stands beside the list, such as a site's own words at the foot, is none of it.
    """
    numbers = {text.element: text.number for text in page.texts}
    comments: dict[int, int] = {}
    for tag in elements(container):
        if (number := numbers.get(tag)) is not None:
            comments[number] = 0
        elif comments and (name := tag.get("id")) and is_comment(name):
            comments[next(reversed(comments))] += 1
    addresses = (Address(str(number), board.document_url(number)) for number in comments)
    return [Row(address, count) for address, count in zip(addresses, comments.values(), strict=True)]


def _last_page(page: BoardPage, board: Board) -> int:
    """The highest page that the pager leads to, in either form of addresses."""
    return max([last_page(page), *(board.list_page(attribute(tag, "href"), page.url) for tag in page.named("a"))])


def _as_marked_by_people(rows: list[Row]) -> list[Row]:
    """Rows without the mark ``nofollow`` that the skin itself puts on them all.

    XpressEngine's default skin marks the link to every document that is no notice, for the address that it links to
    repeats the list's page; that says nothing of the document. What an operator marks are some of many.
    """
    regular = [row for row in rows if not row.notice]
    if regular and all(row.nofollow for row in regular):
        return [row._replace(nofollow=False) for row in rows]
    return rows


def _row(post: Found, columns: Columns) -> Row:
    tags = [post.row, *islice(elements(post.row), _MOST_IN_ROW)]
    marks, title = " ".join(_marks(tags)), _title(post)
    likes = columns.number("likes", post.row)
    return Row(
        post.address,
        _comments(post, tags),
        notice="notice" in marks,
        secret="secret" in marks or "-lock" in marks or bool(_SECRET.fullmatch(text_of(title))),
        nofollow=is_nofollow(title),
        context={} if likes is None else {"likes": str(likes)},
    )


def _title(post: Found) -> Element:
    """The link that the title is; others lead to the comments, or are a picture."""
    return next((link for link in post.links if not _leads_to_comments(link) and text_of(link)), post.links[0])


def _leads_to_comments(link: Element) -> bool:
    return "comment" in attribute(link, "href").partition("#")[2]


def _marks(tags: list[Element]) -> Iterator[str]:
    """Words that say what a row is: classes, and the icons that ``printExtraImages`` shows."""
    for tag in tags:
        yield from classes(tag)
        if tag.tag == "img":
            yield from re.findall(r"/icons?/(\w+)\.\w+$", attribute(tag, "src"))


def _comments(post: Found, tags: list[Element]) -> int:
    counted = [link for link in post.links if _leads_to_comments(link)]
    named = [tag for tag in tags if not {"replyNum", "reply_num", "comment_count"}.isdisjoint(classes(tag))]
    shown = (_NUMBER.fullmatch(text_of(tag)) for tag in (*named, *counted))
    numbers = (count(match[1]) for match in shown if match)
    return next((number for number in numbers if number is not None), 0)
