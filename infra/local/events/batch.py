"""Batches of SQS messages: the event that a function gets, and what its answer says about each message.

https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html and .../services-sqs-errorhandling.html.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from mypy_boto3_sqs.type_defs import MessageAttributeValueOutputTypeDef, MessageTypeDef

    from infra.local.runtime.outcome import Outcome

_OPENING, _CLOSING = b'{"Records":[', b"]}"
ENVELOPE: Final = len(_OPENING) + len(_CLOSING)
"""Bytes of an event beside its records and the commas between them."""
_NONE: Final[frozenset[str]] = frozenset()


class Received(NamedTuple):
    """A message that is in flight; ``record`` is its element of the event's ``Records`` (JSON)."""

    message_id: str
    receipt_handle: str
    record: bytes


def received(message: MessageTypeDef, queue_arn: str, region: str) -> Received:
    """A message as ReceiveMessage answered it (with all attributes), made ready for an event."""
    attributes = message.get("MessageAttributes", {})
    record = {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {name: _attribute(value) for name, value in attributes.items()},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": region,
    }
    if "MD5OfMessageAttributes" in message:
        record["md5OfMessageAttributes"] = message["MD5OfMessageAttributes"]
    return Received(message["MessageId"], message["ReceiptHandle"], msgspec.json.encode(record))


def _attribute(value: MessageAttributeValueOutputTypeDef) -> dict[str, Any]:
    shape: dict[str, Any] = {"stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}
    if "StringValue" in value:
        shape["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        shape["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode()
    return shape


def event(batch: Iterable[Received]) -> bytes:
    """The function's event (JSON)."""
    return _OPENING + b",".join(one.record for one in batch) + _CLOSING


def fitting(batch: Iterable[Received], limit: int) -> int:
    """How many of the messages, from the first, make an event of at most ``limit`` bytes."""
    size, count = ENVELOPE - 1, 0
    for one in batch:
        size += len(one.record) + 1
        if size > limit:
            break
        count += 1
    return count


def failed_ids(outcome: Outcome, message_ids: Collection[str], *, partial: bool) -> frozenset[str]:
    """The ids of the messages that stay in the queue; the others are done and are deleted.

    With ``partial`` (ReportBatchItemFailures) the answer's ``batchItemFailures`` decide: none, ``null`` or an empty
    answer is a complete success; an answer of another shape, an identifier that is empty, ``null``, unknown or under
    a wrong key is a complete failure. A failed invocation always fails all messages.
    """
    everything = frozenset(message_ids)
    if outcome.error is not None:
        return everything
    reported = _reported(outcome.payload) if partial else _NONE
    return everything if reported is None or not reported <= everything else reported


def _reported(payload: bytes) -> frozenset[str] | None:
    """The identifiers in an answer, ``None`` where it has a wrong shape."""
    try:
        answer = msgspec.json.decode(payload) if payload else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if answer is None or answer == "":
        return _NONE
    return _identifiers(answer.get("batchItemFailures")) if isinstance(answer, dict) else None


def _identifiers(failures: object) -> frozenset[str] | None:
    try:
        identifiers = [one.id for one in msgspec.convert(failures, list[_Failure] | None) or []]
    except msgspec.ValidationError:
        return None
    return frozenset(identifiers) if all(identifiers) else None


class _Failure(msgspec.Struct):
    id: str = msgspec.field(name="itemIdentifier")
