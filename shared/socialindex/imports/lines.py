r"""Lines of a file of any size in bounded memory, with the place of each, so that reading can go on from there.

A line ends with ``\n``, ``\r\n`` or ``\r``. None of these bytes, nor a quote or a delimiter, is ever a part of another
character in UTF-8 or CP949 (whose second bytes begin at 0x41), so that bytes can be cut before they are decoded.
"""

from __future__ import annotations

import codecs
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from socialindex.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_ROW: Final = 1_000_000
"""Bytes of a line, and of a row with line breaks in it."""
MAX_FILE: Final = 5_000_000_000
"""Bytes of a file, also when it is unpacked: what S3 takes in one upload."""
BLOCK: Final = 256 * 1024
_GZIP: Final = 16 + zlib.MAX_WBITS
GZIP_MAGIC: Final = b"\x1f\x8b"


class Source(Protocol):
    """Bytes that come one part after the other; empty at the end."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes."""


class Line(NamedTuple):
    """A line with its end, or ``None`` for one that is longer than ``MAX_ROW``; ``end`` is the offset behind it."""

    data: bytes | None
    end: int


def blocks(source: Source) -> Iterator[bytes]:
    """A plain file, part by part."""
    while block := source.read(BLOCK):
        yield block


def unpacked(source: Source, limit: int = MAX_FILE) -> Iterator[bytes]:
    """A gzip file (RFC 1952, also of several members), part by part, never more than ``limit`` bytes.

    Raises:
        InvalidInput: the file is damaged, or becomes too large.
    """
    total = 0
    for block in _inflated(source):
        total += len(block)
        if total > limit:
            raise InvalidInput(f"the file has more than {limit} bytes unpacked", field="file", remedy="split it")
        if block:
            yield block


def _inflated(source: Source) -> Iterator[bytes]:
    member, packed, fresh = zlib.decompressobj(_GZIP), b"", True
    while packed := packed or source.read(BLOCK):
        if fresh and not (packed := packed.lstrip(b"\0")):  # padding, which some tools write
            continue
        try:
            yield member.decompress(packed, BLOCK)
        except zlib.error as error:
            raise _damaged("it is no gzip file, or a part of it is damaged") from error
        packed, fresh = member.unconsumed_tail, False
        if member.eof:
            packed, member, fresh = member.unused_data, zlib.decompressobj(_GZIP), True
    yield member.flush()
    if not (fresh or member.eof):
        raise _damaged("it breaks off")


def narrowed(parts: Iterator[bytes]) -> Iterator[bytes]:
    """UTF-16 with a byte order mark as UTF-8 without, whose line ends, quotes and delimiters are single bytes.

    What is no character (half of a pair, half a unit at the end) is no UTF-8 either, so that its row is named.
    """
    decoder = codecs.getincrementaldecoder("utf-16")("surrogatepass")
    for part in parts:
        if text := decoder.decode(part):
            yield text.encode("utf-8", "surrogatepass")
    if decoder.getstate()[0]:
        yield b"\xff"


def behind(parts: Iterator[bytes], offset: int) -> Iterator[bytes]:
    """What comes behind the first ``offset`` bytes."""
    for part in parts:
        if offset < len(part):
            yield part[offset:]
        offset = max(0, offset - len(part))


def lines(parts: Iterator[bytes], offset: int = 0) -> Iterator[Line]:
    """Lines of what begins at ``offset`` of its file."""
    rest, skipped = b"", 0
    for part in parts:
        pieces = (rest + part).splitlines(keepends=True)
        # A last piece that ends in a carriage return may still get its line feed.
        rest = b"" if pieces[-1].endswith(b"\n") else pieces.pop()
        for piece in pieces:
            offset += skipped + len(piece)
            yield _line(piece, skipped, offset)
            skipped = 0
        if len(rest) > MAX_ROW:
            kept = b"\r" if rest.endswith(b"\r") else b""
            skipped += len(rest) - len(kept)
            rest = kept
    if rest or skipped:
        yield _line(rest, skipped, offset + skipped + len(rest))


def _line(piece: bytes, skipped: int, end: int) -> Line:
    return Line(None if skipped + len(piece) > MAX_ROW else piece, end)


def _damaged(why: str) -> InvalidInput:
    return InvalidInput(
        f"the file cannot be unpacked: {why}", field="file", remedy="pack it again, or upload it unpacked"
    )
