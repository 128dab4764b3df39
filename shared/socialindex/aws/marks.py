"""Watermarks in DynamoDB: how far a stage has come through something that goes on for ever."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from socialindex.aws.tables import Table
from socialindex.errors import Unavailable
from socialindex.reread.schedule import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = Logger(child=True)


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
    def alone(self, name: str, seconds: float, *, beats: bool = False) -> Iterator[bool]:
        """Be the only one that works on this; the block is told False where somebody else is, and must do nothing.

        Args:
            name: of the work.
            seconds: after which another may begin, should this process die: longer than it can live.
            beats: whether the lease is taken further while the block runs, so that it need not be as long as that.
        """
        lease = _Lease(self._table, name, seconds)
        alone = lease.take()
        try:
            with lease.beating() if alone and beats else nullcontext():
                yield alone
        finally:
            if alone:
                lease.leave()


class _Lease:
    """Ours until a moment that stands in the table."""

    def __init__(self, table: Table, name: str, seconds: float) -> None:
        self._table = table
        self._key = {"name": f"{name}.lease"}
        self._seconds = seconds
        self._until = 0.0

    def take(self) -> bool:
        """Whether it is free, and ours from now on."""
        now = time.time()
        self._until = now + self._seconds
        free = "attribute_not_exists(#until) OR #until <= :now"
        given = {"until": self._until, "now": now}
        return self._table.update(self._key, "SET #until = :until", given, condition=free) is not None

    def leave(self) -> None:
        """Let another begin, unless one has begun already."""
        given = {"until": self._until, "now": time.time()}
        self._table.update(self._key, "SET #until = :now", given, condition="#until = :until")

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Take it further three times in its length, in a thread that dies with the process."""
        ended = threading.Event()
        thread = threading.Thread(target=self._beat, args=(ended,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _beat(self, ended: threading.Event) -> None:
        # A beat whose answer is lost is sent again, and finds what it has written.
        ours = "#until = :until OR #until = :further"
        while not ended.wait(self._seconds / 3):
            given = {"until": self._until, "further": time.time() + self._seconds}
            try:
                if self._table.update(self._key, "SET #until = :further", given, condition=ours) is None:
                    return  # our beats came too late, and somebody else has begun
            except Unavailable as error:
                logger.warning("a lease was not taken further", extra={**self._key, "reason": str(error)[:500]})
            else:
                self._until = given["further"]
