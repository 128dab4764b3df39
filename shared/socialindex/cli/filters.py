"""Options that choose posts, the same for all commands that take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")

CHOICES: Final = (
    click.option("--topic", multiple=True, help="A topic's mentions instead of posts: its id. Can be repeated."),
    click.option("--source", multiple=True, help="Only this source, such as gnuboard. Can be repeated."),
    click.option("--language", multiple=True, help="Only this language, such as ko. Can be repeated."),
)
_FILTERS: Final = (
    *CHOICES,
    click.option("--author", multiple=True, help="Only this author's handle, name, id or key. Can be repeated."),
    click.option("--hashtag", multiple=True, help="Only posts with this hashtag. Can be repeated."),
    click.option("--from", "since", help="Published at this time or later: 2026-11-01T00:00:00Z."),
    click.option("--to", "until", help="Published before this time."),
)


def with_options(command: F, *options: Callable[[F], F]) -> F:
    """A command with options, in the order in which its help shows them."""
    for option in reversed(options):
        command = option(command)
    return command


def filter_options(command: F) -> F:
    """Options of every command that hands out posts."""
    return with_options(command, *_FILTERS)
