"""Several servers as one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Self, TypeVar

from infra.local import artifacts
from infra.local.servers.base import READY_SECONDS, Server, ServerConfig
from infra.local.servers.dynamodb import DynamoDb, DynamoDbConfig
from infra.local.servers.opensearch import OpenSearch, OpenSearchConfig
from infra.local.servers.s3 import S3, S3Config
from infra.local.servers.secured import Secured, SecuredConfig
from infra.local.servers.sqs import Sqs, SqsConfig
from infra.local.together import together

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

ServerT = TypeVar("ServerT", bound=Server)


@dataclass(frozen=True)
class Running:
    """Servers that answer; as a context manager it stops them, the last one first."""

    servers: tuple[Server, ...]

    def get(self, kind: type[ServerT]) -> ServerT:
        """The server of a kind, such as ``running.get(Sqs).url``.

        Raises:
            KeyError: it is not among the started ones.
        """
        for server in self.servers:
            if isinstance(server, kind):
                return server
        raise KeyError(kind.__name__)

    def died(self) -> Server | None:
        """A server that ended by itself; absent while all run."""
        return next((server for server in self.servers if server.pid is None), None)

    def stop(self) -> None:
        """Stop all, the last one first; a second call does nothing."""
        for server in reversed(self.servers):
            server.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def start_all(configs: Iterable[ServerConfig], *, timeout: float = READY_SECONDS) -> Running:
    """Start servers at the same time and wait until all answer. Their files are fetched first, in one go.

    Raises:
        InvalidInput: a port is taken; nothing was started.
        Unavailable: files cannot be had, or a server ended or did not answer in time; none is left running.
    """
    servers = [server_for(config) for config in configs]
    for server in servers:
        server.require_free_port()
    for cache in {server.config.cache for server in servers}:
        artifacts.prepare({server.artifact for server in servers if server.config.cache == cache}, cache=cache)
    running = Running(tuple(servers))
    try:
        for server in servers:
            server.start()
        together([partial(server.wait_ready, timeout) for server in servers], running.stop)
    except BaseException:
        running.stop()
        raise
    return running


def server_for(config: ServerConfig) -> Server:
    """The server that a configuration is for; not started."""
    match config:
        case SecuredConfig():  # before what it is a kind of
            return Secured(config)
        case OpenSearchConfig():
            return OpenSearch(config)
        case SqsConfig():
            return Sqs(config)
        case DynamoDbConfig():
            return DynamoDb(config)
        case S3Config():
            return S3(config)
    raise TypeError(f"no server takes a {type(config).__name__}")
