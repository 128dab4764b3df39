"""Pages/s and memory of the whole crawl stage at loopback hosts without delay, beside plain loops and beside Scrapy.

All of them crawl the same hosts, which one process serves, in turns, each time in a fresh process of their own: see
``crawlers``. The stage does all that it does for a page (robots.txt, leases, frontier, adapter, archive, messages),
with tables, queues and bucket in memory, where Scrapy has its queues, too. Of Scrapy the faster of two settings counts:
one request at a time to a host, as ours, and its default of eight.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from infra.bench.crawlers.hosts import HOSTS, PAGES, serving
from infra.bench.crawlers.told import Told, heard
from infra.bench.figure import Figure, compared
from infra.bench.progress import say
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS: Final = 5
AT_ONCE: Final = (1, 8)
"""Requests that Scrapy has under way at a host."""
SCRAPY_PYTHON: Final = "SCRAPY_PYTHON"
"""Names the environment variable with the interpreter that has Scrapy."""
_SECONDS: Final = 120
"""For one crawl; it takes a few."""
_ROOT: Final = Path(__file__).parents[2]


class _Round(NamedTuple):
    """What each crawler told; ``scrapy`` has nothing where there is no Scrapy."""

    stage: Told
    plain: Told
    """A plain loop at each host, all at once."""
    loop: Told
    """One plain loop, one request after the other."""
    archiving: Told
    """As ``plain``, and parses and archives."""
    scrapy: list[Told]


def run() -> list[Figure]:
    """Rates and peaks of memory, after a round that leaves compiled modules and warm files behind.

    Raises:
        Unavailable: a crawler failed, or did not fetch every page.
    """
    scrapy = os.environ.get(SCRAPY_PYTHON, "")
    if not Path(scrapy).is_file():
        say(f"  without Scrapy: {SCRAPY_PYTHON} names no interpreter that has it; make bench installs it")
        scrapy = ""
    with serving() as ports:
        rounds = [_round(ports, scrapy) for _ in range(1 + ROUNDS)][1:]
    figures = _beside("", rounds, lambda told: told.plain, lambda told: told.plain)
    figures += _beside("_loop", rounds, lambda told: told.loop, lambda told: told.loop)[:1]
    figures += _beside("_archived", rounds, lambda told: told.archiving, lambda told: told.archiving)[:1]
    return figures + (_beside("_scrapy", rounds, _fastest, _smallest) if scrapy else [])


def crawled(name: str, *arguments: object, python: str = sys.executable, wanted: int = HOSTS * (1 + PAGES)) -> Told:
    """What a crawler told that fetched every page.

    Args:
        name: of the module in ``crawlers``.
        arguments: for it.
        python: the interpreter.
        wanted: pages that there are.

    Raises:
        Unavailable: it failed, or fetched fewer or more.
    """
    command = [python, "-m", f"infra.bench.crawlers.{name}", *map(str, arguments)]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=_SECONDS, check=False)
    if done.returncode or not done.stdout:
        raise Unavailable(f"crawlers/{name} failed: {done.stderr[-1000:]}")
    told = heard(done.stdout)
    if told.pages != wanted:
        raise Unavailable(f"crawlers/{name} fetched {told.pages} pages of {wanted}")
    return told


def _round(ports: list[int], scrapy: str) -> _Round:
    say("  a round of crawls ...")
    plain, stage = crawled("plain", PAGES, *ports), crawled("stage", *ports)
    loop, archiving = crawled("loop", PAGES, *ports), crawled("archiving", PAGES, *ports)
    others = [crawled("spider", at_once, *ports, python=scrapy) for at_once in AT_ONCE] if scrapy else []
    return _Round(stage, plain, loop, archiving, others)


def _beside(
    name: str, rounds: list[_Round], fast: Callable[[_Round], Told], small: Callable[[_Round], Told]
) -> list[Figure]:
    rates = [(_rate(told.stage), _rate(fast(told))) for told in rounds]
    peaks = [(told.stage.peak_mb, small(told).peak_mb) for told in rounds]
    return [compared(f"crawl{name}", "pages/s", rates), compared(f"crawl_memory{name}", "MB", peaks)]


def _fastest(told: _Round) -> Told:
    return max(told.scrapy, key=_rate)


def _smallest(told: _Round) -> Told:
    return min(told.scrapy, key=lambda one: one.peak_mb)


def _rate(told: Told) -> float:
    return told.pages / told.seconds
