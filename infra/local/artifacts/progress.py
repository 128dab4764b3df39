"""What a person sees while files arrive: bars on a terminal, plain lines elsewhere, nothing when all is there."""

from __future__ import annotations

import time
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SECONDS_BETWEEN_LINES = 5.0


class Board(Protocol):
    """Shows tasks that run at the same time."""

    def transfer(self, title: str, total: int) -> Callable[[int], object]:
        """Show a task that moves ``total`` bytes; call the result with every number of bytes that arrived."""

    def work(self, title: str) -> Callable[[], object]:
        """Show a task of unknown length; call the result when it is done."""


@contextmanager
def board(console: Console | None = None) -> Iterator[Board]:
    """A board on the console (default: standard error) for the length of a block."""
    console = console or Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(console)
        return
    bars = _Bars()
    with Live(Group(bars.transfers, bars.works), console=console):
        yield bars


class _Bars:
    def __init__(self) -> None:
        name = TextColumn("{task.description}")
        self.transfers = Progress(SpinnerColumn(), name, BarColumn(), DownloadColumn(), TransferSpeedColumn())
        self.works = Progress(SpinnerColumn(), name, TimeElapsedColumn())

    def transfer(self, title: str, total: int) -> Callable[[int], object]:
        task = self.transfers.add_task(title, total=total)
        return lambda count: self.transfers.advance(task, count)

    def work(self, title: str) -> Callable[[], object]:
        task = self.works.add_task(title, total=None)
        return lambda: self.works.update(task, total=1, completed=1)


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console

    def _say(self, text: str) -> None:
        self._console.print(text, highlight=False, soft_wrap=True)

    def transfer(self, title: str, total: int) -> Callable[[int], object]:
        self._say(f"{title}: {_megabytes(total)}")
        return _Transfer(title, total, self._say).advance

    def work(self, title: str) -> Callable[[], object]:
        started = time.monotonic()
        self._say(f"{title} ...")
        return lambda: self._say(f"{title}: done in {time.monotonic() - started:.0f} s")


class _Transfer:
    """Says every few seconds how far a transfer is, and once that it is done."""

    def __init__(self, title: str, total: int, say: Callable[[str], None]) -> None:
        self._title, self._total, self._say = title, total, say
        self._started = self._said = time.monotonic()
        self._moved = 0
        self._lock = Lock()

    def advance(self, count: int) -> None:
        with self._lock:
            self._moved += count
            now = time.monotonic()
            if self._moved >= self._total or now - self._said >= _SECONDS_BETWEEN_LINES:
                self._said = now
                self._say(f"{self._title}: {_megabytes(self._moved)}, {self._speed(now)}")

    def _speed(self, now: float) -> str:
        return f"{_megabytes(int(self._moved / max(now - self._started, 0.001)))}/s"


def _megabytes(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB"
