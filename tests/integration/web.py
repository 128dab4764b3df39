"""Real HTTP servers on loopback: scripted answers, and a log of every request with its times."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Page(NamedTuple):
    """An answer; ``seconds`` is how long it takes."""

    body: str = ""
    status: int = 200
    headers: dict[str, str] = {}
    seconds: float = 0.0


class Visit(NamedTuple):
    """A request as the server saw it."""

    path: str
    began: float
    ended: float
    headers: dict[str, str]


@dataclass
class Web:
    """One host. ``pages`` by path with query: an answer, or several in turn; 404 to everything else."""

    pages: dict[str, Page | list[Page]] = field(default_factory=dict)
    host: str = ""
    log: list[Visit] = field(default_factory=list)
    on_visit: Callable[[str], None] = lambda _: None

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def paths(self) -> list[str]:
        return [visit.path for visit in self.log]

    @property
    def pauses(self) -> list[float]:
        """Seconds from the end of each answer to the beginning of the next request."""
        return [later.began - sooner.ended for sooner, later in zip(self.log, self.log[1:], strict=False)]

    def answer(self, path: str) -> Page:
        found = self.pages.get(path, Page(status=404))
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        return found


@contextmanager
def serving(pages: dict[str, Page | list[Page]] | None = None) -> Iterator[Web]:
    """Serve until the block ends; in the pages, ``{url}`` stands for the server's address."""
    web = Web({} if pages is None else pages)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            began = time.time()
            page = web.answer(self.path)
            web.on_visit(self.path)
            time.sleep(page.seconds)
            ended = time.time()
            body = page.body.replace("{url}", web.url).encode()
            self.send_response(page.status)
            for name, value in {"Content-Type": "application/xml", **page.headers}.items():
                self.send_header(name, value.replace("{url}", web.url))
            if page.status != 304:
                self.send_header("Content-Length", str(len(body)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            web.log.append(Visit(self.path, began, ended, headers))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Keep the tests' output clean."""

    with _listening(Handler) as server:
        server.daemon_threads = True
        web.host = f"127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield web
        finally:
            server.shutdown()
            thread.join()


_taken: set[int] = set()


def _listening(handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    """A server at a port that none had before: tables remember how a host has behaved."""
    while True:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        if server.server_port not in _taken:
            _taken.add(server.server_port)
            return server
        server.server_close()
