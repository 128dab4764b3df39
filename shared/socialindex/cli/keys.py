"""Commands for API keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from socialindex.access import Scope
from socialindex.cli.accounts import call, of_option, path
from socialindex.cli.asking import ask, yes_option
from socialindex.cli.filters import Moment
from socialindex.cli.output import answer, as_json_option, columns

if TYPE_CHECKING:
    from rich.table import Table

Json = dict[str, Any]

_SCOPES = click.Choice([scope.value for scope in Scope])


@click.group()
def keys() -> None:
    """Make, rotate and revoke API keys."""


@keys.command("add")
@click.argument("label")
@click.option("--scope", "scopes", multiple=True, type=_SCOPES, default=["read"], show_default=True)
@click.option("--workspace", "workspaces", multiple=True, default=["*"], show_default=True, help="Ids, or * for all.")
@click.option("--member", help="Whose it is, by the member's id; without it, a machine's.")
@click.option("--expires", "expires_at", type=Moment(), help="Until when it counts: 2027-11-28 (UTC) or a time.")
@click.option("--sandbox", is_flag=True, help="To try the API with: it sees the sample posts only.")
@of_option
@as_json_option
def keys_add(label: str, *, organization: str, as_json: bool, **fields: Any) -> None:  # noqa: ANN401 - the options above
    """Make a key; its secret is shown this once."""
    given = {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}
    body = {"label": label, **{name: value for name, value in given.items() if value is not None}}
    answer(call("POST", path("keys", organization=organization), body), as_json=as_json, human=_secret)


@keys.command("list")
@of_option
@as_json_option
def keys_list(*, organization: str, as_json: bool) -> None:
    """List the keys that are not revoked."""
    answer(call("GET", path("keys", organization=organization)), as_json=as_json, human=_keys)


@keys.command("rotate")
@click.argument("id")
@click.option("--grace-hours", type=click.IntRange(0, 168), default=24, show_default=True)
@of_option
@as_json_option
def keys_rotate(id: str, *, grace_hours: int, organization: str, as_json: bool) -> None:  # noqa: A002 - the word of the help page
    """Give a key a new secret; the old one counts for some hours more."""
    where = path("keys", id, "rotation", organization=organization)
    answer(call("POST", where, {"grace_hours": grace_hours}), as_json=as_json, human=_secret)


@keys.command("revoke")
@click.argument("id")
@of_option
@yes_option
@as_json_option
def keys_revoke(id: str, *, organization: str, yes: bool, as_json: bool) -> None:  # noqa: A002 - the word of the help page
    """Revoke a key; it counts nowhere any more within 15 seconds."""
    ask(f"Revoke {id} for good?", yes=yes)
    call("DELETE", path("keys", id, organization=organization))
    answer({"revoked": id}, as_json=as_json, human=lambda done: Text(f"{done['revoked']} is revoked."))


def _secret(made: Json) -> Text:
    if made["secret"] is None:
        return Text(f"{made['key']['id']} is there already; its secret cannot be shown again. Rotate it for another.")
    return Text(f"{made['key']['id']}  {made['key']['label']}\n{made['secret']}\nKeep it: it is not shown again.")


def _keys(found: Json) -> Table:
    table = columns("id", "label", "scopes", "workspaces", "last used", "expires")
    for key in found["items"]:
        places = "sandbox" if key["sandbox"] else ", ".join(key["workspaces"])
        ends = (key["expires_at"] or "-")[:10]
        table.add_row(key["id"], Text(key["label"]), ", ".join(key["scopes"]), places, key["used_on"] or "never", ends)
    return table
