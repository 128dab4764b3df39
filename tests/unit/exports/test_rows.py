"""Cells that spreadsheets open as they are meant, and files that others read back."""

from __future__ import annotations

import csv
import gzip
import io
import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.exports.part import Part
from socialindex.exports.rows import CsvRows, NdjsonRows, cell, columns_of
from socialindex.model import Author, Metrics, Post, Provenance
from socialindex.search.ask import Shown

CELLS: list[tuple[Any, str]] = [
    (None, ""),
    (True, "true"),
    (False, "false"),
    (0, "0"),
    (-12, "-12"),
    (-0.5, "-0.5"),
    ("배터리, 폭발", "배터리, 폭발"),
    ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
    ("+82 2 000 0000", "'+82 2 000 0000"),
    ("-광고", "'-광고"),
    ("@nuri", "'@nuri"),
    ("\t=1", "'\t=1"),
    ("\r=1", "'\n=1"),
    ("\n=1", "'\n=1"),
    ("＝1+1", "'＝1+1"),  # noqa: RUF001 - the full-width sign is the case
    ("\0=1", "'=1"),
    ("=\0=1", "'==1"),
    ("\0\t=1", "'\t=1"),
    (" \r=1", "' \n=1"),
    (" =1", "' =1"),
    ("\u00a0=1", "'\u00a0=1"),
    ("\u3000＠1", "'\u3000＠1"),  # noqa: RUF001 - as above
    ("\ufeff=1", "'\ufeff=1"),
    ("\u200b\u2060-1", "'\u200b\u2060-1"),
    ("\u202e+1", "'\u202e+1"),
    ("\x0b\x1f=1", "'\x0b\x1f=1"),
    ("\0 \ufeff\0=1", "' \ufeff=1"),
    (" a=1", " a=1"),
    (" \u200b ", " \u200b "),
    ("a=1", "a=1"),
    ("'=1", "'=1"),
    ("한 줄\r\n두 줄\r세 줄\n네 줄", "한 줄\n두 줄\n세 줄\n네 줄"),
    ("a\0b", "ab"),
    ([], ""),
    (["누리폰12", "배터리"], "누리폰12 | 배터리"),
    (["=1", "2"], "'=1 | 2"),
    ([{"kind": "image", "url": "https://a.example/1.png"}, {"kind": "file", "description": "보고서.pdf"}],
     "https://a.example/1.png | 보고서.pdf"),
    ([{"kind": "video"}], "video"),
    ("2026-11-20T02:39:00Z", "2026-11-20T02:39:00Z"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "shown"), CELLS)
def test_a_value_becomes_a_cell(value: Any, shown: str) -> None:
    assert cell(value) == shown


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
SLY = st.builds("{}{}{}".format, st.text("\0\t\r\n \u00a0\u200b\ufeff"), st.sampled_from("=+-@"), TEXTS)
"""Formulas behind what a program may skip."""


@given(st.lists(TEXTS | SLY, min_size=1, max_size=5))
def test_csv_is_read_back_and_runs_nothing(texts: list[str]) -> None:
    rows = CsvRows(["id", "text"])
    data, number = rows.written({"id": "a", "text": text} for text in texts)
    read = list(csv.reader(io.StringIO((rows.head + data).decode("utf-8-sig"), newline="")))
    assert (number, len(read)) == (len(texts), len(texts) + 1)
    for (_, text), original in zip(read[1:], texts, strict=True):
        assert not text.startswith(("\t", "\r", "\n"))
        assert not text.lstrip("\0 \t\r\n\u00a0\u200b\ufeff").startswith(("=", "+", "-", "@"))
        lined = original.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
        assert text.removeprefix("'") == lined.removeprefix("'")
    assert data.count(b"\r\n") == len(texts)


@given(st.lists(TEXTS))
def test_ndjson_is_a_post_a_line(texts: list[str]) -> None:
    data, number = NdjsonRows([]).written({"id": "a", "text": text} for text in texts)
    lines = data.decode().split("\n")
    assert lines.pop() == ""
    assert [json.loads(line)["text"] for line in lines] == texts
    assert number == len(texts)


def test_every_field_of_a_post_has_columns_of_its_own() -> None:
    columns = [column for name in get_args(Shown) for column in columns_of(name)]
    assert len(set(columns)) == len(columns)
    assert {name for name, *_ in columns} <= set(Post.__struct_fields__)
    for name, struct, hidden in (
        ("author", Author, set()),
        ("metrics", Metrics, set()),
        ("provenance", Provenance, {"archive_key", "archive_offset", "archive_length"}),
    ):
        assert {part for _, part in columns_of(name)} == set(struct.__struct_fields__) - hidden


def test_parts_one_after_another_are_one_gzip_file() -> None:
    part = Part("gzip")
    whole = b""
    for piece in (b"one\n", b"two\n"):
        part.add(piece)
        assert not part.is_empty
        whole += part.take()
        assert part.is_empty
    assert gzip.decompress(whole) == b"one\ntwo\n"
    part.add(b"one\n")
    assert whole.startswith(part.take()), "the same bytes whenever they are packed"
