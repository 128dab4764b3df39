"""Leases whose writes arrive though their answers are lost, as where a table answers too late."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.aws.dictionary import Dictionary
from socialindex.aws.lease import alone
from socialindex.aws.marks import Marks
from socialindex.aws.suppressions import Suppressions
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

SECONDS = 0.6
KEY = {"name": "alert.lease"}
OWNERS: dict[str, Callable[[], AbstractContextManager[bool]]] = {
    "marks": lambda: Marks("table").alone("alert", SECONDS),
    "dictionary": lambda: Dictionary("table").alone(SECONDS),
    "suppressions": lambda: Suppressions("table").alone(SECONDS),
}


class Lossy:
    """An item on which DynamoDB's conditions of leases are held, of which one answer is lost on its way."""

    name = "Marks"

    def __init__(self, lost: int) -> None:
        self.item: dict[str, Any] = {}
        self.written = 0
        self._lost = lost
        self._lock = threading.Lock()

    def update(self, _key: dict[str, str], expression: str, values: dict[str, Any], *, condition: str) -> object:
        """As ``Table.update``."""
        with self._lock:
            if not any(self._holds(part, values) for part in condition.split(" OR ")):
                return None
            self._change(expression, values)
            self.written += 1
            if self.written == self._lost:
                raise Unavailable("the answer is lost")
            return self.item

    def _change(self, expression: str, values: dict[str, Any]) -> None:
        if expression.startswith("REMOVE #"):
            del self.item[expression.removeprefix("REMOVE #")]
            return
        sets = (each.split(" = ") for each in expression.removeprefix("SET ").split(", "))
        self.item |= {name.removeprefix("#"): values[value.removeprefix(":")] for name, value in sets}

    def _holds(self, part: str, values: dict[str, Any]) -> bool:
        if part == "attribute_not_exists(#until)":
            return "until" not in self.item
        name, sign, value = part.split()
        ours, asked = self.item.get(name.removeprefix("#")), values[value.removeprefix(":")]
        return ours is not None and (ours <= asked if sign == "<=" else ours == asked)


def test_a_lease_whose_beat_has_no_answer_is_held_on_to_and_let_go_of() -> None:
    """It was given up though nobody else had it, so that another run began beside; and it was left behind."""
    table: Any = Lossy(lost=2)
    with alone(table, KEY, SECONDS, beats=True) as first:
        assert first
        time.sleep(SECONDS * 2)
        with alone(table, KEY, SECONDS) as another:
            assert not another
    with alone(table, KEY, SECONDS) as another:
        assert another


def test_a_lease_that_another_has_taken_is_neither_taken_further_nor_let_go_of() -> None:
    item: Any = Lossy(lost=0)
    with alone(item, KEY, SECONDS, beats=True):
        item.item = taken = {"until": time.time() + 60, "holder": "another"}
        time.sleep(SECONDS)
    assert item.item == taken
    assert item.written == 1


@pytest.mark.parametrize("owner", OWNERS)
def test_each_that_works_alone_is_told_so_and_leaves(owner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    item = Lossy(lost=0)
    monkeypatch.setattr(f"socialindex.aws.{owner}.Table", lambda _: item)
    for _ in range(2):
        with OWNERS[owner]() as first, OWNERS[owner]() as second:
            assert (first, second) == (True, False)


def test_what_is_left_can_be_taken_by_whoever_has_an_earlier_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    item: Any = Lossy(lost=0)
    ahead = time.time() + 600
    with monkeypatch.context() as patch:
        patch.setattr("socialindex.aws.lease.time", SimpleNamespace(time=lambda: ahead))
        with alone(item, KEY, SECONDS) as first:
            assert first
    with alone(item, KEY, SECONDS) as second:
        assert second
