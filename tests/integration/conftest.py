"""The real servers, once for all integration tests, on free ports and with data of their own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra.local.servers import (
    DynamoDbConfig,
    OpenSearch,
    OpenSearchConfig,
    Running,
    S3Config,
    SqsConfig,
    free_port,
    start_all,
)
from socialindex import engine
from socialindex.setup.stage import Setup
from tests.integration.memory import in_memory

if TYPE_CHECKING:
    from collections.abc import Iterator

    import opensearchpy

    from infra.local.servers import ServerConfig

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """All servers, empty, gone at the end."""
    data = tmp_path_factory.mktemp("servers")
    with in_memory(data / "engine") as engines, start_all(_configs(data, engines)) as running:
        yield running


def _configs(data: Path, engines: Path) -> list[ServerConfig]:
    return [
        OpenSearchConfig(data=engines, port=free_port(), heap_mb=768, quick_start=True, persistent=False),
        SqsConfig(data=data / "sqs", port=free_port(), persistent=False),
        DynamoDbConfig(data=data / "dynamodb", port=free_port(), persistent=False),
        S3Config(data=data / "s3", port=free_port(), persistent=False),
    ]


@pytest.fixture(scope="session")
def engine_url(servers: Running) -> str:
    """The engine's address, with index template and script in place."""
    url = servers.get(OpenSearch).url
    Setup(engine.connect(url, signed=False), ROOT / "infra" / "opensearch").run()
    return url


@pytest.fixture
def index(engine_url: str) -> Iterator[opensearchpy.OpenSearch]:
    """The engine without posts, mentions and topics."""
    client = engine.connect(engine_url, signed=False)
    _empty(client)
    yield client
    _empty(client)


def _empty(client: opensearchpy.OpenSearch) -> None:
    client.indices.delete(index="posts-*,mentions-*")
    params = {"refresh": "true", "conflicts": "proceed", "ignore_unavailable": "true"}
    client.delete_by_query(index="topics-*", body={"query": {"match_all": {}}}, params=params)
