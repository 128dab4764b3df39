"""The commands. Each asks the API and shows the answer; ``--json`` prints it as it came."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from socialindex.cli import show
from socialindex.cli.access import DATA_SETTING, client
from socialindex.cli.accounts import members, organizations, path, workspaces
from socialindex.cli.alerts import alerts
from socialindex.cli.analytics import authors, related, sentiment, share_of_voice, trends
from socialindex.cli.backfill import backfill
from socialindex.cli.cost import cost
from socialindex.cli.dashboards_roles import dashboards
from socialindex.cli.destinations import destinations
from socialindex.cli.dictionary import dictionary
from socialindex.cli.erasing import erase, removals
from socialindex.cli.exports import export, exports
from socialindex.cli.filters import filter_options
from socialindex.cli.health import coverage, health
from socialindex.cli.imports import import_file, imports
from socialindex.cli.keys import keys
from socialindex.cli.mentions import mention, mentions
from socialindex.cli.network import cascade, coordination, diffusion, needs, network, resonance
from socialindex.cli.ops import ops
from socialindex.cli.output import answer, as_json_option, say
from socialindex.cli.register import sources, terms
from socialindex.cli.report import branding, report
from socialindex.cli.topics import topics
from socialindex.cli.usage import audit, bootstrap, usage


def add_commands(group: click.Group) -> None:
    """Add every command to the group."""
    for command in (
        up,
        search,
        post,
        trends,
        sentiment,
        share_of_voice,
        related,
        topics,
        mentions,
        mention,
        alerts,
        report,
        branding,
        authors,
        network,
        diffusion,
        cascade,
        resonance,
        coordination,
        needs,
        channels,
        sources,
        terms,
        dictionary,
        import_file,
        imports,
        destinations,
        export,
        exports,
        dashboards,
        cost,
        status,
        health,
        coverage,
        replay,
        backfill,
        erase,
        removals,
        ops,
        organizations,
        workspaces,
        members,
        keys,
        usage,
        audit,
        bootstrap,
    ):
        group.add_command(command)


@click.command()
@click.option("--sample/--no-sample", default=True, help="Serve and crawl the sample world.")
@click.option(
    "--data",
    type=click.Path(file_okay=False),
    envvar=DATA_SETTING,
    default=".local",
    help=f"Folder of all data. Other commands find it by {DATA_SETTING}.",
    show_default=True,
)
def up(*, sample: bool, data: str) -> None:
    """Start the local stack: engine, queues, tables, bucket, functions and API, until Ctrl-C.

    Ports and memory are set by environment variables, named when one is taken; see docs/local-stack.md.
    """
    root = Path(__file__).resolve().parents[3]
    if not (root / "template.yaml").is_file():
        raise click.ClickException("the local stack is part of the project's checkout: use make run there")
    sys.path.insert(0, str(root))
    from infra.local.up import up as start  # noqa: PLC0415 - only in a checkout, and only for this command

    start(data=data, sample=sample)


@click.command()
@click.argument("query", required=False, default="")
@filter_options
@click.option(
    "--sort",
    type=click.Choice(["best", "newest", "oldest", "relevance"]),
    help="The best first with a query, the newest without one, unless told otherwise.",
)
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("--cursor", help="next_cursor of the page before.")
@as_json_option
def search(query: str, *, as_json: bool, **fields: Any) -> None:  # noqa: ANN401 - the options above
    """Search posts.

    \b
    socialindex search 배터리
    socialindex search '"보조배터리" OR battery' --source mastodon --sort relevance
    """  # noqa: D301 - click's own mark, not a backslash
    asked = {"q": query, "from": fields.pop("since"), "to": fields.pop("until"), **fields}
    body = {name: value for name, value in asked.items() if value}
    answer(client("client").call("POST", "/v1/posts/search", body), as_json=as_json, human=show.page)


@click.command()
@click.argument("id")
@as_json_option
def post(id: str, *, as_json: bool) -> None:  # noqa: A002 - the word of the help page
    """Show one post whole."""
    answer(client("client").call("GET", path("posts", id)), as_json=as_json, human=show.post)


@click.group()
def channels() -> None:
    """Say what is crawled: boards, feeds, profiles, hashtags."""


@channels.command("add")
@click.argument("url")
@click.option("--option", "options", multiple=True, help="An adapter's option as name=value, such as pages=20.")
@as_json_option
def channels_add(url: str, options: tuple[str, ...], *, as_json: bool) -> None:
    """Crawl an address: paste a board, a blog's home page, a feed, a profile, a hashtag."""
    pairs = dict(show.pair(option) for option in options)
    answer(client("admin").add_channel(url, pairs), as_json=as_json, human=show.added)


@channels.command("list")
@as_json_option
def channels_list(*, as_json: bool) -> None:
    """List what is crawled."""
    answer(client("admin").channels(), as_json=as_json, human=show.channels)


@channels.command("remove")
@click.argument("id")
@as_json_option
def channels_remove(id: str, *, as_json: bool) -> None:  # noqa: A002 - the word of the help page
    """Stop crawling a channel; its posts stay."""
    client("admin").remove_channel(id)
    answer({"removed": id}, as_json=as_json, human=show.removed)


@click.command()
@as_json_option
def status(*, as_json: bool) -> None:
    """Show what every stage has done and what waits, and how fresh every source is.

    Stages that work for clients (topics, deliver, imports, exports and others) are told to an administrator's key only.
    Posts that a workspace imported are counted for a key of that workspace only: set SOCIALINDEX_KEY to it.
    """
    answer(client("admin").call("GET", "/v1/status"), as_json=as_json, human=show.status)


@click.command()
@click.option("--day", default="", help="Only what was fetched on this day (UTC), such as 2026-11-28.")
@click.option("--source", default="", help="Only this source.")
@as_json_option
def replay(day: str, source: str, *, as_json: bool) -> None:
    """Normalize and index the archive again, without a fetch. Nothing is lost or doubled by it."""
    api = client("admin")
    total = {"objects": 0, "responses": 0}
    after: str | None = ""
    while after is not None:
        part = api.replay(day=day, source=source, after=after)
        total = {name: total[name] + part[name] for name in total}
        after = part["next_after"]
        if not as_json:
            say(f"{total['responses']} responses of {total['objects']} archive objects are on their way")
    if as_json:
        click.echo(json.dumps(total))
