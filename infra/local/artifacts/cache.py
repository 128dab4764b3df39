"""Where fetched and built files are kept between runs."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.artifacts.progress import Board

PROJECT = Path(__file__).parents[3]


def cache_folder() -> Path:
    """The folder named by ``SOCIALINDEX_CACHE``, else ``.local/cache`` of the project; absolute."""
    named = os.environ.get("SOCIALINDEX_CACHE", "")
    return Path(named).expanduser().absolute() if named else PROJECT / ".local" / "cache"


@contextmanager
def only_one(cache: Path, board: Board) -> Iterator[None]:
    """Let one process at a time fill a cache; the others wait, and then find everything there.

    The kernel drops the lock with the process, so a crash leaves none behind.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            done = board.work("Waiting for another process that fetches the same")
            fcntl.flock(lock, fcntl.LOCK_EX)
            done()
        yield
