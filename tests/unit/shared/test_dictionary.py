"""The dictionary as a process knows it: the same object until an edit, and an old one rather than none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from socialindex import dictionary
from socialindex.dictionary import Cached, Entry
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST = [Entry(name="누리폰", variants=["NuriPhone"])]


class Table:
    """A table that can be down."""

    def __init__(self) -> None:
        self.kept: list[Entry] | None = list(FIRST)

    def all(self) -> Sequence[Entry]:
        if self.kept is None:
            raise Unavailable("down")
        return list(self.kept)


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Table:
    monkeypatch.setattr(dictionary, "FRESH_SECONDS", 0.0)
    return Table()


def test_what_was_made_of_the_entries_can_be_kept_until_one_is_edited(table: Table) -> None:
    names = Cached(table)
    known = names.entries()
    assert names.entries() is known
    table.kept = [*FIRST, Entry(name="바로")]
    assert [entry.name for entry in names.entries()] == ["누리폰", "바로"]


def test_old_entries_are_better_than_none(table: Table) -> None:
    names = Cached(table)
    known = names.entries()
    table.kept = None
    assert names.entries() is known
    with pytest.raises(Unavailable):
        Cached(table).entries()


def test_they_are_not_read_for_every_post(monkeypatch: pytest.MonkeyPatch, table: Table) -> None:
    monkeypatch.setattr(dictionary, "FRESH_SECONDS", 60.0)
    names = Cached(table)
    names.entries()
    table.kept = []
    assert list(names.entries()) == FIRST
