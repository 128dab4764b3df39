"""JSON that two parsers could read in two ways is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.errors import InvalidInput
from socialindex.gate import strict

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"{} {}", b"{}x", b"{'a': 1}", b"{a: 1}", b'{"a": 1,}', b"[1,]", b'{"a": 01}', b'{"a": +1}'),
        *(b'{"a": NaN}', b'{"a": Infinity}', b'{"a": -Infinity}', b'{"a": 1e999}', b'{"a": 1} // x', b'"\t"'),
        *(b'{"aggs": {}, "aggs": {"a": {"global": {}}}}', b'{"a": {"b": 1, "\\u0062": 2}}', b'{"__proto__": {}}'),
        *(b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00", b'{"a": "\xff"}', '{"a": 1}'.encode("utf-16")),
        *(
            b"[" * 65 + b"1" + b"]" * 65,
            b"[" * 100_000,
            b'{"a":' * 100_000,
            b"9" * 5_000,
            b"9" * 400,
            b'{"a": -1' + b"0" * 400 + b"}",
        ),
    ],
    ids=lambda body: repr(body[:30]),
)
def test_what_is_no_plain_json_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInput, match="no JSON"):
        strict.read(body)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(InvalidInput, match="Unicode"):
        strict.written(strict.read(b'{"a": "\\ud83d"}'))


def test_as_deep_as_allowed_is_read() -> None:
    assert strict.read(b"[" * strict.DEPTH + b"]" * strict.DEPTH)


@given(VALUES)
def test_what_is_written_is_what_was_read(value: object) -> None:
    written = strict.written(strict.read(json.dumps(value).encode()))
    assert json.loads(written) == value
    assert strict.read(written) == value
