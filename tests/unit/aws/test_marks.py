"""Leases whose writes arrive though their answers are lost, as where a table answers too late."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.aws.marks import Marks
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 0.6
KEY = "alert.lease"


class Lossy:
    """An item on which DynamoDB's conditions of leases are held, of which one answer is lost on its way."""

    def __init__(self, lost: int) -> None:
        self.item: dict[str, Any] = {}
        self.written = 0
        self._lost = lost
        self._lock = threading.Lock()

    def update(self, key: dict[str, str], expression: str, values: dict[str, Any], *, condition: str) -> object:
        """As ``Table.update``."""
        assert key == {"name": KEY}
        with self._lock:
            if not any(self._holds(part, values) for part in condition.split(" OR ")):
                return None
            sets = (each.split(" = ") for each in expression.removeprefix("SET ").split(", "))
            self.item |= {name.removeprefix("#"): values[value.removeprefix(":")] for name, value in sets}
            self.written += 1
            if self.written == self._lost:
                raise Unavailable("the answer is lost")
            return self.item

    def _holds(self, part: str, values: dict[str, Any]) -> bool:
        if part == "attribute_not_exists(#until)":
            return "until" not in self.item
        name, sign, value = part.split()
        ours, asked = self.item.get(name.removeprefix("#")), values[value.removeprefix(":")]
        return ours is not None and (ours <= asked if sign == "<=" else ours == asked)


@pytest.fixture
def marks(monkeypatch: pytest.MonkeyPatch) -> Callable[[Lossy], Marks]:
    """The table of watermarks, in which an item is kept."""

    def of(item: Lossy) -> Marks:
        monkeypatch.setattr("socialindex.aws.marks.Table", lambda _: item)
        return Marks("Marks")

    return of


def test_a_lease_whose_beat_has_no_answer_is_held_on_to_and_let_go_of(marks: Callable[[Lossy], Marks]) -> None:
    """It was given up though nobody else had it, so that another run began beside; and it was left behind."""
    table = marks(Lossy(lost=2))
    with table.alone("alert", SECONDS, beats=True) as alone:
        assert alone
        time.sleep(SECONDS * 2)
        with table.alone("alert", SECONDS) as another:
            assert not another
    with table.alone("alert", SECONDS) as another:
        assert another


def test_a_lease_that_another_has_taken_is_neither_taken_further_nor_let_go_of(
    marks: Callable[[Lossy], Marks],
) -> None:
    item = Lossy(lost=0)
    with marks(item).alone("alert", SECONDS, beats=True):
        item.item = taken = {"until": time.time() + 60, "holder": "another"}
        time.sleep(SECONDS)
    assert item.item == taken
    assert item.written == 1
