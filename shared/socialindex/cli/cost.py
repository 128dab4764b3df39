"""What a deployment costs a month. The model is part of the project's checkout (infra/cost)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from socialindex.cli.output import answer, say

if TYPE_CHECKING:
    from infra.cost.load import Load
    from infra.cost.prices import Prices

_ROOT = Path(__file__).resolve().parents[3]


@click.command()
@click.option("--posts", type=float, help="Posts indexed a day. Without it, three loads are shown side by side.")
@click.option("--topics", type=float, default=100, show_default=True, help="Topics that are followed.")
@click.option("--calls", type=float, default=5_000, show_default=True, help="API calls a day, of all clients.")
@click.option("--months", type=float, default=12, show_default=True, help="Months kept beside the current one.")
@click.option("--pages", type=float, help="Pages fetched a day; a quarter of the posts unless told.")
@click.option("--mentions", type=float, help="Posts a day that mention a topic; a fifth unless told.")
@click.option("--window", type=float, default=1, show_default=True, help="Seconds that queues wait for a batch.")
@click.option("--prices", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Another table of prices.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print the tables as Markdown.")
@click.option("--json", "as_json", is_flag=True, help="Print the model's figures as JSON.")
def cost(*, posts: float | None, prices: Path | None, as_markdown: bool, as_json: bool, **asked: Any) -> None:  # noqa: ANN401 - the options above
    """What a deployment costs a month, by service; what to set for it, and where its parts saturate.

    \b
    socialindex cost
    socialindex cost --posts 300000 --topics 200 --calls 20000 --months 6
    socialindex cost --posts 5000000 --topics 5000 --window 20 --json

    Prices are list prices in infra/cost/prices.toml, dated, to be edited; those marked "check" are to be looked up
    first. What a post uses is in infra/cost/quantities.toml: measured, a rule, or assumed. A longer --window
    makes Lambda, tables and topics cheaper, and posts that much later. See docs/costs.md.
    """  # noqa: D301 - click's own mark, not a backslash
    if not (_ROOT / "infra" / "cost").is_dir():
        raise click.ClickException("the model of costs is part of the project's checkout: use it there")
    sys.path.insert(0, str(_ROOT))
    from infra.cost import load, report  # noqa: PLC0415 - only in a checkout, and only for this command
    from infra.cost import prices as priced  # noqa: PLC0415 - same

    try:
        table = priced.load(prices or priced.TABLE)
        loads = load.PRESETS if posts is None else {"this load": load.Load(posts=posts, **asked)}
        if as_json:
            answer(report.plain(loads, table), as_json=True, human=str)
        elif as_markdown:
            click.echo(report.markdown(report.tables(loads, table)), nl=False)
        else:
            _show(loads, table)
    except (load.LoadError, priced.PriceError) as error:
        raise click.ClickException(str(error)) from error


def _show(loads: dict[str, Load], table: Prices) -> None:
    from infra.cost import report  # noqa: PLC0415 - only in a checkout

    say(report.terminal(report.tables(loads, table)))
    say(f"To look up before you rely on them: {', '.join(table.unchecked())}")
