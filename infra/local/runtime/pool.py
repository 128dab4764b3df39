"""The processes of one function: as many as are needed at once, up to a cap, started when needed and then kept."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import msgspec

from infra.local.runtime.outcome import Outcome, failure
from infra.local.runtime.worker import TIMED_OUT

if TYPE_CHECKING:
    from infra.local.runtime.worker import Starter, Worker
    from infra.local.template.model import Function

log = logging.getLogger(__name__)

_START_ATTEMPTS = 2
"""Per invocation, as Lambda tries a failed start once more."""
_HANDOVERS = 5
"""How many processes may end, one after the other, before they take an invocation."""
_START_BACKOFF = 0.2
_LONGEST_BACKOFF = 5.0
_MOST_DOUBLINGS = 10
THROTTLED = "TooManyRequestsException"
"""The errorType of an invocation that is one too many at once."""


class Counters(msgspec.Struct, frozen=True):
    """How a function's invocations ended so far; ``errors`` includes ``timeouts``, ``throttled`` are no invocations."""

    invocations: int = 0
    errors: int = 0
    timeouts: int = 0
    throttled: int = 0
    last_error: str | None = None


class Pool:
    """Invokes one function; at most ``cap`` invocations run at once, the others wait their turn.

    Of those that somebody waits for (``answer``) at most ``most`` are taken at once, and no more than the function's
    reserved concurrency. On AWS each would have a process of its own; here they share few, but never an endless queue.
    """

    def __init__(self, function: Function, starter: Starter, cap: int, most: int) -> None:
        self.function = function
        self.counters = Counters()
        self._starter = starter
        self._turns = asyncio.Semaphore(cap)
        self._asked = 0
        self._most = min(most, function.reserved or most)
        self._idle: list[Worker] = []
        self._workers: set[Worker] = set()
        self._failed_starts = 0
        self._stopped = False

    def pids(self) -> list[int]:
        """The ids of the processes that run now."""
        return sorted(worker.pid for worker in self._workers if worker.alive)

    async def invoke(self, payload: bytes) -> Outcome:
        """The outcome of one invocation with the event ``payload`` (JSON); waits for a turn, then for the function."""
        async with self._turns:
            outcome = await self._run(payload)
        self._count(outcome)
        return outcome

    async def answer(self, payload: bytes) -> Outcome:
        """As ``invoke``, for somebody who waits: refused at once where as many are waited for as may be."""
        if self._asked >= self._most:
            self.counters = msgspec.structs.replace(self.counters, throttled=self.counters.throttled + 1)
            return failure(THROTTLED, "Rate Exceeded.")
        self._asked += 1
        try:
            return await self.invoke(payload)
        finally:
            self._asked -= 1

    async def stop(self) -> None:
        """End all processes, and start no more."""
        self._stopped = True
        await asyncio.gather(*(worker.terminate() for worker in self._workers))
        self._workers.clear()
        self._idle.clear()

    async def _run(self, payload: bytes) -> Outcome:
        for _ in range(_HANDOVERS):
            worker = self._idle_worker() or await self._new_worker()
            if isinstance(worker, Outcome):
                return worker
            outcome = await worker.invoke(payload)
            self._put_back(worker)
            if outcome is not None:
                return outcome
        return failure("Runtime.ExitError", "The function's processes ended before they took the event.")

    def _idle_worker(self) -> Worker | None:
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            self._workers.discard(worker)
        return None

    def _put_back(self, worker: Worker) -> None:
        if worker.alive:
            self._idle.append(worker)
        else:
            self._workers.discard(worker)

    async def _new_worker(self) -> Worker | Outcome:
        """A worker that has started, or why none did."""
        outcome = failure("Runtime.StartError", "The function was not started.")
        for _ in range(0 if self._stopped else _START_ATTEMPTS):
            await asyncio.sleep(self._backoff())
            started = await self._try_start()
            if not isinstance(started, Outcome):
                return started
            outcome = started
        return outcome

    def _backoff(self) -> float:
        return min(_START_BACKOFF * 2**self._failed_starts, _LONGEST_BACKOFF) if self._failed_starts else 0

    async def _try_start(self) -> Worker | Outcome:
        try:
            worker = await self._starter.start(self.function)
        except OSError as error:
            return self._not_started(failure("Runtime.StartError", str(error)))
        self._workers.add(worker)
        problem = await worker.started()
        if problem is None:
            self._failed_starts = 0
            return worker
        await worker.kill()
        self._workers.discard(worker)
        return self._not_started(problem)

    def _not_started(self, problem: Outcome) -> Outcome:
        self._failed_starts = min(self._failed_starts + 1, _MOST_DOUBLINGS)
        log.error("%s does not start: %s", self.function.logical_id, problem.message)
        return problem

    def _count(self, outcome: Outcome) -> None:
        before, failed = self.counters, outcome.error is not None
        self.counters = msgspec.structs.replace(
            before,
            invocations=before.invocations + 1,
            errors=before.errors + failed,
            timeouts=before.timeouts + (outcome.error == TIMED_OUT),
            last_error=outcome.message if failed else before.last_error,
        )
