"""Options that choose posts, the same for all commands that take them."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from socialindex.errors import InvalidInput
from socialindex.zones import zone_of

if TYPE_CHECKING:
    from collections.abc import Callable

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]", re.ASCII)
_REMEDY: Final = "write a day such as 2026-11-01, or a time with its zone such as 2026-11-01T00:00:00+09:00"
F = TypeVar("F", bound="Callable[..., Any]")


class Moment(click.ParamType[str]):
    """A time as the API takes it, or a day: its midnight in ``--time-zone``, which must be eager, or else in UTC."""

    name = "time or day"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The time; which times there are is left to the API to judge.

        Raises:
            InvalidInput: it is neither, or there is no such time zone.
        """
        if _TIME.match(value):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError as error:
            option = param.opts[0] if param else "a time"
            message = f"{option}: {value[:40]!r} is no day and no time"
            raise InvalidInput(message, field=option, remedy=_REMEDY) from error
        zone = zone_of((ctx and ctx.params.get("time_zone")) or "UTC", "--time-zone")
        return datetime.combine(day, time(), zone).isoformat()


CHOICES: Final = (
    click.option("--topic", multiple=True, help="A topic's mentions instead of posts: its id. Can be repeated."),
    click.option("--source", multiple=True, help="Only this source, such as gnuboard. Can be repeated."),
    click.option("--language", multiple=True, help="Only this language, such as ko. Can be repeated."),
)
_FILTERS: Final = (
    *CHOICES,
    click.option("--author", multiple=True, help="Only this author's handle, name, id or key. Can be repeated."),
    click.option("--hashtag", multiple=True, help="Only posts with this hashtag. Can be repeated."),
    click.option(
        "--from", "since", type=Moment(), help="Published then or later: 2026-11-01 (UTC) or 2026-11-01T00:00:00+09:00."
    ),
    click.option("--to", "until", type=Moment(), help="Published before this time or day."),
)


def with_options(command: F, *options: Callable[[F], F]) -> F:
    """A command with options, in the order in which its help shows them."""
    for option in reversed(options):
        command = option(command)
    return command


def filter_options(command: F) -> F:
    """Options of every command that hands out posts."""
    return with_options(command, *_FILTERS)
