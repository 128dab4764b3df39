"""Where the parts of AWS are on this machine, and how to reach them with boto3."""

from __future__ import annotations

import functools
import os
import threading
from typing import TYPE_CHECKING

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
        return _sqs(self)

    def dynamodb_client(self) -> DynamoDBClient:
        """The client for tables; threads may share it."""
        return _dynamodb(self)

    def s3_client(self) -> S3Client:
        """The client for buckets; threads may share it."""
        return _s3(self)

    def sns_client(self) -> SNSClient:
        """The client for topics; threads may share it."""
        return _sns(self)

    def sesv2_client(self) -> SESV2Client:
        """The client for mail; threads may share it."""
        return _sesv2(self)


# A client takes a tenth of a second to make, and one per cloud is enough. Making them is not safe among threads.
_making = threading.Lock()


@functools.cache
def _sqs(cloud: Cloud) -> SQSClient:
    with _making:
        return _session(cloud).client("sqs", endpoint_url=cloud.sqs, config=_CONFIG)


@functools.cache
def _dynamodb(cloud: Cloud) -> DynamoDBClient:
    with _making:
        return _session(cloud).client("dynamodb", endpoint_url=cloud.dynamodb, config=_CONFIG)


@functools.cache
def _s3(cloud: Cloud) -> S3Client:
    with _making:
        return _session(cloud).client("s3", endpoint_url=cloud.s3, config=_CONFIG)


@functools.cache
def _sns(cloud: Cloud) -> SNSClient:
    with _making:
        return _session(cloud).client("sns", endpoint_url=cloud.standin or None, config=_CONFIG)


@functools.cache
def _sesv2(cloud: Cloud) -> SESV2Client:
    with _making:
        return _session(cloud).client("sesv2", endpoint_url=cloud.standin or None, config=_CONFIG)


@functools.cache
def _session(cloud: Cloud) -> boto3.Session:
    return boto3.Session(
        aws_access_key_id=cloud.access_key, aws_secret_access_key=cloud.secret_key, region_name=cloud.region
    )


_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
    max_pool_connections=_CONNECTIONS,
    proxies={},
)
