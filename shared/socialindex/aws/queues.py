"""SQS queues: sending in batches, quarantining with a reason, and looking at depths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from socialindex import correlation
from socialindex.aws.clients import sqs
from socialindex.errors import Unavailable
from socialindex.groups import groups
from socialindex.messages import Tagged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mypy_boto3_sqs.type_defs import (
        ChangeMessageVisibilityBatchRequestEntryTypeDef,
        MessageAttributeValueTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )

_ENTRIES = 10
"""Messages of one SendMessageBatch (Amazon SQS API reference)."""
_BYTES = 240_000
"""Bytes of one batch, below 256 KiB with the batch's own overhead; SQS has taken 1 MiB since 2025."""
_TRIES = 3
_UNTAKEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What SQS refuses in a text (Amazon SQS API reference, SendMessage)."""
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
        """Send messages in as few calls as SQS allows; how many were sent.

        They belong to what is worked at now: each has the ids of ``correlation.current`` as an attribute.
        """
        ids = correlation.current()
        return self.send_tagged(Tagged(body, ids) for body in bodies)

    def send_tagged(self, messages: Iterable[Tagged]) -> int:
        """As ``send_all``, of messages with ids of their own."""
        sent = 0
        for group in _groups(messages):
            self._send(group)
            sent += len(group)
        return sent

    def put(self, body: str, *, reason: str) -> None:
        """Send one message with the attribute ``reason``: the contract of a dead-letter queue.

        Words of whoever was crawled may stand in a reason: what no queue takes of them is shown as U+FFFD.
        """
        attributes = {"reason": _text(_UNTAKEN.sub("\ufffd", reason)), **_attributes(correlation.current())}
        try:
            sqs().send_message(QueueUrl=self.url, MessageBody=body, MessageAttributes=attributes)
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"dead-letter queue: {error}") from error

    def hide(self, seconds: Mapping[str, int]) -> None:
        """Have messages that were received, by their receipts, come again after so many seconds from now.

        One whose time was up meanwhile is another's, and stays as it is.
        """
        for group in groups(seconds.items(), _ENTRIES):
            entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
                {"Id": str(number), "ReceiptHandle": receipt, "VisibilityTimeout": wait}
                for number, (receipt, wait) in enumerate(group)
            ]
            try:
                sqs().change_message_visibility_batch(QueueUrl=self.url, Entries=entries)
            except (ClientError, BotoCoreError) as error:
                raise Unavailable(f"queue: {error}") from error

    def depth(self) -> Depth:
        """Waiting and in-flight messages, as approximate as SQS is."""
        try:
            answer = sqs().get_queue_attributes(QueueUrl=self.url, AttributeNames=[_WAITING, _IN_FLIGHT])["Attributes"]
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"queue: {error}") from error
        return Depth(waiting=int(answer[_WAITING]), in_flight=int(answer[_IN_FLIGHT]))

    def _send(self, messages: list[Tagged]) -> None:
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(number), "MessageBody": message.body, "MessageAttributes": _attributes(message.correlation)}
            for number, message in enumerate(messages)
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


def _attributes(ids: Sequence[str]) -> dict[str, MessageAttributeValueTypeDef]:
    return {correlation.ATTRIBUTE: _text(correlation.attribute(ids))} if ids else {}


def _text(value: str) -> MessageAttributeValueTypeDef:
    return {"DataType": "String", "StringValue": value}


def _groups(messages: Iterable[Tagged]) -> Iterator[list[Tagged]]:
    group: list[Tagged] = []
    size = 0
    for message in messages:
        length = len(message.body.encode()) + len(correlation.attribute(message.correlation))
        if group and (len(group) == _ENTRIES or size + length > _BYTES):
            yield group
            group, size = [], 0
        group.append(message)
        size += length
    if group:
        yield group
