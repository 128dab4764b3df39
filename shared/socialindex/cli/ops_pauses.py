"""Pausing what is crawled, a host or a source at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_args

import click
import msgspec
from rich.text import Text

from socialindex.aws.channels import Channels
from socialindex.aws.hosts import Hosts
from socialindex.cli.ops_asking import How, changing, looking
from socialindex.cli.output import columns
from socialindex.ops.pausing import Kind, Pauses, reasoned, subject

if TYPE_CHECKING:
    from rich.table import Table

    from socialindex.ops.reach import Reach

_KIND: Final = click.argument("kind", type=click.Choice(get_args(Kind)))


@click.command()
@looking
def pauses(*, how: How) -> None:
    """List what is paused, since when and why."""
    found = _pauses(how.stack).all()
    how.tell({"items": msgspec.to_builtins(found)}, _listed)


@click.command()
@_KIND
@click.argument("name")
@click.option("--reason", required=True, help="Why, for those who will wonder.")
@changing
def pause(kind: Kind, name: str, *, reason: str, how: How) -> None:
    """Crawl a host or a source no more until it is resumed; what waits there goes on waiting, and posts stay.

    \b
    socialindex ops pause host board.example.com --reason "the operator has asked us, ticket 12"
    socialindex ops pause source youtube --reason "quota is needed elsewhere"
    """  # noqa: D301 - click's own mark, not a backslash
    what = subject(kind, name)
    reasoned(reason)
    all_of = _pauses(how.stack)
    states = all_of.meant(what)
    if how.agreed(f"{kind} {what.name} is paused, with {len(states):,} channels.", channels=len(states)):
        all_of.begin(what, states, reason)
        how.tell({"paused": str(what), "channels": len(states)}, _paused)


@click.command()
@_KIND
@click.argument("name")
@changing
def resume(kind: Kind, name: str, *, how: How) -> None:
    """Crawl a host or a source again; its channels are polled at once."""
    what = subject(kind, name)
    all_of = _pauses(how.stack)
    held = all_of.held(what)
    if how.agreed(f"{kind} {what.name} is crawled again, with {len(held):,} channels.", channels=len(held)):
        how.tell({"resumed": str(what), "channels": all_of.end(what)}, _resumed)


def _pauses(stack: Reach) -> Pauses:
    return Pauses(Channels(stack.of("ChannelsTable")), Hosts(stack.of("HostsTable")))


def _listed(found: dict[str, Any]) -> Table | Text:
    if not found["items"]:
        return Text("Nothing is paused.")
    table = columns("what", "since (UTC)", "channels", "why")
    for one in found["items"]:
        table.add_row(one["subject"], one["since"][:19], f"{one['channels']:,}", Text(one["reason"]))
    return table


def _paused(done: dict[str, Any]) -> Text:
    text = "No new request is sent; one that is under way is ended first, within a minute."
    return Text(f"{done['paused']} is paused, with {done['channels']:,} channels. {text}")


def _resumed(done: dict[str, Any]) -> Text:
    return Text(f"{done['resumed']} is crawled again, with {done['channels']:,} channels.")
