"""Content encodings, decoded piece by piece under limits, so that a small answer cannot become a large one.

Bodies are collected here and nowhere else: ``Body`` never holds more than its limit and one piece.
"""

from __future__ import annotations

import zlib
from itertools import chain
from typing import TYPE_CHECKING, Final, Protocol

import brotli

from socialindex.crawl.transient import Transient
from socialindex.errors import Discarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ACCEPTED: Final = "gzip, deflate, br"
"""What we ask for, as an Accept-Encoding header."""

_PIECE = 64 * 1024
_MAX_CODINGS = 3
_GZIP_MAGIC = b"\x1f\x8b"
_ZLIB_METHOD = 8  # RFC 1950, section 2.2: the low half of the first byte


class Body:
    """A body that grows as it arrives.

    Args:
        encoding: the Content-Encoding header.
        limit: bytes that may come, on the wire, decoded and between two codings alike: what decodes to nothing could
            go on for ever.
        max_ratio: of decoded to encoded bytes, between two codings, too.
        ratio_floor: decoded bytes below which the ratio does not matter.
        cut: keep the first ``limit`` bytes of a larger body, or what so many on the wire decode to, instead of refusing
            it.

    Raises:
        Discarded: ``content_encoding``, where it is encoded in a way that we did not ask for.
    """

    def __init__(self, encoding: str, *, limit: int, max_ratio: float, ratio_floor: int, cut: bool = False) -> None:
        self._codings = _codings(encoding)
        # What was handed to each of them: of the first, what came over the wire, which is counted there.
        self._handed = [0] * len(self._codings)
        self._limit = limit
        self._max_ratio = max_ratio
        self._ratio_floor = ratio_floor
        self._cut = cut
        self._kept: list[bytes] = []
        self._size = 0
        self.wire_bytes = 0

    @property
    def full(self) -> bool:
        """Whether nothing more needs to be read: only ever so for a body that may be cut."""
        return self._cut and (self._holds_enough or max(self.wire_bytes, *self._handed, 0) > self._limit)

    def announced(self, content_length: int | None) -> None:
        """Refuse at once what says itself that it is too large.

        Raises:
            Discarded: ``too_large``.
        """
        if content_length is not None and content_length > self._limit and not self._cut:
            raise self._too_large()

    def feed(self, data: bytes) -> None:
        """Add bytes as they came over the wire.

        Raises:
            Discarded: ``too_large``, ``compression_bomb``, or ``bad_encoding`` where it is not what it says it is.
        """
        self.wire_bytes += len(data)
        self._check_wire()
        try:
            for piece in filter(None, self._decoded(data)):
                self._kept.append(piece)
                self._size += len(piece)
                self._check_size(self._size)
                if self._cut and self._holds_enough:
                    break
        except (zlib.error, brotli.error) as error:
            raise Discarded("bad_encoding", f"a body that is not encoded as its header says: {error}") from error

    def finish(self) -> bytes:
        """The whole body.

        Raises:
            Transient: ``truncated``, where the encoded data breaks off.
        """
        if self.wire_bytes and not self.full and not all(coding.complete for coding in self._codings):
            raise Transient("truncated", "a compressed body that breaks off", brief=True)
        return b"".join(self._kept)[: self._limit]

    @property
    def _holds_enough(self) -> bool:
        return self._size >= self._limit

    def _decoded(self, data: bytes) -> Iterable[bytes]:
        pieces: Iterable[bytes] = (data,)
        for number, coding in enumerate(self._codings):
            handed = self._counted(number, pieces) if number else pieces
            pieces = chain.from_iterable(map(coding.pieces, handed))
        return pieces

    def _counted(self, number: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Pieces between two codings: a hundred bytes can hold gigabytes of another coding's data, all of it empty."""
        for piece in pieces:
            self._handed[number] += len(piece)
            self._check_size(self._handed[number])
            if self._handed[number] > self._limit:
                return
            yield piece

    def _check_wire(self) -> None:
        if self.wire_bytes > self._limit and not self._cut:
            raise self._too_large()

    def _check_size(self, size: int) -> None:
        if size > self._limit and not self._cut:
            raise self._too_large()
        if size > max(self._ratio_floor, self.wire_bytes * self._max_ratio):
            raise Discarded("compression_bomb", f"{self.wire_bytes} bytes that decode to more than {size}")

    def _too_large(self) -> Discarded:
        return Discarded("too_large", f"a body of more than {self._limit} bytes")


class _Coding(Protocol):
    @property
    def complete(self) -> bool:
        """Whether the encoded data has come to an end where it may end."""

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What this much more of the encoded data decodes to, in pieces of bounded size."""


class _Gzip:
    """RFC 1952: one or more members. What follows the last one is ignored, as gzip itself does."""

    def __init__(self) -> None:
        self._member = _gzip_member()
        self._ended = False
        self.complete = False

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while data and not self._ended:
            if self.complete and not data.startswith(_GZIP_MAGIC[: len(data)]):
                self._ended = True
                return
            self.complete = False
            yield from _inflated(self._member, data)
            data = self._member.unused_data
            if self._member.eof:
                self.complete, self._member = True, _gzip_member()


class _Deflate:
    """RFC 1950 as RFC 9110, section 8.4.1.2, demands it, or the bare RFC 1951 that some servers send instead."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj()
        self._begun = False

    @property
    def complete(self) -> bool:
        return self._stream.eof

    def pieces(self, data: bytes) -> Iterator[bytes]:
        if data and not self._begun:
            self._begun = True
            # A bare stream begins so only with a stored block whose padding bits are not zero: nobody writes that.
            if data[0] & 0x0F != _ZLIB_METHOD:
                self._stream = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
        return _inflated(self._stream, data)


class _Brotli:
    """RFC 7932. The decoder holds back what would exceed a piece, and takes no more until it has given it out."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def complete(self) -> bool:
        return bool(self._stream.is_finished())

    def pieces(self, data: bytes) -> Iterator[bytes]:
        piece = b""
        while not self.complete and (data or len(piece) >= _PIECE or not self._stream.can_accept_more_data()):
            piece = self._stream.process(data, output_buffer_limit=_PIECE)
            yield piece
            data = b""


def _gzip_member() -> zlib._Decompress:
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)


def _inflated(stream: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """All that this much more data makes, including what zlib holds back where it filled a piece exactly."""
    piece = b""
    while not stream.eof and (data or len(piece) == _PIECE):
        piece = stream.decompress(data, _PIECE)
        yield piece
        data = stream.unconsumed_tail


_CODINGS: Final[dict[str, type[_Gzip | _Deflate | _Brotli]]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
}


def _codings(encoding: str) -> list[_Coding]:
    """Decoders in the order in which to undo what the header lists."""
    if not encoding:
        return []
    names = [name for part in encoding.lower().split(",") if (name := part.strip()) not in {"", "identity"}]
    unknown = set(names) - set(_CODINGS)
    if unknown or len(names) > _MAX_CODINGS:
        raise Discarded("content_encoding", f"a body encoded as {encoding[:80]!r}; we accept {ACCEPTED}")
    return [_CODINGS[name]() for name in reversed(names)]
