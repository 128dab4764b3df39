"""Posts as the bytes of a file: NDJSON, or CSV that spreadsheets open as it is meant.

CSV is that of RFC 4180 in UTF-8. A byte order mark begins it, without which Excel reads Korean in the system's own
encoding. Cells that a spreadsheet might take for a formula get an apostrophe before them (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import TYPE_CHECKING, Any, Final, Protocol, get_args

import msgspec

from socialindex.search.ask import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from socialindex.exports.wanted import Wanted
    from socialindex.search.posts import Item

BOM: Final = "\ufeff"
CONTENT_TYPES: Final = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}
_FORMULA: Final = frozenset("=+-@＝＋－＠")  # noqa: RUF001 - the full-width ones count as well
"""How cells begin that Excel, LibreOffice or Google Sheets may run."""
_BREAKS: Final = ("\t", "\n")
"""Beginnings that may end a cell where a file is pasted: what follows would be one of its own."""
_JOINED: Final = " | "
"""Between the values of a list: in no canonical address, hashtag or handle."""
_PARTS: Final[dict[str, tuple[str, ...]]] = {
    "author": ("name", "handle", "id", "key", "url", "followers", "kind"),
    "metrics": ("likes", "replies", "reposts", "views", "read_at"),
    "provenance": ("channel", "adapter"),
    "mention": (
        "id",
        "topic",
        "matched_at",
        "matched",
        "status",
        "assignee",
        "tags",
        "due_at",
        "answered_at",
        "closed_at",
    ),
}
"""Fields that take a column for each of their parts."""


class Rows(Protocol):
    """Writes posts in a format."""

    head: bytes
    """What stands before the first post."""

    def written(self, items: Iterable[Item]) -> tuple[bytes, int]:
        """Posts as a piece of the file; and how many they are."""


def rows_of(wanted: Wanted) -> Rows:
    """What writes an export's posts."""
    if wanted.format == "ndjson":
        return NdjsonRows(wanted.names)
    return CsvRows(wanted.names or [*get_args(Shown), *wanted.beside])


class NdjsonRows:
    """A post a line, in the shape of the API's answers."""

    head = b""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._encoder = msgspec.json.Encoder()

    def written(self, items: Iterable[Item]) -> tuple[bytes, int]:
        """As ``Rows``."""
        lines = [self._encoder.encode(self._chosen(item)) for item in items]
        return b"\n".join([*lines, b""]), len(lines)

    def _chosen(self, item: Item) -> Item:
        return {name: item[name] for name in self._names if name in item} if self._names else item


class CsvRows:
    """A post a row; absent values are empty cells."""

    def __init__(self, names: Sequence[str]) -> None:
        self._columns = [column for name in names or get_args(Shown) for column in columns_of(name)]
        self.head = (BOM + _lines([[".".join(column) for column in self._columns]])).encode()

    def written(self, items: Iterable[Item]) -> tuple[bytes, int]:
        """As ``Rows``."""
        rows = [[cell(_at(item, column)) for column in self._columns] for item in items]
        return _lines(rows).encode(), len(rows)


def columns_of(name: str) -> list[tuple[str, ...]]:
    """A field's columns, each as the path to its value."""
    return [(name, part) for part in _PARTS[name]] if name in _PARTS else [(name,)]


def cell(value: Any) -> str:  # noqa: ANN401 - whatever a post holds
    """A value as a cell shows it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)  # a number below zero is no formula
        case list():
            return _text(_JOINED.join(_named(each) for each in value))
        case _:
            return _text(str(value))


def _named(value: Any) -> str:  # noqa: ANN401 - as above
    """An entry of a list; of an attachment its address, or else its description."""
    return str(value.get("url") or value.get("description") or value["kind"]) if isinstance(value, dict) else str(value)


def _text(text: str) -> str:
    """A text with one kind of line ends, that is taken for nothing else."""
    clean = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return f"'{clean}" if clean.startswith(_BREAKS) or _first_shown(clean) in _FORMULA else clean


def _first_shown(text: str) -> str:
    """The first character that is not blank: programs skip spaces, controls and marks without a width before a formula.

    Which of them differs from program to program, and so none is trusted: an apostrophe too many does no harm.
    """
    return next((one for one in text if unicodedata.category(one)[0] not in "CZ"), "")


def _at(item: Item, column: tuple[str, ...]) -> Any:  # noqa: ANN401 - as above
    found: Any = item
    for name in column:
        found = found.get(name) if found is not None else None
    return found


def _lines(rows: Iterable[Sequence[str]]) -> str:
    held = io.StringIO(newline="")
    csv.writer(held).writerows(rows)
    return held.getvalue()
