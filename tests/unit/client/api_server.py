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
    """``answers`` by ``METHOD /path``: a status, a body (bytes or what becomes JSON) and headers, if any.

    In turn where it is a list; the last of them again and again. A status of 0 breaks the connection.
    """

    answers: dict[str, Any]
    asked: list[Asked] = field(default_factory=list)
    connections: set[tuple[str, int]] = field(default_factory=set)
    url: str = ""

    def answer(self, asked: Asked) -> tuple[int, bytes, dict[str, str]]:
        self.asked.append(asked)
        found = self.answers.get(f"{asked.method} {asked.path}", (404, {"title": "There is no such thing"}))
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        status, body, *headers = found
        encoded = body if isinstance(body, bytes) else json.dumps(body).encode()
        return status, encoded, dict(*headers)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    """Connections are kept open by clients: nobody waits for their end."""
    request_queue_size = 64


@contextmanager
def serving(answers: dict[str, Any]) -> Iterator[ApiServer]:
    """Serve until the block ends."""
    api, lock = ApiServer(answers), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            is_json = headers.get("content-type") == "application/json"
            asked = Asked(self.command, self.path, headers, json.loads(body) if body and is_json else body or None)
            with lock:
                status, answer, more = api.answer(asked)
                api.connections.add(self.client_address)
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            headed = {"Content-Length": str(len(answer)), **more}
            for name, value in headed.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)
            self.close_connection = self.close_connection or len(answer) < int(headed["Content-Length"])

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815 - the base class's names

        def log_message(self, *_: Any) -> None:
            """Keep the tests' output clean."""

    with _Server(("127.0.0.1", 0), Handler) as server:
        api.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield api
        finally:
            server.shutdown()
            thread.join()
