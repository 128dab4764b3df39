"""Ports on this machine."""

from __future__ import annotations

import itertools
import os
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import psutil

from socialindex.errors import InvalidInput, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIRST: Final = 10_240
_LAST: Final = 32_767
"""Below what systems take for outgoing connections (Linux from 32,768 on, RFC 6335 from 49,152): tests make thousands,
of which one has taken a port between its choice and its use."""
_STRIDE: Final = 101
"""How far apart processes begin that were started one after the other."""
_counts: Final[dict[int, Iterator[int]]] = {}


def free_port(host: str = "127.0.0.1") -> int:
    """A port that is free now, and is not given to this process again; for tests.

    Another program may take it before its use, but no outgoing connection, and hardly another one that asks here.

    Raises:
        Unavailable: none is free.
    """
    process = os.getpid()
    count = _counts.setdefault(process, itertools.count(process * _STRIDE))
    for number in itertools.islice(count, _LAST - _FIRST + 1):
        port = _FIRST + number % (_LAST - _FIRST + 1)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((host, port))
            return port
    raise Unavailable("no port is free")


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
