"""Watermarks in DynamoDB: how far a stage has come through something that goes on for ever."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from socialindex.aws.tables import Table
from socialindex.reread.schedule import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator


class Marks:
    """The table of watermarks.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def get(self, name: str) -> Mark | None:
        """How far this is; ``None`` where it was never begun."""
        item = self._table.get({"name": name})
        return Mark(int(item["at"]), item["id"]) if item else None

    def put(self, name: str, mark: Mark) -> None:
        """Move on."""
        self._table.put({"name": name, "at": mark.at, "id": mark.id})

    @contextmanager
    def alone(self, name: str, seconds: float) -> Iterator[bool]:
        """Be the only one that works on this; the block is told False where somebody else is, and must do nothing.

        Args:
            name: of the work.
            seconds: after which another may begin, should this process die: longer than it can live.
        """
        key, now = {"name": f"{name}.lease"}, time.time()
        given = {"until": now + seconds, "now": now}
        free = "attribute_not_exists(#until) OR #until <= :now"
        alone = self._table.update(key, "SET #until = :until", given, condition=free) is not None
        try:
            yield alone
        finally:
            if alone:
                self._table.update(key, "SET #until = :now", given, condition="#until = :until")
