"""Pictures without a picture library: one color, as PNG."""

from __future__ import annotations

import struct
import zlib

_SIDE = 64


def png(color: int) -> bytes:
    """A square of one 24-bit color."""
    row = b"\0" + color.to_bytes(3, "big") * _SIDE
    header = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(row * _SIDE))
        + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
