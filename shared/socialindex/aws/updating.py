"""One update of an item with hardly anything around it, since updates run beside the engine's work.

boto3 takes a millisecond of a processor to send an update; rules for endpoints, shapes and events are most of it. Here
its own parts sign and send JSON, in a quarter of that (docs/decisions/0011-metering.md).
"""

from __future__ import annotations

import socket
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import boto3
import msgspec
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, NoCredentialsError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from socialindex.aws.clients import CONNECTIONS, PATIENCE, dynamodb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.awsrequest import AWSResponse
    from mypy_boto3_dynamodb import DynamoDBClient

_HEADERS: Final = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810.UpdateItem"}
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html"""
_AS_BOTO3: Final[dict[str, Any]] = {
    "timeout": PATIENCE,
    "max_pool_connections": CONNECTIONS,
    # Else a body waits until its headers are acknowledged, which takes 40 ms.
    "socket_options": [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
}
_NOT_DONE: Final = "#ConditionalCheckFailedException"
_OK: Final = 200


class Updated(NamedTuple):
    """What came of an update: the item after it, or the one that its condition did not hold for, as DynamoDB has it."""

    done: bool
    item: dict[str, Any] | None


def update(arguments: Mapping[str, Any]) -> Updated | None:
    """Send UpdateItem once; ``None`` where no plain answer came, and boto3 shall send it again, as it does itself.

    Args:
        arguments: as ``update_item`` of boto3's client takes them.
    """
    try:
        answer = _sender(dynamodb()).send(msgspec.json.encode(arguments))
        told = msgspec.json.decode(answer.content)
    except (BotoCoreError, msgspec.DecodeError):
        return None
    if answer.status_code == _OK:
        return Updated(done=True, item=told.get("Attributes"))
    if str(told.get("__type")).endswith(_NOT_DONE):
        return Updated(done=False, item=told.get("Item"))
    return None


class _Sender:
    """Sends to where a client sends, as who the client is."""

    def __init__(self, client: DynamoDBClient) -> None:
        self._url = client.meta.endpoint_url
        self._region = client.meta.region_name
        self._credentials = boto3.Session().get_credentials()
        self._session = URLLib3Session(proxies=get_environ_proxies(self._url), **_AS_BOTO3)

    def send(self, body: bytes) -> AWSResponse:
        """The answer to one signed request."""
        request = AWSRequest("POST", self._url, headers=_HEADERS, data=body)
        if self._credentials is None:
            raise NoCredentialsError
        SigV4Auth(self._credentials.get_frozen_credentials(), "dynamodb", self._region).add_auth(request)
        return self._session.send(request.prepare())


@lru_cache(maxsize=1)
def _sender(client: DynamoDBClient) -> _Sender:
    return _Sender(client)
