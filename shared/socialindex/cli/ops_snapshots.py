"""Snapshots of the engine: listed, taken, restored."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import click
from rich.console import Group
from rich.text import Text

from socialindex.cli.ops_asking import How, changing, looking
from socialindex.cli.output import columns
from socialindex.errors import InvalidInput, Unavailable

if TYPE_CHECKING:
    from rich.table import Table

Json = dict[str, Any]

_POLL_SECONDS: Final = 2.0
_STALLED_SECONDS: Final = 900.0
"""After so long without progress the engine does not restore: a shard has failed, or has no place."""
_WAYS: Final = {
    "whole": "comes back whole: it is not there",
    "instead": "comes back whole; what is there now cannot be read and is DELETED",
    "fill": "stays, and gets what it lacks",
}


@click.group()
def snapshots() -> None:
    """List snapshots of the engine, take one, restore from one."""


@snapshots.command("list")
@looking
def snapshots_list(*, how: How) -> None:
    """List snapshots, the newest first."""
    how.tell({"items": how.engine("list")}, _listed)


@snapshots.command("register")
@click.argument("name")
@click.option("--bucket", help="An S3 bucket, with --region and --role.")
@click.option("--region", help="The bucket's.")
@click.option("--role", help="ARN of the role by which the engine writes there.")
@click.option("--folder", help="A folder that the engine's configuration allows (path.repo): for engines of your own.")
@changing
def snapshots_register(name: str, *, how: How, **place: str | None) -> None:
    """Make a place for snapshots known to the engine, as a repository called NAME."""
    given = {key: value for key, value in place.items() if value}
    if set(given) == {"folder"}:
        kind, settings = "fs", {"location": given["folder"]}
    elif set(given) == {"bucket", "region", "role"}:
        kind, settings = "s3", {"bucket": given["bucket"], "region": given["region"], "role_arn": given["role"]}
    else:
        remedy = "use --bucket, --region and --role together, or beside `make run` --folder alone"
        raise InvalidInput("no place that is one", field="--bucket", remedy=remedy)
    where = ", ".join(f"{key} {value}" for key, value in settings.items())
    if how.agreed(f"the engine keeps snapshots in repository {name}: {where}."):
        how.engine("register", name=name, kind=kind, settings=settings)
        how.tell({"registered": name}, lambda _: Text(f"{name} is there."))


@snapshots.command("take")
@click.argument("repository")
@click.option("--name", help="The snapshot's; the time unless told.")
@changing
def snapshots_take(repository: str, *, name: str | None, how: How) -> None:
    """Begin a snapshot of posts and mentions."""
    called = name or f"{datetime.now(tz=UTC):%Y-%m-%dt%H-%M-%S}"
    how.engine("take", repository=repository, name=called, dry_run=True)
    if how.agreed(f"snapshot {called} is taken in {repository}."):
        how.engine("take", repository=repository, name=called)
        how.tell({"repository": repository, "snapshot": called}, lambda _: Text(f"{called} has begun: see the list."))


@snapshots.command("restore")
@click.argument("repository")
@click.argument("snapshot")
@click.option("--month", "months", multiple=True, help="Only this month, such as 2026.11. Can be repeated.")
@changing
def snapshots_restore(repository: str, snapshot: str, *, months: tuple[str, ...], how: How) -> None:
    """Bring back posts and mentions that the engine lacks; whatever is newer than the snapshot stays.

    What was erased or deleted since the snapshot does not come back. The engine is searched and written to meanwhile.
    """
    items = how.engine("plan", repository=repository, name=snapshot, months=months)
    lines = "".join(f"\n  {item['target']} {_WAYS[item['way']]}" for item in items)
    if not how.agreed(f"from {snapshot} of {repository}:{lines}", items=items):
        return
    for item in items:
        _restored(how, repository, snapshot, item)
    how.tell({"restored": items}, _restored_all)


def _restored(how: How, repository: str, snapshot: str, item: Json) -> None:
    """Have an item restored, step by step.

    Raises:
        Unavailable: nothing has gone on for long.
    """
    now: Json = {"item": item}
    moved_at = time.monotonic()
    while now.get("phase") != "done":
        following = how.engine("step", repository=repository, name=snapshot, progress=now)
        if following != now:
            moved_at = time.monotonic()
        elif time.monotonic() - moved_at > _STALLED_SECONDS:
            raise Unavailable(f"{item['index']} does not come: ask the engine's _cluster/allocation/explain why")
        else:
            time.sleep(_POLL_SECONDS)
        now = following
        how.progress(f"{item['target']}: {now['phase']}, {now['part']:.0%}")


def _listed(found: Json) -> Table | Text:
    if not found["items"]:
        return Text("There are no snapshots: `socialindex ops snapshots take REPOSITORY` takes one.")
    table = columns("repository", "snapshot", "state", "since (UTC)", "indices")
    for one in found["items"]:
        table.add_row(one["repository"], one["name"], one["state"], one["began_at"][:19], str(len(one["indices"])))
    return table


def _restored_all(done: Json) -> Group:
    names = [Text(f"{item['target']} is there.") for item in done["restored"]]
    return Group(*names, Text("What came after the snapshot: socialindex ops replay --since with its day."))
