"""Fires a schedule, as EventBridge Scheduler does: at its times, asynchronously."""

from __future__ import annotations

import asyncio
import logging
import secrets
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from infra.local.events.tasks import begin

if TYPE_CHECKING:
    from infra.local.cloud import Cloud
    from infra.local.events.deliveries import Deliveries
    from infra.local.events.expression import Cron, Rate
    from infra.local.template.model import Schedule

log = logging.getLogger(__name__)

_MOST_OUTSTANDING = 2
"""Firings that wait or run; AWS would start more, but here a slow machine would pile them up."""


class Scheduler:
    """Runs one schedule. A rate fires at the start and then at its rate, a cron at its times only.

    With ``speed`` time passes faster for it: at 60, every hour is a minute. The times in its events are real.
    """

    def __init__(
        self, schedule: Schedule, times: Rate | Cron, deliveries: Deliveries, cloud: Cloud, speed: float
    ) -> None:
        self._schedule = schedule
        self._times = times
        self._deliveries = deliveries
        self._cloud = cloud
        self._speed = speed
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._running = begin(self._run(), f"The schedule {self._schedule.name}")

    def stop(self) -> None:
        """Fire no more."""
        if self._running is not None:
            self._running.cancel()

    async def _run(self) -> None:
        start = datetime.now(UTC)
        due = self._times.first(start)
        while due is not None:
            moment = start + (due - start) / self._speed
            await asyncio.sleep((moment - datetime.now(UTC)).total_seconds())
            self._fire()
            due = self._times.after(due)

    def _fire(self) -> None:
        if self._deliveries.outstanding >= _MOST_OUTSTANDING:
            log.info("%s is left out this time: the last ones still run", self._schedule.name)
            return
        self._deliveries.submit(payload(self._schedule, self._cloud, datetime.now(UTC)))


def payload(schedule: Schedule, cloud: Cloud, moment: datetime) -> bytes:
    """The function's event: the schedule's ``Input`` with its context attributes, or the scheduler's own."""
    time = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    if schedule.input is None:
        return msgspec.json.encode(_notification(schedule, cloud, time))
    attributes = {
        "<aws.scheduler.schedule-arn>": schedule.arn,
        "<aws.scheduler.scheduled-time>": time,
        "<aws.scheduler.execution-id>": secrets.token_hex(8),
        "<aws.scheduler.attempt-number>": "1",
    }
    text = schedule.input
    for keyword, value in attributes.items():
        text = text.replace(keyword, value)
    return text.encode()


def _notification(schedule: Schedule, cloud: Cloud, time: str) -> dict[str, object]:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": cloud.account,
        "time": time,
        "region": cloud.region,
        "resources": [schedule.arn],
        "detail": "{}",
    }
