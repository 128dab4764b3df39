"""Files and folders that appear under their final name only when they are whole."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def move_into_place(part: Path, target: Path) -> None:
    """Give a finished file its final name, so that even a power cut leaves all of it or nothing."""
    with part.open("rb") as content:
        os.fsync(content.fileno())
    part.replace(target)


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """An empty folder to fill; it takes the target's name when the block ends without an error."""
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    yield part
    part.replace(target)
