"""Comments on a post's page: the markup that themes share, which is WordPress's own, and that of the plugin wpDiscuz.

WordPress's is that of its walker and of its comment blocks. Each comment is an element with the id
``comment-<number>``, within that of the comment that it answers. wpDiscuz has it within one that names both,
``wpd-comm-<number>_<answered>``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from socialindex.model import Draft
from socialindex.sources._families.boards.markup import (
    attribute,
    classes,
    detach,
    elements,
    markup_of,
    text_of,
    with_class,
)
from socialindex.sources._families.feeds.dates import parse_date
from socialindex.sources._families.feeds.drafts import author_named
from socialindex.text import html_to_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from lxml.etree import _Element as Element

MAX_COMMENTS: Final = 1_000
_ID = re.compile(r"(?:li-)?comment-(\d{1,12})")
_WRAP = re.compile(r"wpd-comm-(\d{1,12})_(\d{1,12})")
_NOTICES: Final = frozenset({"pingback", "trackback"})
_DISCUZ_NAME: Final = "wpd-comment-author"
_DISCUZ_DATE: Final = "wpd-comment-date"
_NAMES: Final = ("fn", "wp-block-comment-author-name", "comment-author-name", "comment-author", _DISCUZ_NAME)
_TEXTS: Final = (
    "comment-content",
    "wp-block-comment-content",
    "comment-text",
    "comment_content",
    "comment-entry",
    "wpd-comment-text",
)
_MORE: Final = "wpdiscuz-readmore"
"""The class of what fetches the rest of a comment, behind the fifty words or so that wpDiscuz shows of a long one."""
_QUOTED: Final = "wpd-inline-feedback-wrapper"
"""The class of what a comment on a passage begins with in wpDiscuz: the passage, in the words of the post."""
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
    if (quoted := with_class(content, _QUOTED)) is not None:
        detach(quoted)
    is_cut = _without_more(content)
    text = html_to_text(markup_of(content), base_url=page)
    if not text.text:
        return None
    parent = _answered(element, number)
    return Draft(
        uri=f"{page}#comment-{number}",
        kind="comment",
        text=text.text,
        excerpt=is_cut,
        author=author_named(_name(element)),
        published_at=next(filter(None, (parse_date(date, zone) for date in _dates(element))), None),
        in_reply_to=f"{page}#comment-{parent}" if parent else page,
        thread=page,
        links=text.links,
    )


def _without_more(content: Element) -> bool:
    """Whether the rest of a comment is only fetched; what fetches it goes, since its words are not the author's."""
    more = with_class(content, _MORE)
    around = None if more is None else more.getparent()
    if more is None or around is None:
        return False
    around.remove(more)
    return True


def _name(element: Element) -> str:
    """The author's name; wpDiscuz has a member's handle beside it."""
    tag = next((tag for tag in (with_class(element, name) for name in _NAMES) if tag is not None), None)
    if tag is None:
        return ""
    return text_of(next(tag.iter("a"), tag) if _DISCUZ_NAME in classes(tag) else tag)


def _answered(element: Element, number: str) -> str:
    """The number of the comment that one answers; empty of one that answers the post."""
    named = (_WRAP.fullmatch(attribute(around, "id")) for around in element.iterancestors())
    wrap = next((match for match in named if match and match[1] == number), None)
    return next(_around(element, number), "") if wrap is None else wrap[2].lstrip("0")


def _dates(element: Element) -> Iterator[str]:
    """Where a comment's time may stand: in a ``<time>``, else printed, or beside how long ago it was."""
    yield from (attribute(tag, "datetime") for tag in element.iter("time"))
    printed = with_class(element, *_DATES)
    if printed is not None:
        yield text_of(printed)
    relative = with_class(element, _DISCUZ_DATE)
    if relative is not None:
        yield attribute(relative, "title")
        yield text_of(relative)


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
