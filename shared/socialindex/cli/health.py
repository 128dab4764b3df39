"""Commands about what is wrong and what is covered: ``health`` and ``coverage``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.console import Group
from rich.text import Text

from socialindex.cli.access import client
from socialindex.cli.output import answer, as_json_option, columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

Json = dict[str, Any]

_DAYS = click.option("--days", type=click.IntRange(1, 180), default=7, show_default=True, help="How far back to look.")


@click.command()
@_DAYS
@as_json_option
def health(*, days: int, as_json: bool) -> None:
    """Show sources and channels that have fallen silent, and how we know."""
    answer(client("client").call("GET", f"/v1/health?days={days}"), as_json=as_json, human=_health)


@click.command()
@_DAYS
@as_json_option
def coverage(*, days: int, as_json: bool) -> None:
    """Show what the index holds, where it has gaps, and what it does not hold and why."""
    answer(client("client").call("GET", f"/v1/coverage?days={days}"), as_json=as_json, human=_coverage)


def _health(found: Json) -> Group | Text:
    if not found["open"] and not found["closed"]:
        return Text("All is well, and was.")
    table = columns("state", "what", "source", "since (UTC)", "until (UTC)", "how we know")
    for event in [*found["open"], *found["closed"]]:
        state = Text("closed", style="dim") if event.get("closed_at") else Text("open", style="bold red")
        finding = event["finding"]
        until = _time(event.get("closed_at")) or "it lasts"
        since = _time(finding["since"])
        table.add_row(state, finding["kind"], finding["source"], since, until, Text(finding["message"]))
    return Group(table, *_beyond(found, "open"), *_beyond(found, "closed"))


def _beyond(found: Json, state: str) -> Iterator[Text]:
    """How many events there are of all, where they are not all listed."""
    counts = found.get(f"{state}_counts", [])
    if sum(count["events"] for count in counts) > len(found[state]):
        yield Text(f"\nThe newest {len(found[state]):,} that are {state} are listed, of these:", style="bold")
        for count in counts:
            yield Text(f"  {count['kind']}, {count['source']}: {count['events']:,}")


def _coverage(found: Json) -> Group:
    sources = columns("source", "channels", "posts", "first post (UTC)", "last post", "p50", "p95")
    for row in found["sources"]:
        times = (_time(row["first_post"]) or "-", _time(row["last_post"]) or "-")
        latency = (_seconds(row["latency_p50"]), _seconds(row["latency_p95"]))
        sources.add_row(row["source"], str(row["channels"]), str(row["posts"]), *times, *latency)
    parts: list[Any] = [sources]
    if found["gaps"]:
        parts += [Text("\nWe may have missed posts:", style="bold"), _gaps(found["gaps"])]
    if found["not_covered"]:
        parts += [Text("\nNot covered:", style="bold"), _missing(found["not_covered"])]
    return Group(*parts)


def _gaps(gaps: list[Json]) -> Table:
    table = columns("source", "channel", "why", "since (UTC)", "until (UTC)")
    for gap in gaps:
        until = _time(gap["until"]) or "it lasts"
        table.add_row(gap["source"], _channels(gap), gap["kind"], _time(gap["since"]), until)
    return table


def _channels(gap: Json) -> str:
    number = gap.get("channels")
    return gap["channel"] or (f"{number:,} channels" if number else "all")


def _missing(rows: list[Json]) -> Table:
    table = columns("what", "why")
    for row in rows:
        table.add_row(Text(row["what"]), Text(row["why"]))
    return table


def _time(moment: str | None) -> str:
    return (moment or "")[:16].replace("T", " ")


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value} s"
