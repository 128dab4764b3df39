"""Exporting posts: ask, follow, fetch the file and see that it is whole."""

from __future__ import annotations

import shlex
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

import click
import msgspec
from rich.console import Group
from rich.progress import BarColumn, DownloadColumn, TextColumn
from rich.text import Text

from socialindex.cli.access import client
from socialindex.cli.analytics_show import noted
from socialindex.cli.asking import ask, yes_option
from socialindex.cli.filters import filter_options
from socialindex.cli.imports import workspace_option
from socialindex.cli.output import answer, as_json_option, columns, progress, say, writable
from socialindex.client import NotFound as NotThere
from socialindex.client.download import download
from socialindex.errors import NotFound, SocialIndexError
from socialindex.exports.wanted import Format, Order
from socialindex.search.ask import Shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.client import Client
    from socialindex.client.models import Export, Exports, LeftOut

_POLL_SECONDS = 1.0
_UNDER_WAY: Final = frozenset({"queued", "running"})
_output_option = click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to save the file."
)
_REASONS: Final = {
    "terms": "by the terms of {whose}",
    "erased": "because they were erased",
    "withdrawn": "because they were withdrawn",
    "duplicate": "as near-duplicates",
}


@click.command()
@click.argument("query", required=False, default="")
@workspace_option
@click.option("--format", type=click.Choice(get_args(Format)), default="ndjson", show_default=True)
@click.option(
    "--field",
    "fields",
    multiple=True,
    type=click.Choice(get_args(Shown)),
    metavar="FIELD",
    help=f"Only these. Repeatable: {', '.join(get_args(Shown))}.",
)
@filter_options
@click.option("--sort", type=click.Choice(get_args(Order)), default="newest", show_default=True)
@click.option("--deduplicate", is_flag=True, help="Of near-duplicates only the first.")
@click.option("--gzip", is_flag=True, help="Packed.")
@_output_option
@as_json_option
def export(
    query: str,
    *,
    workspace: str | None,
    output: Path | None,
    gzip: bool,
    as_json: bool,
    time_zone: str | None,  # noqa: ARG001 - the days of --from and --to, which are times by now
    **options: Any,  # noqa: ANN401 - the options above
) -> None:
    """Export posts into a file, however many they are.

    \b
    socialindex export 배터리 --format csv -o 배터리.csv
    socialindex export 'source:mastodon' --gzip --field title --field url
    socialindex export 누리폰 --from 2026-11-01 --to 2026-12-01 --time-zone Asia/Seoul
    """  # noqa: D301 - click's own mark, not a backslash
    _can_be_saved(output)
    api = client("client")
    given = {name: value for name, value in options.items() if value}
    compression = "gzip" if gzip else "none"
    started = api.start_export(query or None, workspace=workspace, compression=compression, **given)
    if not as_json:
        for note in noted(started.notes):
            say(note)
    with _fetched_later(started.id, workspace, output):
        _save(api, _followed(api, started, quiet=as_json), output, as_json=as_json)


@click.group()
def exports() -> None:
    """List, fetch and delete exports."""


@exports.command("list")
@workspace_option
@click.option("--cursor", help="next_cursor of the page before.")
@as_json_option
def exports_list(workspace: str | None, cursor: str | None, *, as_json: bool) -> None:
    """List a workspace's exports, the newest first."""
    answer(client("client").exports(workspace=workspace, cursor=cursor), as_json=as_json, human=_listed)


@exports.command("show")
@click.argument("id")
@workspace_option
@as_json_option
def exports_show(id: str, workspace: str | None, *, as_json: bool) -> None:  # noqa: A002 - the word of the help page
    """Show how far an export is, and what is not in it."""
    answer(client("client").export(id, workspace=workspace), as_json=as_json, human=_told)


@exports.command("download")
@click.argument("id")
@workspace_option
@_output_option
@as_json_option
def exports_download(id: str, workspace: str | None, output: Path | None, *, as_json: bool) -> None:  # noqa: A002 - as above
    """Fetch an export's file; where that was begun before, go on."""
    _can_be_saved(output)
    api = client("client")
    _save(api, _followed(api, api.export(id, workspace=workspace), quiet=as_json), output, as_json=as_json)


@exports.command("delete")
@click.argument("id")
@workspace_option
@yes_option
@as_json_option
def exports_delete(id: str, workspace: str | None, *, yes: bool, as_json: bool) -> None:  # noqa: A002 - as above
    """Cancel an export and delete its file."""
    ask(f"Delete {id} and its file for good?", yes=yes)
    gone = client("client").delete_export(id, workspace=workspace)
    answer(gone, as_json=as_json, human=lambda one: Text(f"{one.id} and its file are being deleted."))


@contextmanager
def _fetched_later(export: str, workspace: str | None, output: Path | None) -> Iterator[None]:
    """Where it breaks off, say how to go on: nobody knows the id yet, and the same command makes and counts another."""
    try:
        yield
    except (KeyboardInterrupt, SocialIndexError, OSError) as error:
        if not isinstance(error, (NotFound, NotThere)):
            given = [("--workspace", workspace), ("-o", output)]
            options = [word for option, value in given if value for word in (option, str(value))]
            command = shlex.join(["socialindex", "exports", "download", export, *options])
            click.echo(f"The export is not lost. Fetch it later: {command}", err=True)
        raise


def _can_be_saved(output: Path | None) -> None:
    """Pass a place that an export's file can be saved at, before the export is made and paid for.

    Raises:
        InvalidInput: it cannot.
    """
    writable(output or Path("export"), by_part=True)


def _followed(api: Client, now: Export, *, quiet: bool) -> Export:
    """The export once nothing more happens to it."""
    with progress(TextColumn("{task.description}"), BarColumn(), quiet=quiet) as bar:
        task = bar.add_task("Exporting", total=max(1, now.total))
        while now.state in _UNDER_WAY:
            time.sleep(_POLL_SECONDS)
            now = api.export(now.id, workspace=now.workspace)
            bar.update(task, completed=now.seen, description=f"{now.posts:,} posts")
    return now


def _save(api: Client, done: Export, output: Path | None, *, as_json: bool) -> None:
    """Save an export's file, and say what is in it; until it is whole, it has another name."""
    if done.state == "failed":
        answer(done, as_json=as_json, human=_told)
        raise SystemExit(1)
    if done.state != "done":
        raise NotFound(f"the file of {done.id} is gone: export the posts again")
    target = output or Path(done.file_name)
    part = target.with_name(f"{target.name}.{done.id}.part")
    with progress(TextColumn("Fetching"), BarColumn(), DownloadColumn(), quiet=as_json) as bar:
        task = bar.add_task("", total=done.bytes)
        download(done.id, lambda: _link(api, done), part, done.bytes, lambda came: bar.advance(task, came))
    part.replace(target)
    if as_json:
        answer({**msgspec.to_builtins(done), "saved_as": str(target)}, as_json=True, human=str)
    else:
        answer(done, as_json=False, human=lambda one: Group(_told(one), Text(f"Saved as {target}.")))


def _link(api: Client, done: Export) -> str:
    """A fresh link.

    Raises:
        NotFound: the file is gone.
    """
    link = api.export(done.id, workspace=done.workspace).link
    if link is None:
        raise NotFound(f"the file of {done.id} is gone: export the posts again")
    return link


def _told(one: Export) -> Group:
    lines = [Text.assemble((one.id, "bold"), f"  {one.state}: {one.posts:,} posts, {one.bytes:,} bytes")]
    lines += [Text(f"{left.posts:,} posts are left out {_why(left)}.") for left in one.left_out]
    lines += [
        Text(f"{left.posts:,} posts have only title and link, by the terms of {left.whose}.") for left in one.shortened
    ]
    if one.failure:
        lines.append(Text(f"{one.failure.detail}: {one.failure.remedy}.", style="red"))
    return Group(*lines)


def _why(left: LeftOut) -> str:
    return _REASONS[left.reason].format(whose=left.whose or "the host")


def _listed(page: Exports) -> Group:
    table = columns("id", "state", "posts", "bytes", "format", "query", "since", "until")
    for one in page.items:
        until = f"{one.expires_at:%Y-%m-%d %H:%M}" if one.expires_at else "-"
        counts = (f"{one.posts:,}", f"{one.bytes:,}")
        table.add_row(one.id, one.state, *counts, one.format, Text(one.q), f"{one.created_at:%Y-%m-%d %H:%M}", until)
    return Group(table, *([Text(f"More with --cursor {page.next_cursor}")] if page.next_cursor else []))
