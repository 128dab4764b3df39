"""Where Lambda's own Python comes from."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from infra.lambda_runtime import interpreter
from infra.lambda_runtime.python import VERSION
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from pathlib import Path


def program(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)
    return path


def test_one_on_the_path_that_has_pip_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = program(tmp_path / "bin", f"python{VERSION}", "exit 0")
    monkeypatch.setenv("PATH", str(there.parent))
    assert interpreter(tmp_path / "cache") == there
    assert not (tmp_path / "cache").exists()


def test_one_without_pip_builds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without = program(tmp_path / "bin", f"python{VERSION}", "exit 1")
    monkeypatch.setenv("PATH", str(without.parent))
    with pytest.raises(Unavailable, match=rf"there is no apt-get here\. Install Python {VERSION} with pip"):
        interpreter(tmp_path / "cache")


def test_apt_of_something_else_than_debian_is_not_asked_for_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "bin", "apt-get", 'echo "Ubuntu|Ubuntu|http://archive.example/ubuntu/"')
    program(tmp_path / "bin", "dpkg-deb", "exit 1")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(Unavailable, match="apt here knows no Debian"):
        interpreter(tmp_path / "cache")


def test_what_apt_says_when_it_fails_is_shown_and_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = 'echo "Debian|Debian|http://mirror.test/debian/"'
    told = f'case "$1" in indextargets) {known};; *) echo "no route" >&2; exit 100;; esac'
    program(tmp_path / "bin", "apt-get", told)
    program(tmp_path / "bin", "dpkg-deb", "exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}")
    with pytest.raises(Unavailable, match=r"`apt-get` failed: no route\."):
        interpreter(tmp_path / "cache")
    assert not [path for path in (tmp_path / "cache").iterdir() if path.suffix != ".part"]


def test_the_command_says_it_in_a_sentence(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "infra.lambda_runtime"],
        env={"PATH": str(tmp_path), "SOCIALINDEX_CACHE": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"Error: Lambda's Python {VERSION} is not here")
    assert "Traceback" not in ran.stderr
