"""``socialindex ops``: what operators do to a stack, on AWS and beside ``make run`` alike."""

from __future__ import annotations

import importlib
from typing import Final

import click

_WHERE: Final = {
    "letters": "ops_letters",
    "pauses": "ops_pauses",
    "pause": "ops_pauses",
    "resume": "ops_pauses",
    "replay": "ops_index",
    "reindex": "ops_index",
    "snapshots": "ops_snapshots",
    "rotate-keys": "ops_keys",
}
"""Commands, and the module that has each."""


class _Late(click.Group):
    """Loads a command when it is asked for: they need boto3, which nobody else's command waits for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own
        return list(_WHERE)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's own
        if cmd_name not in _WHERE:
            return None
        module = importlib.import_module(f"{__package__}.{_WHERE[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


@click.group(cls=_Late)
def ops() -> None:
    """Operate a stack: dead letters, pauses, replays, the index, snapshots, keys.

    Of the local stack in this folder, or with --stack (or SOCIALINDEX_STACK) of one on AWS, with your own AWS
    credentials. What changes something asks first; --dry-run only says what would be done. See docs/operations.md.
    """
