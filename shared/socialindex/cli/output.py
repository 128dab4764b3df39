"""How commands show an answer: for people, or with ``--json`` as it came."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
import msgspec
from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Callable

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print the API's answer as JSON.")
"""Every command that shows an answer takes it, as ``as_json``."""
OUT = Console()


def answer(answer: Any, *, as_json: bool, human: Callable[[Any], Any]) -> None:  # noqa: ANN401 - JSON is anything
    """Print an answer of the API, JSON or a struct of the client's."""
    if as_json:
        click.echo(json.dumps(plain(answer), ensure_ascii=False, indent=2))
    else:
        OUT.print(human(answer), soft_wrap=True)


def plain(answer: Any) -> Any:  # noqa: ANN401 - JSON is anything
    """A struct of the client's as the JSON that it came as."""
    return msgspec.to_builtins(answer)
