"""The permissions that a call needs: boto3's operations as IAM's actions on resources.

After the Service Authorization Reference (https://docs.aws.amazon.com/service-authorization/latest/reference/).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class Call(NamedTuple):
    """A need: an action, and the last part of its resource's ARN, such as ``table/socialindex-HostsTable``."""

    action: str
    resource: str


Params = dict[str, Any]
_STATEMENT = re.compile(r'\s*(INSERT|UPDATE|DELETE|SELECT)\b[^"]*"([^"]+)"', re.IGNORECASE)
_TRANSACTED = ("Put", "Update", "Delete", "ConditionCheck")
"""Kinds of TransactWriteItems' entries; their actions are called so with an ``Item`` at the end."""
_BATCHES = {"BatchGetItem", "BatchWriteItem"}
_OBJECTS = {
    "PutObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "AbortMultipartUpload": "AbortMultipartUpload",
    "ListParts": "ListMultipartUploadParts",
    "GetObject": "GetObject",
    "HeadObject": "GetObject",
    "DeleteObject": "DeleteObject",
}
_BUCKETS = {
    "ListObjectsV2": "ListBucket",
    "HeadBucket": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListMultipartUploads": "ListBucketMultipartUploads",
}


def needed(service: str, operation: str, params: Mapping[str, Any]) -> Iterator[Call]:
    """What a call needs, of the services that functions use.

    Raises:
        NotImplementedError: a call whose permissions are not written down here yet.
    """
    if service not in _SERVICES:
        raise NotImplementedError(f"the permissions of {service}.{operation} are not known to infra/local/guard")
    return _SERVICES[service](operation, dict(params))


def _tables(operation: str, params: Params) -> Iterator[Call]:
    if operation in _BATCHES:
        yield from (Call(f"dynamodb:{operation}", f"table/{name}") for name in params["RequestItems"])
    elif operation == "TransactWriteItems":
        for item in params["TransactItems"]:
            (kind,) = (kind for kind in _TRANSACTED if kind in item)
            yield Call(f"dynamodb:{kind}Item", f"table/{item[kind]['TableName']}")
    elif operation in ("BatchExecuteStatement", "ExecuteStatement"):
        yield from map(_partiql, params.get("Statements", [params]))
    else:
        index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
        yield Call(f"dynamodb:{operation}", f"table/{params['TableName']}{index}")


def _partiql(statement: Params) -> Call:
    found = _STATEMENT.match(statement["Statement"])
    if found is None:
        raise NotImplementedError(f"no PartiQL that infra/local/guard reads: {statement['Statement'][:40]}")
    return Call(f"dynamodb:PartiQL{found[1].capitalize()}", f"table/{found[2]}")


def _queues(operation: str, params: Params) -> Iterator[Call]:
    yield Call(f"sqs:{operation.removesuffix('Batch')}", str(params["QueueUrl"]).rsplit("/", 1)[-1])


def _objects(operation: str, params: Params) -> Iterator[Call]:
    bucket = params["Bucket"]
    if operation == "DeleteObjects":
        for one in params["Delete"]["Objects"]:
            yield Call("s3:DeleteObjectVersion" if "VersionId" in one else "s3:DeleteObject", f"{bucket}/{one['Key']}")
    elif operation in _BUCKETS:
        yield Call(f"s3:{_BUCKETS[operation]}", bucket)
    else:
        version = "Version" if "VersionId" in params and operation != "PutObject" else ""
        yield Call(f"s3:{_OBJECTS[operation]}{version}", f"{bucket}/{params['Key']}")


def _topics(operation: str, params: Params) -> Iterator[Call]:
    yield Call(f"sns:{operation}", str(params["TopicArn"]).rsplit(":", 1)[-1])


def _mails(operation: str, params: Params) -> Iterator[Call]:
    """What SendEmail is given as it is (``Raw``), is checked as the action that it was of the API's first version.

    An identity may have a configuration set by default, on which the same is checked. Here each has one.
    """
    action = "SendRawEmail" if operation == "SendEmail" and "Raw" in params["Content"] else operation
    yield Call(f"ses:{action}", f"identity/{params['FromEmailAddress']}")
    yield Call(f"ses:{action}", f"configuration-set/{params.get('ConfigurationSetName', 'default')}")


def _secrets(operation: str, params: Params) -> Iterator[Call]:
    """A secret's ARN ends in six characters that its name has not."""
    yield Call(f"secretsmanager:{operation}", f"secret:{params['SecretId']}-abcdef")


_SERVICES: dict[str, Callable[[str, Params], Iterator[Call]]] = {
    "dynamodb": _tables,
    "sqs": _queues,
    "s3": _objects,
    "sns": _topics,
    "sesv2": _mails,
    "secretsmanager": _secrets,
}
