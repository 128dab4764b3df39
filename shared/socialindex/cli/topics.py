"""Topics: proposed from a name, made, looked at, paused, deleted."""

from __future__ import annotations

from typing import Any

import click

from socialindex.cli import topics_show as show
from socialindex.cli.access import client
from socialindex.cli.asking import ask, some_of, yes_option
from socialindex.cli.imports import workspace_option
from socialindex.cli.output import answer, as_json_option

_language_option = click.option("--language", multiple=True, help="Only this language, such as ko. Can be repeated.")
_source_option = click.option("--source", multiple=True, help="Only this source, such as gnuboard. Can be repeated.")


@click.group()
def topics() -> None:
    """Watch names and queries around the clock."""


@topics.command("propose")
@click.argument("name")
@workspace_option
@click.option("--also", multiple=True, help="Another name of it. Can be repeated.")
@click.option("--competitor", "competitors", multiple=True, help="A brand to compare with. Can be repeated.")
@click.option("--leave-out", multiple=True, help="A word of what is not meant. Can be repeated.")
@_language_option
@_source_option
@as_json_option
def topics_propose(name: str, *, workspace: str | None, as_json: bool, **options: Any) -> None:  # noqa: ANN401 - the options above
    """Propose a query for a brand, and show what it finds; nothing is made.

    \b
    socialindex topics propose 누리폰
    socialindex topics propose 누리폰 --also NuriPhone --leave-out 누리호
    """  # noqa: D301 - click's own mark, not a backslash
    given = {option: list(values) for option, values in options.items() if values}
    proposed = client("client").propose_topic(name, workspace=workspace, **given)
    answer(proposed, as_json=as_json, human=show.proposal)


@topics.command("add")
@click.argument("name")
@click.argument("query", required=False)
@workspace_option
@_language_option
@_source_option
@click.option("--answer-minutes", type=int, help="The target: how long a mention may wait for an answer.")
@click.option(
    "--backfill-days", type=int, help="How far back posts that are there become mentions; 90 days if not told."
)
@as_json_option
def topics_add(
    name: str,
    query: str | None,
    *,
    workspace: str | None,
    as_json: bool,
    **options: Any,  # noqa: ANN401 - the options above
) -> None:
    """Watch a query; without one, the query that is proposed for the name.

    \b
    socialindex topics add 누리폰
    socialindex topics add '배터리 사고' '누리폰 NEAR/10 (폭발 OR 발열 OR 화재)' --answer-minutes 60
    """  # noqa: D301 - click's own mark, not a backslash
    api = client("client")
    given = {option: value for option, value in options.items() if value not in {None, ()}}
    if query is None:
        filters = {option: given[option] for option in ("language", "source") if option in given}
        query = api.propose_topic(name, workspace=workspace, **filters).q
    answer(api.add_topic(name, query, workspace=workspace, **given), as_json=as_json, human=show.topic)


@topics.command("list")
@workspace_option
@click.option("--cursor", help="next_cursor of the page before.")
@as_json_option
def topics_list(workspace: str | None, cursor: str | None, *, as_json: bool) -> None:
    """List a workspace's topics."""
    answer(client("client").topics(workspace=workspace, cursor=cursor), as_json=as_json, human=show.listed)


@topics.command("show")
@click.argument("id")
@as_json_option
def topics_show(id: str, *, as_json: bool) -> None:  # noqa: A002 - the word of the help page
    """Show a topic: what it finds in words, whether it is live, how far its backfill is."""
    answer(client("client").topic(id), as_json=as_json, human=show.topic)


@topics.command("suggest")
@click.argument("id")
@as_json_option
def topics_suggest(id: str, *, as_json: bool) -> None:  # noqa: A002 - as above
    """Show what could be added to a topic; take one over with `topics change ID --query`."""
    answer(client("client").topic_suggestions(id), as_json=as_json, human=show.suggestions)


@topics.command("change")
@click.argument("id")
@click.option("--name", help="Another name.")
@click.option("--query", "q", help="Another query.")
@click.option("--answer-minutes", type=int, help="Another target.")
@as_json_option
def topics_change(id: str, *, as_json: bool, **options: Any) -> None:  # noqa: A002, ANN401 - as above
    """Change a topic."""
    given = {option: value for option, value in options.items() if value is not None}
    some_of(given, "--name", "--query", "--answer-minutes")
    answer(client("client").change_topic(id, **given), as_json=as_json, human=show.topic)


@topics.command("pause")
@click.argument("id")
@as_json_option
def topics_pause(id: str, *, as_json: bool) -> None:  # noqa: A002 - as above
    """Let new posts make no mentions."""
    answer(client("client").pause_topic(id), as_json=as_json, human=show.topic)


@topics.command("resume")
@click.argument("id")
@as_json_option
def topics_resume(id: str, *, as_json: bool) -> None:  # noqa: A002 - as above
    """Let new posts make mentions again, and make up for those in between."""
    answer(client("client").resume_topic(id), as_json=as_json, human=show.topic)


@topics.command("rm")
@click.argument("id")
@yes_option
@as_json_option
def topics_rm(id: str, *, yes: bool, as_json: bool) -> None:  # noqa: A002 - as above
    """Delete a topic with its mentions."""
    ask(f"Delete {id} with its mentions and what was done with them for good?", yes=yes)
    answer(client("client").delete_topic(id), as_json=as_json, human=show.deleted)
