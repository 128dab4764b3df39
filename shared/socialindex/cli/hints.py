"""What is added to click's own words where people type what another tool, or another command of ours, would take."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final

import click

_SAME: Final = (
    frozenset({"rm", "remove", "delete", "del", "revoke", "unset"}),
    frozenset({"add", "create", "new", "set"}),
    frozenset({"change", "edit", "update"}),
)
"""Words for one thing: a group of commands knows one of them."""
_QUERIES: Final = frozenset({"query", "queries"})
"""Arguments that may begin with a sign that click takes for an option's."""


class Hinting(click.Group):
    """A group whose mistakes, and those of all commands in it, tell what was probably meant."""

    def invoke(self, ctx: click.Context) -> object:
        """As click does.

        Raises:
            click.UsageError: a mistake, with what to type instead where that can be told.
        """
        try:
            return super().invoke(ctx)
        except (click.NoSuchOption, click.NoSuchCommand) as error:
            if remedy := _remedy(error):
                raise click.UsageError(f"{error.message}\nRemedy: {remedy}", error.ctx) from error
            raise


def _remedy(error: click.NoSuchOption | click.NoSuchCommand) -> str:
    """What to type instead; empty where click says it itself, or nobody knows."""
    if error.ctx is None or error.possibilities:
        return ""
    if isinstance(error, click.NoSuchCommand):
        return _command(error.command_name, error.ctx)
    takes_query = any(isinstance(each, click.Argument) and each.name in _QUERIES for each in error.ctx.command.params)
    if takes_query and not error.option_name.startswith("--"):
        return "a query that begins with - goes last, behind --, such as: -- '-광고 누리폰'"
    return ""


def _command(typed: str, ctx: click.Context) -> str:
    group = ctx.command
    if not isinstance(group, click.Group):
        return ""
    known = group.list_commands(ctx)
    for words in _SAME:
        if typed in words and (meant := words.intersection(known)):
            return f"here it is {ctx.command_path} {min(meant)}"
    if near := get_close_matches(typed, known, 1):  # click looks among what is loaded, and `ops` loads late
        return f"did you mean {ctx.command_path} {near[0]}?"
    if group.invoke_without_command:
        alone = f"{ctx.command_path} alone shows what there is"
        has_host = any("--host" in each.opts for each in group.params)
        return f"{alone}, {ctx.command_path} --host {typed} what holds for a host" if has_host else alone
    return ""
