"""DynamoDB Local: the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from infra.local.artifacts.lockfile import read_lock
from infra.local.servers.base import Server, ServerConfig
from infra.local.servers.java import java_command

if TYPE_CHECKING:
    from infra.local.servers.process import Command


@dataclass(frozen=True, kw_only=True)
class DynamoDbConfig(ServerConfig):
    """Settings of DynamoDB Local. One database serves all regions and keys (``-sharedDb``)."""

    port: int = 8000


class DynamoDb(Server):
    """DynamoDB Local. It listens on all interfaces of the machine; there is no option against that."""

    name: ClassVar[str] = "DynamoDB Local"
    artifact: ClassVar[str] = "dynamodb"
    port_setting: ClassVar[str] = "DYNAMODB_PORT"
    bound_to: ClassVar[str] = "0.0.0.0"  # noqa: S104 -- its choice, not ours

    def command(self) -> Command:
        """Run it on files or in memory."""
        where = ["-dbPath", str(self.store)] if self.config.persistent else ["-inMemory"]
        arguments = ["-sharedDb", "-port", str(self.port), "-disableTelemetry"]
        main = "software.amazon.dynamodb.services.local.main.ServerRunner"
        return java_command(self, read_lock(self.artifact), [main, *where, *arguments])
