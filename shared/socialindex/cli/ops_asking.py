"""What all of ``socialindex ops`` share: the stack that is meant, and asking before something is done."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from socialindex.cli.access import client_of, local_folder
from socialindex.cli.asking import ask, yes_option
from socialindex.cli.output import answer, say
from socialindex.errors import InvalidInput
from socialindex.ops.reach import Reach, reach

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialindex.client import Client

Command = TypeVar("Command", bound="Callable[..., Any]")

_STACK = click.option(
    "--stack", envvar="SOCIALINDEX_STACK", help="A stack on AWS; the local one in this folder unless told."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print what came of it as JSON.")
_DRY = click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
_REMEDY = "add --yes where it is to be done unasked, or --dry-run to see only"


@dataclass(frozen=True)
class How:
    """How a command was asked for."""

    stack: Reach
    as_json: bool
    yes: bool = False
    dry_run: bool = False

    def agreed(self, would: str, **facts: Any) -> bool:  # noqa: ANN401 - JSON is anything
        """Say what would be done; whether it is to be done now.

        Raises:
            InvalidInput: nobody can be asked.
            click.Abort: who was asked said no.
        """
        if self.dry_run and self.as_json:
            click.echo(json.dumps({"dry_run": True, "stack": self.stack.name, "would": would, **facts}, indent=2))
            return False
        click.echo(f"On stack {self.stack.name}: {would}", err=True)
        if self.dry_run:
            click.echo("A dry run: nothing was done.", err=True)
            return False
        ask("Do that?", yes=self.yes, remedy=_REMEDY)
        return True

    def tell(self, done: Any, human: Callable[[Any], Any]) -> None:  # noqa: ANN401 - JSON is anything
        """Show what came of it."""
        answer(done, as_json=self.as_json, human=human)

    def progress(self, text: str) -> None:
        """Show how far it is, to people."""
        if not self.as_json:
            say(text)

    def admin(self) -> Client:
        """The stack's API, with the administrator's key."""
        return client_of(self.stack.api, "admin")

    def engine(self, act: str, **fields: Any) -> Any:  # noqa: ANN401 - JSON is anything
        """Have an act of ``ops.engine_acts`` done; its answer.

        Raises:
            InvalidInput: it cannot be done; says why.
            Unavailable: who does it does not answer.
        """
        told = self.stack.engine({"act": act, **msgspec.to_builtins(fields)})
        if isinstance(told, dict) and "trouble" in told:
            raise InvalidInput(told["trouble"], remedy=told["remedy"])
        return told


def looking(command: Command) -> Command:
    """Gives a command that changes nothing ``how``: ``--stack`` and ``--json``."""
    return _given(command, _STACK, _JSON)


def changing(command: Command) -> Command:
    """Gives a command that changes something ``how``: as ``looking``, and ``--yes`` and ``--dry-run``."""
    return _given(command, _STACK, yes_option, _DRY, _JSON)


def _given(command: Command, *options: Callable[[Command], Command]) -> Command:
    @functools.wraps(command)
    def run(*arguments: Any, stack: str | None, **named: Any) -> Any:  # noqa: ANN401 - as the command has them
        asked = {name: named.pop(name) for name in ("as_json", "yes", "dry_run") if name in named}
        return command(*arguments, how=How(reach(stack, local_folder()), **asked), **named)

    given: Any = run
    for option in reversed(options):
        given = option(given)
    kept: Command = given
    return kept
