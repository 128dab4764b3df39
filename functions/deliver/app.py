"""Deliver: DeliverQueue -> webhooks, mail, chat; and every minute, what waits, what was held, and digests."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from socialindex import engine, settings
from socialindex.aws.acts import ActsTable
from socialindex.aws.alerts import AlertsTable
from socialindex.aws.deliveries import DeliveriesTable
from socialindex.aws.destinations import DestinationsTable
from socialindex.aws.health import Health
from socialindex.aws.mail import Mail
from socialindex.aws.outcomes import Outcomes
from socialindex.aws.queues import Queue
from socialindex.aws.topics import TopicsTable
from socialindex.deliver.call import Hooks
from socialindex.deliver.courier import Clock, Tables
from socialindex.deliver.digest import Digests
from socialindex.deliver.digest_figures import MentionFigures
from socialindex.deliver.sending import MailSettings
from socialindex.deliver.stage import Deliver, Ways
from socialindex.deliver.wording import Wording
from socialindex.observing import observed
from socialindex.search.analytics.coverage import HealthLog

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from socialindex.batch import BatchAnswer

_settings = settings.load()
_engine = engine.connect(_settings.engine_url, signed=_settings.engine_signed)
_tables = Tables(
    deliveries=DeliveriesTable(_settings.table("deliveries")),
    destinations=DestinationsTable(_settings.table("destinations")),
    dead_letters=Queue(_settings.dead_letters("deliver")),
)
_hooks = partial(Hooks, _settings.crawler_contact, allow_loopback=_settings.allow_loopback)
_ways = Ways(
    hooks=_hooks,
    mail=Mail(),
    permits=ActsTable(_settings.table("deliveries")),
    words=Wording(_engine),
    settings=MailSettings(sender=_settings.mail_from, links=_settings.text("PUBLIC_URL")),
)
_digests = Digests(
    TopicsTable(_settings.table("topics")),
    MentionFigures(_engine),
    AlertsTable(_settings.table("alerts")),
    HealthLog(Health(_settings.table("health")), lambda: datetime.now(tz=UTC)),
)
_outcomes, _queue = Outcomes(_settings.table("outcomes")), Queue(_settings.queue("deliver"))
_deliver = Deliver(_tables, _ways, _digests, _outcomes, Clock(), _queue)


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> BatchAnswer | dict[str, int]:
    """Tell of what messages say has happened; at a schedule's event, tell what is due."""

    def left() -> float:
        return context.get_remaining_time_in_millis() / 1000

    return _deliver.handle(event, left) if "Records" in event else _deliver.sweep(left)
