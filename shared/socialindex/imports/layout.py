"""How a file is written, found out from its beginning: packed or plain, encoding, CSV or NDJSON, delimiter, columns."""

from __future__ import annotations

import codecs
import itertools
import re
from io import BytesIO
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import msgspec

from socialindex.errors import InvalidInput
from socialindex.imports.header import MAX_COLUMNS, fit, header_of
from socialindex.imports.lines import GZIP_MAGIC, MAX_ROW, behind, blocks, lines, narrowed, unpacked
from socialindex.imports.records import Record, csv_fields, csv_records, ndjson_records
from socialindex.model import Struct
from socialindex.unseen import seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from socialindex.imports.lines import Source

Format = Literal["csv", "ndjson"]
Encoding = Literal["utf-8", "cp949"]
Written = Literal["utf-8", "cp949", "utf-16"]
Delimiter = Literal[",", ";", "\t", "|"]

HEAD: Final = MAX_ROW + 1
"""Bytes of a file's beginning that is looked at."""
SAMPLE: Final = 100
"""Rows that are looked at."""
MAX_NAME: Final = 100
"""Characters of a column's name."""
_WIDE: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DELIMITERS: Final[tuple[Delimiter, ...]] = (",", "\t", ";", "|")
_NAMED: Final = re.compile(rb"\"?sep=([,;\t|])\"?(?:\r\n|\r|\n)", re.IGNORECASE)
"""What tells Excel the delimiter, in a line before the header; it is no row of the sheet."""
_TITLED: Final = "row {} is taken for the header: what stands above it is left out"
_BROKEN: Final = 0.3
"""Share of broken characters among those beyond ASCII up to which an encoding may be right: bad rows are named."""
_CSV_UTF8: Final = "in Excel: Save as, CSV UTF-8 (comma delimited)"
_OTHERS: Final = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook", _CSV_UTF8),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", _CSV_UTF8),
    (b"%PDF", "a PDF document", "export the table as CSV"),
    (b"<", "HTML or XML", "export the table as CSV"),
)


_JSON_ARRAY: Final = re.compile(rb"\[\s*[\[{\"\]]")
"""How a JSON array of objects, rows or texts begins, or an empty one; a column may be called ``[리뷰]번호``."""
_EACH_LINE: Final = "write one object a line (NDJSON), for example with: jq -c "


class Wishes(Struct, frozen=True, kw_only=True):
    """What a client knows of its file; what it leaves out is detected."""

    encoding: Encoding | None = None
    delimiter: Delimiter | None = None


class Layout(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """How a file is written."""

    format: Format
    encoding: Written
    delimiter: Delimiter | None
    packed: bool
    """Whether it is a gzip file. Offsets count unpacked bytes, and of UTF-16 those of the same text in UTF-8."""
    columns: list[str]
    """Of NDJSON: those of the first rows."""
    start: int
    """Offset of the first record, behind byte order mark and header."""
    first: int
    """Number of the record before the first: the header's is 1."""


class Beginning(NamedTuple):
    """A file's layout with its first records, and what a person should know of it."""

    layout: Layout
    sample: list[Record]
    notes: list[str]


def look(head: bytes, wishes: Wishes) -> Beginning:
    """What a file's first ``HEAD`` bytes say (all of it, where it has fewer).

    Raises:
        InvalidInput: it is no table that we read; says what it is, and what to do.
    """
    packed = head.startswith(GZIP_MAGIC)
    text = _unpacked_head(head) if packed else head
    whole = len(head) < HEAD and len(text) < HEAD
    wide = text.startswith(_WIDE)
    if wide:
        text, wishes = b"".join(narrowed(iter([text]))), Wishes(encoding="utf-8", delimiter=wishes.delimiter)
    mark = len(codecs.BOM_UTF8) if text.startswith(codecs.BOM_UTF8) else 0
    _refuse_others(text[mark:])
    encoding = wishes.encoding or ("utf-8" if mark else _encoding(text, whole=whole))
    if text[mark:].lstrip().startswith(b"{"):
        found = _ndjson(text, mark, encoding)
    else:
        found = _csv(text, mark, encoding, wishes.delimiter, whole=whole)
    if whole and not any(record.cells or record.problem for record in found.sample):
        raise InvalidInput("the file has a header and no rows", field="file", remedy="export it with its rows")
    told: Written = "utf-16" if wide else found.layout.encoding
    return found._replace(layout=msgspec.structs.replace(found.layout, packed=packed, encoding=told))


def records(layout: Layout, open_at: Callable[[int], Source], offset: int, number: int) -> Iterator[Record]:
    """A file's records from an offset on, where ``number`` is the last record's before it.

    Args:
        layout: how the file is written.
        open_at: opens the stored file at a byte.
        offset: of a record's beginning, as the layout counts.
        number: what the numbers go on from.

    Raises:
        InvalidInput: the file is damaged.
    """
    encoding = "utf-8" if layout.encoding == "utf-16" else layout.encoding
    source = lines(_parts(layout, open_at, offset), offset)
    if layout.format == "ndjson":
        return ndjson_records(source, encoding, number)
    return csv_records(csv_fields(source, encoding, layout.delimiter or ","), layout.columns, number)


def _parts(layout: Layout, open_at: Callable[[int], Source], offset: int) -> Iterator[bytes]:
    """The file's text from an offset on."""
    if layout.encoding != "utf-16" and not layout.packed:
        return blocks(open_at(offset))
    parts = unpacked(open_at(0)) if layout.packed else blocks(open_at(0))
    return behind(narrowed(parts) if layout.encoding == "utf-16" else parts, offset)


def _unpacked_head(head: bytes) -> bytes:
    """The unpacked beginning of a packed beginning, which may break off."""
    parts: list[bytes] = []
    size = 0
    try:
        for part in unpacked(BytesIO(head)):
            parts.append(part)
            size += len(part)
            if size >= HEAD:
                break
    except InvalidInput:
        if not parts:
            raise
    return b"".join(parts)[:HEAD]


def _refuse_others(text: bytes) -> None:
    if not text.strip():
        raise InvalidInput("the file is empty", field="file", remedy="upload a table with a header and rows")
    for magic, what, remedy in _OTHERS:
        if text.lstrip(b" \r\n\t").startswith(magic):
            raise InvalidInput(f"the file is {what}", field="file", remedy=remedy)
    if _JSON_ARRAY.match(text.lstrip(b" \r\n\t")):
        raise InvalidInput("the file is one JSON array", field="file", remedy=f"{_EACH_LINE}'.[]'")
    if text.count(0) > len(text) // 100:
        raise InvalidInput("the file is no text", field="file", remedy=_CSV_UTF8)


def _encoding(text: bytes, *, whole: bool) -> Encoding:
    """UTF-8 or CP949, whichever reads the beginning better; text that is both is ASCII."""
    sample = text if whole else text[: text.rfind(b"\n") + 1 or len(text)]
    broken = {codec: _broken(sample, codec) for codec in ("utf-8", "cp949")}
    encoding: Encoding = "cp949" if broken["cp949"] < broken["utf-8"] else "utf-8"
    if broken[encoding] > _BROKEN:
        raise InvalidInput("the file is neither UTF-8 nor CP949", field="encoding", remedy=_CSV_UTF8)
    return encoding


def _broken(sample: bytes, codec: str) -> float:
    text = sample.decode(codec, "replace")
    return text.count("\ufffd") / max(1, len(text) - sum(map(str.isascii, text)))


def _ndjson(text: bytes, mark: int, encoding: Encoding) -> Beginning:
    source = lines(iter([text[mark:]]), mark)
    sample = list(itertools.islice(ndjson_records(source, encoding, 0), SAMPLE))
    if all(record.problem for record in sample):
        raise InvalidInput("no line at its beginning is a JSON object", field="file", remedy=f"{_EACH_LINE}.")
    columns = list(dict.fromkeys(name for record in sample for name in record.cells or ()))
    _check_columns(columns)
    layout = Layout(
        format="ndjson", encoding=encoding, delimiter=None, packed=False, columns=columns, start=mark, first=0
    )
    return Beginning(layout, sample, [])


def _csv(text: bytes, mark: int, encoding: Encoding, wish: Delimiter | None, *, whole: bool) -> Beginning:
    asked = wish
    if named := _NAMED.match(text, mark):
        mark = named.end()
        _refuse_others(text[mark:])
        wish = wish or next(one for one in _DELIMITERS if one.encode() == named[1])
    delimiter = wish or _best_delimiter(text[mark:], encoding)
    header = header_of(csv_fields(lines(iter([text[mark:]]), mark), encoding, delimiter))
    _check_columns(header.row.fields)
    if asked and len(header.row.fields) == 1:
        _check_wish(text[mark:], encoding, asked)
    columns, notes = _named(header.row.fields)
    if header.titled:
        notes = [_TITLED.format(header.number), *notes]
    sample = list(itertools.islice(csv_records(header.rows, columns, header.number), SAMPLE))
    if not whole and len(sample) < SAMPLE:
        del sample[-1:]  # where our beginning breaks off
    layout = Layout(
        format="csv",
        encoding=encoding,
        delimiter=delimiter,
        packed=False,
        columns=columns,
        start=header.row.end,
        first=header.number,
    )
    return Beginning(layout, sample, notes)


def _best_delimiter(text: bytes, encoding: Encoding) -> Delimiter:
    return max(_DELIMITERS, key=lambda each: _fit(text, encoding, each))


def _fit(text: bytes, encoding: Encoding, delimiter: Delimiter) -> tuple[int, int]:
    return fit(csv_fields(lines(iter([text])), encoding, delimiter))


def _check_wish(text: bytes, encoding: Encoding, wish: Delimiter) -> None:
    """Pass a delimiter that is nowhere in the header, where no other one parts header and rows alike.

    Raises:
        InvalidInput: one does: each line would become one text, commas and all.
    """
    best = _best_delimiter(text, encoding)
    alike, columns = _fit(text, encoding, best)
    if alike > 1:
        raise InvalidInput(
            f"{wish!r} leaves each line whole, and {best!r} parts it into {columns} columns",
            field="delimiter",
            remedy=f"send {best!r}, or leave it out: it is found out",
        )


def _check_columns(columns: list[str]) -> None:
    if len(columns) > MAX_COLUMNS:
        raise InvalidInput(
            f"the file has {len(columns)} columns",
            field="file",
            remedy=f"keep those that matter, at most {MAX_COLUMNS}",
        )


def _named(header: list[str]) -> tuple[list[str], list[str]]:
    """Columns by names of their own: empty and repeated ones get their number."""
    columns: list[str] = []
    notes: list[str] = []
    for at, raw in enumerate(header, 1):
        name = " ".join(seen(raw).split())[:MAX_NAME]
        if not name or name in columns:
            notes.append(f"column {at} has " + (f"the name {name!r} of an earlier one" if name else "no name"))
            name = f"{name or 'column'} ({at})"
        while name in columns:
            name += "'"
        columns.append(name)
    return columns, notes
