"""The sample world as a process beside the stack, and its channels."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import TYPE_CHECKING

import msgspec

from infra.local.servers.ports import require_free
from infra.local.servers.process import Command, Process
from infra.local.service import ROOT
from infra.local.world.config import SITES
from infra.local.world.manifest import Channel, Manifest
from socialindex.client import ApiError, Client
from socialindex.errors import InvalidSettings, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PORT_SETTING = "WORLD_PORT"
PORT = "8401"
"""The first of as many ports in a row as the world has sites."""
_HIGHEST_PORT = 65_535
_READY_SECONDS = 30.0
_STOP_SECONDS = 5.0
_CONFLICT = 409
_SAY_NO = frozenset({"board-lounge", "board-dealer", "social-quiet_room", "social-sosohan_i"})
"""Forbidden by robots.txt; for members only; an account that is not to be indexed; one with unlisted posts."""


class SampleWorld:
    """The invented servers; a context manager that ends them.

    Args:
        data: the folder that holds theirs.
        port: the first of their ports; an attribute as well, as a number.

    Raises:
        InvalidSettings: there are not so many ports from this one on.
    """

    def __init__(self, data: Path, port: str) -> None:
        self._folder = data / "world"
        self.port = _number(port)

    def require_free_ports(self) -> None:
        """Make sure that nobody else has one of its ports.

        Raises:
            InvalidInput: somebody has.
        """
        for port in range(self.port, self.port + len(SITES)):
            require_free(port, PORT_SETTING)

    def __enter__(self) -> Manifest:
        self._folder.mkdir(parents=True, exist_ok=True)
        self.require_free_ports()
        arguments = [sys.executable, "-m", "infra.local.world", "--data", str(self._folder), "--port", str(self.port)]
        environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'shared'}"}
        self._process = Process(Command(arguments, environment, ROOT, self._folder / "world.log"))
        try:
            self._wait()
            return msgspec.json.decode((self._folder / "manifest.json").read_bytes(), type=Manifest)
        except BaseException:
            self._process.stop(_STOP_SECONDS)
            raise

    def __exit__(self, *_: object) -> None:
        self._process.stop(_STOP_SECONDS)

    def break_out(self) -> None:
        """Let something new happen in it, from now on."""
        self._process.signal(signal.SIGUSR1)

    def _wait(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while not _is_ready(self._process.last_lines(1)):
            if not self._process.alive or time.monotonic() > deadline:
                raise Unavailable(f"the sample world did not start: {self._process.last_lines(5)}")
            time.sleep(0.05)


def shown(manifest: Manifest) -> list[Channel]:
    """The channels that `make run` adds: a few that show everything, and some that say no, each in its own way."""
    return [channel for channel in manifest.channels if channel.suggested or channel.name in _SAY_NO]


def add_channels(client: Client, manifest: Manifest, say: Callable[[str], None]) -> int:
    """Add the world's channels as a person would, by pasting addresses; how many are new.

    What must not be crawled is refused, which is shown; what was added at an earlier start stays.
    """
    added = 0
    for channel in shown(manifest):
        try:
            found = client.add_channel(channel.url, channel.options)
        except ApiError as error:
            if error.status != _CONFLICT:
                say(f"  - {channel.url}  {error}")
        else:
            say(f"  + {channel.url}  {found['why']}")
            added += 1
    return added


def _is_ready(line: str) -> bool:
    try:
        return "addresses" in json.loads(line)
    except ValueError:
        return False


def _number(port: str) -> int:
    last = _HIGHEST_PORT - len(SITES) + 1
    if not (port.isascii() and port.isdigit() and 1 <= int(port) <= last):
        remedy = f"give the first of {len(SITES)} free ports in a row, such as {PORT}; {last} at the most"
        raise InvalidSettings(f"{PORT_SETTING} is {port!r}", field=PORT_SETTING, remedy=remedy)
    return int(port)
