"""What takes the place of an erased record: exactly as many bytes, so that every other record stays where it is."""

from __future__ import annotations

import json
import struct
import zlib
from typing import TYPE_CHECKING

from socialindex.warc import ERASED, NOWHERE, REST
from socialindex.warc_record import BYTES, form_record

if TYPE_CHECKING:
    from datetime import datetime

    from socialindex.warc import Span

_HEADERS = 640
"""Bytes that the record's headers have at most."""
_BLOCK = 2_000
"""Bytes of a stored block of deflate at least, whose head has 5 (RFC 1951, section 3.2.4); zlib's have 16 KiB."""
_FRAME = 18
"""Bytes of a gzip member beside its data: 10 before and 8 behind (RFC 1952, section 2.3)."""
_HEAD = struct.pack("<4sIBB", b"\x1f\x8b\x08\x10", 0, 0, 255)
"""Begins a gzip member that has a comment, no time, and comes from an unknown system (RFC 1952, section 2.3)."""


def filler(length: int, rest: Span | None, at: datetime) -> bytes:
    """A record of exactly so many bytes that says when a response was erased here, and where the rest of it is.

    Raises:
        ValueError: so short no record of ours is.
    """
    room = max(0, length - _HEADERS - 5 * (length // _BLOCK))
    return _member(_record(room, rest, at), length, level=0 if room else 9)


def _record(room: int, rest: Span | None, at: datetime) -> bytes:
    fields = {ERASED: at.isoformat(timespec="seconds").replace("+00:00", "Z")}
    if rest:
        fields[REST] = json.dumps(rest)
    return form_record("metadata", target=NOWHERE, at=at, content_type=BYTES, payload=bytes(room), fields=fields)


def _member(data: bytes, length: int, *, level: int) -> bytes:
    """A gzip member of exactly so many bytes (RFC 1952): a comment of blanks takes what the data leaves."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = deflate.compress(data) + deflate.flush()
    comment = length - len(deflated) - _FRAME - 1
    if comment < 0:
        raise ValueError(f"a record of {length} bytes cannot be filled")
    return _HEAD + b" " * comment + b"\0" + deflated + struct.pack("<II", zlib.crc32(data), len(data))
