"""Commands that remove for good: ``erase`` and ``removals``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from socialindex.cli.access import client
from socialindex.cli.asking import ask, yes_option
from socialindex.cli.output import answer, as_json_option, columns, say

if TYPE_CHECKING:
    from rich.table import Table

    from socialindex.client import Client

Json = dict[str, Any]

REASONS = click.Choice(["subject_request", "court_order", "copyright", "operator"])
_POLL_SECONDS = 2.0


@click.command()
@click.argument("what")
@click.option("--author", is_flag=True, help="WHAT is an author's key, as posts show it: everything of theirs goes.")
@click.option(
    "--reason",
    type=REASONS,
    default="subject_request",
    show_default=True,
    help="Why; written down only where WHAT is an address.",
)
@yes_option
@click.option("--wait", is_flag=True, help="Stay until the archive is searched too.")
@as_json_option
def erase(what: str, *, author: bool, reason: str, yes: bool, wait: bool, as_json: bool) -> None:
    """Erase a post or an author for good, from the index and from the archive; it never comes back.

    WHAT is the address of a post or of an author, or a post's id.
    """
    ask(f"Erase {what} for good?", yes=yes)
    api = client("admin")
    removal = _begin(api, what, author=author, reason=reason)
    while wait and removal["state"] != "done":
        if not as_json:
            say(_one(removal))
        time.sleep(_POLL_SECONDS)
        removal = api.removal(removal["id"])
    answer(removal, as_json=as_json, human=_one)


@click.command()
@click.argument("id", required=False)
@as_json_option
def removals(id: str | None, *, as_json: bool) -> None:  # noqa: A002 - the word of the help page
    """Show what was erased and how far that is, or one removal by its ID."""
    if id:
        answer(client("admin").removal(id), as_json=as_json, human=_one)
    else:
        answer(client("admin").removals(), as_json=as_json, human=_all)


def _begin(api: Client, what: str, *, author: bool, reason: str) -> Json:
    if "://" in what:
        return api.request_removal(what, reason)
    return api.erase_author(what) if author else api.erase_post(what)


def _one(removal: Json) -> Text:
    """A removal in a sentence."""
    named = f"{len(removal['posts'])} posts, {len(removal['authors'])} authors"
    unread = f", {removal['unreadable']} unreadable" if removal["unreadable"] else ""
    done = (
        f"{removal['documents']} documents deleted; {removal['records']} records removed from the archive, "
        f"{removal['objects']} of its objects searched{unread}"
    )
    return Text.assemble((removal["id"], "bold"), f"  {removal['state']}: {named}; {done}")


def _all(items: list[Json]) -> Table:
    table = columns("id", "since (UTC)", "why", "state", "documents", "records", "searched")
    for removal in items:
        figures = (str(removal[name]) for name in ("documents", "records", "objects"))
        table.add_row(removal["id"], removal["created_at"][:19], removal["reason"], removal["state"], *figures)
    return table
