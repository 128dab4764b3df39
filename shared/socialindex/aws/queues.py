"""SQS queues: sending in batches, quarantining with a reason, and looking at depths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from socialindex.aws.clients import sqs
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef, SendMessageBatchRequestEntryTypeDef

_ENTRIES = 10
"""Messages of one SendMessageBatch (Amazon SQS API reference)."""
_BYTES = 240_000
"""Bytes of one batch, below 256 KiB with the batch's own overhead; SQS has taken 1 MiB since 2025."""
_TRIES = 3
_WAITING: Final = "ApproximateNumberOfMessages"
_IN_FLIGHT: Final = "ApproximateNumberOfMessagesNotVisible"


class Depth(NamedTuple):
    """About how many messages a queue holds."""

    waiting: int
    in_flight: int


class Queue:
    """One queue.

    Raises (every method):
        Unavailable: the queue does not take everything, after bounded retries. What it took may be sent again:
            handling a message twice changes nothing.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    def send_all(self, bodies: Iterable[str]) -> int:
        """Send messages in as few calls as SQS allows; how many were sent."""
        sent = 0
        for group in _groups(bodies):
            self._send(group)
            sent += len(group)
        return sent

    def put(self, body: str, *, reason: str) -> None:
        """Send one message with the attribute ``reason``: the contract of a dead-letter queue."""
        attribute: MessageAttributeValueTypeDef = {"DataType": "String", "StringValue": reason}
        try:
            sqs().send_message(QueueUrl=self.url, MessageBody=body, MessageAttributes={"reason": attribute})
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"dead-letter queue: {error}") from error

    def depth(self) -> Depth:
        """Waiting and in-flight messages, as approximate as SQS is."""
        try:
            answer = sqs().get_queue_attributes(QueueUrl=self.url, AttributeNames=[_WAITING, _IN_FLIGHT])["Attributes"]
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"queue: {error}") from error
        return Depth(waiting=int(answer[_WAITING]), in_flight=int(answer[_IN_FLIGHT]))

    def _send(self, bodies: list[str]) -> None:
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)
        ]
        for _ in range(_TRIES):
            try:
                answer = sqs().send_message_batch(QueueUrl=self.url, Entries=entries)
            except (ClientError, BotoCoreError) as error:
                raise Unavailable(f"queue: {error}") from error
            failed = {failure["Id"] for failure in answer.get("Failed", [])}
            entries = [entry for entry in entries if entry["Id"] in failed]
            if not entries:
                return
        raise Unavailable(f"queue refused {len(entries)} messages")


def _groups(bodies: Iterable[str]) -> Iterator[list[str]]:
    group: list[str] = []
    size = 0
    for body in bodies:
        length = len(body.encode())
        if group and (len(group) == _ENTRIES or size + length > _BYTES):
            yield group
            group, size = [], 0
        group.append(body)
        size += length
    if group:
        yield group
