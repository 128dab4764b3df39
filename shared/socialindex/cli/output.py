"""How commands show an answer: for people, or with ``--json`` as it came."""

from __future__ import annotations

import io
import json
import os
import secrets
import sys
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec
from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import Progress, ProgressColumn

from socialindex.cli.tables import FittingTable
from socialindex.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rich.table import Table

UNBOUNDED: Final = 1_000_000
"""Columns of what is no terminal."""
_COPIED: Final = frozenset({"id", "key"})
"""Columns whose values are given to the next command."""


class _Out(Console):
    """Standard output. Files and programs behind a pipe have no width: to them a row of a table is a line."""

    @property
    def options(self) -> ConsoleOptions:
        """As of any console, but for the width."""
        options = super().options
        if not (self.is_terminal or "COLUMNS" in os.environ):
            options.max_width = UNBOUNDED
        return options


as_json_option = click.option("--json", "as_json", is_flag=True, help="Print the API's answer as JSON.")
"""Every command that shows an answer takes it, as ``as_json``."""
OUT: Final[Console] = _Out()


def columns(*headers: str) -> Table:
    """A table without rows, which cuts nothing off."""
    return FittingTable(*headers, copied=_COPIED)


def say(text: RenderableType) -> None:
    """Print something for people. Only the terminal itself breaks lines, so that commands can be copied from them."""
    OUT.print(text, soft_wrap=True, highlight=False, markup=False)


def progress(*shown: ProgressColumn, quiet: bool) -> Progress:
    """A bar for as long as something lasts. Files and programs get nothing of it, not even an empty line."""
    return Progress(*shown, console=OUT, transient=True, disable=quiet or not OUT.is_terminal)


def shows_all() -> None:
    """Have a terminal or file whose encoding lacks a character (an emoji in EUC-KR) get it by its number."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def answer(answer: Any, *, as_json: bool, human: Callable[[Any], Any]) -> None:  # noqa: ANN401 - JSON is anything
    """Print an answer of the API, JSON or a struct of the client's."""
    if as_json:
        click.echo(written(answer, indent=2))
    else:
        say(human(answer))


def writable(file: Path, *, by_part: bool = False) -> Path:
    """The same file, where it can be saved: known before anything is made for it, which may cost something.

    Args:
        file: what is to be saved.
        by_part: whether it is gathered in another file of its folder until it is whole.

    Raises:
        InvalidInput: it cannot.
    """
    if not file.parent.is_dir():
        raise InvalidInput(f"there is no folder {file.parent}", field="--output", remedy="make it, or name another one")
    tried = file.with_name(f"{file.name}.{secrets.token_hex(10)}.part") if by_part else file
    try:
        _try(tried)
    except OSError as error:
        message = f"{file} cannot be written: {error.strerror}"
        raise InvalidInput(message, field="--output", remedy="name another file") from error
    return file


def _try(file: Path) -> None:
    """Open a file for writing, and leave it as it was. Rights alone do not tell: a name can be too long."""
    is_new = not file.exists()
    with file.open("ab"):
        pass
    if is_new:
        file.unlink()


def written(answer: Any, indent: int | None = None) -> str:  # noqa: ANN401 - JSON is anything
    """An answer as JSON that is JSON in the encoding of standard output, too."""
    return json.dumps(plain(answer), ensure_ascii=not _has_unicode(), indent=indent)


def _has_unicode() -> bool:
    return (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("_", "-").startswith("utf")


def plain(answer: Any) -> Any:  # noqa: ANN401 - JSON is anything
    """A struct of the client's as the JSON that it came as."""
    return msgspec.to_builtins(answer)
