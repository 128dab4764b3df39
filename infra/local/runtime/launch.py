"""Becomes another program that the kernel kills as soon as its parent is gone, however the parent ended.

``python -I -S launch.py PARENT_PID PROGRAM [ARGUMENT ...]``. The signal is bound to the thread that started this
process, so start it from one that lives as long as the parent should. Standard library only: it runs before the
environment of the program is set up.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
"""prctl(2); the setting survives execve(2)."""


def main(arguments: list[str]) -> None:
    """Bind this process to its parent, then become the program."""
    parent, *command = arguments
    if sys.platform == "linux":
        _die_with(int(parent))
    os.execv(command[0], command)  # noqa: S606 - becoming the given program is the purpose


def _die_with(parent: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:  # it ended before the kernel knew
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
