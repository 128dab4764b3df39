"""Creates the queues, tables, buckets and topics of a template on the local servers; what is there already stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from socialindex.errors import InvalidInput

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

    from infra.local.cloud import Cloud
    from infra.local.template.model import Bucket, Queue, Table, Template

_INDEXES = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")


def provision(template: Template, cloud: Cloud) -> None:
    """Make everything that the template stores in; doing it twice changes nothing.

    Raises:
        InvalidInput: a table is there with other keys or indexes than the template's.
        botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: a server does not answer or refuses.
    """
    if template.queues:
        _queues(list(template.queues.values()), cloud.sqs_client())
    if template.tables:
        _tables(list(template.tables.values()), cloud.dynamodb_client())
    if template.buckets:
        _buckets(list(template.buckets.values()), cloud.s3_client())
    if template.topics and not cloud.standin:
        raise InvalidInput("nothing stands in for SNS", field="standin", remedy="run infra.local.standin beside")
    for topic in template.topics.values():
        cloud.sns_client().create_topic(Name=topic.name)


def _queues(queues: list[Queue], sqs: SQSClient) -> None:
    """All queues first, then their attributes: a redrive policy can name any queue."""
    urls = {queue.name: _queue_url(queue, sqs) for queue in queues}
    for queue in queues:
        sqs.set_queue_attributes(QueueUrl=urls[queue.name], Attributes=cast("Any", queue.attributes))


def _queue_url(queue: Queue, sqs: SQSClient) -> str:
    try:
        return sqs.get_queue_url(QueueName=queue.name)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        return sqs.create_queue(QueueName=queue.name, Attributes=cast("Any", queue.made_with))["QueueUrl"]


def _tables(tables: list[Table], dynamodb: DynamoDBClient) -> None:
    for table in [table for table in tables if not _is_ready(table, dynamodb)]:
        dynamodb.get_waiter("table_exists").wait(TableName=table.name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})


def _is_ready(table: Table, dynamodb: DynamoDBClient) -> bool:
    """Create a table that is not there; whether it can be used already."""
    try:
        present = dynamodb.describe_table(TableName=table.name)["Table"]
    except dynamodb.exceptions.ResourceNotFoundException:
        made = dynamodb.create_table(**cast("Any", table.definition))["TableDescription"]
        return made.get("TableStatus") == "ACTIVE"
    _compare(table, cast("dict[str, object]", present))
    return True


def _compare(table: Table, present: dict[str, object]) -> None:
    there, wanted = _shape(present), _shape(table.definition)
    if there != wanted:
        raise InvalidInput(
            f"The table {table.name} ({table.logical_id}) is there with {there}, but the template wants {wanted}",
            field=table.logical_id,
            remedy=f"Delete the table {table.name} (or the data folder), or give it another TableName.",
        )


def _shape(definition: dict[str, Any]) -> dict[str, object]:
    """What of a table cannot be changed, or only by filling an index anew: keys, their types, and indexes."""
    types = {one["AttributeName"]: one["AttributeType"] for one in definition["AttributeDefinitions"]}
    indexes = [index for kind in _INDEXES for index in definition.get(kind) or []]
    keys = {"keys": definition["KeySchema"], **{one["IndexName"]: one["KeySchema"] for one in indexes}}
    return {
        name: [f"{part['AttributeName']} {part['KeyType']} {types[part['AttributeName']]}" for part in key]
        for name, key in sorted(keys.items())
    }


def _buckets(buckets: list[Bucket], s3: S3Client) -> None:
    present = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    for bucket in buckets:
        if bucket.name not in present:
            s3.create_bucket(Bucket=bucket.name)
        if bucket.versioned:
            s3.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})
