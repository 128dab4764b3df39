"""The command line: everything that the API offers, and the local stack."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from socialindex.cli.commands import add_commands
from socialindex.cli.hints import Hinting
from socialindex.cli.naming import name_options
from socialindex.cli.output import shows_all
from socialindex.cli.show import explain, explain_system
from socialindex.errors import SocialIndexError

__all__ = ["main"]

_HELP = """Social indexing from the command line.

\b
Start the local stack, then ask it:
  socialindex up
  socialindex search 배터리
  socialindex channels add https://example.com/blog
  socialindex status

Every command takes --help for what it can do and, but for `up`, --json for programs.
What cannot be undone is asked for first; scripts say --yes.
The API's address and keys are read from .local/ (where `up` writes them; SOCIALINDEX_DATA
names another folder), or from SOCIALINDEX_URL and SOCIALINDEX_KEY; SOCIALINDEX_WORKSPACE
stands for --workspace.
"""


@click.group(
    cls=Hinting, help=_HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="socialindex")
def cli() -> None:
    """Group of all commands."""


add_commands(cli)
name_options(cli)


def main() -> None:
    """Run the command line; a person's mistake is answered in words, never with a stack trace."""
    shows_all()
    try:
        cli(prog_name="socialindex")
    except SocialIndexError as error:
        _end(explain(error))
    except OSError as error:
        told = explain_system(error)
        if told is None:
            raise
        _end(told)


def _end(told: str) -> NoReturn:
    click.echo(told, err=True)
    sys.exit(1)
