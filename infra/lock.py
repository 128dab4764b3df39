"""``make lock``: lock the Python requirements again, with hashes and without any registry's address."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = (
    "shared/requirements",
    "functions/network/requirements",
    "requirements/dev",
    "requirements/runtime",
    "requirements/sam",
    "requirements/bench",
    "requirements/audit",
)
OLDEST = "3.11"


def main() -> None:
    """Lock every ``.in`` file; the locking tool lives in a folder of its own for as long as it takes."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        binaries = Path(folder) / "bin"
        subprocess.run([binaries / "python", "-m", "pip", "install", "--quiet", "uv"], check=True)
        for lock in LOCKS:
            print(f"Locking {lock}.txt ...", file=sys.stderr)
            subprocess.run([binaries / "uv", *_arguments(lock)], check=True, cwd=ROOT)


def _arguments(lock: str) -> list[str]:
    compile_ = ["pip", "compile", "--quiet", "--universal", "--python-version", OLDEST, "--generate-hashes"]
    silent = ["--no-header", "--no-emit-index-url", "--no-emit-find-links"]
    return [*compile_, *silent, f"{lock}.in", "--output-file", f"{lock}.txt"]


if __name__ == "__main__":
    main()
