"""The crawlers that are compared do the same work, and all of it: a crawler that skips pages is fast."""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra.bench import crawl
from infra.bench.crawl import crawled
from infra.bench.crawlers.hosts import serving
from infra.bench.crawlers.stage import crawl as by_the_stage
from infra.bench.memory import MemoryFrontier, MemoryHosts
from socialindex.aws.frontier import Pending
from socialindex.errors import Unavailable
from socialindex.messages import Archived, decode
from socialindex.sources.base import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTS, PAGES = 2, 5
EVERYTHING = HOSTS * (1 + PAGES)


@pytest.fixture(scope="module")
def ports() -> Iterator[list[int]]:
    with serving(HOSTS, PAGES) as ports:
        yield ports


@pytest.mark.parametrize(
    ("name", "arguments"), [("stage", []), ("plain", [PAGES]), ("loop", [PAGES]), ("archiving", [PAGES])]
)
def test_each_crawler_fetches_every_page(ports: list[int], name: str, arguments: list[int]) -> None:
    told = crawled(name, *arguments, *ports, wanted=EVERYTHING)
    assert told.pages == EVERYTHING
    assert 0 < told.seconds < 60
    assert 10 < told.peak_mb < 1_000


def test_scrapy_fetches_every_page(ports: list[int]) -> None:
    scrapy = os.environ.get(crawl.SCRAPY_PYTHON) or str(Path(__file__).parents[3] / ".venv-bench/bin/python")
    if not Path(scrapy).is_file():
        pytest.skip("make bench installs Scrapy")
    assert crawled("spider", 1, *ports, python=scrapy, wanted=EVERYTHING).pages == EVERYTHING


def test_a_crawler_that_misses_pages_is_no_figure(ports: list[int]) -> None:
    with pytest.raises(Unavailable, match=f"fetched {EVERYTHING} pages of {EVERYTHING + 1}"):
        crawled("plain", PAGES, *ports, wanted=EVERYTHING + 1)


def test_a_crawler_that_fails_is_named_with_its_last_words() -> None:
    with pytest.raises(Unavailable, match=r"crawlers/plain failed: (?s:.)*invalid literal"):
        crawled("plain", "many")


def test_the_stage_hands_on_each_page_once(ports: list[int]) -> None:
    messages = [decode(message, Archived) for message in by_the_stage([str(port) for port in ports]).messages]
    assert len({(message.key, message.offset) for message in messages}) == len(messages) == EVERYTHING
    assert {message.source for message in messages} == {"article"}


def test_without_scrapy_the_other_figures_are_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(crawl.SCRAPY_PYTHON, raising=False)
    monkeypatch.setattr(crawl, "ROUNDS", 1)
    monkeypatch.setattr(crawl, "PAGES", PAGES)
    monkeypatch.setattr(crawl, "serving", partial(serving, HOSTS, PAGES))
    monkeypatch.setattr(crawl, "crawled", partial(crawled, wanted=EVERYTHING))
    figures = {figure.name: figure for figure in crawl.run()}
    assert set(figures) == {"crawl", "crawl_memory", "crawl_loop", "crawl_archived"}
    assert "without Scrapy" in capsys.readouterr().err
    assert json.dumps(figures["crawl"].as_dict())


def test_a_host_that_is_woken_is_not_let_go() -> None:
    hosts = MemoryHosts(ready={"a.example": 0.0})
    lease, wakes = hosts.lease("a.example", 60.0), hosts.wakes("a.example")
    hosts.wake("a.example", 5.0)
    assert not hosts.release(lease, wakes=wakes, ready_at=None)
    assert hosts.release(lease, wakes=hosts.wakes("a.example"), ready_at=7.0)
    assert (hosts.ready(6.0), hosts.ready(7.0)) == ([], ["a.example"])


def test_a_frontier_in_memory_gives_what_is_due_the_urgent_first() -> None:
    frontier = MemoryFrontier()
    later, poll, page = (waiting("later", 1, 9.0), waiting("poll", 0), waiting("page", 1))
    assert frontier.put_all([later, page, poll, page]) == [True, True, True, False]
    assert frontier.due("a.example", 1.0, 9) == [poll, page]
    assert frontier.due("a.example", 1.0, 1) == [poll]
    frontier.remove([poll])
    frontier.postpone(page, 5.0)
    assert frontier.next_at("a.example") == 5.0
    assert [pending.attempts for pending in frontier.due("a.example", 9.0, 9)] == [0, 1]


def waiting(name: str, priority: int, not_before: float = 0.0) -> Pending:
    request = Request(url=f"https://a.example/{name}", priority=priority)  # type: ignore[arg-type]  # as given
    return Pending(host="a.example", channel="ch_1", request=request, not_before=not_before)
