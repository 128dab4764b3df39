"""What is measured of each source: pages with posts, and a baseline that reads all of their HTML."""

from __future__ import annotations

import pytest

from infra.bench import parse
from infra.bench.parse import HTML, PAGES, Page, corpus, read
from socialindex.sources import all_adapters


@pytest.fixture(scope="module")
def pages() -> dict[str, list[Page]]:
    return corpus()


def test_every_source_is_measured_by_pages_that_hold_posts(pages: dict[str, list[Page]]) -> None:
    assert set(pages) == {adapter.name for adapter in all_adapters()} - {"imported"}
    assert set(pages) == set(HTML) | PAGES
    for source, found in pages.items():
        assert sum(page.posts for page in found) >= 5, source
        assert [read(page) for page in found] == [page.posts for page in found], source


def test_the_baseline_reads_the_html_of_every_post(pages: dict[str, list[Page]]) -> None:
    for source, found in pages.items():
        texts = sum(len(page.html) for page in found)
        if source in PAGES:
            assert texts == len(found)
        elif HTML[source]:
            assert texts >= len(found) / 2, source
        else:
            assert texts == 0


def test_both_baselines_can_read_what_there_is(pages: dict[str, list[Page]]) -> None:
    for found in pages.values():
        for page in found:
            parse.bare(page)
            parse.soup(page)


def test_a_source_has_a_figure_beside_each_of_its_parsers(
    pages: dict[str, list[Page]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parse, "ROUNDS", 1)
    monkeypatch.setattr(parse, "_LEAST_SECONDS", 0.001)
    monkeypatch.setattr(parse, "corpus", lambda: {name: pages[name][:1] for name in ("bluesky", "gnuboard")})
    units = {figure.name: figure.unit for figure in parse.run()}
    assert units == {"parse_bluesky": "posts/s", "parse_gnuboard": "pages/s", "parse_gnuboard_soup": "pages/s"}
