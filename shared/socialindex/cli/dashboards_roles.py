"""Roles for OpenSearch Dashboards, put into an engine that was not made by the template."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit, urlunsplit

import click

from socialindex.cli.access import client
from socialindex.cli.dashboards import dashboards, user_with_password
from socialindex.cli.output import answer, as_json_option
from socialindex.organizations import Workspace

__all__ = ["dashboards"]

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from opensearchpy import OpenSearch


@dashboards.command("roles")
@click.option("--engine", "url", required=True, help="The engine's address: https://search.example.")
@click.option("--user", help="Who asks, where a password is needed; it is read as for import.")
@click.option("--signed", is_flag=True, help="Ask with the AWS credentials and the region of the environment.")
@click.option("--function", "arns", multiple=True, help="NAME=ARN of a function's IAM role, such as index=arn:aws:...")
@click.option("--organization", help="Id of your organization: its group sees the workspaces that your key sees.")
@as_json_option
def dashboards_roles(*, as_json: bool, **options: Any) -> None:  # noqa: ANN401 - the options above
    """Put roles for analysts and operators into an engine with the security plugin; done again, nothing changes.

    \b
    socialindex dashboards roles --engine https://search.example --user admin
    """  # noqa: D301 - click's own mark, not a backslash
    from socialindex.setup.function_roles import functions  # noqa: PLC0415 - the SDK, for this command only
    from socialindex.setup.roles import markers, people  # noqa: PLC0415 - same
    from socialindex.setup.security import put_roles  # noqa: PLC0415 - same

    wanted = {**people(), **functions(dict(_pairs(options["arns"])))}
    if organization := options["organization"]:
        wanted |= markers(_workspaces(organization))
    changed = put_roles(_engine(options), wanted, ours=lambda _: False)
    answer({"changed": changed}, as_json=as_json, human=_said)


def _engine(options: dict[str, Any]) -> OpenSearch:
    from socialindex.engine import connect  # noqa: PLC0415 - the SDK, for this command only

    if not options["user"]:
        return connect(options["url"], signed=options["signed"])
    name, password = user_with_password(options["user"])
    parts = urlsplit(options["url"])
    there = f"{quote(name, safe='')}:{quote(password, safe='')}@{parts.netloc}"
    return connect(urlunsplit(parts._replace(netloc=there)), signed=False)


def _pairs(arns: Iterable[str]) -> Iterator[tuple[str, str]]:
    for each in arns:
        name, mark, arn = each.partition("=")
        if not mark:
            raise click.UsageError(f"--function {each}: write NAME=ARN")
        yield name, arn


def _workspaces(organization: str) -> Iterator[Workspace]:
    now = datetime.now(tz=UTC)
    for each in client("client").workspaces():
        yield Workspace(id=each.id, organization=organization, name=each.name, created_at=now)


def _said(told: dict[str, list[str]]) -> str:
    return f"changed: {', '.join(told['changed'])}" if told["changed"] else "everything was there already"
