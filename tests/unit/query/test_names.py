"""Names of several words in a query, and where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from socialindex.dictionary import Entry
from socialindex.errors import Unavailable
from socialindex.query import compile_query, names, parse

if TYPE_CHECKING:
    from collections.abc import Iterator


class Entries:
    def __init__(self) -> None:
        self.known = [Entry(name="누리폰", variants=["Nuri Phone", "Nuri Phone Ultra Max", "ㄴㄹㅍ"])]
        self.down = False
        self.reads = 0

    def all(self) -> list[Entry]:
        self.reads += 1
        if self.down:
            raise Unavailable("no answer")
        return self.known


@pytest.fixture
def entries() -> Iterator[Entries]:
    entries = Entries()
    names.use(entries)
    yield entries
    names.use(None)


def as_one(query: str) -> list[list[str]]:
    """Per demanded clause the phrases of several words that may stand for it."""
    clauses: list[dict[str, Any]] = compile_query(parse(query))["bool"]["must"]
    return [
        sorted(
            each["multi_match"]["query"]
            for each in clause.get("dis_max", {"queries": []})["queries"]
            if " " in each.get("multi_match", {}).get("query", "")
        )
        for clause in clauses
    ]


@pytest.mark.usefixtures("entries")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("nuri phone", [["nuri phone"], ["nuri phone"]]),
        ("NURI PHONE battery", [["NURI PHONE"], ["NURI PHONE"], []]),
        ("phone nuri", [[], []]),
        ("nuri battery phone", [[], [], []]),
        ("nuri title:phone", [[], []]),
        ("title:nuri title:phone", [["nuri phone"], ["nuri phone"]]),
        (
            "nuri phone ultra max",
            [["nuri phone", "nuri phone ultra max"]] * 2 + [["nuri phone ultra max"]] * 2,
        ),
        ("(nuri OR gaon) phone", [[], []]),
    ],
)
def test_words_side_by_side_are_a_name_if_the_dictionary_has_it(query: str, found: list[list[str]]) -> None:
    assert as_one(query) == found


def test_without_a_dictionary_there_are_no_names() -> None:
    names.use(None)
    assert as_one("nuri phone") == [[], []]


def test_the_dictionary_is_read_once_a_minute(entries: Entries, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("socialindex.query.names.time.monotonic", lambda: now)
    for _ in range(3):
        assert names.is_name(["nuri", "phone"])
    entries.known = []
    now += names.FRESH_SECONDS
    assert not names.is_name(["nuri", "phone"])
    assert entries.reads == 2


def test_what_was_read_counts_while_the_table_is_down(entries: Entries, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("socialindex.query.names.time.monotonic", lambda: now)
    assert names.is_name(["nuri", "phone"])
    entries.down, now = True, now + names.FRESH_SECONDS
    assert names.is_name(["nuri", "phone"])
    names.use(entries)
    assert not names.is_name(["nuri", "phone"])
