"""A host has one pace and one time before which it is left alone, whatever its origins' rules say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from socialindex.aws.hosts import Lease
from socialindex.crawl.manners import Manners
from socialindex.crawl.robots import FRESH, MAX_DELAY, RobotsRules
from socialindex.crawl.settings import Habits
from socialindex.crawl.transient import Transient
from socialindex.errors import Discarded

NOW = 1_800_000_000.0
HTTPS, HTTP = "https://board.example/", "http://board.example/"


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now

    def rules(self, *lines: str) -> RobotsRules:
        """As they are read now."""
        body = "\n".join(["User-agent: *", *lines]).encode()
        return RobotsRules.parse(200, body, datetime.fromtimestamp(self.now, UTC), token="socialindexbot")


def manners(clock: Clock, *, robots: str = "", pace: str = "") -> Manners:
    lease = Lease(host="board.example", token=1, until=NOW + 60, robots=robots, pace=pace)
    return Manners(lease, Habits(delay=2.0), clock)


@pytest.mark.parametrize("slow_first", [True, False])
def test_the_pace_is_that_of_the_origin_that_wants_the_longest_pauses(slow_first: bool) -> None:
    clock = Clock()
    host = manners(clock)
    says = [(HTTPS, clock.rules("Crawl-delay: 30")), (HTTP, clock.rules("Disallow: /a"))]
    for url, rules in says if slow_first else reversed(says):
        host.heed(url, rules)
    kept = host.kept()
    again = manners(clock, robots=kept["robots"], pace=kept["pace"])
    again.heed(HTTP, clock.rules())
    for each in (host, again):
        assert (each.delay, each.next_at) == (30.0, NOW + 30)
        assert '"floor":30.0' in each.kept()["pace"]  # else good answers would hurry us


def test_rules_that_do_not_hold_any_more_slow_nothing_down() -> None:
    clock = Clock()
    host = manners(clock)
    host.heed(HTTP, clock.rules("Crawl-delay: 30"))
    clock.now += FRESH.total_seconds() + 1
    host.heed(HTTPS, clock.rules())
    assert '"floor":2.0' in host.kept()["pace"]


@pytest.mark.parametrize("line", ["Crawl-delay: 9999999", "Request-rate: 1/1d"])
def test_who_wants_longer_pauses_than_we_keep_is_not_waited_for(line: str) -> None:
    clock = Clock()
    host = manners(clock)
    host.heed(HTTPS, clock.rules(line))
    assert (host.delay, host.next_at) == (2.0, NOW + 2)
    rules = host.rules(HTTPS)
    assert rules
    with pytest.raises(Discarded) as verdict:
        rules.check(HTTPS)
    assert verdict.value.reason == "crawl_delay"
    clock.now += FRESH.total_seconds()
    assert host.rules(HTTPS) is None
    host.heed(HTTPS, clock.rules(f"Crawl-delay: {MAX_DELAY:.0f}"))
    assert host.delay == MAX_DELAY


def test_a_host_whose_robots_txt_says_not_now_is_left_alone_as_long_as_it_says() -> None:
    clock = Clock()
    host = manners(clock)
    host.heed(HTTPS, RobotsRules.unknown(datetime.fromtimestamp(NOW, UTC), hold=7_200.0))
    assert (host.delay, host.next_at) == (2.0, NOW + 7_200)


def test_a_host_is_left_alone_for_as_long_as_it_said_once() -> None:
    """What it answers afterwards may be a verdict on a page (noindex, forbidden, too large), which tells no pace."""
    clock = Clock()
    host = manners(clock)
    host.learn(failure=Transient("throttled", "status 503", retry_after=3_600.0))
    assert host.next_at == NOW + 3_600
    for _ in range(3):
        clock.now = host.next_at
        host.learn()
        assert host.next_at == clock.now + host.delay == clock.now + 30.0


# A host is one for http and https, and with either at the other's port.
ORIGINS = [HTTPS, HTTP, "https://board.example:80/", "http://board.example:443/"]


@pytest.mark.parametrize("letter", ["a", '"', "\\"], ids=["plain", "a quote", "a backslash"])
def test_whatever_the_rules_of_a_hosts_origins_they_can_be_kept_together(letter: str) -> None:
    clock = Clock()
    host = manners(clock)
    for url in ORIGINS:
        host.heed(url, clock.rules(*(f"Disallow: /{number}{letter * 1_000}" for number in range(98))))
    assert sum(map(len, host.kept().values())) < 400 * 1024 - 2_000  # of an item of the table, as DynamoDB bounds it


def test_rules_are_kept_again_as_they_were_until_others_are_read() -> None:
    """What has not changed is not written again."""
    clock = Clock()
    host = manners(clock)
    host.heed(HTTPS, clock.rules("Crawl-delay: 1.5", "Disallow: /a\xe9"))
    host.heed(HTTP, RobotsRules.unknown(datetime.fromtimestamp(NOW + 0.123, UTC), hold=7.0))
    kept = host.kept()["robots"]
    assert manners(clock, robots=kept).kept()["robots"] == kept
