"""A small HTTP server behind the gate, which answers as it is told and remembers what it was asked."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.loopback import Quiet, on_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Behind:
    """What is asked and answered; ``forget`` begins anew."""

    url: str
    status: int = 200
    answer: bytes = b"passed"
    said: list[tuple[str, str]] = field(default_factory=list)
    wait: float = 0.0
    requests: int = 0
    method: str = ""
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def forget(self) -> None:
        """As it was when it began."""
        vars(self).update(vars(Behind(self.url)))


@contextmanager
def behind() -> Iterator[Behind]:
    """The server, on a port of its own."""
    there = Behind("")

    class Handler(Quiet):
        def take(self) -> None:
            there.requests += 1
            there.method, there.path = self.command, self.path
            there.headers = {name.lower(): value for name, value in self.headers.items()}
            there.body = self.heard()
            time.sleep(there.wait)
            self.say(there.status, there.answer, *there.said)

        do_GET = do_POST = do_PUT = do_DELETE = take  # noqa: N815 - the base class's names

    with on_loopback(Handler) as there.url:
        yield there
