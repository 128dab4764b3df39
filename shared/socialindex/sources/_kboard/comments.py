"""Comments below a document, as a tree: each lies in the one that it answers (the plugin ``kboard-comments``)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from lxml import etree

from socialindex.errors import Discarded, ParseError
from socialindex.model import Draft, Media, Metrics
from socialindex.sources._families.boards.dates import any_date, full_date
from socialindex.sources._families.boards.figures import NUMBER, number_in
from socialindex.sources._families.boards.markup import attribute, classes, detach, elements, markup_of, text_of
from socialindex.sources._families.boards.reading import Comment
from socialindex.sources._kboard.posts import ahead, author_named, moved
from socialindex.text import html_to_text

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.etree import _Element as Element

    from socialindex.sources._kboard.addresses import Board
    from socialindex.sources._kboard.pages import BoardPage

_ITEM = "kboard-comments-item"
_TEXT = "comments-list-content"
_FORM = re.compile(r"kboard[-_]comments?[-_]reply[-_]form[-_]([1-9][0-9]{0,17})")
_UID = re.compile(r"[1-9][0-9]{0,17}")
_CREATED = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})")
_NUMBER = re.compile(f"({NUMBER})")
_CLOSED = frozenset({"remaining_time_for_reading", "login_is_required_for_reading", "you_do_not_have_permission"})
"""Classes of what stands in place of a text that is for others, or for later."""


def comments(page: BoardPage, board: Board, number: int) -> list[Comment]:
    """Comments of a document in the page's order; ``Discarded`` for closed ones, ``ParseError`` for unreadable ones."""
    items = _items(page) if _ITEM in page.by_class else ()
    return [_comment(item, page, board.post_uri(number)) for item in items]


@dataclass
class _Item:
    """A comment, with the elements that the plugin drew: not those in its text, nor in comments below it."""

    outer: _Item | None
    tags: list[Element] = field(default_factory=list)

    def part(self, name: str) -> Element | None:
        """The first of them with a class."""
        return next((tag for tag in self.tags if name in classes(tag)), None)

    @cached_property
    def mark(self) -> str | None:
        """What its identity ends with, out of its buttons or its form for answers."""
        uids = (attribute(tag, "data-uid") for tag in self.tags if "kboard_comment" in attribute(tag, "onclick"))
        forms = (_FORM.fullmatch(attribute(tag, "id")) for tag in self.tags if tag.tag == "form")
        found = [*filter(_UID.fullmatch, uids), *(match[1] for match in forms if match)]
        return f"comment_{found[0]}" if found else None


def _items(page: BoardPage) -> list[_Item]:
    """All comments. What looks like one in a text that somebody wrote is none."""
    found: list[_Item] = []
    around: list[tuple[Element, _Item]] = []
    written: Element | None = None
    for event, tag in etree.iterwalk(page.tags[0], events=("start", "end")):
        if event == "end":
            written = None if tag is written else written
            if around and tag is around[-1][0]:
                around.pop()
            continue
        if written is not None:
            continue
        named = classes(tag)
        if _ITEM in named:
            around.append((tag, _Item(around[-1][1] if around else None)))
            found.append(around[-1][1])
        if around:
            around[-1][1].tags.append(tag)
        if tag is page.text or _TEXT in named:
            written = tag
    return found


def _comment(item: _Item, page: BoardPage, thread: str) -> Comment:
    if item.mark is None:
        return Comment("", ParseError("a comment has no number where the plugin writes it"))
    return Comment(item.mark, _read(item, page, thread, f"{thread}#{item.mark}"))


def _read(item: _Item, page: BoardPage, thread: str, uri: str) -> Draft | Exception:
    content = item.part(_TEXT)
    if content is None:
        return ParseError(f"{item.mark} has no text where the plugin writes it")
    if not all(_CLOSED.isdisjoint(classes(tag)) for tag in content):
        return Discarded("members_only")
    files = [detach(tag) for tag in list(elements(content)) if "comments-list-file1" in classes(tag)]
    read = html_to_text(markup_of(content), base_url=page.url)
    name, likes = item.part("comments-list-username"), item.part("kboard-comment-like-count")
    number = None if likes is None else number_in(_NUMBER, text_of(likes))
    names = (text_of(link) for tag in files for link in tag.iter("a"))
    return Draft(
        uri=uri,
        kind="comment",
        text=read.text or None,
        author=None if name is None else author_named(text_of(name)),
        published_at=_written_at(item, page),
        in_reply_to=f"{thread}#{item.outer.mark}" if item.outer and item.outer.mark else thread,
        thread=thread,
        links=read.links,
        media=[
            *(Media(kind="image", url=url, description=alt) for url, alt in read.images),
            *(Media(kind="file", description=name) for name in names if name),
        ],
        metrics=None if number is None else Metrics(likes=number, read_at=page.received_at),
    )


def _written_at(item: _Item, page: BoardPage) -> datetime | None:
    """When it was written: the element has the seconds, too, where the skin is the plugin's own."""
    created = _CREATED.fullmatch(attribute(item.tags[0], "data-created"))
    shown = item.part("comments-list-create")
    written = full_date("{}-{}-{} {}:{}:{}".format(*created.groups())) if created else None
    if written is None and shown is not None:
        written = any_date(text_of(shown), page.received_at)
    return None if written is None else moved(written, ahead(page))
