"""An SQS event source mapping: takes messages in batches, invokes the function, deletes what is done."""

from __future__ import annotations

import asyncio
import logging
import math
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.events.batch import event, failed_ids, fitting
from infra.local.events.tasks import begin, pause
from infra.local.runtime.outcome import REQUEST_LIMIT

if TYPE_CHECKING:
    from infra.local.events.batch import Received
    from infra.local.events.inbox import Inbox
    from infra.local.runtime.pool import Pool
    from infra.local.template.model import QueueSource

log = logging.getLogger(__name__)

_POLL_SECONDS = 2
"""AWS polls for 20; a stack that stops waits for its polls, so that no message is received for nobody."""
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 15.0
_OUT_OF_REACH = (BotoCoreError, ClientError)


class Poller:
    """Runs one mapping; ``slots`` batches are in work at once at most.

    ``retry_visibility`` shortens the wait for another attempt at failed messages to so many seconds; with ``None``
    they stay hidden for the rest of the queue's visibility timeout, as on AWS, which never changes it.
    """

    def __init__(
        self, source: QueueSource, inbox: Inbox, pool: Pool, slots: int, retry_visibility: int | None = None
    ) -> None:
        self._source = source
        self._inbox = inbox
        self._pool = pool
        self._retry_visibility = retry_visibility
        self._slots = asyncio.Semaphore(slots)
        self._stopping = asyncio.Event()
        self._waiting: list[Received] = []
        self._batches: set[asyncio.Task[None]] = set()
        self._polling: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to poll."""
        self._polling = begin(self._poll(), f"The poller of {self._inbox.name}")

    async def stop(self, grace: float) -> None:
        """Take no more messages; give batches ``grace`` seconds to end. What is not done is visible at once."""
        self._stopping.set()
        self._slots.release()
        if self._polling is not None:
            await asyncio.wait({self._polling})
        await self._give_back(self._waiting)
        if self._batches:
            _, late = await asyncio.wait(self._batches, timeout=grace)
            for batch in late:
                batch.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _poll(self) -> None:
        rest = _FIRST_PAUSE
        while not self._stopping.is_set():
            try:
                await self._take_batch()
                rest = _FIRST_PAUSE
            except _OUT_OF_REACH as error:
                log.warning("The queue %s does not answer: %s", self._inbox.name, error)
                await pause(rest, self._stopping)
                rest = min(rest * 2, _LONGEST_PAUSE)

    async def _take_batch(self) -> None:
        """One batch, once there is a slot for it: messages must not wait hidden."""
        await self._slots.acquire()
        batch: list[Received] = []
        try:
            batch = await self._gather()
        finally:
            if not batch:
                self._slots.release()
        if batch:
            self._begin(batch)

    async def _gather(self) -> list[Received]:
        """Messages for one event: up to BatchSize, within the window after the first, and below 6 MB."""
        if not self._waiting and not self._stopping.is_set():
            self._waiting = await self._inbox.receive(self._source.batch_size, _POLL_SECONDS)
        window_end = _now() + self._source.window
        while self._waiting and (remaining := window_end - _now()) > 0 and (room := self._room()) > 0:
            self._waiting += await self._inbox.receive(room, min(_POLL_SECONDS, math.ceil(remaining)))
        return [] if self._stopping.is_set() else self._cut()

    def _room(self) -> int:
        full = self._stopping.is_set() or fitting(self._waiting, REQUEST_LIMIT) < len(self._waiting)
        return 0 if full else self._source.batch_size - len(self._waiting)

    def _cut(self) -> list[Received]:
        count = fitting(self._waiting, REQUEST_LIMIT)
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    def _begin(self, batch: list[Received]) -> None:
        task = begin(self._handle(batch), f"A batch of {self._inbox.name}")
        self._batches.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._batches.discard(task)
        self._slots.release()

    async def _handle(self, batch: list[Received]) -> None:
        try:
            outcome = await self._pool.invoke(event(batch))
        except asyncio.CancelledError:
            await self._give_back(batch)
            raise
        failed = failed_ids(outcome, [one.message_id for one in batch], partial=self._source.partial)
        try:
            await self._settle(batch, failed)
        except _OUT_OF_REACH as error:
            log.warning("Messages of %s will be handled again: %s", self._inbox.name, error)

    async def _settle(self, batch: list[Received], failed: frozenset[str]) -> None:
        await self._inbox.delete([one for one in batch if one.message_id not in failed])
        if self._retry_visibility is not None:
            await self._inbox.hide([one for one in batch if one.message_id in failed], self._retry_visibility)

    async def _give_back(self, messages: list[Received]) -> None:
        try:
            await self._inbox.hide(messages, 0)
        except _OUT_OF_REACH as error:
            log.warning("Messages of %s stay hidden for a while: %s", self._inbox.name, error)


def _now() -> float:
    return asyncio.get_running_loop().time()
