"""One process of a function: its start, its invocations, its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import TYPE_CHECKING, Any

import msgspec

from infra.local.guard import roles
from infra.local.runtime.environment import command, environment
from infra.local.runtime.outcome import Outcome, failure
from infra.local.runtime.session import Session, invocation

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from pathlib import Path

    from infra.local.cloud import Cloud
    from infra.local.runtime.api import RuntimeApi
    from infra.local.template.model import Function

_START_SECONDS = 60
"""Lambda allows 10; a laptop that starts six functions and a search engine at once needs more."""
_TERMINATE_SECONDS = 2
TIMED_OUT = "Sandbox.Timedout"
"""The errorType of an invocation, or a start, that took too long."""


class Worker:
    """A running process. It is in a group of its own, so that what it starts ends with it."""

    def __init__(self, function: Function, process: Process, session: Session, log: Path) -> None:
        self._function = function
        self._log = log
        self._process = process
        self._session = session
        self._exit = asyncio.ensure_future(process.wait())

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs, asked of the kernel: the event loop hears of an end a little later."""
        if self._exit.done():
            return False
        try:
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
        except ChildProcessError:
            return False

    async def started(self) -> Outcome | None:
        """Wait until the process asks for work; the failure if it does not come to that."""
        await self._exit_or(self._session.started, _START_SECONDS)
        if self._session.started.done():
            return self._session.started.result()
        if self._exit.done():
            return self._ended("init")
        return self._failure(TIMED_OUT, f"The function did not start within {_START_SECONDS} seconds")

    async def invoke(self, payload: bytes) -> Outcome | None:
        """One invocation; ``None`` where the process ended before it took it, so that another can."""
        timeout = self._function.timeout
        work = invocation(payload, timeout)
        answer = self._session.offer(work)
        await self._exit_or(answer, timeout)
        if answer.done():
            return answer.result()
        if self._exit.done():
            return self._ended(work.request_id) if self._session.taken else None
        await self.kill()
        message = f"RequestId: {work.request_id} Error: Task timed out after {timeout:.2f} seconds"
        return self._failure(TIMED_OUT, message)

    async def ended(self) -> None:
        """Wait for the end of the process."""
        await asyncio.shield(self._exit)

    async def kill(self) -> None:
        """End the process and all that it started, at once."""
        self._signal(signal.SIGKILL)
        await self._exit

    async def terminate(self) -> None:
        """Ask the process to end; kill it where it does not."""
        self._signal(signal.SIGTERM)
        await asyncio.wait({self._exit}, timeout=_TERMINATE_SECONDS)
        await self.kill()

    async def _exit_or(self, future: asyncio.Future[Any], seconds: float) -> None:
        awaited: set[asyncio.Future[Any]] = {future, self._exit}
        await asyncio.wait(awaited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):  # it may end between the question and the signal
            if self.alive:
                os.killpg(self._process.pid, number)

    def _ended(self, request_id: str) -> Outcome:
        code = self._exit.result()
        how = f"signal: {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
        return self._failure("Runtime.ExitError", f"RequestId: {request_id} Error: Runtime exited with error: {how}")

    def _failure(self, kind: str, message: str) -> Outcome:
        """What the process could not say itself goes into its log too."""
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"{message}\n")
        return failure(kind, message)


class Starter:
    """Starts the processes of functions. Use it in one thread: the processes die with the thread that started them."""

    def __init__(self, api: RuntimeApi, cloud: Cloud, logs: Path) -> None:
        self._api = api
        self._cloud = cloud
        self._logs = logs
        self._closing: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """Wait until nothing listens for processes that have ended."""
        await asyncio.gather(*self._closing)

    def log(self, function: Function) -> Path:
        """Where the function's output goes."""
        return self._logs / f"{function.logical_id}.log"

    async def start(self, function: Function) -> Worker:
        """A new process; it may still fail to start.

        Raises:
            OSError: the operating system gives no process.
        """
        session = Session()
        port = await self._api.open(session, function.arn)
        try:
            process = await self._spawn(function, port)
        except OSError:
            await self._api.close(port)
            raise
        worker = Worker(function, process, session, self.log(function))
        self._close_after(worker, port)
        return worker

    async def _spawn(self, function: Function, port: int) -> Process:
        with self.log(function).open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *command(function, self._guarded(function)),
                cwd=function.code,
                env=environment(function, self._cloud, f"127.0.0.1:{port}"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _guarded(self, function: Function) -> tuple[Path, ...]:
        """The files of what it may do and of what it did; none where its template says nothing about it."""
        if not function.statements:
            return ()
        policy = self._logs / f"{function.logical_id}.policy.json"
        policy.write_bytes(msgspec.json.encode([*function.statements, *roles.statements(function.logical_id)]))
        return policy, self._logs / f"{function.logical_id}.calls"

    def _close_after(self, worker: Worker, port: int) -> None:
        async def close() -> None:
            await worker.ended()
            await self._api.close(port)

        task = asyncio.ensure_future(close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
