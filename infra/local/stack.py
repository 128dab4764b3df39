"""Runs a SAM template on this machine: its functions in real processes, its events, and what it stores in.

with Stack(StackSettings(template=Path("template.yaml"), data=Path(".local"), cloud=cloud)) as stack:
    stack.invoke("SearchFunction", event)
    requests.get(stack.url)
"""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, NamedTuple, Self, TypeVar

import msgspec

from infra.local.loop import LoopThread
from infra.local.machine import Machine
from infra.local.provision import provision
from infra.local.runtime.outcome import REQUEST_LIMIT, FunctionFailed, check_request
from infra.local.servers.ports import require_free
from infra.local.settings import StackSettings
from infra.local.template import Site, Template, read_template
from socialindex.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from infra.local.runtime.pool import Counters

__all__ = ["Stack", "StackSettings"]

_T = TypeVar("_T")


class Stack:
    """A template that runs from ``start`` to ``stop``, in a thread of its own; any thread may call it.

    The functions' processes die with this one, however it ends.
    """

    def __init__(self, settings: StackSettings) -> None:
        self._settings = settings
        self._running: _Running | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Read the template, make what is missing of its queues, tables and buckets, and run it.

        Raises:
            InvalidInput: the template cannot be run, the port is taken, or a table has other keys.
            botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: a server does not answer or refuses.
        """
        listener = _bound(self._settings)
        url = f"http://{self._settings.host}:{listener.getsockname()[1]}"
        try:
            self._running = self._run(listener, url)
        except BaseException:
            listener.close()
            raise

    def stop(self) -> None:
        """End all of it. What is in work and does not end in its grace comes again at the next start."""
        if self._running is None:
            return
        running, self._running = self._running, None
        running.loop.call(running.machine.stop())
        running.loop.close()

    @property
    def template(self) -> Template:
        """What runs, with ``notes`` on what works differently here and the resources that are ``ignored``."""
        return self._now.template

    @property
    def url(self) -> str:
        """The address of the HTTP API, without a slash at its end."""
        return self._now.url

    def invoke(self, logical_id: str, event: object) -> object:
        """What the function answers to an event, once it has.

        Raises:
            FunctionFailed: the function raised, ended or took too long.
            RequestTooLarge: the event has more than 6 MB.
            InvalidInput: there is no such function.
        """
        pool = _named(self._now.machine.pools, logical_id, "function")
        payload = msgspec.json.encode(event)
        check_request(payload, REQUEST_LIMIT)
        outcome = self._now.loop.call(pool.invoke(payload))
        if outcome.error is not None:
            raise FunctionFailed(outcome)
        answer: object = json.loads(outcome.payload)  # unlike msgspec it takes NaN, which Python's runtime sends
        return answer

    def counters(self, logical_id: str) -> Counters:
        """How the function's invocations ended since the start."""
        return _named(self._now.machine.pools, logical_id, "function").counters

    def workers(self, logical_id: str) -> list[int]:
        """The ids of the function's processes that run now."""
        return _named(self._now.machine.pools, logical_id, "function").pids()

    def queue_url(self, logical_id: str) -> str:
        """The URL of a queue."""
        return _named(self._now.template.queues, logical_id, "queue").url

    def table_name(self, logical_id: str) -> str:
        """The name of a table."""
        return _named(self._now.template.tables, logical_id, "table").name

    def bucket_name(self, logical_id: str) -> str:
        """The name of a bucket."""
        return _named(self._now.template.buckets, logical_id, "bucket").name

    @property
    def _now(self) -> _Running:
        if self._running is None:
            raise InvalidInput("The stack does not run", remedy="Call start() first.")
        return self._running

    def _run(self, listener: socket.socket, url: str) -> _Running:
        template = self._read(url)
        machine = Machine(template, self._settings)
        provision(template, self._settings.cloud)
        return _Running(template, url, _started(machine, listener), machine)

    def _read(self, url: str) -> Template:
        settings = self._settings
        return read_template(
            settings.template,
            Site(settings.name, settings.cloud, url),
            parameters=settings.parameters,
            overrides=settings.overrides,
        )


class _Running(NamedTuple):
    template: Template
    url: str
    loop: LoopThread
    machine: Machine


def _bound(settings: StackSettings) -> socket.socket:
    if settings.port:
        require_free(settings.port, settings.port_setting, host=settings.host)
    return socket.create_server((settings.host, settings.port))


def _started(machine: Machine, listener: socket.socket) -> LoopThread:
    loop = LoopThread("local stack")
    try:
        loop.call(machine.start(listener))
    except BaseException:
        loop.call(machine.stop())
        loop.close()
        raise
    return loop


def _named(things: Mapping[str, _T], logical_id: str, what: str) -> _T:
    if logical_id not in things:
        raise InvalidInput(
            f"The template has no {what} {logical_id}", field="logical_id", remedy=f"It has {', '.join(things)}."
        )
    return things[logical_id]
