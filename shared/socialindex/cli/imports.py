"""Importing files: announce, upload, look at the proposal, confirm, follow, and read the report."""

from __future__ import annotations

import shlex
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, get_args
from urllib.parse import urlencode

import click
import urllib3
from rich.progress import BarColumn, TextColumn
from urllib3.exceptions import HTTPError

from socialindex.cli import imports_show as show
from socialindex.cli.access import client
from socialindex.cli.asking import ask, see_somebody, yes_option
from socialindex.cli.output import answer, as_json_option, progress, say
from socialindex.client.errors import NotFound
from socialindex.client.proxies import connections_to
from socialindex.errors import InvalidInput, SocialIndexError, Unavailable
from socialindex.imports.dates import DateOrder
from socialindex.imports.layout import Delimiter, Encoding
from socialindex.imports.plan import FIELDS
from socialindex.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress

    from socialindex.client import Client

Json = dict[str, Any]

_POLL_SECONDS = 0.5
_OVER = frozenset({"checked", "imported", "failed"})
_UPLOAD_TIMEOUT = urllib3.Timeout(connect=5, read=300)

_UNSEEN = "add --yes to confirm the proposal unseen"
_DELIMITERS = {**{one: one for one in get_args(Delimiter) if one.isprintable()}, "tab": "\t"}
"""By what people can type."""

workspace_option = click.option(
    "--workspace", envvar="SOCIALINDEX_WORKSPACE", help="The workspace's id. Not needed if the key has one only."
)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@workspace_option
@click.option("--map", "maps", multiple=True, help="A column by hand as field=column, such as text=내용. Repeatable.")
@click.option("--kind", type=click.Choice(get_args(Kind)), help="What the rows are.")
@click.option(
    "--time-zone", "--timezone", "timezone", help="Zone of dates that name none, such as Asia/Seoul (default) or UTC."
)
@click.option(
    "--date-order", type=click.Choice(get_args(DateOrder)), help="What dates begin with whose year is at the end."
)
@click.option("--rating-max", type=float, help="The best possible rating, such as 10.")
@click.option("--collection", help="Name of the kind of data, within which an id names one post.")
@click.option("--encoding", type=click.Choice(get_args(Encoding)), help="How the file is written, if not detected.")
@click.option(
    "--delimiter",
    type=click.Choice([*_DELIMITERS]),
    metavar="CHARACTER",
    help=f"What parts the cells, if not detected, in quotes: {' '.join(_DELIMITERS)}",
)
@click.option("--dry-run", is_flag=True, help="Only check the file, and name its bad rows.")
@click.option("--yes", is_flag=True, help="Confirm the proposal unseen.")
@as_json_option
def import_file(file: Path, *, as_json: bool, **options: Any) -> None:  # noqa: ANN401 - the options above
    """Import posts of your own from a CSV, TSV or NDJSON file (plain or gzip), for your workspace only.

    \b
    socialindex import 리뷰.csv
    socialindex import voc.csv --map text=문의내용 --collection voc --dry-run
    socialindex import feed.ndjson.gz --yes
    """  # noqa: D301 - click's own mark, not a backslash
    if not options["yes"]:
        _see_somebody(as_json=as_json)
    api = client("client")
    home = f"/v1/workspaces/{_workspace(api, options['workspace'])}/imports"
    size = file.stat().st_size
    if not size:
        raise InvalidInput(f"{file} is empty", field="file", remedy="export a table with a header and rows")
    announced = api.call("POST", home, {"name": file.name[:200], "bytes": size})
    place = f"{home}/{announced['import']['id']}"
    try:
        _upload(file, announced["upload"], quiet=as_json)
        plan = _confirmed(api, place, options)
        if plan is None:
            raise click.Abort  # noqa: TRY301 - one place removes what was uploaded in vain
        _start(api, place, plan, options)
    except BaseException:
        api.call("DELETE", place)
        raise
    with _looked_at_later(announced["import"]["id"], options["workspace"]):
        done = _followed(api, place, quiet=as_json)
    answer(done, as_json=as_json, human=show.report)
    if done["state"] == "failed":
        raise SystemExit(1)


@click.group()
def imports() -> None:
    """List, show and delete imports."""


@imports.command("list")
@workspace_option
@as_json_option
def imports_list(workspace: str | None, *, as_json: bool) -> None:
    """List a workspace's imports, the newest first."""
    api = client("client")
    home, items, after = f"/v1/workspaces/{_workspace(api, workspace)}/imports", [], ""
    while True:
        page = api.call("GET", home + after)
        items += page["items"]
        if page.get("next_cursor") is None:
            break
        after = f"?cursor={page['next_cursor']}"
    answer(items, as_json=as_json, human=show.listed)


@imports.command("show")
@click.argument("id")
@workspace_option
@as_json_option
def imports_show(id: str, workspace: str | None, *, as_json: bool) -> None:  # noqa: A002 - the word of the help page
    """Show an import's progress or report."""
    api = client("client")
    found = api.call("GET", f"/v1/workspaces/{_workspace(api, workspace)}/imports/{id}")
    answer(found, as_json=as_json, human=show.report)


@imports.command("delete")
@click.argument("id")
@workspace_option
@yes_option
@as_json_option
def imports_delete(id: str, workspace: str | None, *, yes: bool, as_json: bool) -> None:  # noqa: A002 - as above
    """Delete an import: its posts leave the index, and its rows the archive."""
    ask(f"Delete {id} with all its posts for good?", yes=yes)
    api = client("client")
    found = api.call("DELETE", f"/v1/workspaces/{_workspace(api, workspace)}/imports/{id}")
    answer(found, as_json=as_json, human=show.deleted)


def _workspace(api: Client, named: str | None) -> str:
    """The workspace that is meant: the named one, or the only one."""
    if named:
        return named
    own = [item["id"] for item in api.call("GET", "/v1/workspaces")["items"]]
    if len(own) != 1:
        remedy = f"add --workspace with one of: {', '.join(own)}" if own else "use a key of a workspace"
        raise InvalidInput(f"the key has {len(own)} workspaces", field="--workspace", remedy=remedy)
    workspace: str = own[0]
    return workspace


def _upload(file: Path, upload: Json, *, quiet: bool) -> None:
    """Send the file to the address that the API gave, as it is and without the API's key."""
    with file.open("rb") as opened, _bar(quiet=quiet) as bar:
        task = bar.add_task("Uploading", total=float(upload["headers"]["Content-Length"]))
        body = _Counted(opened, lambda sent: bar.advance(task, sent))
        try:
            told = connections_to(upload["url"]).request(
                upload["method"],
                upload["url"],
                body=body,  # type: ignore[arg-type] # anything with read() will do
                headers=upload["headers"],
                timeout=_UPLOAD_TIMEOUT,
                retries=False,
            )
        except HTTPError as error:
            raise Unavailable(f"the upload broke off: {error}") from error
    if told.status >= 300:  # noqa: PLR2004 - RFC 9110, section 15
        raise Unavailable(f"the upload was refused with status {told.status}: run the command again")


class _Counted:
    """A file that tells how much of it was read."""

    def __init__(self, file: BinaryIO, advance: Any) -> None:  # noqa: ANN401 - a progress bar's own callable
        self._file = file
        self._advance = advance

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self._advance(len(block))
        return block


def _see_somebody(*, as_json: bool) -> None:
    """Pass where the proposal can be shown to somebody, before a file is uploaded for it.

    Raises:
        InvalidInput: nobody can be asked.
    """
    if as_json:
        raise InvalidInput("with --json nobody can be asked", field="--yes", remedy=_UNSEEN)
    see_somebody(_UNSEEN)


def _confirmed(api: Client, place: str, options: Json) -> Json | None:
    """The plan that the user confirmed; None where the answer was no."""
    wishes = _wishes(options)
    proposal = api.call("GET", f"{place}/proposal" + (f"?{urlencode(wishes)}" if wishes else ""))
    plan = _planned(proposal, options)
    if options["yes"]:
        return plan
    say(show.proposal(proposal, plan))
    return plan if click.confirm("Import it like this?" if not options["dry_run"] else "Check it like this?") else None


def _planned(proposal: Json, options: Json) -> Json:
    """The proposed plan with what the user says over it."""
    proposed = proposal["plan"] or {"mapping": {}}
    mapping = {**proposed["mapping"]}
    for option in options["maps"]:
        field, mark, column = option.partition("=")
        if not mark or field not in FIELDS:
            raise click.BadParameter(f"{option!r} is not field=column; fields: {', '.join(FIELDS)}", param_hint="--map")
        mapping = {known: name for known, name in mapping.items() if known != field and name != column}
        if column:
            mapping[field] = column
    given = {
        name: options[name]
        for name in ("kind", "timezone", "date_order", "rating_max", "collection")
        if options[name] is not None
    }
    return {**proposed, "mapping": mapping, **given}


def _start(api: Client, place: str, plan: Json, options: Json) -> None:
    api.call("POST", f"{place}/runs", {"plan": plan, "dry_run": options["dry_run"], **_wishes(options)})


def _wishes(options: Json) -> dict[str, str]:
    """What the user knows of how the file is written."""
    known = {"encoding": options["encoding"], "delimiter": _DELIMITERS.get(options["delimiter"])}
    return {name: value for name, value in known.items() if value}


@contextmanager
def _looked_at_later(id: str, workspace: str | None) -> Iterator[None]:  # noqa: A002 - as above
    """Where the waiting breaks off, say that the import does not: run again, the command counts all rows anew."""
    try:
        yield
    except (KeyboardInterrupt, SocialIndexError) as error:
        if not isinstance(error, NotFound):
            of = ["--workspace", workspace] if workspace else []
            look, delete = (shlex.join(["socialindex", "imports", verb, id, *of]) for verb in ("show", "delete"))
            click.echo(f"The import goes on. Look at it: {look}\nTake it back: {delete}", err=True)
        raise


def _followed(api: Client, place: str, *, quiet: bool) -> Json:
    """The import once its run is over."""
    with _bar(quiet=quiet) as bar:
        task = bar.add_task("Reading", total=1.0)
        while True:
            now = api.call("GET", place)
            bar.update(task, completed=now["progress"]["share"], description=f"{now['progress']['rows']} rows")
            if now["state"] in _OVER:
                return now
            time.sleep(_POLL_SECONDS)


def _bar(*, quiet: bool) -> Progress:
    return progress(TextColumn("{task.description}"), BarColumn(), quiet=quiet)
