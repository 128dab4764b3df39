"""Commands that show what was used and what was done; and the one that makes a service's first key."""

from __future__ import annotations

from typing import Any

import click
from rich.console import Group
from rich.text import Text

from socialindex.access import Scope
from socialindex.cli.access import client
from socialindex.cli.accounts import call, of_option, path
from socialindex.cli.output import answer, as_json_option, columns
from socialindex.organizations import ALL

Json = dict[str, Any]


@click.command()
@of_option
@as_json_option
def usage(*, organization: str, as_json: bool) -> None:
    """Show what is used of the plan."""
    # Beside `make run`, searches use the client's plan, and not the operator's.
    api = client("admin" if organization else "client")
    answer(api.call("GET", path("usage", organization=organization)), as_json=as_json, human=_usage)


@click.command()
@of_option
@click.option("--cursor", default="", help="next_cursor of the page before.")
@as_json_option
def audit(*, organization: str, cursor: str, as_json: bool) -> None:
    """Show who did what, the newest first."""
    where = path("audit", organization=organization, cursor=cursor)
    answer(call("GET", where), as_json=as_json, human=_acts)


@click.command()
@click.argument("table")
@click.argument("name")
@as_json_option
def bootstrap(table: str, name: str, *, as_json: bool) -> None:
    """Make the operator's organization NAME and its first administrator's key, in the stack's access TABLE.

    For a service without keys; it needs your AWS credentials, not an API key.
    """
    from socialindex.aws.founding import new_key, new_organization  # noqa: PLC0415 - the SDK, for this command only
    from socialindex.aws.organizations import Organizations  # noqa: PLC0415 - likewise
    from socialindex.aws.stacks import known  # noqa: PLC0415 - likewise

    organizations = Organizations(table)
    with known():
        if organizations.all("", 1):
            raise click.ClickException(f"{table} has organizations already: ask an administrator for a key")
        organization = new_organization(organizations, name)
        secret = new_key(organizations, organization, workspaces=[ALL], scopes=list(Scope))
    answer({"organization": organization, "secret": secret}, as_json=as_json, human=_founded)


def _usage(found: Json) -> Group:
    quotas = columns("what", "used", "left", "anew at")
    for words, quota in (("queries today", found["queries"]), ("posts this month", found["posts"])):
        quotas.add_row(words, f"{quota['used']:,}", f"{quota['left']:,}", quota["renewed_at"])
    keys = columns("key", "label", "queries today", "this month", "posts")
    for key in found["keys"]:
        counts = (key["queries_today"], key["queries_month"], key["posts_month"])
        keys.add_row(key["id"], Text(key["label"]), *(f"{count:,}" for count in counts))
    return Group(quotas, keys)


def _acts(page: Json) -> Group:
    table = columns("when", "key", "act", "on", "status")
    for entry in page["items"]:
        status = "?" if entry["status"] is None else str(entry["status"])
        table.add_row(entry["at"], entry["key"], Text(entry["act"]), Text(entry["target"] or ""), status)
    return Group(table, *([Text(f"More with --cursor {page['next_cursor']}")] if page["next_cursor"] else []))


def _founded(made: Json) -> Text:
    return Text(f"{made['organization']}\n{made['secret']}\nKeep it: it is not shown again.")
