"""Receivers of calls: real HTTP servers on loopback that take them, refuse them, or are out to harm."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from socialindex.deliver.call import Hooks
    from socialindex.deliver.outcome import Outcome


@dataclass
class Call:
    """What a receiver was sent."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server; ``answer`` decides what it does with each call."""

    url: str
    calls: list[Call] = field(default_factory=list)
    answer: Callable[[BaseHTTPRequestHandler], None] = lambda handler: status(handler, 204)


def status(handler: BaseHTTPRequestHandler, code: int, body: bytes = b"", **headers: str) -> None:
    handler.send_response(code)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def receiver(answer: Callable[[BaseHTTPRequestHandler], None] | None = None) -> Iterator[Receiver]:
    made = Receiver("")
    if answer:
        made.answer = answer

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            made.calls.append(Call(self.path, dict(self.headers.items()), body))
            made.answer(self)

        def do_GET(self) -> None:
            made.calls.append(Call(self.path, dict(self.headers.items()), b""))
            status(self, 200)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the server's own
            pass

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:
                self.close_connection = True  # the caller has had enough

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def called(hooks: Hooks, url: str, body: bytes = b"{}") -> Outcome:
    """One call."""

    async def once() -> Outcome:
        await hooks.open()
        try:
            return await hooks.call(url, body, {"webhook-id": "msg_a"})
        finally:
            await hooks.close()

    return asyncio.run(once())
