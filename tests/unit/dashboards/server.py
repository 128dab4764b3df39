"""A small HTTP server that takes imports as OpenSearch Dashboards does, and remembers the last one."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

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

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told = server.take(self.path, dict(self.headers), body)
            self.send_response(server.status)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server.url = f"http://127.0.0.1:{http.server_address[1]}"
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield server
        http.shutdown()
        thread.join()
