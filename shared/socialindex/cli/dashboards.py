"""Dashboards: brought to an OpenSearch Dashboards, this project's or any other."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from socialindex.cli.access import client
from socialindex.cli.output import answer, as_json_option
from socialindex.setup.dashboards import EVERYBODY, Dashboards, Names, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.client import Client

_OBJECTS: Final = Path(__file__).resolve().parents[3] / "infra" / "dashboards" / "objects"
_PASSWORD: Final = "SOCIALINDEX_DASHBOARDS_PASSWORD"  # noqa: S105 - the name of a variable


@click.group()
def dashboards() -> None:
    """Bring dashboards to OpenSearch Dashboards, and let people in."""


@dashboards.command("import")
@click.option("--url", required=True, help="Its address, with its base path: https://search.example/_dashboards.")
@click.option("--tenant", help="The security plugin's tenant: global (also without), private, or another.")
@click.option("--language", type=click.Choice(["en", "ko", "both"]), default="both", show_default=True)
@click.option("--user", help=f"Who asks, where a password is needed; the password is read from {_PASSWORD}.")
@click.option("--names/--no-names", default=False, help="Fill in how your topics and workspaces are called.")
@click.option(
    "--all-may-read", is_flag=True, help="Names of several workspaces may be in global, which all analysts read."
)
@click.option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Other objects.",
)
@as_json_option
def dashboards_import(*, as_json: bool, **options: Any) -> None:  # noqa: ANN401 - the options above
    """Import the dashboards; done again, they are renewed, and what people made beside them stays.

    \b
    socialindex dashboards import --url http://127.0.0.1:5601 --language ko --names
    """  # noqa: D301 - click's own mark, not a backslash
    paths = options["files"] or _shipped(options["language"])
    user = user_with_password(options["user"]) if options["user"] else None
    there = Dashboards(options["url"], user=user)
    names = _names(client("client")) if options["names"] else Names()
    if _is_for_all(options["tenant"], user) and not options["all_may_read"]:
        _refuse_clients_of_others(names)
    brought = {path.name: _bring(there, path, names, options["tenant"]) for path in paths}
    answer({"imported": brought}, as_json=as_json, human=_said)


def _is_for_all(tenant: str | None, user: object) -> bool:
    """Whether it goes to ``global``, which the plugin takes where none is named; without a user there is no plugin."""
    return tenant.lower() in {EVERYBODY, "global_tenant"} if tenant else user is not None


def _refuse_clients_of_others(names: Names) -> None:
    """Saved objects have no filter for whoever reads: all that are filled in are read by all."""
    if len(names.workspaces) > 1:
        told = f"all analysts would read how {len(names.workspaces)} workspaces and their topics are called"
        raise click.UsageError(f"{told}: add --all-may-read if they may, or leave --names out")


def _bring(there: Dashboards, path: Path, names: Names, tenant: str | None) -> int:
    objects = path.read_text("utf-8")
    return there.bring(named(objects, names) if names != Names() else objects, tenant=tenant)


def _shipped(language: str) -> list[Path]:
    languages = ("en", "ko") if language == "both" else (language,)
    paths = [_OBJECTS / f"{each}.ndjson" for each in languages]
    if not all(path.is_file() for path in paths):
        raise click.UsageError("the dashboards are part of the project's checkout: say which with --file")
    return paths


def user_with_password(name: str) -> tuple[str, str]:
    """A user, and the password that the environment has.

    Raises:
        UsageError: it has none.
    """
    password = os.environ.get(_PASSWORD)
    if not password:
        raise click.UsageError(f"set {_PASSWORD} to the password of {name}")
    return name, password


def _names(api: Client) -> Names:
    workspaces = {each.id: each.name for each in api.workspaces()}
    topics = {name: word for workspace in workspaces for name, word in _topics(api, workspace)}
    return Names(topics=topics, workspaces=workspaces)


def _topics(api: Client, workspace: str) -> Iterator[tuple[str, str]]:
    page = api.topics(workspace=workspace, limit=100)
    yield from ((topic.id, topic.name) for topic in page.items)
    while page.next_cursor:
        page = api.topics(workspace=workspace, limit=100, cursor=page.next_cursor)
        yield from ((topic.id, topic.name) for topic in page.items)


def _said(told: dict[str, dict[str, int]]) -> str:
    return "\n".join(f"{name}: {count} saved objects are there" for name, count in told["imported"].items())
