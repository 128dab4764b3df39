"""A soak: the sample world with failing, slow, lying and changing hosts, crawled for minutes on end, on loopback only.

``SOAK_MINUTES=60 make test ARGS="tests/system/test_soak.py"`` is the long one; five minutes run with all other tests.
"""

from __future__ import annotations

import itertools
import os
import statistics
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psutil
import pytest

from infra.local.world import Faults, WorldConfig, running_world
from infra.local.world.sites.moody.site import CRAWL_DELAY, LIES_SECONDS, RETRY_AFTER
from tests.system.conftest import WORLD_PORTS, Probe, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.world import World
    from infra.local.world.traffic import Visit

SECONDS = 60 * float(os.environ.get("SOAK_MINUTES", "5"))
CLOSES_AFTER = 0.8 * SECONDS
SETTLED = LIES_SECONDS + 30.0
"""What the moody host posts so long before it closes must be found, though its validators lie."""
FAULTS = Faults(slow_seconds=0.7, flaky_every=5, crawl_delay=1, moody_closes_after=CLOSES_AFTER)
CLOCKS = 0.1
"""Seconds by which the log of a server and the clock of its visitor differ."""
GROWTH = 1.3
"""Of a function's memory between the middle and the end. Allocators keep what they had at a peak."""
FIRST_USE = 32 * 1024 * 1024
"""Bytes of the modules that a function imports when something first needs them, as an opt-out needs the HTTP client."""

pytestmark = [pytest.mark.integration, pytest.mark.timeout(SECONDS + 600)]


@dataclass
class Soak:
    """A world that was crawled for so long, and what was seen meanwhile."""

    probe: Probe
    world: World
    opted_out: float = 0.0
    """On the monotonic clock."""
    memory: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Bytes by function process, a reading every few seconds."""

    def visits(self, site: str) -> list[Visit]:
        return sorted(self.world.requests.visits(site), key=lambda visit: visit.started)

    def look(self) -> None:
        for process in psutil.Process().children(recursive=True):
            try:
                if "app.handler" in process.cmdline():
                    self.memory[process.pid].append(process.memory_info().rss)
            except psutil.NoSuchProcess:
                continue


@pytest.fixture(scope="module")
def soak(probe: Probe) -> Iterator[Soak]:
    with running_world(WorldConfig(ports=WORLD_PORTS, faults=FAULTS)) as world:
        soak = Soak(probe, world)
        probe.add(world.truth)
        probe.add(world.truth, "blog-moody")
        began = time.monotonic()
        while time.monotonic() < began + SECONDS:
            soak.look()
            if not soak.opted_out and time.monotonic() > began + CLOSES_AFTER + 5:
                probe.client.call("POST", "/v1/opt-outs", {"url": world.addresses.more["moody"]})
                soak.opted_out = time.monotonic()
            time.sleep(2)
        yield soak


def test_nothing_is_lost(soak: Soak) -> None:
    closed = soak.world.truth.anchor + timedelta(seconds=CLOSES_AFTER)
    due = [channel for channel in soak.world.truth.channels if channel.suggested and not channel.refused]
    expected = soak.world.truth.expected(datetime.now(tz=UTC) - timedelta(seconds=60), due)
    expected |= soak.world.truth.channel("blog-moody").expected(closed - timedelta(seconds=SETTLED))
    eventually(lambda: expected - set(soak.probe.uris()), lambda missing: not missing, 60)


def test_nothing_is_there_twice_and_nothing_that_said_no(soak: Soak) -> None:
    found = Counter(soak.probe.uris())
    assert {uri for uri, times in found.items() if times > 1} == set()
    assert set(found) & set(soak.world.truth.excluded()) == set()


def test_an_edit_is_found_though_the_validators_lie(soak: Soak) -> None:
    eventually(lambda: soak.probe.client.search('"잘못 알았네요"', limit=10).total, bool, 30)


def test_the_lie_was_noticed(soak: Soak) -> None:
    reasons = soak.probe.client.status().stages["normalize"].reasons
    assert reasons["discard"]["validator_lied"] >= 1


@pytest.mark.parametrize("site", ["board", "news", "social", "slow", "flaky", "moody", "rhymix", "discourse"])
def test_a_host_serves_one_request_at_a_time(soak: Soak, site: str) -> None:
    assert soak.visits(site)
    assert soak.world.requests.concurrency(site) == 1


@pytest.mark.parametrize(("site", "delay"), [("slow", FAULTS.crawl_delay), ("moody", CRAWL_DELAY)])
def test_the_pause_that_robots_txt_asks_for_is_kept(soak: Soak, site: str, delay: float) -> None:
    """From the answer to robots.txt on, which says it."""
    visits = soak.visits(site)
    first = next(number for number, visit in enumerate(visits) if visit.path == "/robots.txt")
    crawled = [visit for visit in visits[first:] if "socialindexbot" in visit.user_agent]
    gaps = [later.started - earlier.ended for earlier, later in itertools.pairwise(_crawls(crawled))]
    assert len(gaps) > SECONDS / 60
    assert min(gaps) >= delay - CLOCKS


def _crawls(visits: list[Visit]) -> list[Visit]:
    """Without what was asked while the channel was added: an administrator waits for that."""
    polls = [number for number, visit in enumerate(visits) if visit.path == "/robots.txt"]
    return visits[polls[min(1, len(polls) - 1)] :]


@pytest.mark.parametrize(("site", "status", "wait"), [("moody", 429, RETRY_AFTER), ("flaky", 503, 2)])
def test_a_host_that_asks_to_be_left_alone_is_left_alone(soak: Soak, site: str, status: int, wait: float) -> None:
    visits = _crawls(soak.visits(site))
    asked = [(a.ended, b.started) for a, b in itertools.pairwise(visits) if a.status == status]
    assert asked
    assert min(started - ended for ended, started in asked) >= wait - CLOCKS


def test_a_host_that_says_no_is_asked_for_nothing_but_its_robots_txt(soak: Soak) -> None:
    late = [visit.path for visit in soak.visits("moody") if visit.started > soak.opted_out + 20]
    assert soak.opted_out
    assert set(late) <= {"/robots.txt"}


def test_a_limit_that_headers_tell_is_never_hit(soak: Soak) -> None:
    refused = [visit for visit in soak.visits("social") if visit.status == 429]
    assert soak.world.requests.rate("social", window=300) <= FAULTS.rate_limit
    assert refused == []


def test_memory_stays_flat(soak: Soak) -> None:
    whole = {pid: readings for pid, readings in soak.memory.items() if len(readings) > SECONDS / 4}
    assert whole
    for readings in whole.values():
        middle, end = (statistics.median(part) for part in (readings[len(readings) // 2 :][:5], readings[-5:]))
        assert end < max(GROWTH * middle, middle + FIRST_USE)


def test_what_was_seen_an_hour_ago_is_read_again(soak: Soak) -> None:
    """Nothing is an hour old after five minutes, so that some posts of the board are made to be."""
    seen = (datetime.now(tz=UTC) - timedelta(minutes=61)).isoformat()
    older = {"source": "ctx._source.first_seen_at = params.seen", "params": {"seen": seen}}
    body = {"query": {"term": {"source": "gnuboard"}}, "script": older}
    soak.probe.index.update_by_query(index="posts", body=body, params={"max_docs": 5, "conflicts": "proceed"})
    eventually(lambda: soak.probe.client.status().stages["reread"].outcomes.get("ok"), bool, 60)
