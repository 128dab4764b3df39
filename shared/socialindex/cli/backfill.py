"""The command that walks a channel's history."""

from __future__ import annotations

import time
from typing import Any

import click
from rich.text import Text

from socialindex.cli.access import client
from socialindex.cli.output import answer, as_json_option, say

Json = dict[str, Any]

_POLL_SECONDS = 2.0


@click.command()
@click.argument("channel")
@click.option("--wait/--no-wait", default=True, help="Show the progress until the walk ends; it goes on without you.")
@click.option("--cancel", is_flag=True, help="Cancel the walk.")
@as_json_option
def backfill(channel: str, *, wait: bool, cancel: bool, as_json: bool) -> None:
    """Read the history of a CHANNEL, page by page, behind everything more urgent; or see how far that is."""
    api = client("admin")
    progress = api.cancel_backfill(channel) if cancel else api.start_backfill(channel)
    while wait and progress["state"] == "running":
        if not as_json:
            say(_told(progress))
        time.sleep(_POLL_SECONDS)
        progress = api.backfill(channel)
    answer(progress, as_json=as_json, human=_told)


def _told(progress: Json) -> Text:
    why = f" ({progress['reason']})" if progress["reason"] else ""
    return Text.assemble((progress["state"], "bold"), f"{why}: {progress['pages']} pages{_held(progress)}")


def _held(progress: Json) -> str:
    """What the pages held. Those of boards list addresses, and how many posts come of these, nobody counts."""
    if progress["posts"]:
        return f", {progress['posts']} posts, the oldest of {(progress['oldest'] or 'unknown')[:10]}"
    return "; posts that they list are read one by one" if progress["pages"] else ""
