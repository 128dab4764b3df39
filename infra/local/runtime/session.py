"""What a function's process and the platform say to each other, one invocation at a time."""

from __future__ import annotations

import asyncio
import secrets
import time
import uuid
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from infra.local.runtime.outcome import Outcome


class Invocation(msgspec.Struct, frozen=True):
    """One event for a function; ``deadline_ms`` is Unix time in milliseconds."""

    payload: bytes
    deadline_ms: int
    request_id: str
    trace_id: str


def invocation(payload: bytes, timeout: float) -> Invocation:
    """An invocation that must end ``timeout`` seconds from now."""
    now = time.time()
    trace = f"Root=1-{int(now):08x}-{secrets.token_hex(12)};Parent={secrets.token_hex(8)};Sampled=0"
    return Invocation(payload, int((now + timeout) * 1000), str(uuid.uuid4()), trace)


class Session:
    """One process's side of the Runtime API: it asks for work, gets it, and answers.

    Attributes:
        started: done when the process first asks for work (``None``) or reports that it cannot (the failure).
    """

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.started: asyncio.Future[Outcome | None] = loop.create_future()
        self._work: asyncio.Future[Invocation] = loop.create_future()
        self._answer: asyncio.Future[Outcome] = loop.create_future()
        self._current: str | None = None

    @property
    def taken(self) -> bool:
        """Whether the process has the invocation that was offered last."""
        return self._current is not None

    def offer(self, work: Invocation) -> asyncio.Future[Outcome]:
        """Hand over an invocation; the future holds its answer, if one comes."""
        self._current = None
        self._answer = asyncio.get_running_loop().create_future()
        self._work.set_result(work)
        return self._answer

    async def next(self) -> Invocation:
        """The process asks for work, and waits for it."""
        if not self.started.done():
            self.started.set_result(None)
        work = await asyncio.shield(self._work)
        self._work = asyncio.get_running_loop().create_future()
        self._current = work.request_id
        return work

    def answer(self, request_id: str, outcome: Outcome) -> bool:
        """The process answers; ``False`` where it was not asked."""
        if request_id != self._current or self._answer.done():
            return False
        self._answer.set_result(outcome)
        return True

    def fail_to_start(self, outcome: Outcome) -> bool:
        """The process reports that it cannot start; ``False`` where it has started already."""
        if self.started.done():
            return False
        self.started.set_result(outcome)
        return True
