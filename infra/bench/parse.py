"""Pages/s of each adapter, to finished posts and follow-up requests, beside its bare parser on the same bytes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import msgspec
from bs4 import BeautifulSoup
from lxml import etree

from infra.bench.corpus import crawl_world, posts_of
from infra.bench.figure import Figure, compared
from socialindex import sources

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialindex.warc import Exchange

ROUNDS: Final = 7
_PAGES: Final = 30
"""Of a source: as many as the world has, or so many of them, lists as well as posts."""
_LEAST_SECONDS: Final = 0.3
"""How long one measurement lasts at least: pages are read again until then."""

PARSERS: Final[dict[str, Callable[[bytes], object]]] = {
    "feed": etree.fromstring,
    "gnuboard": lambda body: BeautifulSoup(body, "lxml"),
    "mastodon": msgspec.json.decode,
}
"""What each adapter stands on: every source that the corpus has pages of needs one."""


def run() -> list[Figure]:
    """A figure per source, from pages that the sample world has of it."""
    pages: dict[str, list[Exchange]] = {}
    for exchange in crawl_world().exchanges:
        pages.setdefault(exchange.channel.source, []).append(exchange)
    return [_source(name, exchanges[:: -(-len(exchanges) // _PAGES)]) for name, exchanges in sorted(pages.items())]


def _source(name: str, exchanges: list[Exchange]) -> Figure:
    parser = PARSERS[name]

    def bare(exchange: Exchange) -> object:
        return parser(exchange.response.body)

    rounds = [(_rate(_read, exchanges), _rate(bare, exchanges)) for _ in range(1 + ROUNDS)][1:]
    return compared(f"parse_{name}", "pages/s", rounds)


def _read(exchange: Exchange) -> object:
    """What crawl and normalize do with a page, one after the other."""
    follow = sources.find(exchange.channel.source).follow(exchange.channel, exchange.response)
    return follow, posts_of(exchange)


def _rate(read: Callable[[Exchange], object], exchanges: list[Exchange]) -> float:
    """Pages per second."""
    pages, started = 0, time.perf_counter()
    while time.perf_counter() - started < _LEAST_SECONDS:
        for exchange in exchanges:
            read(exchange)
        pages += len(exchanges)
    return pages / (time.perf_counter() - started)
