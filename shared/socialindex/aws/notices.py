"""Telling administrators, through an SNS topic to which they subscribe by e-mail or otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from socialindex.aws.clients import sns
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from socialindex.watch.events import HealthEvent

_SUBJECT = 100
"""Characters of a subject (Amazon SNS, Publish)."""
_WHOLE = 10
"""Events that a mail tells of in full; a message has at most 256 KB."""


class Notices:
    """The topic.

    Raises (``tell``):
        Unavailable: it does not answer.
    """

    def __init__(self, topic: str) -> None:
        self._topic = topic

    def tell(self, events: Sequence[HealthEvent]) -> None:
        """Tell of the opening or closing of events of one source and kind, in plain words: one mail, however many."""
        finding, count = events[0].finding, f"{len(events):,} " if len(events) > 1 else ""
        state = "closed" if events[0].closed_at else "opened"
        subject = f"{finding.source} {finding.kind}: {count}{state}"[:_SUBJECT]
        words = [_message(event) for event in events[:_WHOLE]]
        if left := len(events) - len(words):
            words.append(f"And {left:,} more: socialindex health")
        try:
            sns().publish(TopicArn=self._topic, Subject=subject, Message="\n\n".join(words))
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
