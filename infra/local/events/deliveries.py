"""Asynchronous invocations of one function: queued, and repeated when they fail."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from infra.local.events.tasks import begin, pause
from infra.local.runtime.outcome import ASYNC_REQUEST_LIMIT, check_request

if TYPE_CHECKING:
    from infra.local.runtime.pool import Pool

log = logging.getLogger(__name__)

_PAUSES = (60, 120)
"""Seconds before the first and the second repetition
(https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html)."""


class Deliveries:
    """Hands events to a function; ``speed`` shortens the pauses before repetitions."""

    def __init__(self, pool: Pool, speed: float) -> None:
        self._pool = pool
        self._speed = speed
        self._stopping = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    @property
    def outstanding(self) -> int:
        """How many events are not done with."""
        return len(self._running)

    def submit(self, payload: bytes) -> None:
        """Take an event (JSON).

        Raises:
            RequestTooLarge: it has more than 1 MB.
        """
        check_request(payload, ASYNC_REQUEST_LIMIT)
        task = begin(self._deliver(payload), f"An event for {self._pool.function.logical_id}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def stop(self, grace: float) -> None:
        """Repeat nothing any more, and give the invocations that run ``grace`` seconds to end."""
        self._stopping.set()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace)
            for task in late:
                task.cancel()

    async def _deliver(self, payload: bytes) -> None:
        outcome = await self._pool.invoke(payload)
        for seconds in _PAUSES[: self._pool.function.retries]:
            if outcome.error is not None:
                await pause(seconds / self._speed, self._stopping)
            if outcome.error is None or self._stopping.is_set():
                return
            outcome = await self._pool.invoke(payload)
        if outcome.error is not None:
            log.warning("%s failed for good: %s", self._pool.function.logical_id, outcome.message)
