"""What starts the local stack says at once where it cannot, and what to type where it can."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from infra.local.alone import alone_in
from infra.local.servers.ports import free_port
from infra.local.service import ROOT
from infra.local.up import hints

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RUN = "from socialindex.cli import main; main()"


def up(folder: Path, **environment: str) -> tuple[int, str, str]:
    """``socialindex up``, whose every server would take a port that nobody has."""
    names = ("API_PORT", "OPENSEARCH_PORT", "SQS_PORT", "DYNAMODB_PORT", "S3_PORT", "WORLD_PORT")
    ports = {name: str(free_port()) for name in names}
    command = [sys.executable, "-c", RUN, "up", "--data", str(folder)]
    given = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'shared'}", **ports, **environment}
    ended = subprocess.run(command, env=given, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603 - ours
    return ended.returncode, ended.stdout, ended.stderr


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("name", ["API_PORT", "WORLD_PORT"])
@pytest.mark.parametrize("port", ["²", "70000", "http"])
def test_a_port_that_is_none_is_told_in_words(tmp_path: Path, name: str, port: str) -> None:
    code, out, err = up(tmp_path, **{name: port})
    assert (code, out) == (1, "")
    assert err.startswith(f"Error: {name} is '{port}'\nRemedy: ")


@pytest.mark.parametrize("name", ["API_PORT", "WORLD_PORT"])
def test_a_taken_port_is_told_before_anything_is_started(tmp_path: Path, taken: int, name: str) -> None:
    code, out, err = up(tmp_path, **{name: str(taken)})
    assert (code, out) == (1, "")
    assert f"Error: port {taken} is taken" in err
    assert f"set {name} to another port" in err


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "note").write_text("a file", "utf-8")
    code, _, err = up(tmp_path / "note" / "data")
    assert (code, err.count("\n")) == (1, 2)
    assert "note/data\nRemedy: name another file or folder" in err


def test_a_second_stack_on_the_same_data_is_told_before_anything_is_started(tmp_path: Path) -> None:
    with alone_in(tmp_path):
        code, out, err = up(tmp_path)
    assert (code, out) == (1, "")
    assert err.startswith(f"Error: another stack runs on the data in {tmp_path}\nRemedy: stop it")
    with alone_in(tmp_path):  # the first is over, and its folder free
        pass


def test_hints_find_the_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    usual, other = (hints(folder, "http://127.0.0.1:1") for folder in (tmp_path / ".local", tmp_path / "a b"))
    assert "http://127.0.0.1:1/docs\n" in usual
    assert ("export" in usual, "$(cat .local/client-key)" in usual) == (False, True)
    assert f"export SOCIALINDEX_DATA='{tmp_path}/a b'\n" in other
    assert f"$(cat '{tmp_path}/a b'/client-key)" in other
