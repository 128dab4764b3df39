"""The servers' settings, read from the environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from infra.local.servers.dynamodb import DynamoDb, DynamoDbConfig
from infra.local.servers.opensearch import OpenSearch, OpenSearchConfig
from infra.local.servers.s3 import S3, S3Config
from infra.local.servers.sqs import Sqs, SqsConfig
from socialindex.errors import InvalidSettings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from infra.local.servers.base import ServerConfig

HIGHEST_PORT = 65535
_SMALLEST_HEAP_MB, _LARGEST_HEAP_MB = 256, 32_000


def configs_of_environment(
    data: Path, *, persistent: bool = True, environ: Mapping[str, str] = os.environ
) -> list[ServerConfig]:
    """All four servers, each with its own folder in ``data``; those that keep nothing are made to start quickly.

    Reads OPENSEARCH_PORT (9200), SQS_PORT (9324), DYNAMODB_PORT (8000), S3_PORT (7070) and OPENSEARCH_HEAP_MB (1024).

    Raises:
        InvalidSettings: a variable is no number or out of its range.
    """

    def port(setting: str, default: int) -> int:
        return whole_number(setting, default, 1, HIGHEST_PORT, environ)

    heap_mb = whole_number("OPENSEARCH_HEAP_MB", 1024, _SMALLEST_HEAP_MB, _LARGEST_HEAP_MB, environ)
    search = OpenSearchConfig(
        data=data / "opensearch",
        port=port(OpenSearch.port_setting, 9200),
        heap_mb=heap_mb,
        persistent=persistent,
        quick_start=not persistent,
    )
    return [
        search,
        SqsConfig(data=data / "sqs", port=port(Sqs.port_setting, 9324), persistent=persistent),
        DynamoDbConfig(data=data / "dynamodb", port=port(DynamoDb.port_setting, 8000), persistent=persistent),
        S3Config(data=data / "s3", port=port(S3.port_setting, 7070), persistent=persistent),
    ]


def whole_number(name: str, default: int, lowest: int, highest: int, environ: Mapping[str, str] = os.environ) -> int:
    """A setting of the environment.

    Raises:
        InvalidSettings: it is no number, or out of its range.
    """
    text = environ.get(name, "") or str(default)
    if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
        raise InvalidSettings(
            f"{name} is {text!r}", field=name, remedy=f"use a whole number from {lowest} to {highest}"
        )
    return int(text)
