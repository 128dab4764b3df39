"""What a query is understood as: each case gives the canonical spelling, and where its author is told something."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from socialindex.errors import InvalidQuery
from socialindex.query import And, Is, Or, Word, parse, read, show
from socialindex.query.folding import fold

CASES = Path(__file__).parent / "cases"


def load(name: str) -> list[Any]:
    cases = json.loads((CASES / name).read_text("utf-8"))
    return [pytest.param(case, id=case["query"].encode("ascii", "backslashreplace").decode()) for case in cases]


@pytest.mark.parametrize("case", load("readings.json"))
def test_a_query_means(case: dict[str, Any]) -> None:
    reading = read(case["query"])
    assert show(reading.node) == case["means"]
    assert parse(case["means"]) == reading.node
    notes = case.get("notes", [])
    assert [note.position for note in reading.notes] == [position for position, _ in notes]
    for note, (_, said) in zip(reading.notes, notes, strict=True):
        assert said in note.message


@pytest.mark.parametrize("case", load("refusals.json"))
def test_a_query_is_refused_where_and_with_what_to_write_instead(case: dict[str, Any]) -> None:
    with pytest.raises(InvalidQuery) as refused:
        parse(case["query"])
    assert refused.value.position == case["at"]
    assert case["says"] in str(refused.value)
    assert case["remedy"] in refused.value.remedy


def test_trees_are_flat_and_values_are_distributed() -> None:
    assert parse("a (b (c OR site:(x.example OR y.example)))") == And(
        (Word("a"), Word("b"), Or((Word("c"), Is("site", "x.example"), Is("site", "y.example"))))
    )


def test_what_composes_is_composed_as_texts_are() -> None:
    """A query types a vowel's parts apart as a text does, and texts are kept in NFC."""
    letters = {chr(place) for place in (*range(0xC0, 0xFF00), *range(0x10000, 0x12000)) if chr(place).isalpha()}
    for text in {unicodedata.normalize("NFC", letter) for letter in letters - {"\u3164"}}:  # a filler nobody sees
        assert fold(unicodedata.normalize("NFD", text)).text == text
