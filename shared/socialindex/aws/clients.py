"""boto3 clients, made once per process and kept for its life (connections are reused between invocations)."""

from __future__ import annotations

import os
from functools import cache, lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

T = TypeVar("T")

PATIENCE = (3, 20)
"""Seconds that a connection and an answer may take."""
CONNECTIONS = 32
"""Kept at once, of each client."""

_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 5},
    connect_timeout=PATIENCE[0],
    read_timeout=PATIENCE[1],
    max_pool_connections=CONNECTIONS,
    tcp_keepalive=True,
    # Local S3 servers differ in their checksum support; SigV4 already covers a body's integrity.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
_SIGV4 = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
"""Presigned addresses too: in older regions boto3 makes them with SigV2, which signs neither length nor headers.

Unless it is told how to address buckets, they lead to ``s3.amazonaws.com``. For a day that sends who asks for a new one
on to its region (307), where the signature is wrong, since it is of the host, too. Where that is an IP nothing changes.
"""
_UNCHECKED = Config(parameter_validation=False)
"""Tables are asked often, by calls that ``tables`` alone makes: to check each key of a batch takes longer than to send
it (1.1 of 2.2 ms of processor time for 100 keys)."""
_MAKING = Lock()


class _Once(Generic[T]):
    """What is made at the first call and kept, also when threads call at the same time.

    Threads may share a client, but not make clients at once; and a client costs a tenth of a second of a processor.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._kept = cache(make)

    def __call__(self) -> T:
        with _MAKING:
            return self._kept()

    def cache_clear(self) -> None:
        """Make it anew at the next call, for a process whose environment has changed."""
        self._kept.cache_clear()


def _session() -> boto3.Session:
    """One for all clients: each of its own would read again what botocore knows of all services' endpoints."""
    return _session_in(*sorted(item for item in os.environ.items() if item[0].startswith("AWS_")))


@lru_cache(maxsize=1)
def _session_in(*_environment: tuple[str, str]) -> boto3.Session:
    """The session of an environment, whose credentials and files a session reads once."""
    return boto3.Session()


@_Once
def dynamodb() -> DynamoDBClient:
    """The client for tables."""
    return _session().client("dynamodb", config=_CONFIG.merge(_UNCHECKED))


@_Once
def sqs() -> SQSClient:
    """The client for queues."""
    return _session().client("sqs", config=_CONFIG)


@_Once
def s3() -> S3Client:
    """The client for buckets."""
    return _session().client("s3", config=_CONFIG.merge(_SIGV4))


@_Once
def secretsmanager() -> SecretsManagerClient:
    """The client for secrets."""
    return _session().client("secretsmanager", config=_CONFIG)


@_Once
def sns() -> SNSClient:
    """The client for topics."""
    return _session().client("sns", config=_CONFIG)


@_Once
def sesv2() -> SESV2Client:
    """The client for mail."""
    return _session().client("sesv2", config=_CONFIG)


@_Once
def opensearch() -> Any:  # noqa: ANN401 - ``packages`` says what of it is used
    """The client for domains: what surrounds the engine, not the engine itself."""
    return _session().client("opensearch", config=_CONFIG)


@_Once
def cloudformation() -> Any:  # noqa: ANN401 - ``deployments`` says what of it is used
    """The client for stacks."""
    return _session().client("cloudformation", config=_CONFIG)
