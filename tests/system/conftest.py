"""The whole service on free ports with data of its own, and worlds to crawl; it runs beside ``make run``."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar
from unittest.mock import patch

import pytest

from infra.local.guard.record import denied
from infra.local.sample import shown
from infra.local.servers import DynamoDbConfig, OpenSearch, OpenSearchConfig, S3Config, SqsConfig, free_port
from infra.local.service import Service, ServiceOptions, running_service
from infra.local.standin import sample_credentials
from infra.local.world import SITES
from socialindex import engine
from socialindex.client import ApiError, Client
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import opensearchpy

    from infra.local.world import Channel as WorldChannel
    from infra.local.world import Manifest
    from socialindex.sources.base import Channel

T = TypeVar("T")

SPEED = 20.0
"""Schedules fire every three seconds instead of every minute."""
PARAMETERS = {"CrawlDelaySeconds": "0", "PollSeconds": "5", "PollCeilingSeconds": "5", "LeaseSeconds": "5"}
WORLD_PORTS = tuple(free_port() for _ in SITES)
"""Of a whole world: the service has its credentials before it is there."""
LIMIT = 150.0
"""Seconds until a crawl that has not found everything has lost something."""


@dataclass(frozen=True)
class Probe:
    """A running service with what tests ask of it."""

    service: Service
    client: Client
    admin: Client
    data: Path
    """What the service keeps, with its functions' logs."""

    @property
    def index(self) -> opensearchpy.OpenSearch:
        """The bare engine."""
        return engine.connect(self.service.servers.get(OpenSearch).url, signed=False)

    def add(self, manifest: Manifest, *names: str) -> list[Channel]:
        """Add channels of a world by name (those of ``make run`` without names); what says no is left out."""
        chosen = _chosen(manifest, names)
        return [self.admin.add_channel(channel.url, channel.options)["channel"] for channel in chosen]

    def uris(self) -> list[str]:
        """Identities of all living documents, one entry per document."""
        query = {"bool": {"must_not": {"exists": {"field": "deleted_at"}}}}
        body = {"query": query, "size": 10_000, "_source": ["uri"]}
        with engine.answering():  # the shards of a new index may just be starting
            self.index.indices.refresh(index="posts-*")
            hits = self.index.search(index="posts-*", body=body)["hits"]["hits"]
        return [hit["_source"]["uri"] for hit in hits]

    def wait_for(self, manifest: Manifest, *names: str) -> None:
        """Wait until everything that the added channels must give is indexed."""

        def missing() -> set[str]:
            return manifest.expected(datetime.now(tz=UTC), _chosen(manifest, names)) - set(self.uris())

        eventually(missing, lambda left: not left)


def _chosen(manifest: Manifest, names: tuple[str, ...]) -> list[WorldChannel]:
    every = [channel for channel in manifest.channels if not channel.refused]
    return [channel for channel in every if (channel.name in names if names else channel in shown(manifest))]


def eventually(look: Callable[[], T], done: Callable[[T], bool] = lambda _: True, limit: float = LIMIT) -> T:
    """What is seen as soon as it is right; where nothing is said of that, as soon as there is an answer.

    Raises:
        AssertionError: it was not right in time; shows what was seen last.
    """
    deadline = time.monotonic() + limit
    last: object = None
    while time.monotonic() < deadline:
        try:
            last = seen = look()
        except (Unavailable, ApiError, LookupError) as error:
            last = error
        else:
            if done(seen):
                return seen
        time.sleep(0.5)
    raise AssertionError(f"not in {limit:.0f} seconds; last seen: {last}")


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probe]:
    """A service that starts empty, for the tests of one module."""
    data = tmp_path_factory.mktemp("service")
    servers = [
        OpenSearchConfig(data=data / "engine", port=free_port(), heap_mb=768, quick_start=True),
        SqsConfig(data=data / "sqs", port=free_port(), persistent=False),
        DynamoDbConfig(data=data / "dynamodb", port=free_port(), persistent=False),
        S3Config(data=data / "s3", port=free_port(), persistent=False),
    ]
    credentials = sample_credentials(WORLD_PORTS)
    options = ServiceOptions(data=data, servers=servers, speed=SPEED, parameters=PARAMETERS, credentials=credentials)
    with running_service(options) as service, patch.dict(os.environ, service.cloud.environment()):
        url = service.stack.url
        client, admin = (Client(url, key, attempts=1) for key in (service.keys.client, service.keys.admin))
        yield Probe(service, client, admin, data)
    assert denied([data]) == [], "functions called what their policies in template.yaml do not allow"
