"""A program in the background: its own process group, its output in a log file, never outliving us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infra.local.servers import launcher
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_POLL_SECONDS = 0.02
_KILL_SECONDS = 10.0

# The kernel ends a program with the *thread* that started it (see launcher): this one lives as long as we do, whichever
# thread asks for a start.
_starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="servers")


@dataclass(frozen=True)
class Command:
    """What to run.

    Attributes:
        arguments: the program's absolute path and its arguments.
        environment: all of its environment; nothing of ours is added, for servers take settings from there.
        folder: its working directory.
        log: file for what it says; begun anew.
        unprivileged: for a program that may not run as root (see launcher): the folder that it owns, then what else it
            must be able to read; empty: run as we do.
    """

    arguments: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    log: Path
    unprivileged: Sequence[Path] = ()


@dataclass
class Process:
    """A started program."""

    command: Command
    _child: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self._child = _starter.submit(self._start).result()

    def _start(self) -> subprocess.Popen[bytes]:
        command = self.command
        options = ["--unprivileged", *map(str, command.unprivileged)] if command.unprivileged else []
        launch = [sys.executable, "-I", "-S", launcher.__file__, str(os.getpid()), *options, "--"]
        with command.log.open("wb") as log:
            return subprocess.Popen(
                [*launch, *command.arguments],
                env=command.environment,
                cwd=command.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The program's process id, which is its group's too."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether the program runs.

        A program that ended stays a zombie until ``stop``: its number must not pass to another program, which would
        then get our signals.
        """
        if self._child.returncode is not None:
            return False
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def last_lines(self, count: int) -> str:
        """The end of what the program said."""
        lines = self.command.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-count:])

    def signal(self, number: int) -> None:
        """Send it a signal; none where it has ended."""
        self._signal(number)

    def stop(self, limit: float) -> None:
        """End the whole group: ask, and after ``limit`` seconds kill. Returns when none of it is left.

        Raises:
            Unavailable: even the kill left something, such as a process that hangs in a dead network drive.
        """
        if not self._gone_after(signal.SIGTERM, limit) and not self._gone_after(signal.SIGKILL, _KILL_SECONDS):
            raise Unavailable(f"process group {self.pid} ({self.command.arguments[0]}) does not end")

    def _gone_after(self, number: int, limit: float) -> bool:
        deadline = time.monotonic() + limit
        left = self._signal(number)
        while left and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
            left = self._signal(0)
        return not left

    def _signal(self, number: int) -> bool:
        """Send a signal to all members; tells whether there were any."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return False
        # A zombie is a member too, until it is asked for its exit code.
        self._child.poll()
        return True
