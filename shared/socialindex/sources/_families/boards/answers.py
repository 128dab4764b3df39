"""Answers (답변글, 답글): posts that a list shows indented below the posts they answer.

Only the list tells, so that what it tells goes with the request for the post. An answer has a higher number than what
it answers. Where a board is sorted otherwise than by thread, the post above a row is another's, and newer: such a
board's answers are left without the post they answer rather than given a wrong one.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.sources._families.boards.markup import attribute, classes, elements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lxml.etree import _Element as Element

    from socialindex.sources._families.boards.adapter import Board

_INDENT = re.compile(r"(?:margin|padding)-left\s*:\s*([0-9]{1,4}(?:\.[0-9]{1,3})?)")
"""Gnuboard: 10 px a level, of the title's cell since 5.4, before it of the icon, which is ``get_list``'s. KBoard: 5 px
a level, of the title's cell."""
_ICONS: Final = frozenset({"icon_reply", "fa-reply", "na-reply", "bi-arrow-return-right", "kboard-icon-reply"})
_ICON_FILES: Final = ("/icon_reply.", "/icon-reply.")
_CARRIED: Final = "above"
_MOST_CARRIED: Final = 8


class Above(NamedTuple):
    """A post that rows further down may answer."""

    number: int
    indent: float


class Thread:
    """The posts above a row that it may answer, the one that began the thread first."""

    def __init__(self, context: Mapping[str, str]) -> None:
        """Go on where the page before ended, as the context of the request for a list page tells."""
        pairs = (entry.split(":") for entry in context.get(_CARRIED, "").split())
        self._above = [Above(int(number), float(indent)) for number, indent in pairs]

    def below(self, number: int, indent: float, board: Board) -> dict[str, str]:
        """What is to be handed on with the request for the next row: which post it answers, and its thread's first."""
        while self._above and (self._above[-1].indent >= indent or self._above[-1].number >= number):
            self._above.pop()
        uris = [board.post_uri(above.number) for above in self._above]
        self._above.append(Above(number, indent))
        return {"answers": uris[-1], "thread": uris[0]} if uris else {}

    def carry(self) -> dict[str, str]:
        """What the request for the next page is to tell."""
        entries = (f"{above.number}:{above.indent:g}" for above in self._above[:_MOST_CARRIED])
        return {_CARRIED: " ".join(entries)} if self._above else {}


def to_title(tags: list[Element], title: Element, most: int | None = None) -> list[Element]:
    """The elements of a row up to its title and in it: what follows may be indented for reasons of its own.

    Args:
        tags: of the row.
        title: of these; where it is none of them, they are all given back.
        most: elements in the title that are given; ``None`` for all.
    """
    return tags[: tags.index(title) + 1] + list(islice(elements(title), most)) if title in tags else tags


def indent_of(tags: Iterable[Element]) -> float:
    """How far a row's title is indented, by the elements up to it and the icon that an answer has."""
    marked = False
    for tag in tags:
        match = _INDENT.search(attribute(tag, "style"))
        if match and float(match[1]):
            return float(match[1])
        marked = marked or _is_icon(tag)
    return float(marked)


def _is_icon(tag: Element) -> bool:
    return not _ICONS.isdisjoint(classes(tag)) or (
        tag.tag == "img" and any(file in attribute(tag, "src") for file in _ICON_FILES)
    )
