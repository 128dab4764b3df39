"""The crawl stage against real HTTP servers, tables, queues and a bucket: polite, and nothing lost."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import boto3
import msgspec
import pytest

from socialindex import sources, terms, warc
from socialindex.aws.archive import Archive
from socialindex.aws.channels import DISTRUST_SECONDS
from socialindex.aws.frontier import Frontier, Pending
from socialindex.aws.pauses import Pause
from socialindex.aws.queues import Queue
from socialindex.crawl.attempt import MAX_ATTEMPTS, MAX_HOPS
from socialindex.crawl.credentials import Credentials
from socialindex.crawl.refusals import Refusal
from socialindex.crawl.rhythm import CHECK_EVERY, Polling, Rhythm
from socialindex.crawl.robots import RobotsRules
from socialindex.crawl.settings import FetchSettings, Habits
from socialindex.crawl.stage import Crawl
from socialindex.crawl.stage import Parts as CrawlParts
from socialindex.crawl.urls import host_of
from socialindex.errors import Refused, Unavailable
from socialindex.messages import Archived, CrawlGroup, decode, encode
from socialindex.normalize.polls import Polls
from socialindex.normalize.stage import Normalize
from socialindex.sources.base import POST_KIND, REREAD_CONTEXT, Channel, Priority, Request
from socialindex.terms import Terms
from tests.integration.parts import Parts, event, real_parts, unique
from tests.integration.web import Page, Web, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.local.servers import Running
    from socialindex.aws.channels import ChannelState
    from socialindex.aws.hosts import Lease
    from socialindex.crawl.rhythm import Poll
    from socialindex.outcomes import Count
    from socialindex.warc import Exchange

pytestmark = pytest.mark.integration

FETCH = FetchSettings(contact="https://crawler.example/about", allow_loopback=True, retries=0)
POLLING = Polling(first=300.0, floor=60.0, ceiling=7_200.0)
ADDED = datetime(2026, 11, 1, tzinfo=UTC)
RSS = '<?xml version="1.0"?><rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>N</title>{}</channel></rss>'
FEED = Page(RSS.format("<item><title>t</title><link>{url}/1</link></item>"))
SITEMAP_INDEX = Page(
    '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>{}</loc></sitemap></sitemapindex>'
)
HEAVY = Page("User-agent: *\nDisallow: /private\n", headers={"Content-Type": "text/plain"})


@pytest.fixture(scope="module")
def parts(servers: Running) -> Iterator[Parts]:
    with real_parts(servers) as parts:
        yield parts


@pytest.fixture
def web() -> Iterator[Web]:
    with serving({"/feed": FEED}) as web:
        yield web


@dataclass
class Crawler:
    """The stage, with what it counted; parts can be replaced by ones that are down."""

    parts: Parts
    counts: Counter[Count] = field(default_factory=Counter)
    daily: int = 20_000
    credentials: Credentials = field(default_factory=Credentials)

    def add(self, counts: Counter[Count]) -> None:
        self.counts.update(counts)

    @property
    def told(self) -> dict[tuple[str, str], int]:
        """Times by outcome and reason."""
        return {(count.outcome, count.reason): times for count, times in self.counts.items()}

    def run(
        self, *hosts: str, seconds: float = 20.0, delay: float = 0.0, lease: float = 30.0, **broken: Any
    ) -> list[int]:
        """Crawl these hosts as one group; the numbers of messages that come again."""
        return self.handle(encode(CrawlGroup(hosts=list(hosts))), seconds=seconds, delay=delay, lease=lease, **broken)

    def handle(
        self, *bodies: str, seconds: float = 20.0, delay: float = 0.0, lease: float = 30.0, **broken: Any
    ) -> list[int]:
        parts = CrawlParts(
            channels=self.parts.channels,
            hosts=self.parts.hosts,
            frontier=self.parts.frontier,
            archive=self.parts.archive,
            normalize_queue=self.parts.queue("NormalizeQueue"),
            dead_letters=self.parts.queue("CrawlDeadLetters"),
            outcomes=cast("Any", self),
        )
        habits = Habits(delay=delay, daily=self.daily)
        stage = Crawl(parts._replace(**broken), FETCH, habits, POLLING, self.credentials, lease_seconds=lease)
        answer = stage.handle(event(*bodies), seconds)
        return [int(failure["itemIdentifier"]) for failure in answer["batchItemFailures"]]

    # What is asked for, and what became of it

    def channel(self, url: str, source: str = "feed", **fields: Any) -> Channel:
        channel = Channel(id=unique("ch"), source=source, url=url, created_at=ADDED, **fields)
        self.parts.channels.add(channel)
        return channel

    def ask(
        self,
        channel: Channel,
        url: str,
        *,
        kind: str = "feed",
        priority: Priority = 0,
        context: dict[str, str] = {},  # noqa: B006 - it is not changed
        **fields: Any,
    ) -> Pending:
        """Put a request in the frontier as dispatch and crawl do."""
        request = Request(url=url, kind=kind, priority=priority, context=context)
        plain = {"host": host_of(url), "channel": channel.id, "request": request, "not_before": time.time()}
        pending = Pending(**{**plain, **fields})
        self.parts.frontier.put(pending)
        self.parts.hosts.wake(pending.host, time.time())
        return pending

    def poll(self, web: Web, path: str = "/feed", **fields: Any) -> Channel:
        """A new channel whose poll waits."""
        channel = self.channel(f"{web.url}{path}", **fields)
        self.ask(channel, channel.url, poll=True)
        return channel

    def waiting(self, host: str) -> list[Pending]:
        """Everything in a host's frontier."""
        return self.parts.frontier.due(host, time.time() + 1_000_000, 1_000)

    def archived(self) -> list[Exchange]:
        """What was handed to normalize since the last look, in the order of fetching."""
        messages = [decode(body, Archived) for body, _ in self.parts.receive("NormalizeQueue")]
        spans = [(message.key, warc.Span(message.offset, message.length)) for message in messages]
        exchanges = [warc.read(self.parts.archive.read(*place)) for place in spans]
        return sorted(exchanges, key=lambda exchange: exchange.response.received_at)

    def letters(self) -> list[tuple[str, str]]:
        return self.parts.receive("CrawlDeadLetters")

    def is_free(self, host: str) -> bool:
        """Whether another crawler may take the host."""
        return self.parts.hosts.lease(host, 0.001) is not None

    def is_ready(self, host: str, in_seconds: float = 0.0) -> bool:
        return host in set(self.parts.hosts.ready(time.time() + in_seconds))


@pytest.fixture
def crawler(parts: Parts) -> Iterator[Crawler]:
    crawler = Crawler(parts)
    yield crawler
    crawler.archived()
    crawler.letters()


def pages_of(web: Web, crawler: Crawler, count: int, page: Page = FEED) -> list[Pending]:
    """So many requests of one channel that wait at a host."""
    channel = crawler.channel(f"{web.url}/feed")
    for number in range(count):
        web.pages[f"/{number}"] = page
    return [crawler.ask(channel, f"{web.url}/{number}", kind="older") for number in range(count)]


# A poll, all the way


def test_a_poll_is_archived_handed_on_and_remembered(crawler: Crawler, web: Web) -> None:
    web.pages["/feed"] = FEED._replace(headers={"ETag": '"v1"', "Last-Modified": "Fri, 20 Nov 2026 09:00:00 GMT"})
    channel = crawler.poll(web)
    assert crawler.run(web.host) == []
    (exchange,) = crawler.archived()
    assert exchange.channel == channel
    assert exchange.response.url == channel.url
    assert exchange.response.body == FEED.body.replace("{url}", web.url).encode()
    state = crawler.parts.channels.get(channel.id)
    assert state
    assert state.last_success_at == exchange.response.received_at
    assert (state.etag, state.last_modified) == ('"v1"', "Fri, 20 Nov 2026 09:00:00 GMT")
    assert web.paths == ["/robots.txt", "/feed"]
    assert crawler.waiting(web.host) == []
    assert crawler.told == {("ok", ""): 1}
    assert not crawler.is_ready(web.host, 1_000)
    assert crawler.is_free(web.host)


def test_the_next_poll_asks_for_news_only(crawler: Crawler, web: Web) -> None:
    news = FEED._replace(headers={"ETag": '"v1"'})
    web.pages["/feed"] = [news, Page(status=304, headers={"ETag": '"v2"'}), Page(status=304)]
    channel = crawler.poll(web)
    for _ in range(3):
        crawler.run(web.host)
        crawler.ask(channel, channel.url, poll=True)
    polls = [visit.headers.get("if-none-match") for visit in web.log if visit.path == "/feed"]
    assert polls == [None, '"v1"', '"v2"']
    assert crawler.told == {("ok", ""): 1, ("discard", "not_modified"): 2}
    state = crawler.parts.channels.get(channel.id)
    assert state
    assert state.last_success_at
    assert (datetime.now(tz=UTC) - state.last_success_at) < timedelta(seconds=10)


STUMBLES = {"an empty page": Page(), "a precondition that failed": Page(status=412)}
"""What servers answer to conditional requests that they cannot handle, and to no other."""


@pytest.mark.parametrize("stumble", STUMBLES.values(), ids=STUMBLES)
def test_after_a_failed_poll_the_next_one_asks_without_conditions(crawler: Crawler, web: Web, stumble: Page) -> None:
    web.pages["/feed"] = [FEED._replace(headers={"ETag": '"v1"'}), stumble, FEED]
    channel = crawler.channel(f"{web.url}/feed")
    assert checked(crawler, web, channel, 3) == [None, '"v1"', None]
    assert state_of(crawler, channel).failures == 0


def test_robots_txt_is_known_to_the_next_crawler(crawler: Crawler, web: Web) -> None:
    for _ in range(2):
        crawler.poll(web)
        crawler.run(web.host)
    assert web.paths == ["/robots.txt", "/feed", "/feed"]


def linked(number: int) -> Page:
    return Page(RSS.format(f'<a:link rel="prev-archive" href="{{url}}/older/{number}"/>'))


def test_what_follows_is_fetched_in_order_under_the_same_lease(crawler: Crawler, web: Web) -> None:
    web.pages |= {"/feed": linked(1), "/older/1": linked(2), "/older/2": linked(3), "/older/3": FEED}
    crawler.poll(web, options={"pages": "9"})
    crawler.run(web.host)
    assert web.paths == ["/robots.txt", "/feed", "/older/1", "/older/2", "/older/3"]
    assert [exchange.response.request.kind for exchange in crawler.archived()] == ["feed", *["older"] * 3]
    assert crawler.waiting(web.host) == []


def test_the_urgent_is_fetched_first_then_what_was_asked_for_first(crawler: Crawler, web: Web) -> None:
    channel = crawler.channel(f"{web.url}/feed")
    for path, priority in (("/history", 2), ("/page/2", 1), ("/page/1", 1), ("/poll", 0)):
        web.pages[path] = FEED
        crawler.ask(
            channel, f"{web.url}{path}", kind="older", priority=cast("Priority", priority), not_before=time.time()
        )
        time.sleep(0.002)
    crawler.run(web.host)
    assert web.paths[1:] == ["/poll", "/page/2", "/page/1", "/history"]


def test_pages_that_a_page_leads_to_are_fetched_in_its_order(crawler: Crawler, web: Web) -> None:
    web.pages |= {"/a": linked(1), "/b": linked(2), "/c": linked(3)}
    for path in ("/a", "/b", "/c"):
        crawler.poll(web, path, options={"pages": "2"})
        time.sleep(0.002)
    crawler.run(web.host)
    assert web.paths[1:] == ["/a", "/b", "/c", "/older/1", "/older/2", "/older/3"]


# Politeness


SAID = {
    "pages": FEED,
    "forbidden": Page(status=403),
    "nothing there": Page(status=404),
    "not for indexing": FEED._replace(headers={"X-Robots-Tag": "noindex"}),
    "no text": FEED._replace(headers={"Content-Type": "image/png"}),
    "redirects in a circle": Page(status=302, headers={"Location": "{url}/0"}),
    "redirects": Page(status=302, headers={"Location": "{url}/feed"}),
    "elsewhere": Page(status=302, headers={"Location": "http://127.0.0.1:9/"}),
    "no page": Page("<html>", headers={"Content-Type": "text/html"}),
}


@pytest.mark.parametrize("page", SAID.values(), ids=SAID)
def test_a_host_is_asked_one_thing_at_a_time_at_its_pace_whatever_it_says(
    crawler: Crawler, web: Web, page: Page
) -> None:
    pages_of(web, crawler, 2, page)
    crawler.run(web.host, delay=0.15)
    assert len(web.log) >= 3
    assert min(web.pauses) > 0.14
    assert max(web.pauses) < 2


def test_a_failing_host_is_asked_ever_more_slowly(crawler: Crawler, web: Web) -> None:
    pages_of(web, crawler, 2, Page(status=500))
    crawler.run(web.host, delay=0.1, seconds=6)
    assert web.pauses[0] < 0.5
    assert web.pauses[1] > 0.99


def test_a_crawl_delay_counts_from_robots_txt_on(crawler: Crawler, web: Web) -> None:
    web.pages["/robots.txt"] = Page("User-agent: *\nCrawl-delay: 0.5", headers={"Content-Type": "text/plain"})
    pages_of(web, crawler, 2)
    crawler.run(web.host)
    assert len(web.log) == 3
    assert min(web.pauses) > 0.49


def test_a_host_that_wants_long_pauses_is_let_go_meanwhile(crawler: Crawler, web: Web) -> None:
    web.pages["/robots.txt"] = Page("User-agent: *\nCrawl-delay: 100", headers={"Content-Type": "text/plain"})
    asked = pages_of(web, crawler, 2)
    began = time.time()
    crawler.run(web.host)
    assert time.time() - began < 5
    assert web.paths == ["/robots.txt"]
    assert {one.id for one in crawler.waiting(web.host)} == {one.id for one in asked}
    assert {one.attempts for one in crawler.waiting(web.host)} == {0}
    assert not crawler.is_ready(web.host, 90)
    assert crawler.is_ready(web.host, 110)
    assert crawler.is_free(web.host)


LIMITED = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "59", "X-RateLimit-Reset": "3600"}


@pytest.mark.parametrize(
    ("rules", "limits"),
    [("User-agent: *\nCrawl-delay: 100", {}), ("", LIMITED)],
    ids=["by its robots.txt", "by its rate limit"],
)
@pytest.mark.parametrize(("chance", "first"), [(0.0, "/poll"), (0.9, "/read-again")])
def test_a_host_of_long_pauses_is_not_asked_for_the_most_urgent_alone(
    crawler: Crawler, web: Web, rules: str, limits: dict[str, str], chance: float, first: str
) -> None:
    web.pages["/robots.txt"] = Page(rules, headers={"Content-Type": "text/plain"})
    web.pages |= dict.fromkeys(("/feed", "/poll", "/read-again"), FEED._replace(headers={**FEED.headers, **limits}))
    channel = crawler.poll(web)
    crawler.run(web.host)  # learns of the pauses
    before = web.paths
    hosts = crawler.parts.hosts
    known = hosts.lease(web.host, 30.0)
    assert known
    hosts.learn(known, robots=known.robots, pace=known.pace, spent=known.spent, next_at=0.0)  # the pause is over
    hosts.release(known, wakes=hosts.wakes(web.host), ready_at=0.0)
    crawler.ask(channel, f"{web.url}/poll")
    crawler.ask(channel, f"{web.url}/read-again", priority=2)
    looked: list[float] = []

    class Watched(Frontier):
        def due(self, host: str, now: float, limit: int) -> list[Pending]:
            looked.append(now)
            return super().due(host, now, limit)

    crawler.run(web.host, frontier=Watched(crawler.parts.table("FrontierTable"), chance=lambda: chance))
    assert web.paths == [*before, first]
    assert len(looked) == 1  # what it would find now is not asked for before the pause is over


def test_a_pace_is_kept_from_crawler_to_crawler(crawler: Crawler, web: Web) -> None:
    for _ in range(2):
        crawler.poll(web)
        crawler.run(web.host, delay=0.3)
    assert min(web.pauses) > 0.29


def test_hosts_are_crawled_at_the_same_time_each_at_its_own_pace(crawler: Crawler) -> None:
    with serving() as one, serving() as other:
        for web in (one, other):
            pages_of(web, crawler, 3)
        crawler.run(one.host, other.host, delay=0.2)
        assert [len(web.log) for web in (one, other)] == [4, 4]
        assert all(min(web.pauses) > 0.19 for web in (one, other))
        assert one.log[0].began < other.log[-1].began
        assert other.log[0].began < one.log[-1].began


def test_what_robots_txt_forbids_is_counted_and_not_asked_for(crawler: Crawler, web: Web) -> None:
    web.pages |= {"/robots.txt": HEAVY, "/private": FEED}
    crawler.poll(web, "/private")
    crawler.run(web.host)
    assert web.paths == ["/robots.txt"]
    assert crawler.told == {("discard", "robots"): 1}
    assert crawler.waiting(web.host) == []


@pytest.mark.parametrize("attempts", [0, MAX_ATTEMPTS - 1])
def test_while_robots_txt_cannot_be_had_requests_wait_and_grow_no_older(
    crawler: Crawler, web: Web, attempts: int
) -> None:
    web.pages["/robots.txt"] = Page(status=503)
    channel = crawler.channel(f"{web.url}/feed")
    crawler.ask(channel, channel.url, poll=True, attempts=attempts)
    crawler.run(web.host)
    assert set(web.paths) == {"/robots.txt"}
    (waiting,) = crawler.waiting(web.host)
    assert waiting.attempts == attempts
    assert 500 < waiting.not_before - time.time() < 700
    assert crawler.told == {("retry", "robots_unknown"): 1}
    assert crawler.letters() == []
    assert not crawler.is_ready(web.host, 500)
    assert crawler.is_ready(web.host, 700)


def test_what_comes_while_robots_txt_cannot_be_had_waits_no_longer_than_what_waits_already(
    crawler: Crawler, web: Web
) -> None:
    hosts, tried = crawler.parts.hosts, datetime.now(tz=UTC) - timedelta(minutes=9)
    crawler.poll(web)
    lease = hosts.lease(web.host, 30.0)
    assert lease
    rules = msgspec.json.encode({web.url: RobotsRules.unknown(tried)}).decode()
    assert hosts.learn(lease, robots=rules, pace="", spent="", next_at=0.0)
    assert hosts.release(lease, wakes=hosts.wakes(web.host), ready_at=time.time())
    crawler.run(web.host)
    assert web.paths == []
    (waiting,) = crawler.waiting(web.host)
    assert 30 < waiting.not_before - time.time() <= 60


def test_a_host_whose_robots_txt_says_not_now_is_left_alone_as_long_as_it_says(crawler: Crawler, web: Web) -> None:
    web.pages["/robots.txt"] = Page(status=429, headers={"Retry-After": "7200"})
    pages_of(web, crawler, 2)
    crawler.run(web.host)
    assert web.paths == ["/robots.txt"]
    assert {one.attempts for one in crawler.waiting(web.host)} == {0}
    assert ("retry", "robots_unknown") in crawler.told
    assert not crawler.is_ready(web.host, 7_100)
    assert crawler.is_ready(web.host, 7_300)


def test_a_robots_txt_that_has_moved_is_read_however_slow_its_host_is(crawler: Crawler, web: Web) -> None:
    web.pages |= {
        "/robots.txt": Page(status=301, headers={"Location": "{url}/rules.txt"}),
        "/rules.txt": HEAVY,
        "/private": FEED,
    }
    crawler.poll(web, "/private")
    crawler.run(web.host, delay=10.5, seconds=60.0)
    assert web.paths == ["/robots.txt", "/rules.txt"]
    assert min(web.pauses) > 9.9
    assert crawler.told == {("discard", "robots"): 1}


def test_a_host_that_wants_longer_pauses_than_we_keep_is_discarded_and_not_frozen(crawler: Crawler, web: Web) -> None:
    web.pages["/robots.txt"] = Page("User-agent: *\nCrawl-delay: 9999999", headers={"Content-Type": "text/plain"})
    pages_of(web, crawler, 2)
    crawler.run(web.host)
    assert web.paths == ["/robots.txt"]
    assert crawler.told == {("discard", "crawl_delay"): 2}
    lease = crawler.parts.hosts.lease(web.host, 0.001)
    assert lease
    assert lease.next_at < time.time() + 1


def test_a_host_that_says_not_now_is_left_alone_as_long_as_it_says(crawler: Crawler, web: Web) -> None:
    first, *others = pages_of(web, crawler, 3)
    web.pages["/0"] = web.pages["/1"] = web.pages["/2"] = Page(status=429, headers={"Retry-After": "120"})
    crawler.run(web.host)
    assert len(web.log) == 2
    waiting = {one.id: one for one in crawler.waiting(web.host)}
    assert set(waiting) == {first.id, *(one.id for one in others)}
    assert sorted(one.attempts for one in waiting.values()) == [0, 0, 1]
    (tried,) = (one for one in waiting.values() if one.attempts)
    assert 110 < tried.not_before - time.time() < 125
    assert not crawler.is_ready(web.host, 110)
    assert crawler.is_ready(web.host, 125)
    assert crawler.told == {("retry", "throttled"): 1}


# What is not kept


def test_a_page_that_is_gone_is_discarded(crawler: Crawler, web: Web) -> None:
    crawler.poll(web, "/missing")
    crawler.run(web.host)
    assert crawler.told == {("discard", "gone"): 1}
    assert (crawler.waiting(web.host), crawler.archived(), crawler.letters()) == ([], [], [])


def test_what_waits_for_a_paused_channel_goes_on_waiting(crawler: Crawler, web: Web) -> None:
    channel = crawler.poll(web)
    pause = Pause(by="source:feed", since=ADDED, reason="asked")
    assert crawler.parts.channels.pause(channel.id, pause)
    crawler.run(web.host)
    assert (web.log, crawler.told) == ([], {("retry", "paused"): 1})
    (waiting,) = crawler.waiting(web.host)
    assert (waiting.attempts, waiting.not_before > time.time()) == (0, True)
    assert crawler.parts.channels.resume(channel.id, pause.by)


def test_a_removed_channel_is_asked_nothing_more(crawler: Crawler, web: Web) -> None:
    channel = crawler.poll(web)
    crawler.parts.channels.remove(channel.id)
    crawler.run(web.host)
    assert web.log == []
    assert crawler.told == {("discard", "channel_removed"): 1}
    assert crawler.waiting(web.host) == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://10.0.0.1/feed", "private_address"),
        ("http://169.254.169.254/latest/", "private_address"),
        ("https://gall.dcinside.com/board", "terms_forbidden"),
    ],
)
def test_what_must_not_be_fetched_is_discarded_unasked(crawler: Crawler, url: str, reason: str) -> None:
    channel = crawler.channel(url)
    pending = crawler.ask(channel, url, poll=True)
    began = time.time()
    crawler.run(pending.host)
    assert time.time() - began < 2
    assert crawler.told == {("discard", reason): 1}
    assert crawler.waiting(pending.host) == []


# Other hosts


def test_a_redirect_to_another_host_is_handed_to_its_frontier(crawler: Crawler, web: Web) -> None:
    with serving({"/new": FEED._replace(headers={"ETag": '"v1"'})}) as other:
        web.pages["/feed"] = Page(status=301, headers={"Location": f"{other.url}/new"})
        channel = crawler.poll(web)
        crawler.run(web.host)
        assert other.log == []
        assert crawler.told == {("discard", "moved"): 1}
        assert crawler.waiting(web.host) == []
        (moved,) = crawler.waiting(other.host)
        assert (moved.request.url, moved.channel, moved.hops) == (f"{other.url}/new", channel.id, 1)
        assert crawler.is_ready(other.host)
        crawler.run(other.host)
        assert other.paths == ["/robots.txt", "/new"]
        (exchange,) = crawler.archived()
        assert exchange.response.request.url == f"{other.url}/new"
        state = crawler.parts.channels.get(channel.id)
        assert state
        assert state.last_success_at == exchange.response.received_at


def test_a_channel_that_moved_is_still_polled_for_news_only(crawler: Crawler, web: Web) -> None:
    with serving({"/new": [FEED._replace(headers={"ETag": '"v1"'}), Page(status=304)]}) as other:
        web.pages["/feed"] = Page(status=301, headers={"Location": f"{other.url}/new"})
        channel = crawler.poll(web)
        for _ in range(2):
            crawler.run(web.host)
            crawler.run(other.host)
            crawler.ask(channel, channel.url, poll=True)
        assert [visit.headers.get("if-none-match") for visit in other.log if visit.path == "/new"] == [None, '"v1"']
        assert {visit.headers.get("if-none-match") for visit in web.log} == {None}


def test_two_hosts_that_send_us_to_each_other_are_followed_so_often_only(crawler: Crawler, web: Web) -> None:
    with serving() as other:
        web.pages["/feed"] = Page(status=302, headers={"Location": f"{other.url}/feed"})
        other.pages["/feed"] = Page(status=302, headers={"Location": f"{web.url}/feed"})
        crawler.poll(web)
        for _ in range(MAX_HOPS):
            crawler.run(web.host)
            crawler.run(other.host)
        assert len([path for path in web.paths + other.paths if path == "/feed"]) == MAX_HOPS + 1
        assert crawler.told == {("discard", "moved"): MAX_HOPS, ("discard", "redirects"): 1}
        assert crawler.waiting(web.host) + crawler.waiting(other.host) == []


# Failures


@pytest.mark.parametrize(
    ("page", "reason"),
    [(Page(status=500), "server_error"), (Page(status=503), "throttled"), (Page(status=429), "throttled")],
)
def test_what_fails_waits_ever_longer_and_ends_in_the_dead_letters(
    crawler: Crawler, web: Web, page: Page, reason: str
) -> None:
    last = given_up(crawler, web, page)
    ((body, why),) = crawler.letters()
    assert msgspec.json.decode(body, type=Pending) == last
    assert f"status {page.status}" in why
    assert crawler.told == {("retry", reason): MAX_ATTEMPTS - 1, ("quarantine", reason): 1}


def test_a_poll_that_fails_leaves_it_to_the_next_one_and_is_no_dead_letter(crawler: Crawler, web: Web) -> None:
    """A site that is gone for good, of which any service has some, would have an alarm ring for ever."""
    last = given_up(crawler, web, Page(status=500), poll=True)
    assert crawler.letters() == []
    assert crawler.told == {("retry", "server_error"): MAX_ATTEMPTS}
    state = crawler.parts.channels.get(last.channel)
    assert state
    assert (state.failures, state.failure) == (1, "server_error")


@pytest.mark.parametrize(
    ("context", "through", "letters"),
    [(REREAD_CONTEXT, [], 0), ({}, [], 1), (REREAD_CONTEXT, ["127.0.0.1"], 1), ({"title": "Kim\uffff"}, [], 1)],
    ids=[
        "it is asked for again later",
        "a history found it, and nobody has it",
        "what is not read again is deleted",
        "a site's words hold what no queue takes",
    ],
)
def test_a_page_that_is_read_again_is_a_dead_letter_only_where_something_is_lost(
    crawler: Crawler, web: Web, context: dict[str, str], through: list[str], letters: int
) -> None:
    """A site that is gone has thousands of them, and nobody could do anything about one."""
    entry = Terms(
        domains=["videos.test"],
        name="Videos",
        verdict="allowed",
        reason="kept for as long as it is read again",
        source="terms of service, 3",
        refresh_days=30,
        through=through,
    )
    terms.use(cast("Any", SimpleNamespace(all=lambda: [entry])))
    try:
        given_up(crawler, web, Page(status=500), priority=2, context=context)
    finally:
        terms.use(None)
    assert len(crawler.letters()) == letters


def given_up(crawler: Crawler, web: Web, page: Page, **fields: Any) -> Pending:
    """A request that was tried as often as it may be, each time after a longer while; it waits no more."""
    web.pages["/feed"] = page
    channel = crawler.channel(f"{web.url}/feed")
    waits: list[float] = []
    for attempts in range(MAX_ATTEMPTS - 1):
        crawler.ask(channel, channel.url, attempts=attempts, **fields)
        rested(crawler, web.host)
        crawler.run(web.host)
        (waiting,) = crawler.waiting(web.host)
        assert waiting.attempts == attempts + 1
        waits.append(waiting.not_before - time.time())
        crawler.parts.frontier.remove([waiting])
    assert all(later > sooner * 1.5 for sooner, later in pairwise(waits))
    last = crawler.ask(channel, channel.url, attempts=MAX_ATTEMPTS - 1, **fields)
    rested(crawler, web.host)
    crawler.run(web.host)
    assert crawler.waiting(web.host) == []
    return last


def rested(crawler: Crawler, host: str) -> None:
    """Let the host forget that it suffered, as if hours had passed."""
    table = boto3.resource("dynamodb").Table(crawler.parts.table("HostsTable"))
    table.update_item(Key={"host": host}, UpdateExpression="REMOVE pace, next_at")


def test_a_host_that_is_not_there_is_tried_again_later(crawler: Crawler) -> None:
    with serving() as web:
        pass
    channel = crawler.channel(f"{web.url}/feed")
    crawler.ask(channel, channel.url, poll=True)
    assert crawler.run(web.host) == []
    assert [one.request.url for one in crawler.waiting(web.host)] == [channel.url]
    assert {outcome for outcome, _ in crawler.told} == {"retry"}


def test_a_page_that_cannot_be_read_is_quarantined_and_the_host_goes_on(crawler: Crawler, web: Web) -> None:
    web.pages |= {"/bad": Page("<html>maintenance", headers={"Content-Type": "text/html"})}
    bad, good = crawler.poll(web, "/bad"), crawler.poll(web)
    assert crawler.run(web.host) == []
    assert crawler.told == {("ok", ""): 1, ("quarantine", "ParseError"): 1}
    ((body, why),) = crawler.letters()
    assert msgspec.json.decode(body, type=Pending).channel == bad.id
    assert why.startswith("ParseError")
    assert {exchange.channel.id for exchange in crawler.archived()} == {bad.id, good.id}
    assert crawler.waiting(web.host) == []
    assert getattr(crawler.parts.channels.get(bad.id), "failures", None) == 1


NO_FEED = {"an empty page": "", "maintenance": "<!DOCTYPE html><html><body>We are back soon</body></html>"}


@pytest.mark.parametrize("body", NO_FEED.values(), ids=NO_FEED)
def test_a_feed_that_is_none_any_more_has_failed_its_poll(crawler: Crawler, web: Web, body: str) -> None:
    """Though known feeds are not read here: else its channel looked well, and it went by the page's validators."""
    page = Page(body, headers={"Content-Type": "text/html", "ETag": '"page"'})
    web.pages["/feed"] = [FEED._replace(headers={"ETag": '"feed"'}), page]
    channel = crawler.channel(f"{web.url}/feed")
    checked(crawler, web, channel, 2)
    state = state_of(crawler, channel)
    assert (state.failures, state.failure, state.etag) == (1, "ParseError", '"feed"')


ODD: dict[str, dict[str, Any]] = {
    "an option that the adapter cannot take": {"options": {"pages": "many"}},
    "a source that is no more": {"source": "gone_source"},
    "an address that is none of the source's": {"source": "gnuboard"},
}


@pytest.mark.parametrize("fields", ODD.values(), ids=ODD)
def test_a_channel_that_its_adapter_stumbles_over_stops_nobody_else(
    crawler: Crawler, web: Web, fields: dict[str, Any]
) -> None:
    web.pages["/odd"] = linked(1)
    odd = crawler.poll(web, "/odd", **fields)
    good = crawler.poll(web)
    assert crawler.run(web.host) == []
    assert crawler.waiting(web.host) == []
    assert good.id in {exchange.channel.id for exchange in crawler.archived()}
    ((body, why),) = crawler.letters()
    assert msgspec.json.decode(body, type=Pending).channel == odd.id
    assert why
    assert crawler.told[("ok", "")] == 1


# Our own parts


def test_while_the_archive_is_down_nothing_leaves_the_frontier(crawler: Crawler, web: Web) -> None:
    asked = pages_of(web, crawler, 3)
    assert crawler.run(web.host, archive=Archive("no-such-bucket")) == []
    assert web.host in set(crawler.parts.hosts.ready(time.time() + 60)), "dispatch hands it out again"
    assert {one.id for one in crawler.waiting(web.host)} == {one.id for one in asked}
    assert crawler.archived() == []
    assert ("retry", "not_written") in crawler.told
    assert ("ok", "") not in crawler.told


def test_while_the_normalize_queue_is_down_nothing_leaves_the_frontier(crawler: Crawler, web: Web) -> None:
    channel = crawler.poll(web)
    assert crawler.run(web.host, normalize_queue=Queue("http://127.0.0.1:1/0/none")) == []
    assert len(crawler.waiting(web.host)) == 1
    state = crawler.parts.channels.get(channel.id)
    assert state
    assert state.last_success_at is None
    expire(crawler, web.host)
    assert crawler.run(web.host) == []
    assert len(crawler.archived()) == 1


def expire(crawler: Crawler, host: str) -> None:
    """Let a lease that nobody let go of run out, as if a minute had passed."""
    table = boto3.resource("dynamodb").Table(crawler.parts.table("HostsTable"))
    table.update_item(Key={"host": host}, UpdateExpression="REMOVE lease_until")


def test_a_message_that_is_none_is_quarantined(crawler: Crawler) -> None:
    assert crawler.handle("nonsense") == []
    ((body, why),) = crawler.letters()
    assert (body, why.split(":")[0]) == ("nonsense", "ParseError")


# Leases


def test_two_crawlers_with_the_same_hosts_fetch_each_page_once(crawler: Crawler) -> None:
    with serving() as one, serving() as other:
        for web in (one, other):
            pages_of(web, crawler, 10, FEED._replace(seconds=0.02))
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: Crawler(crawler.parts).run(one.host, other.host), range(4)))
        for web in (one, other):
            assert Counter(web.paths) == {"/robots.txt": 1, **{f"/{number}": 1 for number in range(10)}}
            assert crawler.waiting(web.host) == []
        assert len(crawler.archived()) == 20


def test_who_loses_the_lease_stops_and_does_not_touch_the_successors(crawler: Crawler, web: Web) -> None:
    pages_of(web, crawler, 100, FEED._replace(seconds=0.05))
    stolen = threading.Event()

    def steal(path: str) -> None:
        if path != "/robots.txt" and len(web.log) >= 3 and not stolen.is_set():
            stolen.set()
            expire(crawler, web.host)
            assert crawler.parts.hosts.lease(web.host, 60)

    web.on_visit = steal
    crawler.run(web.host, delay=0.05, lease=3.0)
    assert stolen.is_set()
    assert len(web.log) < 60
    assert len(crawler.waiting(web.host)) >= 100 - len(web.log)
    assert not crawler.is_free(web.host)


def test_a_lease_that_cannot_be_extended_ends_the_work_in_time(crawler: Crawler, web: Web) -> None:
    pages_of(web, crawler, 60, FEED._replace(seconds=0.05))

    arrived = threading.Event()

    class Slow:
        """Hosts whose heartbeats do not arrive in time."""

        def __getattr__(self, name: str) -> Any:
            return getattr(crawler.parts.hosts, name)

        def extend(self, *_: Any, **__: Any) -> float | None:
            return 0.0 if arrived.wait(10) else None

    thread = threading.Thread(target=crawler.run, args=(web.host,), kwargs={"lease": 0.6, "hosts": Slow()})
    thread.start()
    time.sleep(1.5)
    arrived.set()
    thread.join()
    assert 0 < len(web.log) < 40
    assert max(visit.began for visit in web.log) - web.log[0].began < 1.2


def test_a_host_that_cannot_be_leased_now_keeps_nobody_waiting(crawler: Crawler, web: Web) -> None:
    with serving() as other:
        for each in (web, other):
            pages_of(each, crawler, 3)

        class Throttled:
            """Hosts of whose table one partition does not answer."""

            def __getattr__(self, name: str) -> Any:
                return getattr(crawler.parts.hosts, name)

            def lease(self, host: str, seconds: float) -> Lease | None:
                if host == web.host:
                    raise Unavailable("table hosts: throttled")
                return crawler.parts.hosts.lease(host, seconds)

        assert crawler.run(web.host, other.host, hosts=Throttled()) == [], "dispatch hands it out again"
        assert (len(web.log), len(other.log)) == (0, 4)
        assert crawler.is_free(other.host)
        assert crawler.waiting(other.host) == []


def test_a_host_that_is_done_is_free_though_others_of_its_group_are_not(crawler: Crawler, web: Web) -> None:
    with serving() as slow:
        crawler.poll(web)
        pages_of(slow, crawler, 30, FEED._replace(seconds=0.05))
        thread = threading.Thread(target=crawler.run, args=(web.host, slow.host), kwargs={"lease": 1.5, "delay": 0.1})
        thread.start()
        eventually(lambda: crawler.waiting(web.host) == [] and "/feed" in web.paths)
        time.sleep(0.5)
        assert thread.is_alive()
        assert crawler.is_free(web.host)
        thread.join()
        assert crawler.waiting(slow.host) == []


def test_a_lease_lives_as_long_as_the_work(crawler: Crawler, web: Web) -> None:
    pages_of(web, crawler, 20, FEED._replace(seconds=0.05))
    thread = threading.Thread(target=crawler.run, args=(web.host,), kwargs={"lease": 1.5, "delay": 0.1})
    thread.start()
    eventually(lambda: len(web.log) >= 1)
    free = []
    while thread.is_alive() and len(web.log) < 20:
        free.append(crawler.is_free(web.host))
        time.sleep(0.05)
    thread.join()
    assert len(free) > 8
    assert not any(free)
    assert crawler.waiting(web.host) == []


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.time() + 10
    while not holds():
        assert time.time() < deadline
        time.sleep(0.02)


def test_work_ends_at_the_deadline_and_the_rest_waits(crawler: Crawler, web: Web) -> None:
    pages_of(web, crawler, 60)
    began = time.time()
    assert crawler.run(web.host, seconds=1, delay=0.1) == []
    assert time.time() - began < 3
    done = len(web.log) - 1
    assert 1 < done < 20
    assert len(crawler.waiting(web.host)) == 60 - done
    assert len(crawler.archived()) == done
    assert crawler.is_ready(web.host, 1)
    assert crawler.is_free(web.host)


def test_what_was_put_while_the_host_was_crawled_is_crawled_too(crawler: Crawler, web: Web) -> None:
    channel = crawler.channel(f"{web.url}/feed")
    web.pages |= {f"/{number}": FEED for number in range(5)}

    def more(path: str) -> None:
        number = {"/feed": 0, "/0": 1, "/1": 2, "/2": 3}.get(path)
        if number is not None:
            crawler.ask(channel, f"{web.url}/{number}", kind="older")

    web.on_visit = more
    crawler.ask(channel, channel.url, poll=True)
    crawler.run(web.host)
    assert web.paths[1:] == ["/feed", "/0", "/1", "/2", "/3"]


# A walk over several pages


def statuses(newest: int, count: int) -> str:
    """A page of a server's timeline, an hour old."""
    at = (datetime.now(tz=UTC) - timedelta(hours=1)).isoformat()
    account = {"id": "1", "acct": "kim", "url": "https://social.example/@kim"}
    return json.dumps(
        [
            {"id": str(number), "uri": f"https://social.example/{number}", "created_at": at, "account": account}
            for number in range(newest, newest - count, -1)
        ]
    )


def test_a_walk_moves_the_cursor_page_by_page_and_keeps_the_polls_validators(crawler: Crawler, web: Web) -> None:
    as_json = {"Content-Type": "application/json"}
    timeline = "/api/v1/timelines/public?limit=40&local=true"
    next_page = f'<{web.url}{timeline}&max_id={{}}>; rel="next"'
    web.pages |= {
        f"{timeline}&since_id=104": Page(
            statuses(300, 40), headers={**as_json, "ETag": '"poll"', "Link": next_page.format(261)}
        ),
        f"{timeline}&max_id=261": Page(
            statuses(260, 40), headers={**as_json, "ETag": '"page 2"', "Link": next_page.format(221)}
        ),
        f"{timeline}&max_id=221": Page(
            statuses(220, 40), headers={**as_json, "ETag": '"page 3"', "Link": next_page.format(105)}
        ),
        f"{timeline}&max_id=105": Page(statuses(104, 3), headers={**as_json, "ETag": '"page 4"'}),
    }
    channel = crawler.channel(f"{web.url}/public/local", "mastodon")
    crawler.parts.channels.move(channel.id, {"newest": "105", "floor": "104"})
    crawler.ask(channel, f"{web.url}{timeline}&since_id=104", kind="timeline", poll=True)
    crawler.run(web.host)
    assert crawler.told == {("ok", ""): 4}
    assert crawler.waiting(web.host) == []
    state = crawler.parts.channels.get(channel.id)
    assert state
    assert state.channel.cursor == {"newest": "300", "floor": "299"}
    assert state.etag == '"poll"'
    cursors = [exchange.channel.cursor.get("gaps") for exchange in crawler.archived()]
    assert cursors == [None, "105:261", "105:221", "105:105"]


# Rhythm and trust


def state_of(crawler: Crawler, channel: Channel) -> ChannelState:
    state = crawler.parts.channels.get(channel.id)
    assert state
    return state


def polled(crawler: Crawler) -> list[Poll]:
    """What normalize is told of polls."""
    messages = [decode(body, Archived) for body, _ in crawler.parts.receive("NormalizeQueue")]
    return [message.poll for message in messages if message.poll]


@pytest.mark.parametrize("state", ["running", "cancelled"])
@pytest.mark.parametrize("next_page", ["http://press.example:25/old.xml", "http://10.1/old.xml"])
def test_a_walk_whose_next_page_has_no_address_that_can_be_asked_ends_there(
    crawler: Crawler, web: Web, next_page: str, state: str
) -> None:
    web.pages["/sitemap.xml"] = SITEMAP_INDEX._replace(body=SITEMAP_INDEX.body.format(next_page))
    channel = crawler.channel(f"{web.url}/sitemap.xml", source="article")
    backfills = crawler.parts.channels.backfills
    began = backfills.start(channel.id).started_at
    first = sources.find("article").backfill(channel)
    crawler.ask(channel, channel.url, request=first, walk=began)
    if state == "cancelled":
        backfills.end(channel.id, "cancelled")
    assert crawler.run(web.host) == []
    assert crawler.told == {("ok", ""): 1, ("discard", host_refusal(next_page)): 1}
    assert crawler.waiting(web.host) == []
    walked = backfills.get(channel.id)
    assert walked
    ends = ("cancelled", None) if state == "cancelled" else ("stopped", host_refusal(next_page))
    assert (walked.pages, walked.state, walked.reason) == (1, *ends)


def host_refusal(url: str) -> str:
    with pytest.raises(Refused) as verdict:
        host_of(url)
    return verdict.value.reason


def test_normalize_is_told_what_was_known_before_a_poll(crawler: Crawler, web: Web) -> None:
    web.pages |= {"/feed": linked(1), "/older/1": FEED}
    channel = crawler.poll(web, options={"pages": "2"})
    rhythm = Rhythm(posts=3.0, seconds=900.0, at=time.time() - 60, newest=time.time() - 100)
    crawler.parts.channels.heard(channel.id, rhythm, 0.0)
    crawler.run(web.host)
    (poll,) = polled(crawler)
    assert (poll.channel, poll.rhythm, poll.led_to, poll.verifies) == (channel.id, rhythm, 0, None)
    assert abs(poll.at - time.time()) < 10


def test_pages_that_a_poll_found_are_its_news(crawler: Crawler, web: Web) -> None:
    case = Path(__file__).parents[1] / "sources" / "gnuboard" / "page-list-basic"
    body = (case / "body.html").read_text("utf-8").replace("https://board.example.com", web.url)
    requests = json.loads((case / "expected.json").read_text("utf-8"))["follow"]["requests"]
    path = "/bbs/board.php?bo_table=free"
    web.pages[path] = Page(body, headers={"Content-Type": "text/html; charset=utf-8"})
    crawler.poll(web, path, source="gnuboard")
    crawler.run(web.host)
    (poll,) = polled(crawler)
    assert poll.led_to == sum(request.get("priority") == 1 for request in requests) > 0


def test_a_poll_that_finds_nothing_new_makes_the_next_one_later(crawler: Crawler, web: Web) -> None:
    web.pages["/feed"] = [FEED._replace(headers={"ETag": '"v1"'}), Page(status=304)]
    channel = crawler.poll(web)
    pauses = []
    for _ in range(4):
        crawler.run(web.host)
        pauses.append(state_of(crawler, channel).poll_at - time.time())
        crawler.parts.channels.heard(channel.id, Rhythm(seconds=1_000.0 * len(pauses), at=time.time()), 0.0)
        crawler.ask(channel, channel.url, poll=True)
    assert 0 < pauses[1] < pauses[2] < pauses[3] < POLLING.ceiling * 1.1


def checked(crawler: Crawler, web: Web, channel: Channel, times: int) -> list[str | None]:
    """The validators of so many polls."""
    for _ in range(times):
        crawler.ask(channel, channel.url, poll=True)
        crawler.run(web.host)
    return [visit.headers.get("if-none-match") for visit in web.log if visit.path == "/feed"]


def test_one_in_so_many_answers_that_nothing_changed_is_checked(crawler: Crawler, web: Web) -> None:
    news = FEED._replace(headers={"ETag": '"v1"'})
    web.pages["/feed"] = [news, *[Page(status=304)] * CHECK_EVERY, news, Page(status=304)]
    channel = crawler.channel(f"{web.url}/feed")
    checked(crawler, web, channel, 1)
    crawler.parts.channels.heard(channel.id, Rhythm(at=time.time()), 0.0)
    sent = checked(crawler, web, channel, CHECK_EVERY + 1)
    assert sent == [None, *['"v1"'] * CHECK_EVERY, None, '"v1"']
    state = state_of(crawler, channel)
    assert (state.unchanged, state.distrusted_until) == (1, None)
    assert crawler.told == {("ok", ""): 2, ("discard", "not_modified"): CHECK_EVERY + 1}
    checks = [poll for poll in polled(crawler) if poll.verifies is not None]
    assert [abs(poll.at - (poll.verifies or 0)) < 5 for poll in checks] == [True]


def test_one_is_checked_a_day_after_the_last_whole_answer(crawler: Crawler, web: Web) -> None:
    news = FEED._replace(headers={"ETag": '"v1"'})
    web.pages["/feed"] = [news, Page(status=304), news]
    channel = crawler.channel(f"{web.url}/feed")
    checked(crawler, web, channel, 1)
    table = boto3.resource("dynamodb").Table(crawler.parts.table("ChannelsTable"))
    old = {":at": (datetime.now(tz=UTC) - timedelta(days=2)).isoformat()}
    table.update_item(Key={"id": channel.id}, UpdateExpression="SET full_at = :at", ExpressionAttributeValues=old)
    assert checked(crawler, web, channel, 1) == [None, '"v1"', None]


def test_only_polls_ask_whether_something_changed(crawler: Crawler, web: Web) -> None:
    """A walk through the history begins at the same address, and would end with it."""
    web.pages["/feed"] = FEED._replace(headers={"ETag": '"v1"'})
    channel = crawler.channel(f"{web.url}/feed")
    checked(crawler, web, channel, 1)
    crawler.ask(channel, channel.url, priority=2)
    crawler.run(web.host)
    assert checked(crawler, web, channel, 1) == [None, None, '"v1"']


def test_what_may_have_changed_below_an_unchanged_index_is_asked_for_once_it_is_time(
    crawler: Crawler, web: Web
) -> None:
    day = f"{datetime.now(tz=UTC):%Y-%m-%d}"
    row = f"<sitemap><loc>{{url}}/day.xml</loc><lastmod>{day}</lastmod></sitemap>"
    index = Page(f"<sitemapindex>{row}</sitemapindex>", headers={"ETag": '"v1"'})
    news = [Page(f"<urlset><url><loc>{{url}}/news/{number}</loc></url></urlset>") for number in range(2)]
    web.pages |= {"/index.xml": [index, Page(status=304)], "/day.xml": news}
    channel = crawler.poll(web, "/index.xml", source="article")
    for _ in range(2):
        crawler.run(web.host)
        crawler.ask(channel, channel.url, poll=True)
    assert [path for path in web.paths if "xml" in path] == ["/index.xml", "/day.xml", "/index.xml"]
    half_an_hour_ago = (datetime.now(tz=UTC) - timedelta(minutes=31)).isoformat(timespec="seconds")
    crawler.parts.channels.move(channel.id, {**state_of(crawler, channel).channel.cursor, "days": half_an_hour_ago})
    crawler.run(web.host)
    crawler.ask(channel, channel.url, poll=True)
    crawler.run(web.host)
    asked = ["/index.xml", "/day.xml", "/news/1", "/index.xml"]
    assert web.paths[-4:] == asked
    assert web.log[-4].headers["if-none-match"] == '"v1"'
    assert crawler.waiting(web.host) == []
    state = state_of(crawler, channel)
    assert (state.failures, state.unchanged) == (0, 3)
    assert state.channel.cursor["days"] > half_an_hour_ago


@pytest.mark.parametrize(("ago", "sent"), [(0.0, None), (DISTRUST_SECONDS - 60, None), (DISTRUST_SECONDS + 60, '"v1"')])
def test_validators_that_lied_are_not_used_for_a_month(
    crawler: Crawler, web: Web, ago: float, sent: str | None
) -> None:
    web.pages["/feed"] = FEED._replace(headers={"ETag": '"v1"'})
    channel = crawler.channel(f"{web.url}/feed")
    checked(crawler, web, channel, 1)
    crawler.parts.channels.heard(channel.id, Rhythm(at=time.time() - ago), 0.0, lied=True)
    assert checked(crawler, web, channel, 2) == [None, sent, sent]


def dated(*hours: float) -> Page:
    """A feed with a post of each so many hours ago, which has the same ETag whatever is in it."""
    now = datetime.now(tz=UTC)
    times = [format_datetime(now - timedelta(hours=ago)) for ago in hours]
    items = [f"<item><title>t</title><link>{{url}}/{at[5:]}</link><pubDate>{at}</pubDate></item>" for at in times]
    return Page(RSS.format("".join(items)), headers={"ETag": '"same"'})


def normalized(crawler: Crawler, told: Crawler, bodies: list[str]) -> None:
    """Let normalize read what was archived."""
    parts = crawler.parts
    queues = parts.queue("IndexQueue"), parts.queue("NormalizeDeadLetters")
    stage = Normalize(parts.archive, *queues, told, Polls(parts.channels, POLLING))
    assert stage.handle(event(*bodies)) == {"batchItemFailures": []}


@pytest.mark.parametrize(("hidden", "lies"), [((3.0, 1.0), True), ((3.0,), False)])
def test_a_host_that_hides_posts_behind_its_validators_is_found_out(
    crawler: Crawler, web: Web, hidden: tuple[float, ...], lies: bool
) -> None:
    web.pages["/feed"] = [dated(3.0), *[Page(status=304)] * CHECK_EVERY, dated(*hidden)]
    channel = crawler.channel(f"{web.url}/feed")
    told = Crawler(crawler.parts)
    for _ in range(CHECK_EVERY + 2):
        crawler.ask(channel, channel.url, poll=True)
        crawler.run(web.host)
        normalized(crawler, told, [body for body, _ in crawler.parts.receive("NormalizeQueue")])
    sent = [visit.headers.get("if-none-match") for visit in web.log if visit.path == "/feed"]
    assert sent == [None, *['"same"'] * CHECK_EVERY, None, None if lies else '"same"']
    state = state_of(crawler, channel)
    assert (state.distrusted_until is not None) is lies
    assert told.told.get(("discard", "validator_lied"), 0) == lies
    assert state.rhythm.newest is not None
    assert abs(time.time() - state.rhythm.newest - min(hidden) * 3_600) < 60


@pytest.mark.parametrize("late", [1, CHECK_EVERY, CHECK_EVERY + 1])
def test_an_honest_host_is_believed_though_normalize_is_behind(crawler: Crawler, web: Web, late: int) -> None:
    """The second whole answer is read only after so many that nothing changed."""
    unchanged, whole = Page(status=304), dated(3.0, 1.0)
    web.pages["/feed"] = [dated(3.0), whole, *[unchanged] * CHECK_EVERY, whole, unchanged]
    channel = crawler.channel(f"{web.url}/feed")
    told, queue = Crawler(crawler.parts), list[str]()
    for turn in range(CHECK_EVERY + 3):
        crawler.ask(channel, channel.url, poll=True)
        crawler.run(web.host)
        queue += [body for body, _ in crawler.parts.receive("NormalizeQueue")]
        if not 1 <= turn <= late:
            normalized(crawler, told, queue)
            queue.clear()
    assert [visit.headers.get("if-none-match") for visit in web.log if visit.path == "/feed"].count(None) == 2
    state = state_of(crawler, channel)
    assert (state.distrusted_until, state.unchanged) == (None, 1)
    assert ("discard", "validator_lied") not in told.told
    assert state.rhythm.newest is not None
    assert abs(time.time() - state.rhythm.newest - 3_600) < 60


FAILING = {
    "gone": (Page(status=404), "gone"),
    "forbidden": (Page(status=403), "forbidden"),
    "not to be indexed": (FEED._replace(headers={"X-Robots-Tag": "noindex"}), "noindex"),
    "no text": (FEED._replace(headers={"Content-Type": "image/png"}), "content_type"),
    "redirects in a circle": (Page(status=302, headers={"Location": "{url}/feed"}), "redirect_loop"),
}


@pytest.mark.parametrize(("page", "reason"), FAILING.values(), ids=FAILING)
def test_a_poll_that_goes_on_failing_is_counted_at_its_channel_until_it_works(
    crawler: Crawler, web: Web, page: Page, reason: str
) -> None:
    web.pages["/feed"] = [page, page, FEED]
    channel = crawler.channel(f"{web.url}/feed")
    seen = []
    for _ in range(3):
        checked(crawler, web, channel, 1)
        state = state_of(crawler, channel)
        seen.append((state.failures, state.failure))
    assert seen == [(1, reason), (2, reason), (0, None)]


CLOSED = Page(
    '<html><body><script>alert("목록을 볼 권한이 없습니다.");</script></body></html>',
    headers={"Content-Type": "text/html; charset=utf-8"},
)
"""How a Gnuboard says that a list is for members: with the status of a good page."""


def test_a_board_that_closes_itself_with_a_good_status_has_failed_its_polls(crawler: Crawler, web: Web) -> None:
    web.pages["/bbs/board.php?bo_table=free"] = CLOSED
    channel = crawler.channel(f"{web.url}/bbs/board.php?bo_table=free", source="gnuboard")
    checked(crawler, web, channel, 2)
    state = state_of(crawler, channel)
    assert (state.failures, state.failure) == (2, "members_only")
    assert (state.last_success_at, state.validated) == (None, None)
    assert crawler.told == {("discard", "members_only"): 2}
    assert [exchange.response.status for exchange in crawler.archived()] == [200, 200]
    assert crawler.waiting(web.host) == []


LEARNED = {"newest": "20", "comments": "20:0", "query": "sst=wr_datetime&sod=desc"}
"""The cursor of a board whose polls begin with the list by date."""


@pytest.mark.parametrize(
    ("path", "page", "reason"),
    [
        ("/robots.txt", Page("User-agent: *\nDisallow: /*sst=\n", headers={"Content-Type": "text/plain"}), "robots"),
        ("/bbs/board.php?bo_table=free&sst=wr_datetime&sod=desc", Page(status=403), "forbidden"),
    ],
)
def test_a_board_whose_list_by_date_is_forbidden_is_polled_in_its_own_order(
    crawler: Crawler, web: Web, path: str, page: Page, reason: str
) -> None:
    web.pages[path] = page
    channel = crawler.channel(f"{web.url}/bbs/board.php?bo_table=free", source="gnuboard")
    crawler.parts.channels.move(channel.id, LEARNED)
    crawler.ask(channel, sources.find("gnuboard").start(state_of(crawler, channel).channel).url, poll=True)
    crawler.run(web.host)
    left = state_of(crawler, channel)
    assert crawler.told == {("discard", reason): 1}
    assert left.channel.cursor == {"newest": "20", "comments": "20:0"}
    assert sources.find("gnuboard").start(left.channel).url == channel.url


def test_a_page_of_a_board_that_is_closed_is_no_failure_of_its_channel(crawler: Crawler, web: Web) -> None:
    web.pages["/bbs/board.php?bo_table=free&page=2"] = CLOSED
    channel = crawler.channel(f"{web.url}/bbs/board.php?bo_table=free", source="gnuboard")
    crawler.ask(channel, f"{web.url}/bbs/board.php?bo_table=free&page=2", kind="older", priority=1)
    crawler.run(web.host)
    assert crawler.told == {("ok", ""): 1}
    assert state_of(crawler, channel).failures == 0


JSON = {"Content-Type": "application/json", "X-Robots-Tag": "noindex"}
POSTS = (
    "/wp-json/wp/v2/posts?per_page=50&orderby=modified&order=desc&page=1&_fields=id%2Clink%2Cslug%2Cdate_gmt%2C"
    "modified_gmt%2Ccontent.protected%2Cyoast_head_json.robots"
)
COMMENTS = "/wp-json/wp/v2/comments?per_page=100&orderby=date_gmt&order=desc&page=1&_fields=id%2Clink%2Cdate_gmt%2Ctype"


@pytest.fixture
def site(crawler: Crawler, web: Web) -> Channel:
    """A WordPress site, each of whose polls asks for its comments beside its posts."""
    web.pages[POSTS] = Page("[]", headers=JSON)
    return crawler.channel(f"{web.url}/wp-json/", source="wordpress")


def polled_with_comments(crawler: Crawler, web: Web, site: Channel, *, due: bool = False) -> tuple[int, str | None]:
    """How often the comments were asked for by the end of one more poll, and why they are refused.

    With ``due``, when what was refused is to be asked for again.
    """
    if due:
        for pending in crawler.waiting(web.host):
            crawler.parts.frontier.postpone(pending, 0.0, failed=False)
    request = sources.find("wordpress").start(state_of(crawler, site).channel)
    crawler.parts.frontier.put(Pending(host=web.host, channel=site.id, request=request, poll=True))
    crawler.parts.hosts.wake(web.host, time.time())
    crawler.run(web.host)
    refusal = state_of(crawler, site).refused.get("comments")
    return web.paths.count(COMMENTS), refusal.reason if refusal else None


@pytest.mark.parametrize(
    ("status", "reason"), [(401, "unauthorized"), (403, "forbidden"), (451, "legal"), (405, "client_error")]
)
def test_a_part_that_is_refused_is_left_alone_by_further_polls_until_it_is_answered(
    crawler: Crawler, web: Web, site: Channel, status: int, reason: str
) -> None:
    web.pages[COMMENTS] = [Page(status=status), Page(status=status), Page("[]", headers=JSON)]
    assert [polled_with_comments(crawler, web, site) for _ in range(3)] == [(1, reason)] * 3
    (left,) = crawler.waiting(web.host)
    assert left.not_before - time.time() == pytest.approx(3_600, abs=60)
    assert polled_with_comments(crawler, web, site, due=True) == (2, reason)
    assert polled_with_comments(crawler, web, site, due=True) == (3, None)
    assert crawler.waiting(web.host) == []
    assert state_of(crawler, site).failures == 0
    assert crawler.told[("discard", reason)] == 2


def test_a_second_list_of_a_board_that_is_refused_is_left_alone_though_its_adapter_reads_why(
    crawler: Crawler, web: Web
) -> None:
    path = "/bbs/board.php?bo_table=free&sst=wr_datetime&sod=desc"
    web.pages[path] = Page("<p>no</p>", status=403)
    channel = crawler.channel(f"{web.url}/bbs/board.php?bo_table=free", source="gnuboard")
    for _ in range(2):
        crawler.ask(channel, f"{web.url}{path}", kind="list", context={"beside": "1"})
        crawler.run(web.host)
    assert web.paths.count(path) == 1
    assert {kind: refusal.reason for kind, refusal in state_of(crawler, channel).refused.items()} == {
        "list": "forbidden"
    }
    assert crawler.told == {("discard", "forbidden"): 1}


def test_of_what_is_refused_one_request_of_a_kind_waits_by_whichever_addresses_it_is_asked_for(
    crawler: Crawler, web: Web
) -> None:
    channel = crawler.channel(f"{web.url}/feed")
    for number in range(3):
        web.pages[f"/{number}"] = Page(status=403)
        crawler.ask(channel, f"{web.url}/{number}", kind="part")
        crawler.run(web.host)
    assert [pending.request.url for pending in crawler.waiting(web.host)] == [f"{web.url}/0"]
    assert crawler.told == {("discard", "forbidden"): 3}


def test_a_refused_request_that_has_waited_a_day_is_let_go_and_waits_again_where_it_is_asked_for_again(
    crawler: Crawler, web: Web
) -> None:
    """A page of a list that has moved on is asked for by no poll any more, and was for good."""
    channel = crawler.channel(f"{web.url}/feed")
    web.pages["/2"] = Page(status=400)
    channels, began = crawler.parts.channels, datetime.now(UTC) - timedelta(days=9)
    for waited, waiting in [(timedelta(hours=16), 1), (timedelta(days=1), 0), (timedelta(minutes=5), 1)]:
        at = datetime.now(UTC) - waited
        refusal = Refusal(url=f"{web.url}/2", reason="client_error", since=began, at=at)
        channels.refuse(channel.id, {"part": refusal})
        for pending in crawler.waiting(web.host):
            crawler.parts.frontier.postpone(pending, 0.0, failed=False)
        crawler.ask(channel, f"{web.url}/2", kind="part")
        crawler.run(web.host)
        assert len(crawler.waiting(web.host)) == waiting
        assert state_of(crawler, channel).refused["part"].since == began


def test_what_is_refused_stays_so_though_another_address_of_its_kind_is_answered(crawler: Crawler, web: Web) -> None:
    channel = crawler.channel(f"{web.url}/feed")
    web.pages["/1"], web.pages["/2"] = FEED, Page(status=403)
    for path in ("/2", "/1"):
        crawler.ask(channel, f"{web.url}{path}", kind="part")
        crawler.run(web.host)
    assert state_of(crawler, channel).refused["part"].url == f"{web.url}/2"


def test_a_page_that_fails_is_no_failure_of_its_channel(crawler: Crawler, web: Web) -> None:
    channel = crawler.channel(f"{web.url}/feed")
    crawler.ask(channel, f"{web.url}/missing", kind="older", priority=1)
    crawler.run(web.host)
    assert crawler.told == {("discard", "gone"): 1}
    assert state_of(crawler, channel).failures == 0


# Budgets


def test_beyond_its_daily_budget_a_host_waits_for_the_next_day(crawler: Crawler, web: Web) -> None:
    crawler.daily = 4  # robots.txt and three pages
    asked = pages_of(web, crawler, 6)
    crawler.run(web.host)
    assert len(web.log) == 4
    waiting = crawler.waiting(web.host)
    assert len(waiting) == 3
    assert {one.attempts for one in waiting} == {0}
    assert crawler.told == {("ok", ""): 3, ("retry", "budget"): 1}
    assert not crawler.is_ready(web.host, next_midnight() - 1)
    assert crawler.is_ready(web.host, next_midnight() + 3_700)
    crawler.ask(crawler.channel(f"{web.url}/feed"), asked[0].request.url, poll=True)
    for _ in range(2):
        crawler.run(web.host)
    assert len(web.log) == 4
    assert crawler.told == {("ok", ""): 3, ("retry", "budget"): 1}


@pytest.mark.parametrize(("daily", "pages"), [(5, 2), (2, 0)], ids=["more is left", "it is used up on the way"])
def test_whatever_robots_txt_is_redirected_to_counts_in_the_budget(
    crawler: Crawler, web: Web, daily: int, pages: int
) -> None:
    crawler.daily = daily
    with serving({"/rules": HEAVY}) as other:
        web.pages["/robots.txt"] = Page(status=301, headers={"Location": "{url}/moved.txt"})
        web.pages["/moved.txt"] = Page(status=301, headers={"Location": f"{other.url}/rules"})
        pages_of(web, crawler, 4)
        crawler.run(web.host)
        assert other.paths == ["/rules"]
    assert web.paths == ["/robots.txt", "/moved.txt", *(f"/{number}" for number in range(pages))]
    assert ("retry", "budget") in crawler.told
    lease = crawler.parts.hosts.lease(web.host, 0.001)
    assert lease
    assert f'"units":{3 + pages}' in lease.spent
    assert web.url in lease.robots


def next_midnight() -> float:
    return 86_400 - time.time() % 86_400


def test_units_are_a_platforms_own_and_what_is_cheaper_still_goes(crawler: Crawler, web: Web) -> None:
    crawler.daily = 10
    channel = crawler.channel(f"{web.url}/feed")
    for path, cost in (("/a", 6), ("/b", 5), ("/c", 2)):
        web.pages[path] = FEED
        request = Request(url=f"{web.url}{path}", kind="older", cost=cost)
        crawler.parts.frontier.put(Pending(host=web.host, channel=channel.id, request=request, not_before=time.time()))
        time.sleep(0.002)
    crawler.parts.hosts.wake(web.host, time.time())
    crawler.run(web.host)
    assert web.paths == ["/robots.txt", "/a", "/c"]
    (waiting,) = crawler.waiting(web.host)
    assert waiting.request.url.endswith("/b")
    assert waiting.not_before > time.time() + next_midnight() - 1


def test_a_budget_is_kept_from_crawler_to_crawler(crawler: Crawler, web: Web) -> None:
    crawler.daily = 3
    for number in range(3):
        pages_of(web, crawler, 1 + number)
        crawler.run(web.host)
    assert len(web.log) == 3


# Credentials


SECRET = "hunter2-hunter2"


def with_key(crawler: Crawler, web: Web, **credential: str) -> None:
    credential = credential or {"kind": "header", "name": "X-Key", "value": SECRET}
    crawler.credentials = Credentials(lambda: json.dumps({web.host: credential}))


def test_a_host_with_credentials_gets_them_and_is_not_asked_for_its_rules(crawler: Crawler, web: Web) -> None:
    web.pages["/feed"] = FEED._replace(headers={"X-Robots-Tag": "noindex"})
    web.pages["/robots.txt"] = HEAVY._replace(body="User-agent: *\nDisallow: /\n")
    with_key(crawler, web)
    crawler.poll(web)
    crawler.run(web.host)
    assert web.paths[0] == "/feed"
    assert "/robots.txt" not in web.paths
    assert {visit.headers["x-key"] for visit in web.log} == {SECRET}
    assert {outcome for outcome, _ in crawler.told} == {"ok"}


def test_a_secret_is_neither_archived_nor_kept_nor_logged(
    crawler: Crawler, web: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    web.pages |= {"/feed": linked(1), "/older/1": Page(status=500), "/bad": Page("<html>")}
    with_key(crawler, web)
    crawler.poll(web, options={"pages": "2"})
    crawler.poll(web, "/bad")
    crawler.run(web.host)
    assert {visit.headers["x-key"] for visit in web.log} == {SECRET}
    bucket = boto3.resource("s3").Bucket(crawler.parts.bucket)
    objects = [entry.get()["Body"].read() for entry in bucket.objects.all()]
    told = [zlib_text(data) for data in objects]
    told += [body for body, _ in crawler.parts.receive("NormalizeQueue")]
    told += [f"{body} {why}" for body, why in crawler.letters()]
    for name in ("HostsTable", "FrontierTable", "ChannelsTable", "OutcomesTable"):
        told.append(str(boto3.resource("dynamodb").Table(crawler.parts.table(name)).scan()["Items"]))
    output = capsys.readouterr()
    assert SECRET not in "".join([*told, output.out, output.err])
    assert any(f"{web.url}/feed" in text for text in told[: len(objects)])


def zlib_text(data: bytes) -> str:
    """All gzip members of an archive object."""
    return gzip.decompress(data).decode("utf-8", "replace")


def test_a_secret_stays_at_its_own_host(crawler: Crawler, web: Web) -> None:
    with serving({"/new": FEED}) as other:
        web.pages["/feed"] = Page(status=301, headers={"Location": f"{other.url}/new"})
        with_key(crawler, web)
        crawler.poll(web)
        crawler.run(web.host)
        crawler.run(other.host)
        assert other.paths == ["/robots.txt", "/new"]
        assert not [visit for visit in other.log if "x-key" in visit.headers]


def test_a_key_that_is_not_taken_is_a_failure_that_can_be_seen(crawler: Crawler, web: Web) -> None:
    web.pages["/feed"] = Page(status=401)
    with_key(crawler, web)
    channel = crawler.poll(web)
    crawler.run(web.host)
    assert web.paths == ["/feed"]
    assert crawler.told == {("discard", "unauthorized"): 1}
    assert state_of(crawler, channel).failure == "unauthorized"


@pytest.mark.parametrize(("answers", "outcome"), [((401, 200), ("ok", "")), ((401, 401), ("discard", "unauthorized"))])
def test_a_token_that_is_not_taken_is_renewed_once(
    crawler: Crawler, web: Web, answers: tuple[int, int], outcome: tuple[str, str]
) -> None:
    web.pages["/feed"] = [FEED if status == 200 else Page(status=status) for status in answers]
    web.pages["/token"] = Page('{"access_token": "t", "token_type": "Bearer"}')
    with_key(
        crawler,
        web,
        kind="oauth2",
        token_url=f"{web.url}/token",
        client_id="id",
        client_secret=SECRET,
        user_agent="me/1",
    )
    crawler.poll(web)
    crawler.run(web.host, delay=0.1)
    assert web.paths == ["/token", "/feed", "/token", "/feed"]
    assert {visit.headers["user-agent"] for visit in web.log} == {"me/1"}
    assert crawler.told == {outcome: 1}
    assert web.log[3].began - web.log[1].ended > 0.09


def test_a_token_endpoint_that_says_not_now_is_asked_once_for_all_that_waits(crawler: Crawler, web: Web) -> None:
    web.pages["/token"] = Page(status=429, headers={"Retry-After": "600"})
    with_key(crawler, web, kind="oauth2", token_url=f"{web.url}/token", client_id="id", client_secret=SECRET)
    pages_of(web, crawler, 20)
    crawler.run(web.host)
    assert web.paths == ["/token"]
    assert crawler.told == {("retry", "throttled"): 20}
    waiting = crawler.waiting(web.host)
    assert {one.attempts for one in waiting} == {0}
    assert min(one.not_before for one in waiting) > time.time() + 580


# Lists, streams and fairness


def test_an_answer_that_only_leads_to_others_is_taken_though_it_is_not_to_be_indexed(
    crawler: Crawler, web: Web
) -> None:
    web.pages["/feed"] = FEED._replace(headers={"X-Robots-Tag": "noindex, noarchive"})
    channel, refused = crawler.channel(f"{web.url}/feed"), []
    for leads in (True, False):
        request = Request(url=channel.url, kind="feed", leads=leads)
        crawler.parts.frontier.put(Pending(host=web.host, channel=channel.id, request=request))
        crawler.parts.hosts.wake(web.host, time.time())
        crawler.run(web.host)
        refused.append(crawler.told.get(("discard", "noindex"), 0))
    assert refused == [0, 1]


def test_a_stream_is_asked_for_like_any_page(crawler: Crawler, web: Web) -> None:
    web.pages["/stream"] = Page(status=429, headers={"Retry-After": "60"})
    channel = crawler.channel(f"{web.url}/feed")
    request = Request(url=f"ws://{web.host}/stream", kind="feed")
    crawler.parts.frontier.put(Pending(host=web.host, channel=channel.id, request=request, poll=True))
    crawler.parts.hosts.wake(web.host, time.time())
    crawler.run(web.host)
    assert web.paths == ["/robots.txt", "/stream"]
    assert web.log[1].headers["upgrade"] == "websocket"
    assert crawler.told == {("retry", "throttled"): 1}
    assert not crawler.is_ready(web.host, 50)


def test_a_channel_with_many_pages_leaves_turns_to_others(crawler: Crawler, web: Web) -> None:
    pages_of(web, crawler, 60)
    time.sleep(0.002)
    other = crawler.channel(f"{web.url}/other")
    for number in range(3):
        web.pages[f"/other/{number}"] = FEED
        crawler.ask(other, f"{web.url}/other/{number}", kind="older")
    crawler.run(web.host)
    places = [place for place, path in enumerate(web.paths) if path.startswith("/other")]
    assert places == [2, 4, 6]
    assert len(web.log) == 64


# What a platform's API says about its refusals


QUOTA = '{"error": {"code": 403, "errors": [{"reason": "quotaExceeded"}]}}'
DISABLED = '{"error": {"code": 403, "errors": [{"reason": "commentsDisabled"}]}}'


SEARCHES = """{"error": {"code": 429, "errors": [{"reason": "rateLimitExceeded"}], "message":
    "Quota exceeded for quota metric 'Search Queries' and limit 'Search Queries per day' of service 'example'."}}"""


def refused_by_youtube(crawler: Crawler, web: Web, body: str, status: int = 403) -> Channel:
    web.pages["/youtube/v3/videos"] = Page(body, status, {"Content-Type": "application/json"})
    channel = crawler.channel(f"{web.url}/@nuri", source="youtube")
    crawler.ask(channel, f"{web.url}/youtube/v3/videos", kind="comments", priority=1)
    crawler.run(web.host)
    return channel


@pytest.mark.parametrize(("body", "status"), [(QUOTA, 403), (SEARCHES, 429)])
def test_a_quota_that_is_used_up_makes_a_request_wait_however_often_and_no_other(
    crawler: Crawler, web: Web, body: str, status: int
) -> None:
    refused_by_youtube(crawler, web, body, status)
    (pending,) = crawler.waiting(web.host)
    assert pending.not_before > time.time() + 3_000
    assert pending.attempts == 0
    assert crawler.told == {("retry", "quota"): 1}
    web.pages["/feed"] = FEED
    crawler.poll(web)
    crawler.run(web.host)
    assert crawler.told[("ok", "")] == 1


@pytest.mark.parametrize(
    ("body", "headers", "soonest"),
    [
        (SEARCHES.replace("per day", "per minute"), {}, 25),
        ("<p>Too many requests", {}, 25),
        ("<p>Too many requests, in plain text", {"Content-Encoding": "gzip"}, 25),
        (SEARCHES, {"Retry-After": "60"}, 55),
    ],
)
def test_a_429_that_is_about_the_pace_makes_the_whole_host_wait_whatever_its_adapter_reads(
    crawler: Crawler, web: Web, body: str, headers: dict[str, str], soonest: float
) -> None:
    web.pages["/youtube/v3/videos"] = Page(body, 429, {"Content-Type": "application/json", **headers})
    channel = crawler.channel(f"{web.url}/@nuri", source="youtube")
    crawler.ask(channel, f"{web.url}/youtube/v3/videos", kind="comments", priority=1)
    crawler.run(web.host)
    (pending,) = crawler.waiting(web.host)
    assert pending.attempts == 1
    assert crawler.told == {("retry", "throttled"): 1}
    assert not crawler.is_ready(web.host, soonest)
    assert crawler.is_ready(web.host, 120)


@pytest.mark.parametrize("kind", ["list", POST_KIND])
def test_a_platform_that_says_by_400_that_it_is_asked_too_often_is_asked_later_and_less_often(
    crawler: Crawler, web: Web, kind: str
) -> None:
    web.pages["/api/v3/post"] = Page('{"error": "rate_limit_error"}', 400, {"Content-Type": "application/json"})
    channel = crawler.channel(f"{web.url}/c/battery", source="lemmy")
    crawler.ask(channel, f"{web.url}/api/v3/post", kind=kind)
    crawler.run(web.host)
    (pending,) = crawler.waiting(web.host)
    assert pending.attempts == 1
    assert not crawler.is_ready(web.host, 25)
    assert crawler.told == {("retry", "throttled"): 1}
    assert crawler.archived() == []


def test_another_refusal_is_counted_by_what_the_adapter_reads_in_it(crawler: Crawler, web: Web) -> None:
    refused_by_youtube(crawler, web, DISABLED)
    assert crawler.waiting(web.host) == []
    assert crawler.told == {("discard", "comments_disabled"): 1}
    assert crawler.archived() == []


def test_a_source_that_reads_no_refusals_is_not_shown_any(crawler: Crawler, web: Web) -> None:
    web.pages["/feed"] = Page(QUOTA, 403, {"Content-Type": "application/json"})
    crawler.poll(web)
    crawler.run(web.host)
    assert crawler.told == {("discard", "forbidden"): 1}


# A page that says no when it is read again


REFUSALS = {
    "noindex": Page("<p>", headers={"Content-Type": "text/html", "X-Robots-Tag": "noindex"}),
    "legal": Page("<p>", 451, {"Content-Type": "text/html"}),
}


@pytest.mark.parametrize("reason", REFUSALS)
@pytest.mark.parametrize(("priority", "statuses"), [(2, [410]), (1, [])])
def test_a_page_that_says_that_it_must_not_be_kept_is_as_good_as_gone_once_it_was_kept(
    crawler: Crawler, web: Web, priority: Priority, statuses: list[int], reason: str
) -> None:
    web.pages["/post"] = REFUSALS[reason]
    channel = crawler.channel(f"{web.url}/", source="gnuboard")
    crawler.ask(channel, f"{web.url}/post", kind=POST_KIND, priority=priority)
    crawler.run(web.host)
    assert [exchange.response.status for exchange in crawler.archived()] == statuses
    assert crawler.told == {("discard", reason): 1}


def test_a_site_that_asks_for_it_has_its_robots_txt_read_again_while_it_is_crawled(crawler: Crawler, web: Web) -> None:
    pages_of(web, crawler, 30, FEED._replace(seconds=0.1))
    web.pages["/robots.txt"] = [Page("User-agent: *\nDisallow:\n"), Page("User-agent: *\nDisallow: /\n")]
    thread = threading.Thread(target=crawler.run, args=(web.host,), kwargs={"lease": 1.5})
    thread.start()
    eventually(lambda: len(web.log) >= 3)
    crawler.parts.hosts.forget_rules(web.host)
    thread.join()
    assert [visit.path for visit in web.log].count("/robots.txt") == 2
    assert len(web.log) < 25
    assert crawler.told[("discard", "robots")] > 10
