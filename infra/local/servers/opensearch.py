"""OpenSearch: the engine, one node, with the Korean analyzer."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from infra.local.artifacts.lockfile import read_lock
from infra.local.artifacts.opensearch_home import opensearch_home
from infra.local.servers.base import HOST, Server, ServerConfig
from infra.local.servers.java import Java, find_java, java_environment
from infra.local.servers.process import Command
from socialindex.query.limits import ENGINE_CLAUSES

if TYPE_CHECKING:
    from collections.abc import Iterator

_RESOURCES = Path(__file__).parent
_COMPACT_HEADERS_SINCE = 25


@dataclass(frozen=True, kw_only=True)
class OpenSearchConfig(ServerConfig):
    """Settings of OpenSearch. It has no in-memory storage: not persistent means deleted at the stop.

    Attributes:
        quick_start: compile lightly, which halves the processor time until it answers and costs speed later: for tests.
    """

    port: int = 9200
    heap_mb: int = 1024
    quick_start: bool = False


class OpenSearch(Server):
    """One OpenSearch node.

    It is started by Java directly, which is what ``bin/opensearch`` does after four short-lived Java runs that find
    out what is known here; so it needs no shell, and its process is the one that was started. It refuses to run as
    root, for whom the launcher finds another user.
    """

    name: ClassVar[str] = "OpenSearch"
    artifact: ClassVar[str] = "opensearch"
    port_setting: ClassVar[str] = "OPENSEARCH_PORT"

    def __init__(self, config: OpenSearchConfig) -> None:
        super().__init__(config)
        self._quick_start = config.quick_start

    def command(self) -> Command:
        """Write the node's configuration and run it. Unpacked server, configuration and data are separate folders."""
        home = opensearch_home(read_lock(self.artifact), self.config.cache)
        java = find_java()
        arguments = [str(java.command), *self._options(java), *_paths(home, self._configure())]
        return Command(
            [*arguments, "org.opensearch.bootstrap.OpenSearch"],
            java_environment([home / "lib" / "*"]),
            self.folder,
            self.log,
            unprivileged=[self.folder, home],
        )

    def is_ready(self) -> bool:
        """Whether every index that was there before can be searched."""
        return self._status("/_cluster/health?wait_for_status=yellow&timeout=1s") == HTTPStatus.OK

    def _configure(self) -> Path:
        """The node's configuration folder. The node keeps its keystore there too."""
        config = self.folder / "config"
        config.mkdir(exist_ok=True)
        shutil.copy(_RESOURCES / "log4j2.properties", config)
        # JSON is YAML.
        (config / "opensearch.yml").write_text(json.dumps(self._settings(), indent=2), encoding="utf-8")
        return config

    def _settings(self) -> dict[str, object]:
        return {
            "cluster.name": "socialindex-local",
            "node.name": "local",
            "discovery.type": "single-node",
            "network.host": HOST,
            "http.port": self.port,
            # The longest query that the parser lets pass needs it; the default is 1,024.
            "indices.query.bool.max_clause_count": ENGINE_CLAUSES,
            # As on infra/engine.yaml's instances (Amazon OpenSearch Service, network quotas); the default is 100 MB.
            "http.max_content_length": "10mb",
            # Nobody connects to it, and two stacks on one machine must not meet.
            "transport.port": 0,
            "path.data": str(self.store),
            "path.logs": str(self.folder / "logs"),
            # Where snapshots may be kept: `socialindex ops snapshots register NAME --folder NAME`.
            "path.repo": str(self.folder / "snapshots"),
            # The defaults are percentages: a laptop's disk that is 95% full would make every index read-only.
            "cluster.routing.allocation.disk.watermark.low": "3gb",
            "cluster.routing.allocation.disk.watermark.high": "2gb",
            "cluster.routing.allocation.disk.watermark.flood_stage": "1gb",
        }

    def _options(self, java: Java) -> Iterator[str]:
        yield f"-Xms{self.config.heap_mb}m"
        yield f"-Xmx{self.config.heap_mb}m"
        yield f"-XX:MaxDirectMemorySize={self.config.heap_mb // 2}m"
        yield f"-XX:ErrorFile={self.folder}/hs_err_pid%p.log"
        yield f"-Djava.io.tmpdir={self.scratch}"
        yield f"@{_RESOURCES / 'opensearch.jvmargs'}"
        if self._quick_start:
            yield "-XX:TieredStopAtLevel=1"
        if java.major >= _COMPACT_HEADERS_SINCE:
            yield "-XX:+UseCompactObjectHeaders"


def _paths(home: Path, config: Path) -> list[str]:
    return [
        f"-javaagent:{home}/agent/opensearch-agent.jar",
        f"-Dopensearch.path.home={home}",
        f"-Dopensearch.path.conf={config}",
    ]
