"""What stands around a text: dates, figures and names, by the labels that the software's language files give them."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.sources._families.boards.dates import any_date, full_date
from socialindex.sources._families.boards.figures import NUMBER, number_in
from socialindex.sources._families.boards.markup import attribute, nodes, text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from lxml.etree import _Element as Element

_FIGURES: Final = {
    "views": re.compile(rf"(?:조회(?:\s?수)?|Views?|Hits?)\W{{0,6}}({NUMBER})", re.IGNORECASE),
    "likes": re.compile(rf"(?:(?<!비)추천(?:\s?수)?|Likes?|Votes?)\W{{0,6}}({NUMBER})", re.IGNORECASE),
    "replies": re.compile(rf"(?:댓글(?:\s?수)?|Comments?|Replies)\W{{0,6}}({NUMBER})", re.IGNORECASE),
}
_NUMBER = re.compile(f"({NUMBER})")
_EDITED = re.compile(
    r"(?:최종 글 수정|최종 수정(?:일|시각)?|최근 수정(?:일)?|마지막 수정|수정(?:일시?|됨)|Last (?:update|modified))"
    r"\W{0,6}(\d[^()]{0,30})",
    re.IGNORECASE,
)
_HINT = re.compile(r"\d{4}[.-]\d{2}[.-]\d{2} \d{2}:\d{2}(?::\d{2})?")


class Head(NamedTuple):
    """What stands before a text, within the element that holds both."""

    tags: list[Element]
    pieces: list[str]
    """Its text, piece by piece; a date that is there as a hint only (``title="2026.11.20 10:00"``) included."""

    @classmethod
    def of(cls, holder: Element, text: Element | None, *, without: Collection[Element] = ()) -> Head:
        """What stands in ``holder`` before ``text``; all of it where there is no text."""
        head = list(takewhile(lambda node: node is not text, nodes(holder, without=without)))
        tags = [node for node in head if not isinstance(node, str)]
        hints = (attribute(tag, "title") for tag in tags)
        pieces = [*filter(_HINT.fullmatch, hints), *(node for node in head if isinstance(node, str))]
        return cls(tags, [piece for piece in map(str.strip, pieces) if piece])

    @property
    def line(self) -> str:
        """All of the text on one line."""
        return " ".join(" ".join(self.pieces).split())

    def written_at(self, received_at: datetime) -> datetime | None:
        """When the text was written: the first date with a year, else the first piece that is a date without one."""
        shown = full_date(_EDITED.sub("", self.line))
        return shown or next(filter(None, (any_date(piece, received_at) for piece in self.pieces)), None)


def edited_at(line: str, received_at: datetime) -> datetime | None:
    """When a text was changed, where a label says so."""
    match = _EDITED.search(line)
    return any_date(match[1], received_at) if match else None


def figures(line: str) -> dict[str, int]:
    """Views, likes and replies, as far as they are labelled."""
    found = {name: number_in(pattern, line) for name, pattern in _FIGURES.items()}
    return {name: number for name, number in found.items() if number is not None}


def votes(tags: Iterable[Element], action: str) -> int | None:
    """Votes, by the button that calls the software's own action, or for visitors by its hint; ``None`` without."""
    buttons = (tag for tag in tags if tag.tag in {"a", "button", "span"})
    for button in buttons:
        calls = action in attribute(button, "onclick") or attribute(button, "title") in {"추천", "Vote up"}
        if calls and (number := number_in(_NUMBER, text_of(button))) is not None:
            return number
    return None
