"""Looking at processes while they are under load: which there are, and how much memory they hold."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, NamedTuple

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_EVERY: Final = 1.0
"""Seconds between two looks."""
_MIB: Final = 1024 * 1024

Processes = dict[str, list[int]]
"""By what they do, their ids."""


class Look(NamedTuple):
    """What was seen."""

    at: float
    """Seconds from the start."""
    processes: Mapping[str, list[int]]
    memory: Mapping[str, float]
    """MB (resident) by what the processes do."""


@contextmanager
def watching(processes: Callable[[], Processes], now: Callable[[], float]) -> Iterator[list[Look]]:
    """Looks at processes, in a thread of its own, until the end."""
    looks: list[Look] = [look(processes(), now())]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_EVERY):
            looks.append(look(processes(), now()))

    thread = threading.Thread(target=watch, name="watch", daemon=True)
    thread.start()
    try:
        yield looks
    finally:
        over.set()
        thread.join()


def look(processes: Processes, at: float) -> Look:
    """A look at processes; what has ended holds nothing."""
    return Look(at, processes, {what: sum(map(_megabytes, ids)) for what, ids in processes.items()})


def _megabytes(process: int) -> float:
    with suppress(psutil.NoSuchProcess):
        return float(psutil.Process(process).memory_info().rss) / _MIB
    return 0.0
