"""The model as tables: for a terminal, for a page of the docs, and as JSON."""

from __future__ import annotations

from math import isinf
from typing import TYPE_CHECKING, Any

import msgspec
from rich.console import Group
from rich.table import Table as RichTable

from infra.cost.model import Bill, bill
from infra.cost.scale import changes, limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.cost.load import Load
    from infra.cost.prices import Prices


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table of texts; all columns but ``words`` of them hold numbers."""

    title: str
    header: list[str]
    rows: list[list[str]]
    words: int = 1


def tables(loads: Mapping[str, Load], prices: Prices) -> list[Table]:
    """What is asked, what it costs by service, Lambda's part by function; then, for each load, settings and limits."""
    bills = {name: bill(load, prices) for name, load in loads.items()}
    each = [table for name, load in loads.items() for table in (_changes(name, load, prices), _limits(name, load))]
    return [_asked(loads), _services(bills, prices), _functions(bills), *each]


def _asked(loads: Mapping[str, Load]) -> Table:
    rows = {
        "posts a day": [f"{load.posts:,.0f}" for load in loads.values()],
        "mentions a day": [f"{load.matched:,.0f}" for load in loads.values()],
        "pages fetched a day": [f"{load.fetched:,.0f}" for load in loads.values()],
        "topics": [f"{load.topics:,.0f}" for load in loads.values()],
        "API calls a day": [f"{load.calls:,.0f}" for load in loads.values()],
        "months kept beside this one": [f"{load.months:g}" for load in loads.values()],
        "seconds waited for a batch": [f"{load.window:g}" for load in loads.values()],
    }
    return Table(title="Asked", header=["", *loads], rows=[[name, *row] for name, row in rows.items()])


def _services(bills: Mapping[str, Bill], prices: Prices) -> Table:
    first = next(iter(bills.values()))
    lines = [(service, line) for service, named in first.services.items() for line in named]
    rows = [[f"{service}: {line}", *_dollars(bills, service, line)] for service, line in lines]
    total = ["all", *[f"{one.total:,.0f}" for one in bills.values()]]
    return Table(title=f"Dollars a month, {prices.region}", header=["", *bills], rows=[*rows, total])


def _dollars(bills: Mapping[str, Bill], service: str, line: str) -> list[str]:
    return [_money(one.services[service][line]) for one in bills.values()]


def _money(dollars: float) -> str:
    return f"{dollars:,.2f}" if dollars < 10 else f"{dollars:,.0f}"  # noqa: PLR2004 - cents matter below


def _functions(bills: Mapping[str, Bill]) -> Table:
    names = next(iter(bills.values())).functions
    rows = [[name, *[_money(one.functions[name]) for one in bills.values()]] for name in names]
    return Table(title="Of that, Lambda by function", header=["", *bills], rows=rows)


def _changes(name: str, load: Load, prices: Prices) -> Table:
    rows = [[change.what, change.now, change.then] for change in changes(load, prices)]
    return Table(title=f"To set for {name}", header=["", "as it is", "for this load"], rows=rows, words=3)


def _limits(name: str, load: Load) -> Table:
    rows = [[limit.part, limit.then, _posts(limit.posts)] for limit in limits(load)]
    header = ["part as it is", "what takes its place", "bears, posts a day"]
    return Table(title=f"Where parts saturate, {name}", header=header, rows=rows, words=2)


def _posts(a_day: float) -> str:
    return "-" if isinf(a_day) else f"{float(f'{a_day:.2g}'):,.0f}"


def markdown(shown: list[Table]) -> str:
    """The tables as a page of the docs has them."""
    return "\n\n".join(_markdown(table) for table in shown) + "\n"


def _markdown(table: Table) -> str:
    rule = "|" + "".join("---|" if at < table.words else "---:|" for at in range(len(table.header)))
    lines = ["| " + " | ".join(row) + " |" for row in (table.header, *table.rows)]
    return "\n".join([f"### {table.title}", "", lines[0], rule, *lines[1:]])


def terminal(shown: list[Table]) -> Group:
    """The tables for a person at a terminal."""
    return Group(*[part for table in shown for part in (_rich(table), "")])


def _rich(table: Table) -> RichTable:
    drawn = RichTable(title=table.title, title_justify="left", box=None)
    for at, name in enumerate(table.header):
        drawn.add_column(name, justify="left" if at < table.words else "right")
    for row in table.rows:
        drawn.add_row(*row)
    return drawn


def plain(loads: Mapping[str, Load], prices: Prices) -> dict[str, Any]:
    """All of it as JSON takes it; a part without a limit has null."""
    return {name: _plain(load, prices) for name, load in loads.items()}


def _plain(load: Load, prices: Prices) -> dict[str, Any]:
    made = bill(load, prices)
    bounds = [msgspec.structs.asdict(limit) for limit in limits(load)]
    return {
        "load": {**msgspec.to_builtins(load), "pages": load.fetched, "mentions": load.matched},
        "total": made.total,
        **msgspec.to_builtins(made),
        "changes": msgspec.to_builtins(changes(load, prices)),
        "limits": [{**bound, "posts": None if isinf(bound["posts"]) else bound["posts"]} for bound in bounds],
        "check": prices.unchecked(),
    }
