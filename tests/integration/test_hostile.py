"""Whatever a server sends: one counted outcome, nothing that waits for ever, no memory, and its neighbors never notice.

The cases are in ``hostile_cases.py``; each goes through the stages as they run, on real tables, queues and a bucket,
beside a channel that is as it should be.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec
import pytest

from socialindex.aws.frontier import Pending
from socialindex.crawl import stage as crawl_stage
from socialindex.crawl.attempt import MAX_ATTEMPTS
from socialindex.crawl.fetch import Fetcher
from socialindex.crawl.rhythm import Polling
from socialindex.crawl.settings import FetchSettings, Habits
from socialindex.crawl.urls import host_of
from socialindex.messages import CrawlGroup, PostBatch, decode, encode
from socialindex.normalize.stage import Normalize
from socialindex.sources.base import POST_KIND, Channel, Request
from tests.integration.hostile import PRIVATE, TIMELINE, Case, article
from tests.integration.hostile_cases import CASES
from tests.integration.parts import Parts, event, real_parts, unique
from tests.unit.crawl.site import Names, Site, page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.servers import Running
    from socialindex.outcomes import Count

pytestmark = pytest.mark.integration

FETCH: Final = FetchSettings(
    contact="https://crawler.example/about",
    allow_loopback=True,
    retries=0,
    request_seconds=5.0,  # of an endless answer; a good one has room on a busy machine
    connect_seconds=5.0,
    dns_cache_seconds=0,
)
POLLING: Final = Polling(first=300.0, floor=60.0, ceiling=7_200.0)
GOOD: Final = Case("a page as it should be", lambda: page(article(title="good").encode()), ["crawl ok", "normalize ok"])
DAY: Final = 86_400.0
PATHS: Final = {"article": "/page", "feed": "/page", "sitemap": "/page", "mastodon": TIMELINE}
KINDS: Final = {"article": POST_KIND, "feed": "feed", "sitemap": "sitemap", "mastodon": "timeline"}

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.comes)


@pytest.fixture(scope="module")
def parts(servers: Running) -> Iterator[Parts]:
    with real_parts(servers) as parts:
        yield parts


@pytest.fixture
def line(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    monkeypatch.setattr(crawl_stage, "Fetcher", partial(Fetcher, resolver=Names(**PRIVATE)))
    line = Line(parts)
    yield line
    line.clear()


@dataclass
class Line:
    """The way from a server to the index queue, with what was counted on it."""

    parts: Parts
    fetch: FetchSettings = FETCH
    counts: Counter[str] = field(default_factory=Counter)
    asked: list[Pending] = field(default_factory=list)

    def add(self, counts: Counter[Count]) -> None:
        for count, times in counts.items():
            self.counts[f"{count.stage} {count.outcome} {count.reason}".strip()] += times

    def ask(self, case: Case, site: Site, attempts: int = 0) -> Pending:
        """Put the case's request in the frontier as dispatch and crawl do."""
        path, source = PATHS[case.source], "article" if case.source == "sitemap" else case.source
        url = case.url.format(host=site.host, port=site.port).replace("/page", path)
        home = f"{site.url('/public/local')}" if source == "mastodon" else url
        channel = Channel(id=unique("ch"), source=source, url=home, created_at=datetime(2026, 11, 1, tzinfo=UTC))
        self.parts.channels.add(channel)
        request = Request(url=url, kind=KINDS[case.source], leads=case.source == "sitemap")
        host, now = host_of(url), time.time()
        pending = Pending(host=host, channel=channel.id, request=request, not_before=now, attempts=attempts)
        self.parts.frontier.put(pending)
        self.parts.hosts.wake(pending.host, now)
        self.asked.append(pending)
        return pending

    def run(self, asked: list[Pending]) -> list[dict[str, Any]]:
        """Crawl, what is handed on to other hosts too, and normalize; the posts that reach the index queue."""
        hosts = sorted({pending.host for pending in asked})
        while hosts:
            assert self._crawl(hosts) == {"batchItemFailures": []}
            hosts = list(self.parts.hosts.ready(time.time()))
        assert self._normalize() == {"batchItemFailures": []}
        batches = [decode(body, PostBatch) for body, _ in self.parts.receive("IndexQueue")]
        return [msgspec.to_builtins(post) for batch in batches for post in batch.posts]

    def _crawl(self, hosts: list[str]) -> Any:
        parts = crawl_stage.Parts(
            channels=self.parts.channels,
            hosts=self.parts.hosts,
            frontier=self.parts.frontier,
            archive=self.parts.archive,
            normalize_queue=self.parts.queue("NormalizeQueue"),
            dead_letters=self.parts.queue("CrawlDeadLetters"),
            outcomes=cast("Any", self),
        )
        crawl = crawl_stage.Crawl(parts, self.fetch, Habits(delay=0.0), POLLING, lease_seconds=30.0)
        return crawl.handle(event(encode(CrawlGroup(hosts=hosts))), 60.0)

    def _normalize(self) -> Any:
        queue, letters = self.parts.queue("IndexQueue"), self.parts.queue("NormalizeDeadLetters")
        stage = Normalize(self.parts.archive, queue, letters, cast("Any", self))
        return stage.handle(event(*(body for body, _ in self.parts.receive("NormalizeQueue"))))

    def waiting(self, pending: Pending) -> list[Pending]:
        """All that waits at the request's host, for however long."""
        return self.parts.frontier.due(pending.host, time.time() + 100 * 365 * DAY, 100)

    def clear(self) -> None:
        """Leave nothing to the next test."""
        for pending in self.asked:
            self.parts.frontier.remove(self.waiting(pending))
        for queue in ("NormalizeQueue", "IndexQueue", "CrawlDeadLetters", "NormalizeDeadLetters"):
            self.parts.receive(queue)

    def letters(self) -> Counter[str]:
        """Dead letters by stage, taken out of their queues. Each has a reason."""
        found = {stage: self.parts.receive(f"{stage.title()}DeadLetters") for stage in ("crawl", "normalize")}
        assert all(reason for letters in found.values() for _, reason in letters)
        return Counter({stage: len(letters) for stage, letters in found.items() if letters})


@each_case
def test_each_case_has_its_outcome_and_its_neighbor_never_notices(line: Line, case: Case) -> None:
    with serving(case, GOOD) as (site, good_site):
        pending, good = line.ask(case, site), line.ask(GOOD, good_site)
        with peak() as memory:
            found = line.run([pending, good])
    assert line.counts == Counter([*case.gets, *GOOD.gets])
    assert [post["title"] for post in found if post.get("title") == "good"] == ["good"]
    assert shown(case, [post for post in found if post.get("title") != "good"]) == case.posts
    assert line.letters() == quarantined(case.gets)
    assert_bounded(line, case, pending)
    assert "/stolen" not in site.paths
    assert memory.mib < 100


def shown(case: Case, posts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each post the fields that its case is about."""
    assert len(posts) == len(case.posts)
    for post in posts:
        post.get("metrics", {}).pop("read_at", None)
    return [{name: post.get(name) for name in want} for post, want in zip(posts, case.posts, strict=True)]


def quarantined(outcomes: list[str]) -> Counter[str]:
    return Counter(outcome.split()[0] for outcome in outcomes if " quarantine " in outcome)


def assert_bounded(line: Line, case: Case, pending: Pending) -> None:
    """What may be over later waits, a day at most, and is one attempt older; nothing else waits."""
    waiting = line.waiting(pending)
    assert len(waiting) == case.waits
    for one in waiting:
        assert one.not_before - time.time() < DAY + 60
        assert one.attempts == (0 if case.gets == ["crawl retry robots_unknown"] else 1)


# A request that was never sent has not failed: it waits for robots.txt, which counts as absent after 30 days.
FAILING: Final = [case for case in CASES if case.waits and case.gets != ["crawl retry robots_unknown"]]


@pytest.mark.parametrize("case", FAILING, ids=lambda case: case.comes)
def test_what_goes_on_failing_is_quarantined_with_its_reason(line: Line, case: Case) -> None:
    with serving(case) as (site,):
        pending = line.ask(case, site, attempts=MAX_ATTEMPTS - 1)
        line.run([pending])
    assert line.counts == Counter(outcome.replace(" retry ", " quarantine ") for outcome in case.gets)
    assert line.waiting(pending) == []
    assert line.letters() == Counter(["crawl"])


def test_all_of_them_at_once_take_no_more_than_a_function_has(line: Line) -> None:
    # So many take longer on a small machine.
    line.fetch = msgspec.structs.replace(FETCH, request_seconds=20.0, connect_seconds=20.0)
    with serving(*CASES, GOOD) as sites:
        asked = [line.ask(case, site) for case, site in zip([*CASES, GOOD], sites, strict=True)]
        with peak() as memory:
            found = line.run(asked)
    every = [*CASES, GOOD]
    assert unpacked(line.counts) == unpacked(Counter(outcome for case in every for outcome in case.gets))
    assert len(found) == sum(len(case.posts) for case in CASES) + 1
    assert "good" in {post.get("title") for post in found}
    assert line.letters() == quarantined([outcome for case in every for outcome in case.gets])
    assert memory.mib < 600


def unpacked(counts: Counter[str]) -> Counter[str]:
    """Bombs as what is too large: which limit is met first depends on how the bytes arrive, among so many others."""
    names = {"crawl discard compression_bomb": "crawl discard too_large"}
    return sum((Counter({names.get(name, name): times}) for name, times in counts.items()), Counter())


def test_the_guide_shows_the_table() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "hostile-input.md").read_text("utf-8")
    rows = guide.partition("| comes | gets |\n|---|---|\n")[2].partition("\n\n")[0]
    assert rows.split("\n") == table()


def table() -> list[str]:
    """The rows as the guide has them."""
    return [f"| {case.comes} | {', '.join(f'`{outcome}`' for outcome in case.gets)} |" for case in CASES]


# Servers and memory


@contextmanager
def serving(*cases: Case) -> Iterator[list[Site]]:
    """A raw server for each case, on a thread of their own."""
    sites = [Site({"/robots.txt": case.robots(), PATHS[case.source]: case.said(), **case.others}) for case in cases]
    ready, done = threading.Event(), threading.Event()

    async def run() -> None:
        async with AsyncExitStack() as stack:
            for site in sites:
                await stack.enter_async_context(site.serving())
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield sites
    finally:
        done.set()
        thread.join()


@dataclass
class Peak:
    mib: float = 0.0


@contextmanager
def peak() -> Iterator[Peak]:
    """How far the process's memory rose above where it was, at its highest (proc_pid_status(5), VmHWM)."""
    found = Peak()
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = _memory("VmRSS")
    yield found
    found.mib = (_memory("VmHWM") - before) / 1024


def _memory(name: str) -> int:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
