"""A topic's monthly report into a file, and an agency's name and logo on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from socialindex.cli.access import client
from socialindex.cli.imports import workspace_option
from socialindex.cli.output import answer, as_json_option, say, writable
from socialindex.client import InvalidRequest
from socialindex.client.models import Branding
from socialindex.errors import InvalidInput

if TYPE_CHECKING:
    from socialindex.client import Client


@click.command()
@click.argument("topic")
@click.option("--month", help="Such as 2026-11. Without it the last one that is over.")
@click.option("--language", type=click.Choice(["en", "ko"]), default="en", show_default=True)
@click.option("--time-zone", help="Whose month is meant. Asia/Seoul for Korean, else UTC.")
@click.option("--beside", multiple=True, help="Compare with this topic: its id. Can be repeated.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file. Without it it is named after the topic and the month.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON instead.")
def report(topic: str, month: str | None, *, output: Path | None, as_json: bool, **options: Any) -> None:  # noqa: ANN401 - the options above
    """Report on a topic's month, as one page to print or send on.

    \b
    socialindex report tp_... --month 2026-11 --language ko -o report.html
    """  # noqa: D301 - click's own mark, not a backslash
    given = {option: value for option, value in options.items() if value}
    api = client("client")
    if as_json:
        answer(api.report_figures(topic, month, **given), as_json=True, human=str)
        return
    file = writable(output or Path(f"report-{topic}-{month or 'last-month'}.html"))
    file.write_text(api.report(topic, month, **given), "utf-8")
    say(Text(f"{file}: open it with a browser, and print it from there"))


@click.command()
@workspace_option
@click.option("--name", help="An agency's name.")
@click.option("--logo", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A PNG of some 75 KB.")
@click.option("--color", help="Such as #0B3D66.")
@click.option("--clear", is_flag=True, help="Take all of it away.")
@as_json_option
def branding(
    workspace: str | None, *, name: str | None, logo: Path | None, color: str | None, clear: bool, as_json: bool
) -> None:
    """Show or change what stands on a workspace's reports. What is not given stays.

    \b
    socialindex branding --name 'Gaon Communications' --logo logo.png --color '#0B3D66'
    """  # noqa: D301 - as above
    api = client("client")
    kept = Branding(name=None, logo=None, color=None) if clear else api.branding(workspace=workspace)
    if clear or name or logo or color:
        kept = _set(api, workspace, Branding(name=name or kept.name, logo=kept.logo, color=color or kept.color), logo)
    answer(kept, as_json=as_json, human=_shown)


def _set(api: Client, workspace: str | None, wanted: Branding, logo: Path | None) -> Branding:
    """Keep a branding, with the logo of a file where one is given.

    Raises:
        InvalidInput: the file is no such picture; the API takes it in another form than people have it.
    """
    try:
        return api.set_branding(workspace=workspace, name=wanted.name, logo=logo or wanted.logo, color=wanted.color)
    except InvalidRequest as error:
        if error.field != "logo":
            raise
        remedy = "give a PNG file of up to 75 KB and 2000 x 2000 pixels"
        raise InvalidInput(f"--logo: {error}", field="--logo", remedy=remedy) from error


def _shown(branding: Branding) -> Text:
    logo = f"{len(branding.logo):,} characters" if branding.logo else "none"
    return Text(f"name:  {branding.name or 'none'}\nlogo:  {logo}\ncolor: {branding.color or 'none'}")
