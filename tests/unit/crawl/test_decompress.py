"""Compressed bodies come out whole, or not at all and for a reason, and never larger than they may be."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from typing import TYPE_CHECKING, Any

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialindex.crawl.decompress import Body
from socialindex.crawl.transient import Transient
from socialindex.errors import Discarded

if TYPE_CHECKING:
    from collections.abc import Callable

MIB = 1024 * 1024


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "X-GZIP": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: brotli.compress(data, quality=1),
    "gzip, gzip": lambda data: gzip.compress(gzip.compress(data)),
    "gzip, br": lambda data: brotli.compress(gzip.compress(data)),
    "deflate,gzip": lambda data: gzip.compress(zlib.compress(data)),
}


def body(encoding: str, *, limit: int = 8 * MIB, max_ratio: float = 200, cut: bool = False) -> Body:
    return Body(encoding, limit=limit, max_ratio=max_ratio, ratio_floor=MIB // 4, cut=cut)


def decoded(encoding: str, data: bytes, step: int = 1000, **limits: float) -> bytes:
    collected = body(encoding, **limits)  # type: ignore[arg-type]
    for start in range(0, len(data), step):
        collected.feed(data[start : start + step])
    return collected.finish()


@settings(max_examples=40)
@given(st.binary(max_size=3000), st.integers(1, 400), st.sampled_from(sorted(ENCODERS)))
def test_what_was_encoded_comes_out_however_it_arrives(data: bytes, step: int, encoding: str) -> None:
    assert decoded(encoding, ENCODERS[encoding](data), step) == data


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 65_536 * 3, 65_536 * 3 + 258])
@pytest.mark.parametrize("encode", [zlib.compress, raw_deflate, gzip.compress, brotli.compress])
def test_bodies_around_the_size_of_a_piece_come_out_whole(encode: Any, size: int) -> None:
    encoding = {gzip.compress: "gzip", brotli.compress: "br"}.get(encode, "deflate")
    data = b"a" * size
    assert decoded(encoding, encode(data), 7, max_ratio=10_000) == data


def test_bare_deflate_is_read_too() -> None:
    assert decoded("deflate", raw_deflate(b"hello" * 100), 1) == b"hello" * 100


@pytest.mark.parametrize("step", [1, 10, 10_000])
def test_gzip_members_are_joined_and_what_follows_them_is_ignored(step: int) -> None:
    members = gzip.compress(b"one ") + gzip.compress(b"two")
    assert decoded("gzip", members, step) == b"one two"
    assert decoded("gzip", members + b"\0\0\0garbage", step) == b"one two"


def test_an_empty_body_is_empty_whatever_its_header_says() -> None:
    assert decoded("gzip", b"") == b""


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, br"])
def test_a_body_that_breaks_off_is_transient(encoding: str) -> None:
    whole = ENCODERS[encoding](bytes(range(256)) * 40)
    with pytest.raises(Transient) as transient:
        decoded(encoding, whole[:-9])
    assert transient.value.reason == "truncated"
    assert transient.value.brief


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_a_body_that_is_something_else_is_discarded(encoding: str) -> None:
    with pytest.raises(Discarded) as discarded:
        decoded(encoding, b"<!doctype html><p>not compressed at all" * 9)
    assert discarded.value.reason == "bad_encoding"


def test_a_damaged_checksum_is_noticed() -> None:
    damaged = bytearray(gzip.compress(b"hello" * 99))
    damaged[-6] ^= 1
    with pytest.raises(Discarded, match="not encoded as its header says"):
        decoded("gzip", bytes(damaged))


@pytest.mark.parametrize("encoding", ["zstd", "gzip, compress", "aes128gcm", ",".join(["gzip"] * 9)])
def test_encodings_that_we_did_not_ask_for_are_discarded(encoding: str) -> None:
    with pytest.raises(Discarded) as discarded:
        body(encoding)
    assert discarded.value.reason == "content_encoding"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, gzip", "gzip, br"])
def test_a_bomb_is_stopped_before_it_takes_memory(encoding: str) -> None:
    bomb = ENCODERS[encoding](b"\0" * (64 * MIB))
    tracemalloc.start()
    try:
        with pytest.raises(Discarded) as discarded:
            decoded(encoding, bomb, 4096)
        assert tracemalloc.get_traced_memory()[1] < 2 * MIB
    finally:
        tracemalloc.stop()
    assert discarded.value.reason == "compression_bomb"


def test_a_body_that_is_too_large_is_discarded_as_soon_as_it_is() -> None:
    collected = body("", limit=1000)
    collected.feed(b"a" * 1000)
    with pytest.raises(Discarded) as discarded:
        collected.feed(b"a")
    assert discarded.value.reason == "too_large"


NOTHING: dict[str, tuple[str, bytes, bytes]] = {
    "a gzip header's comment without an end": ("gzip", b"\x1f\x8b\x08\x10" + bytes(6), b"a" * 4096),
    "gzip members that are empty": ("gzip", b"", gzip.compress(b"") * 200),
    "what follows a gzip member": ("gzip", gzip.compress(b""), bytes(4096)),
    "stored blocks of deflate that are empty": ("deflate", b"", b"\0\0\0\xff\xff" * 800),
    "what follows a deflate stream": ("deflate", zlib.compress(b""), bytes(4096)),
    "blocks of brotli that are empty": ("br", b"\x0c", b"\x06" * 4096),
    "what follows a brotli stream": ("br", brotli.compress(b""), bytes(4096)),
    "gzip of gzip members that are empty": ("gzip, gzip", b"", gzip.compress(gzip.compress(b"")) * 200),
}
"""Encodings, how a body begins in each, and what then may come for ever and decodes to nothing."""

each_nothing = pytest.mark.parametrize(("encoding", "first", "drop"), NOTHING.values(), ids=NOTHING)


@each_nothing
def test_what_decodes_to_nothing_is_too_large_on_the_wire(encoding: str, first: bytes, drop: bytes) -> None:
    collected = body(encoding, limit=MIB // 4)
    with pytest.raises(Discarded) as discarded:
        pour(collected, first, drop)
    assert discarded.value.reason == "too_large"


@each_nothing
def test_of_a_body_that_may_be_cut_no_more_than_its_limit_is_read(encoding: str, first: bytes, drop: bytes) -> None:
    collected = body(encoding, limit=MIB // 4, cut=True)
    pour(collected, first, drop)
    assert MIB // 4 < collected.wire_bytes <= MIB // 4 + len(drop)
    assert collected.finish() == b""


def pour(collected: Body, first: bytes, drop: bytes) -> None:
    """A body that goes on as long as anybody reads it, up to four times what may be read."""
    collected.feed(first)
    while not collected.full and collected.wire_bytes < MIB:
        collected.feed(drop)


# A body of several codings, how often its inner data would come, and what it gets. Whole, it would be 160 MB of nothing
# in a hundred bytes: a few kilobytes could keep a process busy for hours.
HOLLOW: dict[str, tuple[str, Callable[[bytes], bytes], int, str]] = {
    "brotli": ("gzip, br", ENCODERS["br"], 8 * MIB, "compression_bomb"),
    "gzip": ("gzip, gzip", gzip.compress, 8 * MIB, "compression_bomb"),
    "gzip twice": ("gzip, gzip, gzip", lambda data: gzip.compress(gzip.compress(data)), 8 * MIB, "compression_bomb"),
    "no more than a body may have": ("gzip, gzip", gzip.compress, MIB // 8, "too_large"),
}


@pytest.mark.parametrize(("encoding", "encode", "limit", "reason"), HOLLOW.values(), ids=HOLLOW)
def test_what_decodes_to_nothing_is_bounded_between_two_codings(
    encoding: str, encode: Callable[[bytes], bytes], limit: int, reason: str
) -> None:
    collected = body(encoding, limit=limit)
    with pytest.raises(Discarded) as discarded:
        collected.feed(encode(gzip.compress(b"") * (MIB // 2)))
    assert discarded.value.reason == reason


def test_of_a_body_that_may_be_cut_no_more_is_decoded_between_two_codings() -> None:
    collected = body("gzip, gzip", limit=MIB // 8, cut=True)
    collected.feed(gzip.compress(gzip.compress(b"") * (MIB // 2)))
    assert collected.full
    assert collected.finish() == b""


def test_empty_pieces_take_no_memory() -> None:
    collected = body("gzip")
    members = gzip.compress(b"") * 200
    collected.feed(members)
    tracemalloc.start()
    try:
        for _ in range(200):
            collected.feed(members)
        assert tracemalloc.get_traced_memory()[0] < MIB // 16
    finally:
        tracemalloc.stop()
    assert collected.finish() == b""


def test_a_length_that_is_too_large_is_discarded_at_once() -> None:
    body("", limit=1000).announced(1000)
    with pytest.raises(Discarded):
        body("", limit=1000).announced(1001)


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_body_that_may_be_cut_is_cut(encoding: str) -> None:
    collected = body(encoding, limit=100, cut=True)
    collected.announced(10**9)
    collected.feed(ENCODERS[encoding](bytes(range(256)) * 4)[:-4])
    assert collected.full
    assert collected.finish() == bytes(range(100))
