"""Dead-letter queues as an operator reads them: letters are looked at, taken out one by one, or left where they are.

SQS has no list: who wants to see messages receives them, and they are hidden from others for a while. So what is not
taken out is let go at the end, and comes back by itself where that fails.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from socialindex import correlation
from socialindex.aws.clients import sqs
from socialindex.errors import Unavailable
from socialindex.groups import groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mypy_boto3_sqs.type_defs import (
        ChangeMessageVisibilityBatchRequestEntryTypeDef,
        DeleteMessageBatchRequestEntryTypeDef,
        MessageTypeDef,
    )

HOLD_SECONDS: Final = 300
"""How long what was read is hidden from other readers, unless it is let go before."""
_ENTRIES: Final = 10
"""Messages of one call (Amazon SQS API reference)."""
_WAIT_SECONDS: Final = 1
"""Long polling asks all servers of a queue: an answer without messages means that there are none."""
_STALE: Final = 3
"""Answers in a row with nothing but what was read already, whose time is up: then there is nothing else."""


class Letter(NamedTuple):
    """A message that was given up."""

    id: str
    body: str
    reason: str | None
    """Why; ``None`` where the queue itself gave it up, after its ``maxReceiveCount``."""
    sent_at: datetime
    """When it came here; of one that the queue itself gave up, when it was first sent."""
    receipt: str
    """What deletes it or lets it go."""
    correlation: tuple[str, ...] = ()
    """Ids of what it belongs to, by which logs find it."""


class LetterBox:
    """One dead-letter queue.

    Raises (every method):
        Unavailable: the queue does not answer, or did not take everything; doing it again does the rest.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def read(self) -> Iterator[list[Letter]]:
        """Everything that is there, each once, a few at a time; it is hidden from other readers."""
        seen: set[str] = set()
        stale = 0
        while stale < _STALE and (some := self._receive()):
            fresh = [letter for letter in some if letter.id not in seen]
            stale = 0 if fresh else stale + 1
            if fresh:
                seen |= {letter.id for letter in fresh}
                yield fresh

    def delete(self, letters: Iterable[Letter]) -> None:
        """Take letters out for good."""
        for some in groups(letters, _ENTRIES):
            entries: list[DeleteMessageBatchRequestEntryTypeDef] = [
                {"Id": str(number), "ReceiptHandle": each.receipt} for number, each in enumerate(some)
            ]
            try:
                failed = sqs().delete_message_batch(QueueUrl=self._url, Entries=entries).get("Failed", [])
            except (ClientError, BotoCoreError) as error:
                raise Unavailable(f"dead-letter queue: {error}") from error
            if failed:
                raise Unavailable(f"dead-letter queue kept {len(failed)} letters: {failed[0].get('Message', '')}")

    def let_go(self, letters: Iterable[Letter]) -> None:
        """Let other readers see letters again at once. One whose time is up is seen already."""
        for some in groups(letters, _ENTRIES):
            entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
                {"Id": str(number), "ReceiptHandle": each.receipt, "VisibilityTimeout": 0}
                for number, each in enumerate(some)
            ]
            try:
                sqs().change_message_visibility_batch(QueueUrl=self._url, Entries=entries)
            except (ClientError, BotoCoreError) as error:
                raise Unavailable(f"dead-letter queue: {error}") from error

    def _receive(self) -> list[Letter]:
        try:
            answer = sqs().receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_ENTRIES,
                VisibilityTimeout=HOLD_SECONDS,
                WaitTimeSeconds=_WAIT_SECONDS,
                AttributeNames=["SentTimestamp"],
                MessageAttributeNames=["reason", correlation.ATTRIBUTE],
            )
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"dead-letter queue: {error}") from error
        return [_letter(message) for message in answer.get("Messages", [])]


def _letter(message: MessageTypeDef) -> Letter:
    sent = datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, tz=UTC)
    ids = tuple((_attribute(message, correlation.ATTRIBUTE) or "").split())
    reason = _attribute(message, "reason")
    return Letter(message["MessageId"], message["Body"], reason, sent, message["ReceiptHandle"], ids)


def _attribute(message: MessageTypeDef, name: str) -> str | None:
    attributes = message.get("MessageAttributes") or {}
    return attributes[name].get("StringValue") if name in attributes else None
