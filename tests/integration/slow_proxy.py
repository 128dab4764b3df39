"""A way to a server on which answers can be kept waiting: requests arrive, and whoever asked gives up."""

from __future__ import annotations

import select
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK = 1 << 16
_LOOK = 0.05


class SlowProxy:
    """Passes bytes on, and those of answers so many seconds later."""

    def __init__(self, target: str) -> None:
        place = urlsplit(target)
        self._target = (str(place.hostname), int(place.port or 80))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._over = threading.Event()
        self.delay = 0.0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        """Take no more connections, and end those that there are."""
        self._over.set()

    def serve(self) -> None:
        """Take connections until it is closed."""
        with self._listener:
            while not self._over.is_set():
                if select.select([self._listener], [], [], _LOOK)[0]:
                    client, _ = self._listener.accept()
                    threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as server:
            while not self._over.is_set():
                for ready in select.select([client, server], [], [], _LOOK)[0]:
                    try:
                        data = ready.recv(_CHUNK)
                        if ready is server:
                            time.sleep(self.delay)
                        (client if ready is server else server).sendall(data)
                    except OSError:
                        return
                    if not data:
                        return


@contextmanager
def slow_proxy(target: str) -> Iterator[SlowProxy]:
    """A proxy to a server, until the block ends."""
    proxy = SlowProxy(target)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join()
