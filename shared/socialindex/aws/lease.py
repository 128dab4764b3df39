"""Leases in DynamoDB: one process at a time works on something that goes on for ever."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING
from uuid import uuid4

from aws_lambda_powertools import Logger

from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from socialindex.aws.tables import Table
    from socialindex.aws.values import Item

logger = Logger(child=True)


@contextmanager
def alone(table: Table, key: Mapping[str, str], seconds: float, *, beats: bool = False) -> Iterator[bool]:
    """Be the only one that works on this; the block is told False where somebody else is, and must do nothing.

    Args:
        table: where the lease is an item of its own.
        key: of that item.
        seconds: after which another may begin, should this process die: longer than it can live.
        beats: whether the lease is taken further while the block runs, so that it need not be as long as that.

    Raises:
        Unavailable: the table does not answer.
    """
    lease = _Lease(table, key, seconds)
    ours = lease.take()
    try:
        with lease.beating() if ours and beats else nullcontext():
            yield ours
    finally:
        if ours:
            lease.leave()


class _Lease:
    """Ours until a moment that stands in the table, or until somebody else takes it after that.

    Whose it is says the holder, not the moment: what is written though its answer is lost is ours all the same.
    """

    def __init__(self, table: Table, key: Mapping[str, str], seconds: float) -> None:
        self._table = table
        self._key = key
        self._holder = uuid4().hex
        self._seconds = seconds

    def take(self) -> bool:
        """Whether it is free, and ours from now on."""
        now = time.time()
        free = "attribute_not_exists(#until) OR #until <= :now OR #holder = :holder"
        return self._write("SET #until = :until, #holder = :holder", free, until=now + self._seconds, now=now)

    def leave(self) -> None:
        """Let another begin, whatever its clock says, unless one has begun already."""
        self._write("REMOVE #until", "#holder = :holder")

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
        while not ended.wait(self._seconds / 3):
            further = time.time() + self._seconds
            try:
                if not self._write("SET #until = :until", "#holder = :holder", until=further):
                    self._warn("somebody else has begun")  # our beats came too late
                    return
            except Unavailable as error:
                self._warn(str(error)[:500])

    def _warn(self, reason: str) -> None:
        extra = {"table": self._table.name, "lease": "/".join(self._key.values()), "reason": reason}
        logger.warning("a lease was not taken further", extra=extra)

    def _write(self, expression: str, condition: str, **moments: float) -> bool:
        given: Item = {"holder": self._holder, **moments}
        return self._table.update(self._key, expression, given, condition=condition) is not None
