"""Whose report it is: an agency's name, logo and color."""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from socialindex.errors import InvalidInput
from socialindex.model import Struct
from socialindex.organizations import Name  # noqa: TC001 - msgspec reads the annotations at run time

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST: Final = 100 * 1024
"""Characters of a logo's data address: some 75 KB of PNG."""
_PREFIX: Final = "data:image/png;base64,"
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_LONGEST: Final = 2_000
"""Pixels of a side: a small file can be a huge picture."""
_KEPT: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"IDAT", b"IEND"})
"""Chunks that make the picture. The others may hold words: who made it, where and with what."""
_REMEDY: Final = "send a PNG of up to 75 KB and 2000 x 2000 pixels as data:image/png;base64,..."


class Branding(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What stands on the reports of a workspace. What is left out or null is not there."""

    name: Name | None = None
    """The agency's name."""
    logo: Annotated[str, msgspec.Meta(max_length=MOST)] | None = None
    """A PNG of up to 75 KB as ``data:image/png;base64,...``. Nothing else: an SVG can do more than show a picture."""
    color: Annotated[str, msgspec.Meta(pattern="^#[0-9A-Fa-f]{6}$", examples=["#0B3D66"])] | None = None
    """Of bands and bullets, such as ``#0B3D66``; charts keep colors that everybody can tell apart."""


def checked(branding: Branding) -> Branding:
    """The same with a logo that is a picture, and nothing beside it.

    Raises:
        InvalidInput: the logo is no PNG, or too large a picture, or a line end is behind the color.
    """
    if branding.color and branding.color.endswith("\n"):  # which "$" lets pass
        raise InvalidInput("a color is one line", field="color", remedy="give a text such as #0B3D66")
    if branding.logo is None:
        return branding
    data = b"".join([_SIGNATURE, *_chunks(_decoded(branding.logo))])
    return msgspec.structs.replace(branding, logo=_PREFIX + base64.b64encode(data).decode())


def _decoded(logo: str) -> bytes:
    if not logo.startswith(_PREFIX):
        raise _invalid("the logo is no PNG in a data address")
    try:
        return base64.b64decode(logo.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _invalid("the logo is not base64") from error


def _chunks(data: bytes) -> Iterator[bytes]:
    """The chunks that are kept, each as it was (PNG, third edition, section 5.3)."""
    if not data.startswith(_SIGNATURE):
        raise _invalid("the logo is no PNG")
    place = len(_SIGNATURE)
    kinds: list[bytes] = []
    while kinds[-1:] != [b"IEND"]:
        kind, chunk = _chunk(data, place)
        kinds.append(kind)
        if kinds == [kind]:
            _check_size(kind, chunk)
        if kind in _KEPT:
            yield chunk
        place += len(chunk)
    if place != len(data) or b"IDAT" not in kinds:
        raise _invalid("the logo is more or less than a PNG")


def _chunk(data: bytes, place: int) -> tuple[bytes, bytes]:
    """The kind of a chunk, and the whole of it: length, kind, data and checksum."""
    length = int.from_bytes(data[place : place + 4])
    chunk = data[place : place + length + 12]
    if len(chunk) != length + 12 or zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:]):
        raise _invalid("the logo is a broken PNG")
    return chunk[4:8], chunk


def _check_size(kind: bytes, chunk: bytes) -> None:
    if kind != b"IHDR" or len(chunk) != 13 + 12:
        raise _invalid("the logo is a broken PNG")
    width, height = struct.unpack(">II", chunk[8:16])
    if not (0 < width <= _LONGEST and 0 < height <= _LONGEST):
        raise _invalid(f"the logo has {width} x {height} pixels")


def _invalid(message: str) -> InvalidInput:
    return InvalidInput(message, field="logo", remedy=_REMEDY)
