"""Telling a person what is being measured: on standard error, so that standard output is the figures alone."""

from __future__ import annotations

from rich.console import Console

_console = Console(stderr=True, highlight=False)


def say(text: str) -> None:
    """Show one line of progress."""
    _console.print(text, style="dim", markup=False, soft_wrap=True)
