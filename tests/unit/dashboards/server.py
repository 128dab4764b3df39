"""A small HTTP server that takes imports as OpenSearch Dashboards does, remembers the last, and shows objects."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.loopback import Quiet, on_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Server:
    """``answer`` is sent as it is; where there is none, everything is taken and kept, by tenant, type and id."""

    url: str = ""
    status: int = 200
    answer: str | None = None
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    requests: int = 0
    kept: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def take(self, path: str, headers: dict[str, str], body: bytes) -> bytes:
        self.path, self.headers, self.body = path, headers, body
        self.requests += 1
        for line in body.decode().splitlines():
            if line.startswith("{"):
                shown = json.loads(line)
                place = f"/api/saved_objects/{shown['type']}/{shown['id']}"
                self.kept[headers.get("securitytenant", ""), place] = shown
        told = {"success": True, "successCount": body.count(b'"migrationVersion"'), "successResults": []}
        return (json.dumps(told) if self.answer is None else self.answer).encode()


@contextmanager
def serving() -> Iterator[Server]:
    """The server, on a port of its own."""
    server = Server()

    class Handler(Quiet):
        def do_GET(self) -> None:  # noqa: N802 - the base class's name
            shown = server.kept.get((self.headers.get("securitytenant", ""), self.path))
            self.say(200 if shown else 404, json.dumps(shown or {"statusCode": 404, "error": "Not Found"}).encode())

        def do_POST(self) -> None:  # noqa: N802 - the base class's name
            self.say(server.status, server.take(self.path, dict(self.headers), self.heard()))

    with on_loopback(Handler) as server.url:
        yield server
