"""How commands show an answer: for people, or with ``--json`` as it came."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Callable

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print the API's answer as JSON.")
"""Every command that shows an answer takes it, as ``as_json``."""
OUT = Console()


def answer(answer: Any, *, as_json: bool, human: Callable[[Any], Any]) -> None:  # noqa: ANN401 - JSON is anything
    """Print an answer of the API."""
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        OUT.print(human(answer), soft_wrap=True)
