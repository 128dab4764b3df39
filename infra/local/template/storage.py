"""Queues, tables, buckets and topics of a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from infra.local.template.intrinsics import invalid
from infra.local.template.model import Bucket, Queue, Table, Topic
from infra.local.template.references import BUCKET, QUEUE, TABLE, TOPIC
from infra.local.template.schema import BucketProperties, QueueProperties, RedrivePolicy, TableProperties

if TYPE_CHECKING:
    from infra.local.template.reading import Reading


def queues(reading: Reading) -> dict[str, Queue]:
    """Every queue, with the attributes that the local queue server knows."""
    return {logical_id: _queue(reading, logical_id) for logical_id in reading.of_type(QUEUE)}


def _queue(reading: Reading, logical_id: str) -> Queue:
    properties = reading.properties(logical_id, QueueProperties)
    name = reading.references.name(logical_id)
    if properties.fifo_queue != name.endswith(".fifo"):
        raise invalid(f"{logical_id}.QueueName", "only FIFO queues end in .fifo", "Make FifoQueue and the name agree.")
    if properties.redrive_policy is not None:
        _check_target(reading, logical_id, properties.redrive_policy)
    return Queue(
        logical_id=logical_id,
        name=name,
        url=reading.references(logical_id, "QueueUrl", logical_id),
        arn=reading.references(logical_id, "Arn", logical_id),
        fifo=properties.fifo_queue,
        visibility_timeout=properties.visibility_timeout,
        made_with=_made_with(properties),
        attributes=_attributes(properties),
    )


def _check_target(reading: Reading, logical_id: str, policy: RedrivePolicy) -> None:
    if reading.references.owner(policy.dead_letter_target_arn, QUEUE) is None:
        raise invalid(
            f"{logical_id}.RedrivePolicy.deadLetterTargetArn",
            f"{policy.dead_letter_target_arn} is no queue of this template",
            "Use !GetAtt of a queue that is declared here.",
        )


def _made_with(properties: QueueProperties) -> dict[str, str]:
    given = {"FifoQueue": properties.fifo_queue, "ContentBasedDeduplication": properties.content_based_deduplication}
    return {name: "true" for name, value in given.items() if value}


def _attributes(properties: QueueProperties) -> dict[str, str]:
    given = {
        "VisibilityTimeout": properties.visibility_timeout,
        "MessageRetentionPeriod": properties.message_retention_period,
        "DelaySeconds": properties.delay_seconds,
    }
    attributes = {name: str(value) for name, value in given.items() if value is not None}
    if properties.redrive_policy is not None:
        attributes["RedrivePolicy"] = msgspec.json.encode(properties.redrive_policy).decode()
    return attributes


def tables(reading: Reading) -> dict[str, Table]:
    """Every table, as the request that creates it."""
    return {logical_id: _table(reading, logical_id) for logical_id in reading.of_type(TABLE)}


def _table(reading: Reading, logical_id: str) -> Table:
    properties = reading.properties(logical_id, TableProperties)
    raw = reading.raw(logical_id)
    if "TimeToLiveSpecification" in raw:
        reading.note(f"{logical_id}: items are not deleted when their time to live is over.")
    if "StreamSpecification" in raw:
        reading.note(f"{logical_id}: nothing reads the table's stream.")
    name = reading.references.name(logical_id)
    request = {**msgspec.to_builtins(properties), "TableName": name, "BillingMode": "PAY_PER_REQUEST"}
    return Table(logical_id=logical_id, name=name, definition=request)


def buckets(reading: Reading) -> dict[str, Bucket]:
    """Every bucket."""
    return {logical_id: _bucket(reading, logical_id) for logical_id in reading.of_type(BUCKET)}


def _bucket(reading: Reading, logical_id: str) -> Bucket:
    versioning = reading.properties(logical_id, BucketProperties).versioning_configuration
    if "LifecycleConfiguration" in reading.raw(logical_id):
        reading.note(f"{logical_id}: lifecycle rules are not applied.")
    return Bucket(
        logical_id=logical_id,
        name=reading.references.name(logical_id),
        versioned=versioning is not None and versioning.status == "Enabled",
    )


def topics(reading: Reading) -> dict[str, Topic]:
    """Every topic."""
    found = {name: Topic(logical_id=name, name=reading.references.name(name)) for name in reading.of_type(TOPIC)}
    if found:
        reading.note("Topics: nobody is subscribed to them.")
    return found
