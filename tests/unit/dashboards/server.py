"""A small HTTP server that takes imports as OpenSearch Dashboards does, and remembers the last one."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.loopback import Quiet, on_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Server:
    """``answer`` is sent as it is; where there is none, everything is taken."""

    url: str = ""
    status: int = 200
    answer: str | None = None
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    requests: int = 0

    def take(self, path: str, headers: dict[str, str], body: bytes) -> bytes:
        self.path, self.headers, self.body = path, headers, body
        self.requests += 1
        told = {"success": True, "successCount": body.count(b'"migrationVersion"'), "successResults": []}
        return (json.dumps(told) if self.answer is None else self.answer).encode()


@contextmanager
def serving() -> Iterator[Server]:
    """The server, on a port of its own."""
    server = Server()

    class Handler(Quiet):
        def do_POST(self) -> None:  # noqa: N802 - the base class's name
            self.say(server.status, server.take(self.path, dict(self.headers), self.heard()))

    with on_loopback(Handler) as server.url:
        yield server
