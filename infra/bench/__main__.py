"""``make bench``: measure, each figure beside a baseline of the same run, and print a table or lines of JSON."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Column, Table

from infra.bench.progress import say
from infra.bench.suite import benchmarks, measure
from socialindex.errors import SocialIndexError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from infra.bench.figure import Figure

_TEACHING = """\
A figure is a value beside a baseline: the least that the same work costs with the same parts, measured in turns with it
in the same run. Compare ratios (value to baseline), never values, between machines: above 1 is good for a rate, below
1 for a time. What each figure is, and what limits it, stands in docs/benchmarks/README.md.

benchmarks:
{names}

how long each takes on two cores, in minutes:
  answers 6, the first time 15 more to fill the engine (2 GB in .local/bench)
  sustained 25 to 40, load 5, alerts 6, index_stage and pipeline 3,
  search, cold_start, crawl, enrich and clusters 1 to 2, the others less than 1

examples:
  make bench                      all of them, as a table
  make bench NAME=parse           one
  BENCH_POSTS=50000 make bench NAME=answers   with fewer posts than a million
  make bench JSON=1               a line of JSON per figure: name, value, unit, baseline, ratio
  make bench JSON=1 >figures.txt  the same in a file; progress goes to the terminal

A new benchmark is a module in infra/bench/ with a function run() that returns figures.
"""

_NUMBERS = ("value", "baseline", "ratio", "lowest to highest")
_WIDTH = 100
"""Of a table that goes to a file."""
_INTERRUPTED = 130
"""Exit status of a program that Ctrl-C ended, as shells have it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for; the exit status is 1 where a part cannot be had, 2 for a name that does not exist."""
    known = benchmarks()
    options = _parser(known).parse_args(arguments)
    names = [options.name] if options.name else list(known)
    show = _lines if options.json else _table
    try:
        show(measure(names))
    except SocialIndexError as error:
        say(f"bench: {error}")
        return 1
    except KeyboardInterrupt:
        say("bench: stopped")
        return _INTERRUPTED
    return 0


def _parser(known: dict[str, str]) -> argparse.ArgumentParser:
    width = max(map(len, known))
    names = "\n".join(f"  {name:{width}}  {headline}" for name, headline in known.items())
    parser = argparse.ArgumentParser(
        prog="python -m infra.bench",
        description=__doc__,
        epilog=_TEACHING.format(names=names),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--name", choices=list(known), metavar="NAME", help="only this benchmark (default: all)")
    parser.add_argument("--json", action="store_true", help="a line of JSON per figure instead of the table")
    return parser


def _lines(figures: Iterable[Figure]) -> None:
    for figure in figures:
        print(json.dumps(figure.as_dict()), flush=True)


def _table(figures: Iterable[Figure]) -> None:
    numbers = (Column(name, justify="right") for name in _NUMBERS)
    table = Table(Column("name", no_wrap=True), "unit", *numbers)
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    try:
        for figure in figures:
            table.add_row(*_row(figure))
    finally:  # what was found before something failed is worth its minutes
        if table.row_count:
            console.print(table)


def _row(figure: Figure) -> tuple[str, ...]:
    spread = f"{figure.spread.low:g} to {figure.spread.high:g}" if figure.spread else ""
    return (figure.name, figure.unit, *map(_shown, (figure.value, figure.baseline, figure.ratio)), spread)


def _shown(number: float | None) -> str:
    return "" if number is None else f"{number:,g}"


if __name__ == "__main__":
    sys.exit(main())
