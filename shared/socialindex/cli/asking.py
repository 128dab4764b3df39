"""Asking before something is done that cannot be undone, and refusing what does nothing: one rule for all commands."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from socialindex.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sized

yes_option: Final = click.option("--yes", is_flag=True, help="Do not ask first: for scripts.")
"""Every command that does what cannot be undone takes it, as ``yes``."""
_REMEDY: Final = "add --yes where it is to be done unasked"


def ask(question: str, *, yes: bool, remedy: str = _REMEDY) -> None:
    """Ask who sits at the terminal, unless ``--yes`` was given. The question is no part of what is printed.

    Raises:
        InvalidInput: nobody is there to be asked; says what to add.
        click.Abort: who was asked said no.
    """
    if not yes:
        see_somebody(remedy)
        click.confirm(question, abort=True, err=True)


def see_somebody(remedy: str) -> None:
    """Pass where somebody can be asked later on: known before anything is done in vain.

    Raises:
        InvalidInput: nobody is there.
    """
    if not sys.stdin.isatty():
        raise InvalidInput("nobody is there to be asked", field="--yes", remedy=remedy)


def some_of(given: Sized, *options: str) -> None:
    """Pass a change that changes something.

    Raises:
        InvalidInput: none of the options is given.
    """
    if not given:
        raise InvalidInput("nothing is to be changed", field=options[0], remedy=f"give some of {', '.join(options)}")
