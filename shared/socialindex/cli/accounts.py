"""Commands for organizations, workspaces and members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import click
from rich.console import Group
from rich.text import Text

from socialindex.cli.access import client
from socialindex.cli.asking import ask, some_of, yes_option
from socialindex.cli.output import answer, as_json_option, columns
from socialindex.client import core
from socialindex.client.transport import unicode_only
from socialindex.plans import PLANS, Adjustment

if TYPE_CHECKING:
    from rich.table import Table

Json = dict[str, Any]

of_option = click.option(
    "--organization", default="", help="Another organization than the key's own: for administrators."
)
_PLANS = click.Choice(sorted(PLANS))


def path(*parts: str, **parameters: str) -> str:
    """A path of the API.

    Raises:
        InvalidInput: a part is empty, or no Unicode text.
    """
    with unicode_only():
        given = urlencode({name: value for name, value in parameters.items() if value})
    return core.path(*parts) + (f"?{given}" if given else "")


def call(method: str, where: str, body: Json | None = None) -> Json:
    """A request with the administrator's key."""
    return client("admin").call(method, where, body)


@click.group()
def organizations() -> None:
    """Make, change and delete organizations (administrators)."""


@organizations.command("add")
@click.argument("name")
@click.option("--plan", type=_PLANS, default="trial", show_default=True)
@click.option("--limit", "limits", multiple=True, help="Instead of the plan's: queries_a_day=500. Can be repeated.")
@as_json_option
def organizations_add(name: str, *, plan: str, limits: tuple[str, ...], as_json: bool) -> None:
    """Make an organization."""
    body = {"name": name, "plan": plan, "limits": _limits(limits)}
    answer(call("POST", path("organizations"), body), as_json=as_json, human=_organization)


@organizations.command("list")
@click.option("--cursor", default="", help="next_cursor of the page before.")
@as_json_option
def organizations_list(*, cursor: str, as_json: bool) -> None:
    """List organizations."""
    answer(call("GET", path("organizations", cursor=cursor)), as_json=as_json, human=_organizations)


@organizations.command("change")
@click.argument("id")
@click.option("--name")
@click.option("--plan", type=_PLANS)
@click.option("--limit", "limits", multiple=True, help="All that differs from the plan, as queries_a_day=500.")
@as_json_option
def organizations_change(id: str, *, limits: tuple[str, ...], as_json: bool, **fields: str | None) -> None:  # noqa: A002 - the word of the help page
    """Change an organization's name, plan or limits; its keys have them within 15 seconds."""
    body: Json = {name: value for name, value in fields.items() if value}
    if limits:
        body["limits"] = _limits(limits)
    some_of(body, "--name", "--plan", "--limit")
    answer(call("PATCH", path("organizations", id), body), as_json=as_json, human=_organization)


@organizations.command("remove")
@click.argument("id")
@yes_option
@as_json_option
def organizations_remove(id: str, *, yes: bool, as_json: bool) -> None:  # noqa: A002 - the word of the help page
    """Delete an organization, its keys and all that is its own, for good."""
    ask(f"Delete {id} with its workspaces, imports and keys for good?", yes=yes)
    answer(call("DELETE", path("organizations", id)), as_json=as_json, human=_closed)


@click.group()
def workspaces() -> None:
    """Run an organization's workspaces."""


@workspaces.command("add")
@click.argument("name")
@of_option
@as_json_option
def workspaces_add(name: str, *, organization: str, as_json: bool) -> None:
    """Make a workspace."""
    where = path("workspaces", organization=organization)
    answer(call("POST", where, {"name": name}), as_json=as_json, human=_thing)


@workspaces.command("list")
@of_option
@as_json_option
def workspaces_list(*, organization: str, as_json: bool) -> None:
    """List workspaces."""
    answer(call("GET", path("workspaces", organization=organization)), as_json=as_json, human=_things)


@workspaces.command("remove")
@click.argument("id")
@of_option
@yes_option
@as_json_option
def workspaces_remove(id: str, *, organization: str, yes: bool, as_json: bool) -> None:  # noqa: A002 - the word of the help page
    """Delete a workspace with all that is in it, for good."""
    ask(f"Delete {id} with all that is in it for good?", yes=yes)
    answer(call("DELETE", path("workspaces", id, organization=organization)), as_json=as_json, human=_closed)


@click.group()
def members() -> None:
    """Run an organization's members."""


@members.command("add")
@click.argument("name")
@of_option
@as_json_option
def members_add(name: str, *, organization: str, as_json: bool) -> None:
    """Add a member; a nickname will do."""
    answer(call("POST", path("members", organization=organization), {"name": name}), as_json=as_json, human=_thing)


@members.command("list")
@of_option
@as_json_option
def members_list(*, organization: str, as_json: bool) -> None:
    """List members."""
    answer(call("GET", path("members", organization=organization)), as_json=as_json, human=_things)


@members.command("remove")
@click.argument("id")
@of_option
@yes_option
@as_json_option
def members_remove(id: str, *, organization: str, yes: bool, as_json: bool) -> None:  # noqa: A002 - the word of the help page
    """Remove a member and revoke the keys of theirs."""
    ask(f"Remove {id}, and revoke the keys of theirs for good?", yes=yes)
    call("DELETE", path("members", id, organization=organization))
    answer({"removed": id}, as_json=as_json, human=lambda done: Text(f"{done['removed']} is gone, with all keys."))


def _limits(pairs: tuple[str, ...]) -> Json:
    return dict(_limit(pair) for pair in pairs)


def _limit(pair: str) -> tuple[str, int | None]:
    name, _, value = pair.partition("=")
    if name not in Adjustment.__struct_fields__ or not (value.isdigit() or value == "none"):
        known = ", ".join(Adjustment.__struct_fields__)
        raise click.BadParameter(f"{pair!r}: write NAME=NUMBER with one of {known}", param_hint="--limit")
    return name, None if value == "none" else int(value)


def _organization(one: Json) -> Group:
    table = columns("limit", "value")
    for name, value in one["limits"].items():
        table.add_row(name, "all" if value is None else f"{value:,}")
    return Group(Text(f"{one['id']}  {one['name']}  plan {one['plan']}"), table)


def _organizations(page: Json) -> Group:
    table = columns("id", "name", "plan", "since")
    for one in page["items"]:
        table.add_row(one["id"], Text(one["name"]), one["plan"], one["created_at"][:10])
    return Group(table, *([Text(f"More with --cursor {page['next_cursor']}")] if page["next_cursor"] else []))


def _thing(one: Json) -> Text:
    return Text(f"{one['id']}  {one['name']}")


def _things(found: Json) -> Table:
    table = columns("id", "name", "since")
    for one in found["items"]:
        table.add_row(one["id"], Text(one["name"]), one["created_at"][:10])
    return table


def _closed(done: Json) -> Text:
    return Text(f"{done['id']} is gone; {done['imports']} imports are being deleted with their posts.")
