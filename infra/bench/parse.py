"""Posts/s of each source (of boards and articles pages/s), finished as normalize does, beside its bare parser.

The baseline reads the same bytes with the same parsers, once: JSON with msgspec and each HTML text in it with lxml
(Lemmy's after markdown-it); feeds with lxml, and each item's HTML once more; pages of boards and articles with lxml.
Where there is HTML, the same stands beside Beautiful Soup, too (``_soup``), in the place of lxml for HTML.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
from bs4 import BeautifulSoup
from lxml import etree
from markdown_it import MarkdownIt

from infra.bench.corpus import EVERY_SOURCE, crawl_world, posts_of
from infra.bench.figure import Figure, compared
from socialindex.errors import Unavailable
from socialindex.identity import short
from socialindex.sources import all_adapters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from socialindex.warc import Exchange

ROUNDS: Final = 7
_PAGES: Final = 40
"""Of a source: as many as the world has, or so many of them."""
_LEAST_SECONDS: Final = 0.2
"""How long one measurement lasts at least: pages are read again until then."""

PAGES: Final = frozenset({"article", "gnuboard", "kboard", "rhymix"})
"""Sources whose pages hold one post each, or one with its comments."""
HTML: Final[dict[str, frozenset[str]]] = {
    "bluesky": frozenset(),
    "discourse": frozenset({"cooked"}),
    "feed": frozenset({"description", "encoded", "summary", "content", "content_html"}),
    "hackernews": frozenset({"text"}),
    "lemmy": frozenset({"body", "content"}),
    "mastodon": frozenset({"content"}),
    "reddit": frozenset({"body_html", "selftext_html"}),
    "wordpress": frozenset({"rendered"}),
    "youtube": frozenset({"textDisplay"}),
}
"""What is HTML in a source's JSON or XML, by its name, or Markdown, which becomes HTML; other texts are plain."""
MARKDOWN: Final = frozenset({"lemmy"})
_markdown: Final = MarkdownIt("commonmark")
_NO_SOURCES: Final = frozenset({"imported"})
"""What is brought along and never crawled."""


class Page(NamedTuple):
    """What there is to read, with all that the baseline needs."""

    exchange: Exchange
    posts: int
    html: list[bytes]
    """The page, or the texts within it that are HTML or Markdown."""

    def markup(self) -> Iterator[bytes]:
        """The HTML; what is Markdown is read first."""
        if self.exchange.source in MARKDOWN:
            return (_markdown.render(text.decode()).encode() for text in self.html)
        return iter(self.html)


def run() -> list[Figure]:
    """A figure or two per source, from pages that the sample world has of it."""
    return [figure for source, pages in corpus().items() for figure in _figures(source, pages)]


def corpus() -> dict[str, list[Page]]:
    """Pages that hold posts, by source.

    Raises:
        Unavailable: the world has none of a source.
    """
    found: dict[str, list[Page]] = {name.name: [] for name in all_adapters() if name.name not in _NO_SOURCES}
    for exchange in crawl_world(EVERY_SOURCE).exchanges:
        if exchange.response.body and (posts := len(posts_of(exchange))):  # a page that is gone has no body
            found[exchange.source].append(Page(exchange, posts, list(_html(exchange))))
    missing = [source for source, pages in found.items() if not pages]
    if missing:
        raise Unavailable(f"the sample world has no posts of {', '.join(missing)}")
    return {source: pages[:: -(-len(pages) // _PAGES)] for source, pages in sorted(found.items())}


def read(page: Page) -> int:
    """What normalize does with a page, from its bytes on; how many posts it makes."""
    return len(posts_of(page.exchange))


def bare(page: Page) -> None:
    """The least that reading takes."""
    _envelope(page)
    for text in page.markup():
        etree.fromstring(text, etree.HTMLParser(encoding="utf-8"))


def soup(page: Page) -> None:
    """The same with Beautiful Soup."""
    _envelope(page)
    for text in page.markup():
        BeautifulSoup(text, "lxml")


def _envelope(page: Page) -> None:
    """Read what the texts lie in, where they lie in something."""
    body = page.exchange.response.body
    if _is_json(body):
        msgspec.json.decode(body)
    elif not _is_html(body):
        etree.fromstring(body)


def _figures(source: str, pages: list[Page]) -> Iterator[Figure]:
    of_pages = source in PAGES
    unit, weight = ("pages/s", len(pages)) if of_pages else ("posts/s", sum(page.posts for page in pages))
    ways: list[Callable[[Page], object]] = [read, bare, *([soup] if any(page.html for page in pages) else [])]
    rounds = [_round(ways, pages, weight) for _ in range(1 + ROUNDS)][1:]
    for name, way in (("", 1), ("_soup", 2))[: len(ways) - 1]:
        yield compared(f"parse_{source}{name}", unit, [(rates[0], rates[way]) for rates in rounds])


def _round(ways: list[Callable[[Page], object]], pages: list[Page], weight: int) -> list[float]:
    return [_rate(way, pages) * weight for way in ways]


def _rate(way: Callable[[Page], object], pages: list[Page]) -> float:
    """How often a second all pages are read, each time as if nothing of them had been seen before."""
    times, started = 0, time.perf_counter()
    while time.perf_counter() - started < _LEAST_SECONDS:
        short.cache_clear()
        for page in pages:
            way(page)
        times += 1
    return times / (time.perf_counter() - started)


def _html(exchange: Exchange) -> Iterator[bytes]:
    body = exchange.response.body
    if _is_html(body):
        return iter([body])
    texts = _of_json(msgspec.json.decode(body), HTML[exchange.source]) if _is_json(body) else _of_xml(body)
    return (text.encode() for text in dict.fromkeys(texts) if text.strip())  # each once: answers repeat whole posts


def _is_html(body: bytes) -> bool:
    return body.lstrip()[:9].lower().startswith((b"<!doctype", b"<html"))


def _is_json(body: bytes) -> bool:
    return body.lstrip().startswith((b"{", b"["))


def _of_xml(body: bytes) -> Iterator[str]:
    elements = etree.fromstring(body).iter("{*}*")
    return (element.text or "" for element in elements if etree.QName(element).localname in HTML["feed"])


def _of_json(value: Any, names: frozenset[str]) -> Iterator[str]:  # noqa: ANN401 - JSON is anything
    """Members with these names, however deep."""
    if isinstance(value, list):
        for item in value:
            yield from _of_json(item, names)
    elif isinstance(value, dict):
        for name, member in value.items():
            if name in names and isinstance(member, str):
                yield member
            else:
                yield from _of_json(member, names)
