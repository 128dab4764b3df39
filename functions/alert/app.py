"""Alert: EventBridge Scheduler -> mentions that changed -> alerts -> DeliverQueue; and answers that are due."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from socialindex import engine, settings
from socialindex.alert.stage import Alerts, Tables
from socialindex.aws.alerts import AlertsTable
from socialindex.aws.dictionary import Dictionary
from socialindex.aws.health import Health
from socialindex.aws.marks import Marks
from socialindex.aws.queues import Queue
from socialindex.aws.topics import TopicsTable
from socialindex.aws.work import WorkTable
from socialindex.mentions.due import Due
from socialindex.observing import observed
from socialindex.query import names
from socialindex.search.analytics.coverage import HealthLog

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_settings = settings.load()
_engine = engine.connect(_settings.engine_url, signed=_settings.engine_signed)
_topics, _queue = TopicsTable(_settings.table("topics")), Queue(_settings.queue("deliver"))
_due = Due(_engine, WorkTable(_settings.table("work")), _topics, _queue)
_alerts = Alerts(
    _engine,
    Tables(
        alerts=AlertsTable(_settings.table("alerts")),
        topics=_topics,
        marks=Marks(_settings.table("marks")),
    ),
    HealthLog(Health(_settings.table("health")), lambda: datetime.now(tz=UTC)),
    _queue,
)
names.use(Dictionary(_settings.table("dictionary")))


@observed
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Look once, and warn of targets that are about to be missed, also where some topics could not be looked at."""
    found: dict[str, int] = {}
    try:
        found = _alerts.run(lambda: context.get_remaining_time_in_millis() / 1000)
    finally:
        found["warned"] = _due.run()
    return found
