"""A part of a file while it is filled. Packed, each part is a gzip member of its own, so that work can go on behind it.

Members one after another are a gzip file (RFC 1952, section 2.2).
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from socialindex.exports.wanted import Compression

FULL: Final = 8 * 1024 * 1024
"""Bytes from which on a part is sent. The bucket wants 5 MiB at least, and takes 10,000 parts: files up to 80 GB."""
_LEVEL: Final = 6
_GZIP: Final = 31
"""A window of 32 KiB, with gzip's header and trailer; the header has no time, so that the same posts make the same
bytes."""


class Part:
    """Bytes that are gathered."""

    def __init__(self, compression: Compression) -> None:
        self._packs = compression == "gzip"
        self._held = bytearray()
        self._taken = False
        self._packer = self._new_packer()

    @property
    def is_full(self) -> bool:
        """Whether it is time to send it."""
        return len(self._held) >= FULL

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return not self._taken

    def add(self, data: bytes) -> None:
        """Add a piece of the file."""
        self._taken = self._taken or bool(data)
        self._held += self._packer.compress(data) if self._packer else data

    def take(self) -> bytes:
        """All that was added; then it is empty."""
        if self._packer:
            self._held += self._packer.flush()
        data = bytes(self._held)
        self._held.clear()
        self._taken = False
        self._packer = self._new_packer()
        return data

    def _new_packer(self) -> zlib._Compress | None:
        return zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP) if self._packs else None
