"""Everything that the servers need on disk, brought there in one go."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

from infra.local.artifacts.cache import cache_folder, only_one
from infra.local.artifacts.fetch import fetch, missing_files
from infra.local.artifacts.lockfile import read_lock
from infra.local.artifacts.opensearch_home import opensearch_home, unpack_opensearch
from infra.local.artifacts.progress import board as shown_on
from infra.local.artifacts.secured_home import unpack_secured
from infra.local.artifacts.versitygw import build_versitygw, versitygw_binary
from infra.local.together import together

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from rich.console import Console

    from infra.local.artifacts.progress import Board

_LOCKED = ("opensearch", "elasticmq", "dynamodb", "opensearch-security")
_UNPACKED = {"opensearch": unpack_opensearch, "opensearch-security": unpack_secured}
ARTIFACTS = frozenset({*_LOCKED, "versitygw"})


def prepare(names: Collection[str] = ARTIFACTS, *, cache: Path | None = None, console: Console | None = None) -> None:
    """Have the named artifacts in the cache, ready to run; silent and quick when they are.

    Args:
        names: some of ``ARTIFACTS``.
        cache: default: ``cache_folder()``.
        console: where progress is shown; default: standard error.

    Raises:
        Unavailable: something cannot be fetched or built; says what, why and what to do.
    """
    cache = cache or cache_folder()
    if _ready(names, cache):
        return
    with shown_on(console) as board, only_one(cache, board):
        cancelled = Event()
        tasks: list[Callable[[], object]] = [lambda: _fetch_and_unpack(names, cache, board, cancelled)]
        if "versitygw" in names:
            tasks.append(lambda: build_versitygw(cache, board, cancelled))
        together(tasks, cancelled.set)


def _ready(names: Collection[str], cache: Path) -> bool:
    locks = [read_lock(name) for name in _LOCKED if name in names]
    fetched = not any(missing_files(lock.files, cache) for lock in locks)
    unpacked = all(opensearch_home(lock, cache).exists() for lock in locks if lock.name in _UNPACKED)
    built = "versitygw" not in names or versitygw_binary(cache).exists()
    return fetched and unpacked and built


def _fetch_and_unpack(names: Collection[str], cache: Path, board: Board, cancelled: Event) -> None:
    locks = [read_lock(name) for name in _LOCKED if name in names]
    fetch([file for lock in locks for file in lock.files], cache, board, cancelled)
    for lock in locks:
        if unpack := _UNPACKED.get(lock.name):
            unpack(lock, cache, board)
