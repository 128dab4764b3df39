"""Where engines of tests keep their data: in memory, where there is room for it.

The engine waits for the disk several times for each index that is made and at each write. Of a test that is most of the
time, in which the processor does nothing; and what it waits for is no matter of any test that deletes the data.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY: Final = Path("/dev/shm")
"""Linux's file system in memory; other systems have none at a place that is known."""
ROOM: Final = 6 << 30
"""Bytes that must be free. The engine refuses writes with less than three gigabytes (``OpenSearch``'s watermarks)."""
_NAME: Final = "socialindex-tests"


@contextmanager
def in_memory(otherwise: Path) -> Iterator[Path]:
    """An empty folder in memory, gone at the end; ``otherwise`` where there is no such file system or no room."""
    if not MEMORY.is_dir() or not _serves(MEMORY):
        yield otherwise
        return
    _tidy(MEMORY)
    with tempfile.TemporaryDirectory(prefix=f"{_NAME}-{os.getpid()}-", dir=MEMORY) as folder:
        yield Path(folder)


def _serves(memory: Path) -> bool:
    """Whether there is room, and Java may run the libraries that it unpacks there, which some containers forbid."""
    state = os.statvfs(memory)
    return state.f_bavail * state.f_frsize >= ROOM and not state.f_flag & os.ST_NOEXEC


def _tidy(memory: Path) -> None:
    """Remove what killed runs left, which would take memory until the machine is started again."""
    for left in memory.glob(f"{_NAME}-*"):
        process = left.name.split("-")[2]
        if process.isdigit() and not psutil.pid_exists(int(process)):
            shutil.rmtree(left, ignore_errors=True)
