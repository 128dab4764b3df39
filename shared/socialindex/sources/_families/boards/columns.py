"""Figures in the columns of a list, found by what stands above them: every site arranges its columns itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from socialindex.sources._families.boards.figures import NUMBER, count
from socialindex.sources._families.boards.markup import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

_NUMBER = re.compile(NUMBER)


class Columns:
    """The columns of the first table in a list that has headings."""

    def __init__(self, container: Element, **headings: re.Pattern[str]) -> None:
        """Find the columns whose whole heading matches; the keyword is their name."""
        first = next(container.iter("th"), None)
        above = None if first is None else first.getparent()
        texts = [text_of(cell) for cell in _cells(above)] if above is not None else []
        self._places = {
            name: place
            for name, heading in headings.items()
            for place in [next((at for at, text in enumerate(texts) if heading.fullmatch(text)), None)]
            if place is not None
        }

    def number(self, name: str, row: Element) -> int | None:
        """The figure in a column of a row; ``None`` where there is no such column or no number in it."""
        place = self._places.get(name)
        if place is None or row.tag != "tr":
            return None
        cells = list(_cells(row))
        text = text_of(cells[place]) if place < len(cells) else ""
        return count(text) if _NUMBER.fullmatch(text) else None


def _cells(row: Element) -> Iterator[Element]:
    return (cell for cell in row if cell.tag in {"td", "th"})
