"""The running parts of a stack, inside one event loop: processes, pollers, schedules and the HTTP API."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from infra.local.events.deliveries import Deliveries
from infra.local.events.expression import parse
from infra.local.events.front import Front
from infra.local.events.gate import Gate
from infra.local.events.inbox import Inbox
from infra.local.events.poller import Poller
from infra.local.events.routes import Routes
from infra.local.events.scheduler import Scheduler
from infra.local.runtime.api import RuntimeApi
from infra.local.runtime.pool import Pool
from infra.local.runtime.worker import Starter

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from infra.local.settings import StackSettings
    from infra.local.template.model import QueueSource, Schedule, Template

_LOG_BYTES = 10_000_000
"""A log that is larger when the stack starts becomes the ``.log.1`` of the function."""


class Machine:
    """Runs ``template``, whose queues, tables and buckets are there."""

    def __init__(self, template: Template, settings: StackSettings) -> None:
        self._template = template
        self._settings = settings
        self._api = RuntimeApi()
        self._starter = Starter(self._api, settings.cloud, settings.data / "logs")
        self.pools = {key: self._pool(key) for key in template.functions}
        self._deliveries = {key: Deliveries(pool, settings.speed) for key, pool in self.pools.items()}
        self._threads, self._pollers = self._poll()
        self._schedulers = [self._scheduler(schedule) for schedule in template.schedules]
        self._front = Front(Routes(template.routes), Gate(template.throttling), self.pools, settings.cloud)

    async def start(self, listener: socket.socket) -> None:
        """Begin to serve, to poll and to fire; processes start when they are needed."""
        for function in self._template.functions.values():
            _rotate(self._starter.log(function))
        await self._api.start()
        await self._front.start(listener)
        for poller in self._pollers:
            poller.start()
        for scheduler in self._schedulers:
            scheduler.start()

    async def stop(self) -> None:
        """Take nothing new, give what runs its grace, then end all processes."""
        for scheduler in self._schedulers:
            scheduler.stop()
        grace = self._settings.grace
        await asyncio.gather(
            self._front.stop(grace),
            *(poller.stop(grace) for poller in self._pollers),
            *(deliveries.stop(grace) for deliveries in self._deliveries.values()),
        )
        await asyncio.gather(*(pool.stop() for pool in self.pools.values()))
        await self._starter.stop()
        await self._api.stop()
        self._threads.shutdown()

    def _pool(self, logical_id: str) -> Pool:
        function = self._template.functions[logical_id]
        cap = self._settings.concurrency
        cap = cap if function.reserved is None else min(cap, function.reserved)
        return Pool(function, self._starter, cap, self._settings.requests)

    def _poll(self) -> tuple[ThreadPoolExecutor, list[Poller]]:
        """The pollers, and threads enough for each to receive while all its batches are deleted."""
        sources = self._template.sources
        threads = ThreadPoolExecutor(1 + len(sources) * (1 + self._settings.concurrency), "sqs")
        sqs = self._settings.cloud.sqs_client()
        region = self._settings.cloud.region
        inboxes = [Inbox(self._template.queues[source.queue], sqs, threads, region) for source in sources]
        return threads, [self._poller(source, inbox) for source, inbox in zip(sources, inboxes, strict=True)]

    def _poller(self, source: QueueSource, inbox: Inbox) -> Poller:
        cap = self._settings.concurrency
        slots = cap if source.concurrency is None else min(cap, source.concurrency)
        return Poller(source, inbox, self.pools[source.function], slots, self._settings.retry_visibility)

    def _scheduler(self, schedule: Schedule) -> Scheduler:
        times = parse(schedule.expression, schedule.timezone, schedule.place)
        return Scheduler(
            schedule, times, self._deliveries[schedule.function], self._settings.cloud, self._settings.speed
        )


def _rotate(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
