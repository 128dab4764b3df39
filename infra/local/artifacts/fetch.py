"""Many locked files at once, with progress and one clear message when they cannot be had."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import requests

from infra.local.artifacts.download import Downloader
from infra.local.artifacts.repository import CONNECTIONS, Repository
from infra.local.together import together
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from threading import Event

    from infra.local.artifacts.lockfile import LockedFile
    from infra.local.artifacts.progress import Board

_NAMES_SHOWN = 5


def missing_files(files: Sequence[LockedFile], cache: Path) -> list[LockedFile]:
    """The files that are not in the cache, each once (servers share some), largest first."""
    missing = {file for file in files if not file.kept_in(cache).exists()}
    return sorted(missing, key=lambda file: (-file.size, file.coordinate))


def fetch(files: Sequence[LockedFile], cache: Path, board: Board, cancelled: Event) -> None:
    """Bring all files into the cache; what is there already costs nothing. Setting ``cancelled`` ends it early.

    Raises:
        Unavailable: some file cannot be had; says which are missing and what to do. What arrived is kept.
    """
    missing = missing_files(files, cache)
    if not missing:
        return
    with Repository.of_environment() as repository:
        arrived = board.transfer(f"Fetching {len(missing)} files", sum(file.size for file in missing))
        downloader = Downloader(repository, cache, arrived, cancelled)
        try:
            together([partial(downloader.fetch, file) for file in missing], cancelled.set, at_once=CONNECTIONS)
        except requests.RequestException as error:
            raise _unreachable(repository.host, missing_files(files, cache), cache, error) from error


def _unreachable(host: str, missing: Sequence[LockedFile], cache: Path, error: Exception) -> Unavailable:
    names = ", ".join(file.coordinate.file_name for file in missing[:_NAMES_SHOWN])
    more = f" and {len(missing) - _NAMES_SHOWN} more" if len(missing) > _NAMES_SHOWN else ""
    size = sum(file.size for file in missing) / 1_000_000
    return Unavailable(
        f"cannot reach the package repository at {host} ({type(error).__name__}). Still missing, {size:.0f} MB: "
        f"{names}{more}. Check the network; behind a proxy set HTTPS_PROXY (and SSL_CERT_FILE for its certificate); "
        f"or name a mirror in MAVEN_REPOSITORY; or copy a filled cache to {cache} (SOCIALINDEX_CACHE names another)."
    )
