"""Options that choose posts, the same for all commands that take them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from socialindex.errors import InvalidInput
from socialindex.zones import zone_of

if TYPE_CHECKING:
    from collections.abc import Callable

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d", re.ASCII)
_REMEDY: Final = "write a day such as 2026-11-01, or a time with its zone such as 2026-11-01T00:00:00+09:00"
F = TypeVar("F", bound="Callable[..., Any]")


class Moment(click.ParamType[str]):
    """A time as the API takes it, or a day: its midnight in ``--time-zone``, which must be eager, or else in UTC.

    A time without a zone is one of ``--time-zone``. Without that it is none: whoever types a clock's time means their
    own clock, which nobody else knows.
    """

    name = "time or day"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The time, with its zone.

        Raises:
            InvalidInput: it is neither, it lacks its zone, or there is no such time zone.
        """
        option = param.opts[0] if param else "a time"
        named = ctx.params.get("time_zone") if ctx else None
        # Where it is not given, click has no None here but a mark of its own.
        zone = zone_of(named, "--time-zone") if isinstance(named, str) else None
        try:
            if not _TIME.match(value):
                return datetime.combine(date.fromisoformat(value), time(), zone or UTC).isoformat()
            at = datetime.fromisoformat(value.upper())
        except ValueError as error:
            message = f"{option}: {value[:40]!r} is no day and no time"
            raise InvalidInput(message, field=option, remedy=_REMEDY) from error
        if at.tzinfo is None and zone is None:
            message = f"{option}: {value!r} is a time without its zone"
            raise InvalidInput(message, field=option, remedy=_zone_remedy(value.replace(" ", "T"), ctx))
        return (at if at.tzinfo else at.replace(tzinfo=zone)).isoformat()


def _zone_remedy(clock: str, ctx: click.Context | None) -> str:
    """How to add a time's zone, by what the command takes."""
    takes_zone = ctx is not None and any("--time-zone" in each.opts for each in ctx.command.params)
    also = ", or give --time-zone, such as Asia/Seoul" if takes_zone else ""
    return f"add it, such as {clock}+09:00 or {clock}Z{also}"


time_zone_option = click.option(
    "--time-zone", is_eager=True, help="Whose days are meant, such as Asia/Seoul. [default: UTC]"
)
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
        "--from", "since", type=Moment(), help="Published then or later: 2026-11-01, or 2026-11-01T00:00:00+09:00."
    ),
    click.option("--to", "until", type=Moment(), help="Published before this time or day."),
    time_zone_option,
)


def with_options(command: F, *options: Callable[[F], F]) -> F:
    """A command with options, in the order in which its help shows them."""
    for option in reversed(options):
        command = option(command)
    return command


def filter_options(command: F) -> F:
    """Options of every command that hands out posts."""
    return with_options(command, *_FILTERS)
