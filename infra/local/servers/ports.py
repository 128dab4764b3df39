"""Ports on this machine."""

from __future__ import annotations

import socket

import psutil

from socialindex.errors import InvalidInput


def free_port(host: str = "127.0.0.1") -> int:
    """A port that is free now; for tests, since another program may take it before its use."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def require_free(port: int, setting: str, *, host: str = "127.0.0.1") -> None:
    """Make sure that a server can listen on a port.

    Raises:
        InvalidInput: the port is taken; names it, the program that has it where that can be seen, and the setting.
    """
    with socket.socket() as probe:
        # As servers do it: connections that are still closing down do not matter.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InvalidInput(
                f"port {port} is taken{_holder(port)}",
                field=setting,
                remedy=f"stop that program, or set {setting} to another port",
            ) from error


def _holder(port: int) -> str:
    try:
        listeners = (each for each in psutil.net_connections("tcp") if each.status == psutil.CONN_LISTEN)
        process = next(psutil.Process(each.pid) for each in listeners if each.laddr[1:] == (port,) and each.pid)
        return f" by {process.name()} (process {process.pid})"
    except (StopIteration, psutil.Error):
        # Other users' processes cannot be looked at.
        return ""
