"""Where the parts of AWS are on this machine, and how to reach them with boto3."""

from __future__ import annotations

import functools
import os
import threading
from typing import TYPE_CHECKING, Any

import boto3
import msgspec
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

ACCOUNT = "000000000000"
_ATTEMPTS = 3
_CONNECTIONS = 64
_STOOD_IN = ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL_SNS", "AWS_ENDPOINT_URL_SESV2")


class Cloud(msgspec.Struct, frozen=True, kw_only=True):
    """The endpoints of the local servers, and the credentials that they accept.

    ``account`` must be the one that the SQS server puts into queue URLs.
    """

    sqs: str
    dynamodb: str
    s3: str
    standin: str = ""
    """Of what stands in for Secrets Manager, SNS and SES; empty where nothing asks for them."""
    region: str = "us-east-1"
    account: str = ACCOUNT
    access_key: str = "local"
    secret_key: str = "local-secret"  # noqa: S105 - accepted by servers on this machine only

    def arn(self, service: str, resource: str) -> str:
        """The Amazon resource name of something in this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    def environment(self) -> dict[str, str]:
        """The variables with which any AWS SDK talks to this machine, and to nothing else."""
        return {
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL_SQS": self.sqs,
            "AWS_ENDPOINT_URL_DYNAMODB": self.dynamodb,
            "AWS_ENDPOINT_URL_S3": self.s3,
            **(dict.fromkeys(_STOOD_IN, self.standin) if self.standin else {}),
        }

    def sqs_client(self) -> SQSClient:
        """The client for queues; threads may share it."""
        client: SQSClient = self._client("sqs", self.sqs)
        return client

    def dynamodb_client(self) -> DynamoDBClient:
        """The client for tables; threads may share it."""
        client: DynamoDBClient = self._client("dynamodb", self.dynamodb)
        return client

    def s3_client(self) -> S3Client:
        """The client for buckets; threads may share it."""
        client: S3Client = self._client("s3", self.s3)
        return client

    def sns_client(self) -> SNSClient:
        """The client for topics; threads may share it."""
        client: SNSClient = self._client("sns", self.standin)
        return client

    def sesv2_client(self) -> SESV2Client:
        """The client for mail; threads may share it."""
        client: SESV2Client = self._client("sesv2", self.standin)
        return client

    def _client(self, service: str, endpoint: str) -> Any:  # noqa: ANN401 - the methods above say what it is
        with _making:
            return _made(service, endpoint, self.access_key, self.secret_key, self.region)


_making = threading.Lock()
"""Making clients is not safe among threads."""


# A client takes a tenth of a second to make and megabytes to keep: one is enough for all clouds that have a server in
# common, as those of tests have.
@functools.lru_cache(maxsize=32)
def _made(service: str, endpoint: str, *identity: str) -> Any:  # noqa: ANN401 - as above
    return _session(*identity).client(service, endpoint_url=endpoint or None, config=_CONFIG)


@functools.cache
def _session(access_key: str, secret_key: str, region: str) -> Any:  # noqa: ANN401 - stubs know services by literals
    return boto3.Session(aws_access_key_id=access_key, aws_secret_access_key=secret_key, region_name=region)


_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
    max_pool_connections=_CONNECTIONS,
    proxies={},
)
