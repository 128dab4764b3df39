"""Records of CSV and NDJSON files: each with its number, its place and its cells, or with what is wrong with it.

One bad record never hides the others: a quote that is never closed spoils the line that it is in, and no more.
"""

from __future__ import annotations

import csv
from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from socialindex.errors import InvalidInput
from socialindex.imports.lines import MAX_ROW, Line
from socialindex.imports.rows import Problem
from socialindex.unseen import seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_UNCLOSED: Final = 20
"""Quotes that are never closed, each of which makes us read about ``MAX_ROW`` bytes twice; and for each so many bytes
behind the first, one more. So no file is read much more than twice, and rows that are too long are never too many."""
MAX_DEPTH: Final = 4
"""Objects within objects of which the members become columns, such as ``author.name``."""
MAX_MEMBERS: Final = 1_000
"""Members of one NDJSON record."""
SHEET_BLOCK: Final = 16
"""Rows that Excel saves as text at a time, from the header on. Where the last columns are empty in all of them, it
leaves these columns out."""

csv.field_size_limit(2 * MAX_ROW)  # our own bound comes first, on whole rows


class Record(NamedTuple):
    """One record. ``cells`` is ``None`` where there is a problem; empty where the record has nothing in it."""

    number: int
    end: int
    """Offset behind it: where reading goes on."""
    cells: dict[str, str] | None
    problem: Problem | None = None


class Fields(NamedTuple):
    """One row of a CSV file as it stands there; ``trouble`` says why it cannot be read."""

    end: int
    fields: list[str]
    trouble: tuple[str, str] | None = None


Numbered = tuple[int, Fields]
"""A row with its number."""


class _UnclosedError(Exception):
    """A row goes on and on: a quote in it was never closed."""


_NOT_TEXT = ("a part of this row is not {encoding}", "save the file as CSV UTF-8, or name its encoding")
_TOO_LONG = (f"this row has more than {MAX_ROW} bytes", "shorten it, or check the line ends and quotes before it")
_OPEN = ("a quote that opens in this row is never closed", 'close it, and write a quote within a cell as ""')


def csv_fields(source: Iterator[Line], encoding: str, delimiter: str) -> Iterator[Fields]:
    """Rows of a CSV file (RFC 4180, and what spreadsheets make of it).

    Raises:
        InvalidInput: too many quotes are never closed.
    """
    feed = _Feed(source, encoding)
    reader, unclosed = csv.reader(feed, delimiter=delimiter), _Unclosed()
    while True:
        feed.begin()
        try:
            fields = next(reader)
        except StopIteration:
            return
        except (_UnclosedError, csv.Error):
            trouble = feed.give_up()
            if trouble is _OPEN:
                unclosed.count(feed.end)
            reader = csv.reader(feed, delimiter=delimiter)
            yield Fields(feed.end, [], trouble)
        else:
            yield Fields(feed.end, fields, feed.trouble)


class _Unclosed:
    """Quotes that were never closed."""

    def __init__(self) -> None:
        self._quotes = 0
        self._first = 0

    def count(self, end: int) -> None:
        """Count one by the offset behind its line.

        Raises:
            InvalidInput: they are too many.
        """
        self._quotes += 1
        self._first = self._first or end
        if self._quotes > MAX_UNCLOSED + (end - self._first) // MAX_ROW:
            raise InvalidInput(
                f"more than {MAX_UNCLOSED} quotes are never closed",
                field="file",
                remedy='write a quote within a cell as "", or name the right delimiter',
            )


class _Feed:
    """Lines as ``csv.reader`` asks for them; it knows those of the row at hand."""

    def __init__(self, source: Iterator[Line], encoding: str) -> None:
        self._source = source
        self._encoding = encoding
        self._again: deque[Line] = deque()
        self._held: list[Line] = []
        self._size = 0
        self.trouble: tuple[str, str] | None = None

    @property
    def end(self) -> int:
        """Offset behind the row."""
        return self._held[-1].end

    def begin(self) -> None:
        """A new row begins."""
        self._held, self._size, self.trouble = [], 0, None

    def give_up(self) -> tuple[str, str]:
        """Take the row's first line for all of it, and the others again; what is wrong with the row."""
        first, *others = self._held
        self._again.extendleft(reversed(others))
        self._held = [first]
        return _TOO_LONG if first.data is None else _OPEN

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._source, None)
        if line is None:
            if self._held:  # the reader wants the rest of a cell
                raise _UnclosedError
            raise StopIteration
        self._held.append(line)
        self._size += len(line.data or b"")
        if line.data is None or self._size > MAX_ROW:
            raise _UnclosedError
        return self._text(line.data)

    def _text(self, data: bytes) -> str:
        try:
            return data.decode(self._encoding)
        except UnicodeDecodeError:
            what, remedy = _NOT_TEXT
            self.trouble = (what.format(encoding=self._encoding), remedy)
            return data.decode(self._encoding, "replace")


def csv_records(rows: Iterator[Fields], columns: Sequence[str], number: int) -> Iterator[Record]:
    """Records of rows behind the header; ``number`` is the last one's before them.

    A row with fewer cells than the header is a bad one, unless its whole block is as narrow (see ``SHEET_BLOCK``).
    """
    entered = number + 1
    for run, ends in _runs(enumerate(rows, entered), len(columns)):
        narrow = ends and _is_narrow_block(run, entered)
        yield from (_csv_record(at, row, columns, narrow=narrow) for at, row in run)


def _runs(rows: Iterator[Numbered], width: int) -> Iterator[tuple[list[Numbered], bool]]:
    """Rows one by one, those that are narrower than a width with all of their block that are as narrow.

    With each run comes whether a block ends with it.
    """
    run: list[Numbered] = []
    for at, row in rows:
        if run and _block(run[-1]) != _block((at, row)):
            yield run, (at - 1) % SHEET_BLOCK == 0
            run = []
        run.append((at, row))
        if len(row.fields) >= width or not row.fields:
            yield run, False
            run = []
    if run:
        yield run, True


def _block(numbered: Numbered) -> tuple[int, int]:
    """A row's block, and its number of cells."""
    at, row = numbered
    return (at - 1) // SHEET_BLOCK, len(row.fields)


def _is_narrow_block(run: list[Numbered], entered: int) -> bool:
    """Whether rows that end their block are all of it, or of what is read of it. The first block has the header.

    A single row may be one that breaks off, and single cells are rather lines of a text without quotes.
    """
    first, cells = run[0][0], len(run[0][1].fields)
    begins = (first - 1) % SHEET_BLOCK == 0
    return first > SHEET_BLOCK and cells > 1 and (len(run) > 1 if begins else first == entered)


def _csv_record(number: int, row: Fields, columns: Sequence[str], *, narrow: bool) -> Record:
    if row.trouble:
        return _bad(number, row.end, *row.trouble)
    if not any(map(seen, row.fields)):
        return Record(number, row.end, {})
    if (len(row.fields) < len(columns) and not narrow) or any(row.fields[len(columns) :]):
        what = f"this row has {len(row.fields)} cells, the header has {len(columns)}"
        return _bad(number, row.end, what, 'put cells with a delimiter or a line break into quotes: "..."')
    return Record(number, row.end, dict(zip(columns, row.fields, strict=False)))


def ndjson_records(source: Iterator[Line], encoding: str, number: int) -> Iterator[Record]:
    """Records of NDJSON: one object a line; ``number`` is the last line's before them."""
    for number, line in enumerate(source, number + 1):  # noqa: B020, PLR1704 - it is counted on
        if line.data is None:
            yield _bad(number, line.end, *_TOO_LONG)
            continue
        try:
            text = line.data.decode(encoding)
            yield Record(number, line.end, _flat(text) if seen(text) else {})
        except UnicodeDecodeError:
            what, remedy = _NOT_TEXT
            yield _bad(number, line.end, what.format(encoding=encoding), remedy)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            yield _bad(number, line.end, "this line is no JSON object", 'write one object a line: {"text": "..."}')


def _flat(text: str) -> dict[str, str]:
    cells: dict[str, str] = {}
    _flatten(msgspec.json.decode(text, type=dict[str, object]), "", cells, MAX_DEPTH)
    return cells


def _flatten(members: dict[str, object], path: str, cells: dict[str, str], depth: int) -> None:
    for name, value in members.items():
        if len(cells) >= MAX_MEMBERS:
            raise msgspec.DecodeError("too many members")
        if isinstance(value, dict) and depth:
            _flatten(value, f"{path}{name}.", cells, depth - 1)
        elif value is not None:
            cells[path + name] = _plain(value)


def _plain(value: object) -> str:
    """A JSON value as the text of a cell; a list's plain values stand side by side."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value if isinstance(item, str | int | float))
    return msgspec.json.encode(value).decode()


def _bad(number: int, end: int, what: str, remedy: str) -> Record:
    return Record(number, end, None, Problem(row=number, what=what, remedy=remedy))
