"""Rotating an organization's API keys together, such as after a leak."""

from __future__ import annotations

from typing import Any

import click
from rich.text import Text

from socialindex.cli.accounts import of_option, path
from socialindex.cli.ops_asking import How, changing
from socialindex.client.errors import Conflict as NotNow
from socialindex.client.errors import Unauthorized
from socialindex.errors import Conflict, InvalidInput, NotFound

Json = dict[str, Any]


@click.command()
@click.argument("ids", nargs=-1)
@click.option("--grace-hours", type=click.IntRange(0, 168), default=24, show_default=True, help="0 after a leak.")
@of_option
@changing
def rotate_keys(ids: tuple[str, ...], *, grace_hours: int, organization: str, how: How) -> None:
    """Give keys new secrets: all of an organization, or those with these IDS. Each is shown this once, as it is made.

    One that cannot be rotated, since its time is over or it was rotated just before, is told and left; the others are.
    The key that asks may be among them: with --grace-hours 0, leave it for the end.
    """
    api = how.admin()
    found = api.call("GET", path("keys", organization=organization))["items"]
    chosen = [key for key in found if not ids or key["id"] in ids]
    if missing := set(ids) - {key["id"] for key in chosen}:
        raise NotFound(f"there are no such keys: {', '.join(sorted(missing))}")
    names = ", ".join(f"{key['id']} ({key['label']})" for key in chosen)
    would = f"{len(chosen)} keys get new secrets, the old ones count for {grace_hours} hours more: {names}."
    if not how.agreed(would, keys=[key["id"] for key in chosen]):
        return
    kept: list[str] = []
    for number, key in enumerate(chosen):
        where = path("keys", key["id"], "rotation", organization=organization)
        try:
            how.tell(api.call("POST", where, {"grace_hours": grace_hours}), _secret)
        except NotNow as error:  # no reason to leave the others as they are: one of them may have leaked
            kept.append(f"{key['id']} ({key['label']}) stays as it is: {error}")
        except Unauthorized as error:
            left = " ".join(one["id"] for one in chosen[number:])
            remedy = (
                f"the key that asks is rotated itself: set SOCIALINDEX_KEY to its new secret, and go on with {left}"
            )
            raise InvalidInput(str(error), field="SOCIALINDEX_KEY", remedy=remedy) from error
    if kept:
        raise Conflict("; ".join(kept))


def _secret(made: Json) -> Text:
    return Text(f"{made['key']['id']}  {made['key']['label']}  {made['secret']}")
