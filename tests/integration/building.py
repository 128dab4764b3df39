"""What ``make build`` makes: the artifacts that SAM deploys."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
HERE: Final = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
"""This machine's processor, by Lambda's name."""


def build(architecture: str, folder: Path) -> Path:
    """The template of the artifacts for a processor, built into a folder.

    Raises:
        AssertionError: the build fails, with what it said.
    """
    given = [f"ARCHITECTURE={architecture}", f"BUILD={folder}"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "PYTHON"))}
    ran = subprocess.run(  # noqa: S603 - a fixed list of arguments
        ["/usr/bin/make", "build", *given], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    return folder / "template.yaml"
