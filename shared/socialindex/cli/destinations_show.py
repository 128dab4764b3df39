"""Destinations and deliveries as people see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from socialindex.cli.output import columns

if TYPE_CHECKING:
    from rich.table import Table

    from socialindex.client.models import Deliveries, Delivery, Destination, DestinationWithSecret, EventKind


def with_secret(made: DestinationWithSecret) -> Group:
    """A destination with its new secret."""
    lines = [one(made.destination)]
    if made.secret:
        lines.append(Text.assemble("Its secret, shown this once: ", (made.secret, "bold")))
    return Group(*lines)


def one(shown: Destination) -> Text:
    """A destination with its state, and what is to be done about it."""
    said = Text.assemble((shown.id, "bold"), f"  {shown.name}: {shown.way} {shown.address}, {shown.state}")
    if shown.state == "unconfirmed":
        said.append("\nA mail was sent there: its link confirms the address.")
    return said.append(f"\n{shown.trouble}", "red") if shown.trouble else said


def listed(found: list[Destination]) -> Table:
    """Destinations in lines."""
    table = columns("id", "name", "way", "address", "events", "state", "trouble")
    for one in found:
        table.add_row(
            one.id,
            Text(one.name),
            one.way,
            Text(one.address),
            ", ".join(one.wishes.events),
            one.state,
            one.trouble or "",
        )
    return table


def log(page: Deliveries) -> Group:
    """Deliveries in lines."""
    table = columns("id", "when", "event", "destination", "state", "tries", "answer")
    for one in page.items:
        last = str(one.status or one.reason or "")
        when = f"{one.created_at:%Y-%m-%d %H:%M:%S}"
        table.add_row(one.id, when, one.kind, one.destination, one.state, str(one.tries), last)
    return Group(table, *([Text(f"More with --cursor {page.next_cursor}")] if page.next_cursor else []))


def told(one: Delivery) -> Group:
    """A delivery with its attempts."""
    lines = [Text.assemble((one.id, "bold"), f"  {one.kind} to {one.destination}: {one.state}")]
    for each in one.attempts:
        came = each.detail or (f"taken, status {each.status}" if each.status else "taken")
        lines.append(Text(f"{each.at:%Y-%m-%d %H:%M:%S}  {each.ms:,} ms  {came}"))
        if each.answer:
            lines.append(Text(f"    {each.answer}", style="dim"))
    if one.next_at:
        lines.append(Text(f"Next: {one.next_at:%Y-%m-%d %H:%M:%S} UTC"))
    return Group(*lines)


def kinds(found: list[EventKind]) -> Table:
    """Kinds of events in lines."""
    table = columns("event", "when")
    for one in found:
        table.add_row(one.kind, one.when)
    return table
