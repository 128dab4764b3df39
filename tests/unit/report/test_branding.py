"""An agency's logo is a picture and nothing else."""

from __future__ import annotations

import base64
import struct
import zlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.errors import InvalidInput
from socialindex.report.branding import MOST, Branding, checked
from tests.unit.report.samples import chunk, data_address, png

PNG = png()
HEAD = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
SIGNATURE = b"\x89PNG\r\n\x1a\n"
SVG = "data:image/svg+xml;base64," + base64.b64encode(b"<svg onload='alert(1)'/>").decode()


def test_words_in_a_logo_are_taken_out() -> None:
    kept = checked(Branding(name="Gaon", logo=data_address(PNG), color="#0B3D66"))
    assert kept.logo
    data = base64.b64decode(kept.logo.partition(",")[2])
    assert b"Somebody" in PNG
    assert b"Somebody" not in data
    assert data.startswith(SIGNATURE)
    assert data.endswith(chunk(b"IEND", b""))
    assert checked(kept) == kept


@pytest.mark.parametrize(
    "logo",
    [
        "",
        "https://evil.example/logo.png",
        SVG,
        "data:image/png;base64,****",
        "data:image/png;base64,é",
        data_address(b""),
        data_address(b"GIF89a"),
        data_address(SIGNATURE),
        data_address(PNG[:-1]),
        data_address(PNG[:40] + b"x" + PNG[41:]),
        data_address(PNG + b"<script>"),
        data_address(png(2_001, 1)),
        data_address(png(0, 1)),
        data_address(SIGNATURE + chunk(b"IHDR", HEAD) + chunk(b"IEND", b"")),
        data_address(SIGNATURE + chunk(b"IDAT", zlib.compress(b"\x00")) + chunk(b"IEND", b"")),
        data_address(SIGNATURE + chunk(b"IHDR", HEAD[:5]) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")),
    ],
)
def test_what_is_no_picture_is_refused(logo: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked(Branding(logo=logo))
    assert refused.value.field == "logo"
    assert refused.value.remedy


@given(st.binary(max_size=200), st.integers(0, len(PNG)))
def test_bytes_anywhere_in_it_are_no_harm(data: bytes, place: int) -> None:
    """Either it is refused, or what is kept is a picture as the original is."""
    try:
        kept = checked(Branding(logo=data_address(PNG[:place] + data + PNG[place:])))
    except InvalidInput:
        return
    assert kept == checked(Branding(logo=data_address(PNG)))


@pytest.mark.parametrize(
    "body", [{"color": "red"}, {"color": "#12345"}, {"color": "#123456;}"}, {"name": ""}, {"logo": "x" * (MOST + 1)}]
)
def test_what_is_no_branding_is_refused(body: dict[str, str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(body, Branding)


def test_a_line_end_behind_a_color_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        checked(msgspec.convert({"color": "#0B3D66\n"}, Branding))
    assert (refused.value.field, refused.value.remedy) == ("color", "give a text such as #0B3D66")
