"""Examples of a document: run as a reader would, one after the other in one session for each language.

A fenced block of ``bash`` or ``python`` is run; one of ``java`` is saved under its class's name for the shell commands
that follow. A block of ``text`` behind one says what is printed, with ``...`` for what differs from time to time.
Python's blocks keep their line numbers, so that a stack trace names the document's line.
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

Session = Literal["curl", "python", "java"]

_FENCE: Final = re.compile(r"^```(\w+)\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)
_CLASS: Final = re.compile(r"^class (\w+)", re.MULTILINE)
_END: Final = "\x1e"
"""Printed behind each block: ASCII's record separator."""
_MINUTES: Final = 240.0
_LENIENT: Final = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


class Block(NamedTuple):
    """A fenced block."""

    language: str
    code: str
    prints: str | None
    """What it must print; ``None``: anything."""
    line: int
    """Of its first line of code."""

    @property
    def session(self) -> Session | None:
        """Whose terminal it belongs to; ``None`` for what is not run by itself."""
        if self.language == "bash":
            return "java" if re.search(r"\bjava \w", self.code) else "curl"
        return "python" if self.language == "python" else None


def blocks(document: Path) -> list[Block]:
    """All fenced blocks of a document."""
    text = document.read_text("utf-8")
    return [
        Block(found[1], found[2], found[3], text.count("\n", 0, found.start(2)) + 1) for found in _FENCE.finditer(text)
    ]


def java_with_compiler() -> str | None:
    """The folder of a Java that runs a single source file; ``None`` where there is none."""
    java = shutil.which("java")
    if java is None:
        return None
    modules = subprocess.run([java, "--list-modules"], capture_output=True, text=True, check=False)  # noqa: S603 - ours
    return os.path.dirname(java) if "jdk.compiler" in modules.stdout else None  # noqa: PTH120 - a part of PATH


def failures(document: Path, session: Session, folder: Path, environment: Mapping[str, str]) -> list[str]:
    """Run a session's blocks in a folder; what went otherwise than the document says."""
    every = blocks(document)
    for block in every:
        if block.language == "java" and (name := _CLASS.search(block.code)):
            (folder / f"{name[1]}.java").write_text(block.code, "utf-8")
    chosen = [block for block in every if block.session == session]
    run = subprocess.run(  # noqa: S603 - the document's own code
        _command(chosen, session),
        cwd=folder,
        env={**os.environ, **environment, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=_MINUTES,
        check=False,
    )
    return list(_compared(document, chosen, run))


def unused_programs(document: Path) -> set[str]:
    """Java programs that no command runs."""
    every = blocks(document)
    programs = {name[1] for block in every if block.language == "java" and (name := _CLASS.search(block.code))}
    commands = "\n".join(block.code for block in every if block.session == "java")
    return {name for name in programs if f"java {name}.java" not in commands}


def _command(chosen: Sequence[Block], session: Session) -> list[str]:
    if session == "python":
        return [sys.executable, "-W", "error", "-c", _numbered(chosen)]
    script = "".join(f"{block.code}printf '\\x1e'\n" for block in chosen)
    return ["bash", "-euo", "pipefail", "-c", script]


def _numbered(chosen: Sequence[Block]) -> str:
    """One script, its lines where they are in the document; the closing fence's line ends each block."""
    script = ""
    for block in chosen:
        script += "\n" * (block.line - 1 - script.count("\n"))
        script += f'{block.code}print(end="\\x1e", flush=True)\n'
    return script


def _compared(document: Path, chosen: Sequence[Block], run: subprocess.CompletedProcess[str]) -> Iterator[str]:
    *printed, rest = run.stdout.split(_END)
    for block, got in zip(chosen, printed, strict=False):
        if block.prints is not None and not doctest.OutputChecker().check_output(block.prints, got, _LENIENT):
            yield f"{document.name}:{block.line} printed\n{got}instead of\n{block.prints}"
    if len(printed) < len(chosen):
        where = f"{document.name}:{chosen[len(printed)].line}"
        yield f"{where} ended with {run.returncode}:\n{rest}\n{run.stderr}"
