"""Watermarks in DynamoDB: how far a stage has come through something that goes on for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex.aws.lease import alone
from socialindex.aws.tables import Table
from socialindex.reread.schedule import Mark

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


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

    def alone(self, name: str, seconds: float, *, beats: bool = False) -> AbstractContextManager[bool]:
        """Be the only one that works on what has this name: as ``lease.alone``."""
        return alone(self._table, {"name": f"{name}.lease"}, seconds, beats=beats)
