"""Telling administrators, through an SNS topic to which they subscribe by e-mail or otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from socialindex.aws.clients import sns
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from socialindex.watch.events import HealthEvent

_SUBJECT = 100
"""Characters of a subject (Amazon SNS, Publish)."""


class Notices:
    """The topic.

    Raises (``tell``):
        Unavailable: it does not answer.
    """

    def __init__(self, topic: str) -> None:
        self._topic = topic

    def tell(self, event: HealthEvent) -> None:
        """Tell of an event's opening or closing, in plain words."""
        finding = event.finding
        state = "closed" if event.closed_at else "opened"
        subject = f"{finding.source} {finding.kind}: {state}"[:_SUBJECT]
        try:
            sns().publish(TopicArn=self._topic, Subject=subject, Message=_message(event))
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"topic: {error}") from error


def _message(event: HealthEvent) -> str:
    finding = event.finding
    lines = [
        finding.message,
        "",
        f"Event {event.id}, {finding.kind}, since {finding.since:%Y-%m-%d %H:%M} UTC.",
        *(f"{name}: {value}" for name, value in finding.evidence.items()),
    ]
    if event.closed_at:
        lines.insert(0, f"Well again since {event.closed_at:%Y-%m-%d %H:%M} UTC. It was:")
    return "\n".join(lines)
