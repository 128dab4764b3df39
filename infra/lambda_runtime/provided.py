"""The packages that Lambda's Python runtime brings along."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from typing import Final

from infra.local.artifacts.durable import whole_folder
from socialindex.errors import Unavailable

_LOCK: Final = Path(__file__).parents[2] / "requirements" / "runtime.txt"


def provided(cache: Path, python: Path) -> Path:
    """A folder with boto3 and the runtime interface client for a Python; of one lock, installed once.

    Raises:
        Unavailable: pip cannot install them; shows the end of what it said.
    """
    pinned = hashlib.sha256(_LOCK.read_bytes() + str(python).encode()).hexdigest()[:12]
    folder = cache / f"lambda-runtime-{pinned}"
    if not folder.exists():
        with whole_folder(folder) as part:
            _install(python, part)
    return folder


def _install(python: Path, folder: Path) -> None:
    what = ["--requirement", str(_LOCK), "--require-hashes", "--only-binary", ":all:", "--no-deps"]
    ran = subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--no-compile", "--target", str(folder), *what],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        raise Unavailable(f"what Lambda's runtime brings along cannot be installed: {ran.stderr.strip()[-500:]}")
