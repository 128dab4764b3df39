"""Commands that show who links whom, what spreads, and what people ask and complain about."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click
from rich.text import Text

from socialindex.cli import network_show as show
from socialindex.cli.access import client
from socialindex.cli.analytics import given, selection_options
from socialindex.cli.output import answer, as_json_option, writable

FORMATS: Final = {".gexf": "gexf", ".graphml": "graphml", ".json": "json"}
_limit_option = click.option("--limit", type=click.IntRange(1, 100), help="How many of each.  [default: 20]")


@click.command()
@click.argument("query", required=False)
@click.option(
    "--of", type=click.Choice(["authors", "hashtags", "author-hashtags"]), help="Who or what.  [default: authors]"
)
@click.option("--limit", type=click.IntRange(1, 100_000), help="Edges at most: the heaviest.  [default: 5000]")
@click.option("--min-weight", type=click.IntRange(1), help="Posts that an edge stands for at least.  [default: 1]")
@click.option("--posts", type=click.IntRange(1, 200_000), help="Posts that are read: the newest.  [default: 200000]")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw it into this file: .gexf and .graphml open in Gephi.",
)
@selection_options
def network(query: str | None, *, output: Path | None, as_json: bool, **fields: Any) -> None:  # noqa: ANN401 - the options above
    """Show who answers, mentions, reposts and quotes whom, or draw it into a file.

    \b
    socialindex network 누리폰 -o 누리폰.gexf
    socialindex network '누리폰 AND 배터리' --of hashtags
    """  # noqa: D301 - click's own mark, not a backslash
    options = given(fields)
    if output is None:
        answer(client("client").network(query, **options), as_json=as_json, human=show.network)
        return
    if output.suffix not in FORMATS:
        raise click.BadParameter(f"end its name with one of {', '.join(FORMATS)}", param_hint="--output")
    saved = client("client").draw_network(writable(output, by_part=True), query, **options)
    answer({"saved_as": str(saved)}, as_json=as_json, human=lambda _: Text(f"Saved as {saved}."))


@click.command()
@click.argument("query", required=False)
@_limit_option
@selection_options
def diffusion(query: str | None, *, as_json: bool, **fields: Any) -> None:  # noqa: ANN401 - the options above
    """Show how posts spread, hour by hour, and who started it (확산자).

    \b
    socialindex diffusion 누리폰 --limit 5
    """  # noqa: D301 - click's own mark, not a backslash
    answer(client("client").diffusion(query, **given(fields)), as_json=as_json, human=show.diffusion)


@click.command()
@click.argument("id")
@as_json_option
def cascade(id: str, *, as_json: bool) -> None:  # noqa: A002 - the word of the help page
    """Show how one post spread, step by step."""
    answer(client("client").cascade(id), as_json=as_json, human=show.cascade)


@click.command()
@click.argument("query", required=False)
@_limit_option
@selection_options
def resonance(query: str | None, *, as_json: bool, **fields: Any) -> None:  # noqa: ANN401 - the options above
    """Show which posts, themes and formats went farther than is usual for their authors (확산력)."""
    answer(client("client").resonance(query, **given(fields)), as_json=as_json, human=show.resonance)


@click.command()
@click.argument("query", required=False)
@_limit_option
@selection_options
def coordination(query: str | None, *, as_json: bool, **fields: Any) -> None:  # noqa: ANN401 - the options above
    """Show accounts that look coordinated, with the evidence."""
    answer(client("client").coordination(query, **given(fields)), as_json=as_json, human=show.coordination)


@click.command()
@click.argument("query", required=False)
@_limit_option
@selection_options
def needs(query: str | None, *, as_json: bool, **fields: Any) -> None:  # noqa: ANN401 - the options above
    """Show what people ask and complain about, by theme, with examples.

    \b
    socialindex needs 누리폰 --limit 10
    """  # noqa: D301 - click's own mark, not a backslash
    answer(client("client").needs(query, **given(fields)), as_json=as_json, human=show.needs)
