"""The whole service, for benchmarks that need it: on free ports, in memory or a temporary folder, gone at the end."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from infra.bench.progress import say
from infra.local.servers import DynamoDbConfig, OpenSearch, OpenSearchConfig, S3Config, SqsConfig, free_port
from infra.local.service import Service, ServiceOptions, running_service
from socialindex import engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch as Engine

_HEAP_MB = 1024
_QUEUES_HEAP_MB = 4096
"""At most. ElasticMQ keeps what was deleted until it would have become visible again: for up to 90 minutes."""


@contextmanager
def bench_service() -> Iterator[Service]:
    """A service that starts empty; this process's environment leads boto3 to it meanwhile.

    Raises:
        Unavailable: a part cannot be had or does not answer.
    """
    with tempfile.TemporaryDirectory(prefix="socialindex-bench-") as folder:
        options = _options(Path(folder))
        with (
            running_service(options, lambda text: say(f"  {text}")) as service,
            patch.dict(os.environ, service.cloud.environment()),
        ):
            yield service


def engine_of(service: Service) -> Engine:
    """The bare engine."""
    return engine.connect(service.servers.get(OpenSearch).url, signed=False)


def _options(folder: Path) -> ServiceOptions:
    return ServiceOptions(
        data=folder,
        servers=[
            OpenSearchConfig(data=folder / "engine", port=free_port(), heap_mb=_HEAP_MB, persistent=False),
            SqsConfig(data=folder / "sqs", port=free_port(), heap_mb=_QUEUES_HEAP_MB, persistent=False),
            DynamoDbConfig(data=folder / "dynamodb", port=free_port(), persistent=False),
            S3Config(data=folder / "s3", port=free_port(), persistent=False),
        ],
    )
