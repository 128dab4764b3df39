"""Where the header of a CSV file is, and what parts its cells: exports have titles and empty lines above their table.

A title is told from a header by what comes behind it: a row with more cells, among them names that we know, or the name
of a column of texts where the title is a lone cell in a row as wide as its table.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.errors import InvalidInput
from socialindex.imports.names import is_known, is_text
from socialindex.imports.records import SHEET_BLOCK
from socialindex.unseen import seen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from socialindex.imports.records import Fields, Numbered

MAX_COLUMNS: Final = 200
_ABOVE: Final = 15
"""Rows above a header; it is in the first of the blocks that Excel saves (``records.SHEET_BLOCK``)."""
_ROWS: Final = _ABOVE + 20
"""Rows that are looked at."""
_NAMES: Final = 2
"""Known names that a header has beyond those of a title: a text may begin with 리뷰 and a comma."""
_MOSTLY: Final = 0.5
"""Share of the rows behind a header that have as many cells, in as many rows as Excel saves as wide as each other."""


class Header(NamedTuple):
    """A file's header."""

    number: int
    """Which row it is."""
    row: Fields
    titled: bool
    """Whether something stands above it."""
    rows: Iterator[Fields]
    """What stands behind it."""


def header_of(rows: Iterator[Fields]) -> Header:
    """The header of a file's rows.

    Raises:
        InvalidInput: there is none, or it cannot be read.
    """
    numbered = itertools.dropwhile(_is_empty, enumerate(rows, 1))
    first = list(itertools.islice(numbered, _ROWS))
    at = _place([row for _, row in first])
    trouble = first[at][1].trouble if first else ("it is empty", "")
    if trouble:
        raise InvalidInput(
            f"the header cannot be read: {trouble[0]}", field="file", remedy="begin with a row of column names"
        )
    number, row = first[at]
    return Header(number, row, at > 0, (row for _, row in itertools.chain(first[at + 1 :], numbered)))


def fit(rows: Iterable[Fields]) -> tuple[int, int]:
    """How well a delimiter explains the first rows: how many have as many cells as the header, and how many cells."""
    first = list(itertools.islice(rows, _ROWS))
    first = [row for at, row in enumerate(first, 1) if not _is_empty((at, row))]
    counts = [len(row.fields) for row in first[_place(first) :]]
    width = counts[0] if counts else 0
    return (counts.count(width), width) if width > 1 else (0, width)


def _place(rows: Sequence[Fields]) -> int:
    """The header's place among rows of which the first is not empty."""
    if not rows or rows[0].trouble:
        return 0
    widest, known = _filled(rows[0]), _known(rows[0])
    for at, row in enumerate(rows[1 : _ABOVE + 1], 1):
        if len(row.fields) > MAX_COLUMNS:
            continue
        filled = _filled(row)
        if filled > widest and _known(row) >= known + _NAMES and _is_table(rows[at:]):
            return at
        if not any(map(_known, rows[:at])) and any(map(is_text, row.fields)) and _is_below(rows[0], rows[at:]):
            return at
        widest = max(widest, filled)
    return 0


def _is_below(title: Fields, rows: Sequence[Fields]) -> bool:
    """Whether rows begin with the header of a sheet that a lone cell is the title of: of one column, or padded to more.

    Not padded, a row of more cells may be a text with commas.
    """
    row, width = rows[0], len(rows[0].fields)
    if not (_filled(title) == 1 and len(title.fields) == width == _filled(row)):
        return False
    behind = [each for each in rows[1:] if any(map(seen, each.fields))]
    return _is_table(rows) and not any(is_text(cell) for each in behind for cell in each.fields)


def _is_table(rows: Sequence[Fields]) -> bool:
    """Whether the first row has its like behind it: one that is the last is a text with commas."""
    width, *behind = [len(row.fields) for row in rows[: SHEET_BLOCK + 1] if any(map(seen, row.fields))]
    return bool(behind) and behind.count(width) >= _MOSTLY * len(behind)


def _filled(row: Fields) -> int:
    return sum(bool(seen(cell)) for cell in row.fields)


def _known(row: Fields) -> int:
    return sum(map(is_known, row.fields))


def _is_empty(numbered: Numbered) -> bool:
    row = numbered[1]
    return not row.trouble and not any(map(seen, row.fields))
