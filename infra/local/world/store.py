"""What a world keeps between starts, and the sockets that it listens at."""

from __future__ import annotations

import contextlib
import itertools
import socket
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING

import msgspec

from infra.local.world.config import SITES, Site, WorldConfig
from infra.local.world.records import Record

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.world.manifest import Manifest

_BACKLOG = 128


class Kept(Record, frozen=True, kw_only=True):
    """``world.json``: what a world follows from."""

    seed: int
    anchor: datetime
    outbreak: datetime | None = None


def remembered(config: WorldConfig) -> Kept:
    """What an earlier start kept in the data folder, or else what the settings say, or else now.

    Raises:
        msgspec.ValidationError: ``world.json`` is not ours.
    """
    if config.data and _world_file(config.data).exists():
        return msgspec.json.decode(_world_file(config.data).read_bytes(), type=Kept)
    anchor = config.anchor or config.clock()
    return Kept(seed=config.seed, anchor=anchor.replace(microsecond=0))


def remember(config: WorldConfig, kept: Kept, truth: Manifest) -> None:
    """Write ``world.json``, and ``manifest.json`` for other processes, to the data folder where there is one."""
    if config.data is None:
        return
    config.data.mkdir(parents=True, exist_ok=True)
    _write(_world_file(config.data), msgspec.json.format(msgspec.json.encode(kept)))
    _write(config.data / "manifest.json", msgspec.json.format(msgspec.json.encode(truth), indent=1))


def sockets(config: WorldConfig) -> dict[Site, socket.socket]:
    """A listening socket for every site: all of them, or none.

    Raises:
        OSError: a port is taken; the message names the port and the site.
    """
    with contextlib.ExitStack() as opened:
        found = {
            site: opened.enter_context(listen(site, config.host, port))
            for site, port in zip(SITES, itertools.chain(config.ports, itertools.repeat(0)), strict=False)
        }
        opened.pop_all()
        return found


def listen(site: Site, host: str, port: int) -> socket.socket:
    """A listening socket for one site.

    Raises:
        OSError: as ``sockets``.
    """
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(_BACKLOG)
    except OSError as error:
        sock.close()
        raise OSError(error.errno, f"port {port}, wanted for the sample world's {site}, cannot be used") from error
    return sock


def _world_file(data: Path) -> Path:
    return data / "world.json"


def _write(path: Path, content: bytes) -> None:
    """Write a whole file or leave the old one."""
    draft = path.with_suffix(".tmp")
    draft.write_bytes(content)
    draft.replace(path)
