"""A webhook's receiver on loopback, as a client company would write one: it checks each call's signature.

with receiving() as receiver:
    receiver.trust(client.add_destination("mine", "webhook", url=receiver.url).secret)
    receiver.calls()  # those whose signature is right, in the order of their arrival
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LONGEST: Final = 1_000_000
"""Bytes of a call; ours are shorter."""


class Call(NamedTuple):
    """A call whose signature is right."""

    id: str
    """``webhook-id``: the same however often it is sent."""
    event: dict[str, Any]


class Receiver:
    """Takes calls.

    Attributes:
        url: where they are sent.
        refused: how many had no right signature.
    """

    def __init__(self, url: str, tell: Callable[[Call], None]) -> None:
        self.url = url
        self.refused = 0
        self._tell = tell
        self._secret: str | None = None
        self._calls: dict[str, Call] = {}
        self._lock = threading.Lock()

    def trust(self, secret: str | None) -> None:
        """Believe calls that are signed with this secret."""
        self._secret = secret

    def calls(self) -> list[Call]:
        """All calls so far, each once."""
        with self._lock:
            return list(self._calls.values())

    def take(self, headers: dict[str, str], body: bytes) -> HTTPStatus:
        """Take a call: the answer's status."""
        try:
            Webhook(self._secret or "").verify(body, headers)
        except (WebhookVerificationError, RuntimeError):  # RuntimeError: nobody has told the secret yet
            self.refused += 1
            return HTTPStatus.UNAUTHORIZED
        call = Call(headers["webhook-id"], msgspec.json.decode(body))
        with self._lock:
            is_new = call.id not in self._calls
            self._calls[call.id] = call
        if is_new:
            self._tell(call)
        return HTTPStatus.NO_CONTENT


def ignore(_call: Call) -> None:
    """Tell nobody."""


@contextmanager
def receiving(tell: Callable[[Call], None] = ignore) -> Iterator[Receiver]:
    """Listen on a free port until the block ends; ``tell`` is told of each call once, in a thread of the server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hook", tell)
    server.RequestHandlerClass = _handler(receiver)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="webhook-receiver", daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = min(int(self.headers.get("content-length") or 0), _LONGEST)
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(receiver.take(headers, self.rfile.read(length)))
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing: what arrives is told by the receiver."""

    return Handler
