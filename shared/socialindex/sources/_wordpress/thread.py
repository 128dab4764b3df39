"""Comments on a post's page: the markup of WordPress's own walker, and of its comment blocks, which themes share.

Each comment is an element with the id ``comment-<number>``, within that of the comment that it answers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from socialindex.model import Draft
from socialindex.sources._families.boards.markup import attribute, classes, elements, markup_of, text_of, with_class
from socialindex.sources._families.feeds.dates import parse_date
from socialindex.sources._families.feeds.drafts import author_named
from socialindex.text import html_to_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from lxml.etree import _Element as Element

MAX_COMMENTS: Final = 1_000
_ID = re.compile(r"(?:li-)?comment-(\d{1,12})")
_NOTICES: Final = frozenset({"pingback", "trackback"})
_NAMES: Final = ("fn", "wp-block-comment-author-name", "comment-author-name", "comment-author")
_TEXTS: Final = ("comment-content", "wp-block-comment-content", "comment-text", "comment_content", "comment-entry")
_DATES: Final = ("comment-metadata", "wp-block-comment-date", "comment-date", "comment-meta", "commentmetadata")


def comments(root: Element, page: str, zone: tzinfo) -> list[Draft]:
    """The comments of a page in its order, with what each one answers.

    Args:
        root: of the page.
        page: the post's identity.
        zone: of dates that are only printed.
    """
    found: dict[str, Draft] = {}
    for element in elements(root):
        number = _number(element)
        if number and number not in found and len(found) < MAX_COMMENTS:
            draft = _draft(element, number, page, zone)
            if draft:
                found[number] = draft
    return list(found.values())


def _draft(element: Element, number: str, page: str, zone: tzinfo) -> Draft | None:
    content = with_class(element, *_TEXTS)
    if content is None or not _NOTICES.isdisjoint(classes(element)) or _holder(content) != number:
        return None
    text = html_to_text(markup_of(content), base_url=page)
    if not text.text:
        return None
    name = next(filter(_is_there, (with_class(element, name) for name in _NAMES)), None)
    parent = next(_around(element, number), "")
    return Draft(
        uri=f"{page}#comment-{number}",
        kind="comment",
        text=text.text,
        author=author_named(text_of(name)) if name is not None else None,
        published_at=next(filter(None, (parse_date(date, zone) for date in _dates(element))), None),
        in_reply_to=f"{page}#comment-{parent}" if parent else page,
        thread=page,
        links=text.links,
    )


def _is_there(element: Element | None) -> bool:
    return element is not None


def _dates(element: Element) -> Iterator[str]:
    """Where a comment's time may stand: in a ``<time>``, else printed."""
    yield from (attribute(tag, "datetime") for tag in element.iter("time"))
    printed = with_class(element, *_DATES)
    if printed is not None:
        yield text_of(printed)


def _number(element: Element) -> str:
    named = element.get("id")
    match = _ID.fullmatch(named) if named else None
    return match[1] if match else ""


def _holder(content: Element) -> str:
    """The number of the comment that a text belongs to."""
    return next((number for around in content.iterancestors() if (number := _number(around))), "")


def _around(element: Element, number: str) -> Iterator[str]:
    """Numbers of the comments around one, the nearest first."""
    numbers = (_number(around) for around in element.iterancestors())
    return (found for found in numbers if found and found != number)
