"""Become another program that dies with its parent; run as a script, by path, on its own.

    python launcher.py PARENT_PID [--unprivileged OWNED READ...] -- PROGRAM ARGUMENT...

The kernel kills the program when the thread that started it ends (PR_SET_PDEATHSIG), however that comes about: nothing
outlives a parent that was killed with SIGKILL. It is a program of its own, and no ``preexec_fn``, since that may
deadlock in a process with threads.

``--unprivileged`` is for programs that refuse to run as root: when root calls, they run as another user, who owns the
first folder and can read the others. First choice is a user namespace, where root's files seem to belong to user 1000
and stay root's outside; where namespaces are forbidden (many containers) it is the user "nobody".
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000
_NAMESPACE_USER = 1000
_NOBODY = 65534
_libc = ctypes.CDLL(None, use_errno=True)


def main(arguments: list[str]) -> None:
    """Read the arguments and become the program; comes back only by an exception."""
    split = arguments.index("--")
    parent, *options = arguments[:split]
    command = arguments[split + 1 :]
    if options[:1] == ["--unprivileged"] and os.geteuid() == 0:
        owned, *needed = map(Path, [*options[1:], command[0]])
        _leave_root(owned, needed)
    # After the change of user, for that resets it.
    _die_with(int(parent))
    os.execv(command[0], command)  # noqa: S606 -- no shell is wanted


def _die_with(parent: int) -> None:
    _checked(_libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
    if os.getppid() != parent:
        sys.exit("the parent process ended before its server started")


def _leave_root(owned: Path, needed: list[Path]) -> None:
    # An earlier run may have left it to "nobody".
    _give(owned, os.geteuid())
    try:
        _checked(_libc.unshare(_CLONE_NEWUSER))
    except OSError:
        user = _NOBODY
        _give(owned, user)
        _become(user)
    else:
        user = _NAMESPACE_USER
        _map_root_to(user)
    unreachable = [str(path) for path in (owned, *needed) if not os.access(path, os.R_OK | os.X_OK)]
    if unreachable:
        sys.exit(
            f"this program may not run as root, and user {user} in its place cannot reach {', '.join(unreachable)}: "
            "run as an ordinary user, or keep the project (or SOCIALINDEX_CACHE and the data) where all users may read"
        )


def _map_root_to(user: int) -> None:
    """Outside it stays root, so no file changes its owner."""
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{user} 0 1", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{user} 0 1", encoding="ascii")


def _become(user: int) -> None:
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)


def _give(folder: Path, user: int) -> None:
    if folder.stat().st_uid != user:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user, user, follow_symlinks=False)


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    main(sys.argv[1:])
