"""Fetching a large file over connections that break: what is there already is not fetched again."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import urllib3
from urllib3.exceptions import HTTPError

from socialindex.client.proxies import connections_to
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TRIES: Final = 6
"""Times in a row that nothing may come."""
_PAUSE: Final = 0.5
"""Seconds after the first of them; twice as long after each further one."""
_BLOCK: Final = 256 * 1024
_TIMEOUT: Final = urllib3.Timeout(connect=5, read=60)
_OK, _PARTIAL = 200, 206


def download(name: str, link: Callable[[], str], part: Path, size: int, advance: Callable[[int], object]) -> None:
    """Fetch a file of a known size into ``part``, behind what is there of it.

    Args:
        name: the id of what has the file, for messages.
        link: gives an address of the file; asked again at each try, because links live for minutes only.
        part: where the file is gathered; what it holds must be the beginning of the same file.
        size: of the whole file, in bytes.
        advance: told of each number of bytes that are there.

    Raises:
        Unavailable: it cannot be had; what came of it stays in ``part``.
        OSError: it cannot be written, where the disk is full, say; likewise.
    """
    part.touch()
    held = part.stat().st_size
    advance(held)
    idle = 0
    while held < size:
        _fetch(link(), part, held, advance)
        before, held = held, part.stat().st_size
        idle = 0 if held > before else idle + 1
        if idle >= TRIES:
            broke_off = f"the download of {name} broke off after {held} of {size} bytes"
            raise Unavailable(f"{broke_off}, which are kept: download it again to go on")
        if idle:
            time.sleep(_PAUSE * 2 ** (idle - 1))
    if held > size:
        part.unlink()
        raise Unavailable(f"the file of {name} has more than its {size} bytes: download it again")


def _fetch(url: str, part: Path, held: int, advance: Callable[[int], object]) -> None:
    """Fetch what is missing, as far as the connection holds: the next try goes on behind what came."""
    wanted = {"Range": f"bytes={held}-"} if held else {}
    with suppress(HTTPError):
        answer = connections_to(url).request(
            "GET", url, headers=wanted, timeout=_TIMEOUT, retries=False, preload_content=False
        )
        with answer, part.open("ab") as file:
            if answer.status != (_PARTIAL if held else _OK):
                return
            for block in answer.stream(_BLOCK, decode_content=False):
                file.write(block)
                advance(len(block))
