"""A tiny HTTP server that plays the API: scripted answers, and a record of what was asked."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class ApiServer:
    """``answers`` by ``METHOD /path``: a status and a body, bytes or what becomes JSON; in turn where it is a list."""

    answers: dict[str, Any]
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    def answer(self, asked: Asked) -> tuple[int, bytes]:
        self.asked.append(asked)
        found = self.answers.get(f"{asked.method} {asked.path}", (404, {"title": "There is no such thing"}))
        status, body = found.pop(0) if isinstance(found, list) else found
        return status, body if isinstance(body, bytes) else json.dumps(body).encode()


@contextmanager
def serving(answers: dict[str, Any]) -> Iterator[ApiServer]:
    """Serve until the block ends."""
    api = ApiServer(answers)

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            decoded = json.loads(body) if body else None
            status, answer = api.answer(Asked(self.command, self.path, headers, decoded))
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_PUT = do_DELETE = _any  # noqa: N815 - the base class's names

        def log_message(self, *_: Any) -> None:
            """Keep the tests' output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        api.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield api
        finally:
            server.shutdown()
            thread.join()
