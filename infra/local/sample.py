"""The sample world as a process beside the stack, and its channels."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING

import msgspec

from infra.local.servers.ports import require_free
from infra.local.servers.process import Command, Process
from infra.local.service import ROOT
from infra.local.world.manifest import Channel, Manifest
from socialindex.client import ApiError, Client
from socialindex.errors import InvalidSettings, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PORTS_SETTING = "WORLD_PORTS"
PORTS = "8401,8402,8403,8404,8405"
_READY_SECONDS = 30.0
_STOP_SECONDS = 5.0
_CONFLICT = 409
_SAY_NO = frozenset({"board-lounge", "board-dealer", "social-quiet_room", "social-sosohan_i"})
"""Forbidden by robots.txt; for members only; an account that is not to be indexed; one with unlisted posts."""


class SampleWorld:
    """The invented servers; a context manager that ends them."""

    def __init__(self, data: Path, ports: str) -> None:
        self._folder = data / "world"
        self._ports = ports

    def __enter__(self) -> Manifest:
        self._folder.mkdir(parents=True, exist_ok=True)
        for port in _numbers(self._ports):
            require_free(port, PORTS_SETTING)
        arguments = [sys.executable, "-m", "infra.local.world", "--data", str(self._folder), "--ports", self._ports]
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


def _numbers(ports: str) -> list[int]:
    try:
        return [int(port) for port in ports.split(",")]
    except ValueError as error:
        remedy = f"give five numbers, such as {PORTS}"
        raise InvalidSettings(f"{PORTS_SETTING} is {ports!r}", field=PORTS_SETTING, remedy=remedy) from error
