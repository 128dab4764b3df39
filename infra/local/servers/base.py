"""What all servers of the local stack have in common."""

from __future__ import annotations

import http.client
import shutil
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Self

from infra.local import artifacts
from infra.local.servers.ports import require_free
from infra.local.servers.process import Command, Process
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

HOST = "127.0.0.1"
# OpenSearch takes 10 s on an idle machine with two cores, and four times that on a busy one.
READY_SECONDS = 240.0
_PROBE_SECONDS = 2.0
_POLL_SECONDS = 0.05
_STOP_SECONDS = 20.0
_LINES_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class ServerConfig:
    """Settings of one server.

    Attributes:
        data: the server's own folder: its data, generated configuration and log are in it.
        port: where it listens, on 127.0.0.1.
        heap_mb: Java heap in megabytes; no meaning for the S3 server.
        persistent: whether data survives a stop. If not, it is kept in memory by the servers that can, and
            deleted from the data folder by the others.
        cache: the folder of fetched and built files.
    """

    data: Path
    port: int
    heap_mb: int = 128
    persistent: bool = True
    cache: Path = field(default_factory=artifacts.cache_folder)


class Server(ABC):
    """A server that can be started, waited for and stopped; as a context manager all three.

    Attributes:
        name: what people call it.
        artifact: its name in ``artifacts.ARTIFACTS``.
        port_setting: the environment variable from which the stack takes its port, for messages.
        bound_to: the address that it listens on.
    """

    name: ClassVar[str]
    artifact: ClassVar[str]
    port_setting: ClassVar[str]
    bound_to: ClassVar[str] = HOST

    def __init__(self, config: ServerConfig) -> None:
        self.config = config
        self._process: Process | None = None

    @abstractmethod
    def command(self) -> Command:
        """What to run; writes the configuration files that it names. The folders are there."""

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"http://{HOST}:{self.port}"

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.config.port

    @property
    def log(self) -> Path:
        """The file with all that the server says; of the last start only."""
        return self.folder / "server.log"

    @property
    def folder(self) -> Path:
        """The server's own folder."""
        return self.config.data.absolute()

    @property
    def store(self) -> Path:
        """The folder with the data, below the server's own."""
        return self.folder / "store"

    @property
    def scratch(self) -> Path:
        """A folder for temporary files, empty at every start. ``/tmp`` may forbid to run the libraries in it."""
        return self.folder / "tmp"

    @property
    def pid(self) -> int | None:
        """The running server's process; absent when it does not run."""
        return self._process.pid if self._process and self._process.alive else None

    def start(self) -> None:
        """Start the server, without waiting until it answers; does nothing if it runs.

        Raises:
            InvalidInput: the port is taken.
            Unavailable: its files can be neither found nor fetched.
        """
        if self.pid is not None:
            return
        self.require_free_port()
        artifacts.prepare({self.artifact}, cache=self.config.cache)
        if not self.config.persistent:
            self._forget()
        shutil.rmtree(self.scratch, ignore_errors=True)
        for folder in (self.store, self.scratch):
            folder.mkdir(parents=True, exist_ok=True)
        self._process = Process(self.command())

    def require_free_port(self) -> None:
        """Make sure that nobody else has the port.

        Raises:
            InvalidInput: somebody has; names the port, the program where that can be seen, and the setting.
        """
        require_free(self.port, self.port_setting, host=self.bound_to)

    def wait_ready(self, timeout: float = READY_SECONDS) -> None:
        """Wait until the server answers.

        Raises:
            Unavailable: it ended, or did not answer within ``timeout`` seconds; shows the end of its log.
        """
        deadline = time.monotonic() + timeout
        while not self.is_ready():
            if self.pid is None:
                raise self._gone("ended while it started")
            if time.monotonic() > deadline:
                raise self._gone(f"did not answer within {timeout:.0f} seconds")
            time.sleep(_POLL_SECONDS)

    def is_ready(self) -> bool:
        """Whether the server answers requests."""
        return self._status("/") is not None

    def stop(self) -> None:
        """Stop the server: asked first, killed after 20 seconds. Returns when no process of it is left."""
        if self._process:
            self._process.stop(_STOP_SECONDS)
            self._process = None
        if not self.config.persistent:
            self._forget()

    def __enter__(self) -> Self:
        try:
            self.start()
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _status(self, path: str) -> int | None:
        """HTTP status of a GET, absent where nothing answers. Loopback never goes through a proxy."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=_PROBE_SECONDS)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def _gone(self, what: str) -> Unavailable:
        said = self._process.last_lines(_LINES_SHOWN) if self._process else ""
        return Unavailable(f"{self.name} {what}. The end of {self.log}:\n{said}")

    def _forget(self) -> None:
        shutil.rmtree(self.store, ignore_errors=True)
