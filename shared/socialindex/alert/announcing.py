"""Sends what an alert says to the deliver stage, with the words of its posts as they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from aws_lambda_powertools import Logger

from socialindex.alert.shown import shown
from socialindex.alert.trail import trail
from socialindex.correlation import following
from socialindex.deliver.event import Event, event_id
from socialindex.messages import encode

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.alert.alert import Alert
    from socialindex.aws.alert_items import KeptAlert
    from socialindex.aws.queues import Queue
    from socialindex.deliver.event import Kind

logger = Logger(child=True)


def announce(engine: OpenSearch, queue: Queue, kept: KeptAlert) -> None:
    """Send an alert's last revision; sent again it is the same event.

    Raises:
        Unavailable: the engine or the queue does not answer.
    """
    (alert,) = shown(engine, [kept.alert])
    with following(trail(engine, alert)):
        queue.send_all([encode(event(alert, kept.event))])
        logger.info("told", extra={"alert": alert.id, "kind": kept.event})


def event(alert: Alert, kind: Kind) -> Event:
    """What is told of an alert's revision; told again it is the same event."""
    return Event(
        id=event_id(kind, alert.id, str(alert.revision)),
        kind=kind,
        workspace=alert.workspace,
        topic=alert.topic,
        at=alert.updated_at,
        data=msgspec.to_builtins(alert),
    )
