"""ElasticMQ: the queues."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from infra.local.artifacts.lockfile import read_lock
from infra.local.servers.base import HOST, Server, ServerConfig
from infra.local.servers.java import java_command

if TYPE_CHECKING:
    from infra.local.servers.process import Command

_STARTED = "started in"
_LOGBACK = Path(__file__).with_name("logback.xml")


@dataclass(frozen=True, kw_only=True)
class SqsConfig(ServerConfig):
    """Settings of ElasticMQ; region and account stand in the queues' ARNs."""

    port: int = 9324
    heap_mb: int = 512
    """At the most: what waits is held in memory, and two hundred full messages take 100 MB. With 128 MB it has died."""
    region: str = "us-east-1"
    account: str = "000000000000"


class Sqs(Server):
    """ElasticMQ, which answers what SQS answers (JSON and query protocol)."""

    name: ClassVar[str] = "ElasticMQ"
    artifact: ClassVar[str] = "elasticmq"
    port_setting: ClassVar[str] = "SQS_PORT"

    def __init__(self, config: SqsConfig) -> None:
        super().__init__(config)
        self._aws = {"region": config.region, "accountId": config.account}

    def command(self) -> Command:
        """Run it with a configuration file. That is HOCON, of which JSON is a part."""
        settings = self.folder / "elasticmq.json"
        settings.write_text(json.dumps(self._settings(), indent=2), encoding="utf-8")
        properties = [f"-Dconfig.file={settings}", f"-Dlogback.configurationFile={_LOGBACK}"]
        return java_command(self, read_lock(self.artifact), [*properties, "org.elasticmq.server.Main"])

    def is_ready(self) -> bool:
        """Whether the queues of the last run are back; it answers some time before."""
        return super().is_ready() and _STARTED in self.log.read_text(encoding="utf-8")

    def _settings(self) -> dict[str, object]:
        return {
            "node-address": {"protocol": "http", "host": HOST, "port": self.port},
            "rest-sqs": {"bind-hostname": HOST, "bind-port": self.port, "sqs-limits": "strict"},
            "rest-stats": {"enabled": False},
            "aws": self._aws,
            "messages-storage": {
                "enabled": self.config.persistent,
                # Without WRITE_DELAY=0 the database acknowledges what a kill within half a second still loses.
                "uri": f"jdbc:h2:{self.store / 'queues'};WRITE_DELAY=0",
            },
        }
