"""Hosts on a real DynamoDB: one crawler at a time, no wake-up lost, and no power to who lost the lease."""

from __future__ import annotations

import itertools
import random
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from socialindex.aws.frontier import Frontier, Pending
from socialindex.aws.tables import Table
from socialindex.sources.base import Request
from tests.integration.parts import Parts, real_parts, unique

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.local.servers import Running
    from socialindex.aws.hosts import Hosts, Lease
    from socialindex.aws.values import Item

pytestmark = pytest.mark.integration

THREADS = 20
LONG = 60.0


@pytest.fixture(scope="module")
def parts(servers: Running) -> Iterator[Parts]:
    with real_parts(servers) as parts:
        yield parts


@pytest.fixture(scope="module")
def hosts(parts: Parts) -> Hosts:
    return parts.hosts


@pytest.fixture
def host() -> str:
    return unique("host")


def leased(hosts: Hosts, host: str, seconds: float = LONG) -> Lease:
    lease = hosts.lease(host, seconds)
    assert lease is not None
    return lease


def is_ready(hosts: Hosts, host: str, now: float | None = None) -> bool:
    return host in set(hosts.ready(time.time() if now is None else now))


# Leases


def test_a_host_is_leased_to_one_of_twenty_who_ask_at_once(hosts: Hosts, host: str) -> None:
    hosts.wake(host, time.time())
    together = Barrier(THREADS)

    def ask(_: int) -> Lease | None:
        together.wait()
        return hosts.lease(host, LONG)

    with ThreadPoolExecutor(THREADS) as pool:
        leases = [lease for lease in pool.map(ask, range(THREADS)) if lease]
    assert len(leases) == 1


def test_a_lease_that_ran_out_goes_to_one_other_with_a_higher_token(hosts: Hosts, host: str) -> None:
    first = leased(hosts, host)
    assert hosts.lease(host, LONG) is None
    assert hosts.extend(first, 0.01, spent="") == 0.0
    time.sleep(0.02)
    second = leased(hosts, host)
    assert second.token > first.token
    assert hosts.lease(host, LONG) is None


def test_a_lease_lasts_as_long_as_its_heart_beats(hosts: Hosts, host: str) -> None:
    lease = leased(hosts, host, 0.3)
    assert hosts.extend(lease, LONG, spent="") == 0.0
    time.sleep(0.35)
    assert hosts.lease(host, LONG) is None


STALE: dict[str, Callable[[Hosts, Lease], bool]] = {
    "extend": lambda hosts, lease: hosts.extend(lease, LONG, spent="stale") is not None,
    "learn": lambda hosts, lease: hosts.learn(lease, robots="stale", pace="stale", spent="stale", next_at=9.0),
    "let go": lambda hosts, lease: hosts.release(lease, wakes=hosts.wakes(lease.host), ready_at=None),
    "let go until": lambda hosts, lease: hosts.release(lease, wakes=hosts.wakes(lease.host), ready_at=1.0),
}


@pytest.mark.parametrize("act", STALE.values(), ids=STALE)
def test_who_lost_the_lease_can_do_nothing(hosts: Hosts, host: str, act: Callable[[Hosts, Lease], bool]) -> None:
    stale = leased(hosts, host, 0.01)
    time.sleep(0.02)
    holder = leased(hosts, host)
    hosts.learn(holder, robots="fresh", pace="fresh", spent="fresh", next_at=1.0)
    assert act(hosts, stale) is False
    assert hosts.lease(host, LONG) is None
    assert hosts.extend(holder, 0.01, spent="fresh") == 0.0
    time.sleep(0.02)
    successor = leased(hosts, host)
    kept = (successor.robots, successor.pace, successor.spent, successor.next_at)
    assert kept == ("fresh", "fresh", "fresh", 1.0)


@pytest.mark.parametrize("act", STALE.values(), ids=STALE)
def test_who_let_the_host_go_can_do_nothing_more(hosts: Hosts, host: str, act: Callable[[Hosts, Lease], bool]) -> None:
    lease = leased(hosts, host)
    assert hosts.release(lease, wakes=0, ready_at=None) is True
    assert act(hosts, lease) is False
    successor = leased(hosts, host)
    assert (successor.robots, successor.next_at) == ("", 0.0)


def test_what_a_holder_learned_is_there_for_the_next(hosts: Hosts, host: str) -> None:
    lease = leased(hosts, host)
    assert hosts.learn(lease, robots="{}", pace="slow", spent="some", next_at=1_764_000_000.5) is True
    hosts.release(lease, wakes=0, ready_at=None)
    following = leased(hosts, host)
    kept = (following.robots, following.pace, following.spent, following.next_at)
    assert kept == ("{}", "slow", "some", 1_764_000_000.5)


def test_no_write_of_a_host_costs_more_for_long_robots_rules(parts: Parts, host: str) -> None:
    """Hosts are written all the time, and each write is charged by the size of all that is in the item."""
    hosts, rules = parts.hosts, "x" * 300_000
    hosts.wake(host, time.time())
    lease = leased(hosts, host)
    hosts.learn(lease, robots=rules, pace="some", spent="some", next_at=1.0)
    hosts.release(lease, wakes=hosts.wakes(host), ready_at=None)
    assert leased(hosts, host).robots == rules
    assert charged(parts, host, "spent", "more") <= 2


def test_rules_that_an_earlier_version_left_with_a_host_are_not_charged_for_ever(parts: Parts, host: str) -> None:
    hosts = parts.hosts
    hosts.wake(host, time.time())
    assert charged(parts, host, "robots", "x" * 300_000) > 200
    hosts.learn(leased(hosts, host), robots="{}", pace="some", spent="some", next_at=1.0)
    assert charged(parts, host, "spent", "more") <= 2


def charged(parts: Parts, host: str, name: str, value: str) -> float:
    """The units that a write of a host costs."""
    written = boto3.client("dynamodb").update_item(
        TableName=parts.table("HostsTable"),
        Key={"host": {"S": host}},
        UpdateExpression=f"SET {name} = :value",
        ExpressionAttributeValues={":value": {"S": value}},
        ReturnConsumedCapacity="TOTAL",
    )
    return written["ConsumedCapacity"]["CapacityUnits"]


# Waking and letting go


def test_a_host_is_ready_from_its_time_on_until_it_is_taken(hosts: Hosts, host: str) -> None:
    now = time.time()
    assert not is_ready(hosts, host)
    hosts.wake(host, now + 100)
    assert not is_ready(hosts, host, now)
    assert is_ready(hosts, host, now + 101)
    leased(hosts, host, 500.0)
    assert not is_ready(hosts, host, now + 101)
    assert is_ready(hosts, host, now + 600)


def test_a_sooner_wake_up_counts_and_a_later_one_changes_nothing(hosts: Hosts, host: str) -> None:
    now = time.time()
    hosts.wake(host, now + 100)
    hosts.wake(host, now + 500)
    assert is_ready(hosts, host, now + 101)
    hosts.wake(host, now)
    assert is_ready(hosts, host, now)
    assert hosts.wakes(host) == 3


def test_a_host_is_queued_once_until_its_message_counts_as_lost(hosts: Hosts, host: str) -> None:
    now = time.time()
    hosts.wake(host, now)
    with ThreadPoolExecutor(THREADS) as pool:
        marks = list(pool.map(lambda _: hosts.queue(host, now, now + 300), range(THREADS)))
    assert marks.count(True) == 1
    assert not is_ready(hosts, host, now)
    assert is_ready(hosts, host, now + 300)
    assert hosts.queue(host, now + 300, now + 600) is True


def test_a_host_that_is_let_go_until_later_is_ready_then_and_can_be_queued_again(hosts: Hosts, host: str) -> None:
    now = time.time()
    hosts.wake(host, now)
    hosts.queue(host, now, now + 300)
    lease = leased(hosts, host)
    assert hosts.release(lease, wakes=hosts.wakes(host), ready_at=now + 30) is True
    assert not is_ready(hosts, host, now)
    assert is_ready(hosts, host, now + 31)
    assert hosts.queue(host, now + 31, now + 331) is True


def test_an_idle_host_that_is_let_go_sleeps_until_it_is_woken(hosts: Hosts, host: str) -> None:
    now = time.time()
    hosts.wake(host, now)
    lease = leased(hosts, host)
    assert hosts.release(lease, wakes=hosts.wakes(host), ready_at=None) is True
    assert not is_ready(hosts, host, now + 1_000_000)
    hosts.wake(host, now)
    assert is_ready(hosts, host, now)


def test_a_host_that_was_woken_meanwhile_is_not_let_go(hosts: Hosts, host: str) -> None:
    hosts.wake(host, time.time())
    lease = leased(hosts, host)
    seen = hosts.wakes(host)
    hosts.wake(host, time.time())
    assert hosts.release(lease, wakes=seen, ready_at=None) is False
    assert hosts.lease(host, LONG) is None
    assert hosts.release(lease, wakes=hosts.wakes(host), ready_at=None) is True


def test_the_first_wake_up_of_a_host_counts_too(hosts: Hosts, host: str) -> None:
    lease = leased(hosts, host)
    hosts.wake(host, time.time())
    assert hosts.release(lease, wakes=0, ready_at=None) is False


@pytest.mark.parametrize("later", [None, 3_600.0], ids=["idle", "until later"])
def test_a_host_that_is_let_go_while_it_is_woken_wakes_up(
    hosts: Hosts, host: str, monkeypatch: pytest.MonkeyPatch, later: float | None
) -> None:
    now = time.time()
    hosts.wake(host, now)
    lease, seen = leased(hosts, host), hosts.wakes(host)
    change, calls = Table.update, itertools.count()

    def meanwhile(table: Table, *arguments: Any, **named: Any) -> Item | None:
        if next(calls) == 1:  # between the first look of who wakes it and whatever that leads to
            assert hosts.release(lease, wakes=seen, ready_at=later and now + later)
        return change(table, *arguments, **named)

    monkeypatch.setattr(Table, "update", meanwhile)
    hosts.wake(host, now)
    assert is_ready(hosts, host, now)


def test_no_wake_up_is_lost_however_crawlers_and_wakers_meet(parts: Parts, host: str) -> None:
    """Every request that is put is taken, though crawlers let the host go all the time and nobody wakes it twice."""
    hosts, frontier = parts.hosts, parts.frontier
    done, taken = Event(), set[str]()

    def put(worker: int) -> None:
        for number in range(15):
            pending = request(host, f"{worker}/{number}")
            frontier.put(pending)
            hosts.wake(host, time.time())
            time.sleep(random.random() * 0.01)  # noqa: S311 - shakes the order

    def crawl(_: int) -> None:
        while not (done.is_set() and not is_ready(hosts, host)):
            lease = hosts.lease(host, LONG) if is_ready(hosts, host) else None
            if lease:
                taken.update(drained(hosts, frontier, lease))

    with ThreadPoolExecutor(8) as pool:
        crawlers = [pool.submit(crawl, number) for number in range(3)]
        list(pool.map(put, range(4)))
        done.set()
        for crawler in crawlers:
            crawler.result()
    assert len(taken) == 60
    assert frontier.next_at(host) is None


def drained(hosts: Hosts, frontier: Frontier, lease: Lease) -> list[str]:
    """What a crawler takes from the host before it lets it go, in the order that ``Drain`` keeps."""
    found: list[str] = []
    while True:
        due = frontier.due(lease.host, time.time(), 10)
        frontier.remove(due)
        found += [pending.request.url for pending in due]
        wakes = hosts.wakes(lease.host)
        left = frontier.next_at(lease.host)
        if not due and hosts.release(lease, wakes=wakes, ready_at=left):
            return found


def request(host: str, path: str) -> Pending:
    return Pending(host=host, channel="ch", request=Request(url=f"https://{host}/{path}"))


def test_rules_that_are_to_be_forgotten_are_told_to_who_has_the_host_and_to_who_comes_next(
    hosts: Hosts, host: str
) -> None:
    lease = leased(hosts, host)
    hosts.forget_rules(host)
    assert hosts.extend(lease, LONG, spent="") == 0.0
    hosts.learn(lease, robots="{}", pace="", spent="", next_at=0.0)
    before = time.time()
    hosts.forget_rules(host)
    assert before <= (hosts.extend(lease, 0.01, spent="") or 0.0) <= time.time()
    hosts.learn(lease, robots="{}", pace="", spent="", next_at=0.0)
    time.sleep(0.02)
    assert leased(hosts, host).forget_at >= before
