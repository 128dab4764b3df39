"""boto3 clients, made once per process and kept for its life (connections are reused between invocations)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 5},
    connect_timeout=3,
    read_timeout=20,
    max_pool_connections=32,
    tcp_keepalive=True,
    # Local S3 servers differ in their checksum support; SigV4 already covers a body's integrity.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


@cache
def dynamodb() -> DynamoDBClient:
    """The client for tables."""
    return boto3.client("dynamodb", config=_CONFIG)


@cache
def sqs() -> SQSClient:
    """The client for queues."""
    return boto3.client("sqs", config=_CONFIG)


@cache
def s3() -> S3Client:
    """The client for buckets."""
    return boto3.client("s3", config=_CONFIG)
