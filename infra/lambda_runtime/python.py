"""Finds the Python that the template's functions run under."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

from infra.lambda_runtime.debian import unpack
from infra.local.artifacts.durable import whole_folder
from socialindex.errors import Unavailable

VERSION: Final = "3.13"
"""``Runtime`` of the template's functions; a test holds the two equal."""
_DEBIAN: Final = "trixie"
"""The release of Debian that has it."""


def interpreter(cache: Path) -> Path:
    """The Python, with pip; absolute.

    Args:
        cache: the folder under which what was fetched is kept; the first time takes some seconds and 60 MB.

    Raises:
        Unavailable: there is none on the PATH and none can be fetched; says what to do.
    """
    there = shutil.which(f"python{VERSION}")
    if there and _has_pip(Path(there)):
        return Path(there).absolute()
    folder = cache / f"python{VERSION}-{_DEBIAN}"
    if not folder.exists():
        with whole_folder(folder) as part:
            _fetch(part)
    return folder / "bin" / f"python{VERSION}"


def _fetch(folder: Path) -> None:
    try:
        unpack(VERSION, _DEBIAN, folder)
    except Unavailable as error:
        missing = f"Lambda's Python {VERSION} is not here, nor can Debian's packages of it be had: {error}"
        remedy = f"Install Python {VERSION} with pip, and have `python{VERSION}` on the PATH."
        raise Unavailable(f"{missing} {remedy}") from error


def _has_pip(python: Path) -> bool:
    asked = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False)
    return asked.returncode == 0
