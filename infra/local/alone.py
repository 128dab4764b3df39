"""One stack on one folder: the servers' data bear no second one beside it."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from socialindex.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold a folder until the block ends; however the process ends, the kernel gives it back.

    DynamoDB Local, ElasticMQ and versitygw would share their files with a second one without a word, and both write.

    Raises:
        InvalidInput: another stack holds it.
    """
    with (folder / "lock").open("ab") as lock:  # nothing is written: whose it is, is what the kernel knows
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InvalidInput(
                f"another stack runs on the data in {folder}",
                field="DATA",
                remedy="stop it with Ctrl-C where it runs, or start this one with another folder: make run DATA=folder",
            ) from error
        yield
