"""Dispatch on real tables and a real queue: what is due is handed out once."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import pytest

from socialindex import sources
from socialindex.crawl.credentials import Credentials
from socialindex.crawl.rhythm import JITTER, Polling, Rhythm
from socialindex.dispatch import stage as dispatch_stage
from socialindex.dispatch.stage import GROUP, POLLING_SECONDS, Dispatch
from socialindex.errors import Unavailable
from socialindex.messages import CrawlGroup, decode
from socialindex.sources.base import Channel
from tests.integration.parts import Parts, real_parts, unique

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.servers import Running
    from socialindex.aws.frontier import Pending
    from socialindex.outcomes import Count

pytestmark = pytest.mark.integration

POLLING = Polling(first=300.0, floor=60.0, ceiling=7_200.0)
POLL_SECONDS = POLLING.first


@dataclass
class Dispatcher:
    """The stage on tables of its own, with what it counted."""

    parts: Parts
    counts: Counter[Count] = field(default_factory=Counter)
    credentials: Credentials = field(default_factory=Credentials)

    def add(self, counts: Counter[Count]) -> None:
        self.counts.update(counts)

    @property
    def told(self) -> dict[tuple[str, str], int]:
        return {(count.outcome, count.reason): times for count, times in self.counts.items()}

    def run(self, seconds: float = POLLING_SECONDS, **broken: Any) -> dict[str, int]:
        parts = self.parts
        tables = {"channels": parts.channels, "hosts": parts.hosts, "frontier": parts.frontier}
        whole: dict[str, Any] = {**tables, "queue": parts.queue("CrawlQueue"), **broken}
        stage = Dispatch(outcomes=cast("Any", self), credentials=self.credentials, **whole)
        return stage.run(POLLING, seconds=seconds)

    def channel(self, host: str, source: str = "feed", path: str = "/feed", **fields: Any) -> Channel:
        at = datetime(2026, 11, 1, tzinfo=UTC)
        channel = Channel(id=unique("ch"), source=source, url=f"https://{host}{path}", created_at=at, **fields)
        self.parts.channels.add(channel)
        return channel

    def groups(self) -> list[list[str]]:
        return [decode(body, CrawlGroup).hosts for body, _ in self.parts.receive("CrawlQueue")]

    def waiting(self, host: str) -> list[Pending]:
        return self.parts.frontier.due(host, time.time(), 100)


@pytest.fixture
def dispatcher(servers: Running) -> Iterator[Dispatcher]:
    with real_parts(servers) as parts:
        yield Dispatcher(parts)


def test_a_due_channel_is_polled_and_its_host_queued(dispatcher: Dispatcher) -> None:
    channel = dispatcher.channel("a.example")
    before = time.time()
    assert dispatcher.run() == {"polls": 1, "hosts": 1}
    (pending,) = dispatcher.waiting("a.example")
    assert (pending.channel, pending.request) == (channel.id, sources.find("feed").start(channel))
    assert pending.poll
    assert before - 1 < pending.not_before < time.time() + 1
    assert dispatcher.groups() == [["a.example"]]
    assert dispatcher.told == {("ok", ""): 1}
    state = dispatcher.parts.channels.get(channel.id)
    assert state
    spread = POLL_SECONDS * JITTER
    assert POLL_SECONDS - spread - 5 < state.poll_at - before < POLL_SECONDS + spread + 5


def test_nothing_due_is_nothing_done(dispatcher: Dispatcher) -> None:
    assert dispatcher.run() == {"polls": 0, "hosts": 0}
    assert dispatcher.groups() == []


def test_a_minute_later_nothing_is_handed_out_again(dispatcher: Dispatcher) -> None:
    dispatcher.channel("a.example")
    dispatcher.run()
    assert dispatcher.run() == {"polls": 0, "hosts": 0}
    assert len(dispatcher.groups()) == 1


def test_though_run_twice_at_the_same_time_each_is_handed_out_once(dispatcher: Dispatcher) -> None:
    channels = [dispatcher.channel(f"h{number}.example") for number in range(12)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: dispatcher.run(), range(3)))
    queued = Counter(host for group in dispatcher.groups() for host in group)
    assert queued == {f"h{number}.example": 1 for number in range(12)}
    for number, channel in enumerate(channels):
        (pending,) = dispatcher.waiting(f"h{number}.example")
        assert pending.channel == channel.id


def test_channels_of_one_host_wait_there_together(dispatcher: Dispatcher) -> None:
    channels = [dispatcher.channel("a.example", path=f"/{number}") for number in range(5)]
    assert dispatcher.run() == {"polls": 5, "hosts": 1}
    assert {pending.channel for pending in dispatcher.waiting("a.example")} == {channel.id for channel in channels}
    assert dispatcher.groups() == [["a.example"]]


def test_a_poll_that_still_waits_is_not_put_twice(dispatcher: Dispatcher) -> None:
    channel = dispatcher.channel("a.example")
    dispatcher.run()
    dispatcher.parts.channels.schedule(channel.id, 0.0)
    dispatcher.run()
    assert len(dispatcher.waiting("a.example")) == 1


def test_hosts_are_queued_in_groups(dispatcher: Dispatcher) -> None:
    now = time.time()
    hosts = {f"h{number}.example" for number in range(2 * GROUP + 30)}
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda host: dispatcher.parts.hosts.wake(host, now), hosts))
    assert dispatcher.run() == {"polls": 0, "hosts": len(hosts)}
    groups = dispatcher.groups()
    assert sorted(map(len, groups)) == [30, GROUP, GROUP]
    assert {host for group in groups for host in group} == hosts


def test_a_host_that_is_crawled_or_must_wait_is_not_queued(dispatcher: Dispatcher) -> None:
    now, hosts = time.time(), dispatcher.parts.hosts
    for host in ("busy.example", "later.example", "ready.example"):
        hosts.wake(host, now + (60 if host == "later.example" else 0))
    hosts.lease("busy.example", 60)
    dispatcher.run()
    assert dispatcher.groups() == [["ready.example"]]


def test_when_there_is_no_time_for_all_polls_hosts_are_queued_all_the_same(dispatcher: Dispatcher) -> None:
    dispatcher.parts.hosts.wake("waits.example", time.time())
    channel = dispatcher.channel("a.example")
    assert dispatcher.run(seconds=0) == {"polls": 0, "hosts": 1}
    assert dispatcher.groups() == [["waits.example"]]
    state = dispatcher.parts.channels.get(channel.id)
    assert state
    assert state.poll_at <= time.time()
    assert dispatcher.run() == {"polls": 1, "hosts": 1}


# Tables that do not answer for some


class Throttled:
    """A table that does not answer to one call about one host."""

    def __init__(self, table: Any, call: str, host: str) -> None:
        self._table, self._call, self._host = table, call, host

    def __getattr__(self, name: str) -> Any:
        whole = getattr(self._table, name)

        def throttled(about: Any, *more: Any) -> Any:
            hosts = {about} if isinstance(about, str) else {each.host for each in about}
            if self._host in hosts:
                raise Unavailable("table: throttled")
            return whole(about, *more)

        return throttled if name == self._call else whole


@pytest.mark.parametrize(("table", "call"), [("frontier", "put_all"), ("hosts", "wake")])
def test_a_poll_that_cannot_be_handed_out_now_keeps_no_other_waiting(
    dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch, table: str, call: str
) -> None:
    monkeypatch.setattr(dispatch_stage, "_TOGETHER", 1)
    throttled, *others = (dispatcher.channel(f"h{number}.example") for number in range(12))
    broken: dict[str, Any] = {table: Throttled(getattr(dispatcher.parts, table), call, "h0.example")}
    with pytest.raises(Unavailable):
        dispatcher.run(**broken)
    assert sorted(host for group in dispatcher.groups() for host in group) == sorted(
        f"h{number}.example" for number in range(1, 12)
    )
    assert [state.channel.id for state in dispatcher.parts.channels.due(time.time())] == [throttled.id]
    assert dispatcher.told == {("ok", ""): 12}
    assert dispatcher.run() == {"polls": 1, "hosts": 1}
    assert dispatcher.groups() == [["h0.example"]]
    assert all(len(dispatcher.waiting(f"h{number}.example")) == 1 for number in range(len(others) + 1))


def test_a_host_that_cannot_be_marked_now_keeps_no_other_waiting(dispatcher: Dispatcher) -> None:
    hosts = [f"h{number}.example" for number in range(12)]
    for number, host in enumerate(hosts):
        dispatcher.parts.hosts.wake(host, time.time() - 60 + number)
    with pytest.raises(Unavailable):
        dispatcher.run(hosts=Throttled(dispatcher.parts.hosts, "queue", "h0.example"))
    assert sorted(host for group in dispatcher.groups() for host in group) == sorted(hosts[1:])
    assert dispatcher.run() == {"polls": 0, "hosts": 1}


def test_hosts_are_queued_though_channels_cannot_be_read(dispatcher: Dispatcher) -> None:
    class Down:
        def due(self, _: float) -> Any:
            raise Unavailable("table channels: throttled")

    dispatcher.parts.hosts.wake("waits.example", time.time())
    with pytest.raises(Unavailable):
        dispatcher.run(channels=Down())
    assert dispatcher.groups() == [["waits.example"]]


@pytest.mark.parametrize("batch", [5, 2_000])
def test_what_a_table_has_told_is_handed_out_though_it_does_not_tell_the_rest(
    dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    class Halfway:
        """A table that stops answering behind the twelfth of what it is asked for."""

        def __init__(self, table: Any, call: str) -> None:
            self._table, self._call = table, call

        def __getattr__(self, name: str) -> Any:
            return self._told if name == self._call else getattr(self._table, name)

        def _told(self, now: float) -> Any:
            yield from itertools.islice(getattr(self._table, self._call)(now), 12)
            raise Unavailable("table: throttled")

    monkeypatch.setattr(dispatch_stage, "BATCH", batch)
    parts = dispatcher.parts
    for number in range(15):
        dispatcher.channel(f"h{number}.example")
    with pytest.raises(Unavailable):
        dispatcher.run(channels=Halfway(parts.channels, "due"), hosts=Halfway(parts.hosts, "ready"))
    assert sum(map(len, dispatcher.groups())) == 12
    assert len(list(parts.channels.due(time.time()))) == 3


def test_a_message_that_cannot_be_sent_holds_up_no_other(
    dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing:
        """A queue that refuses the first message."""

        def __init__(self, queue: Any) -> None:
            self._queue, self._refused = queue, False

        def send_all(self, bodies: list[str]) -> int:
            if self._refused:
                return int(self._queue.send_all(bodies))
            self._refused = True
            raise Unavailable("queue: does not answer")

    monkeypatch.setattr(dispatch_stage, "GROUP", 5)
    for number in range(15):
        dispatcher.parts.hosts.wake(f"h{number}.example", time.time())
    with pytest.raises(Unavailable):
        dispatcher.run(queue=Refusing(dispatcher.parts.queue("CrawlQueue")))
    assert [len(group) for group in dispatcher.groups()] == [5, 5]


# Channels that cannot be polled


BAD: dict[str, tuple[str, dict[str, Any], str]] = {
    "forbidden by its terms": ("gall.dcinside.com", {}, "terms_forbidden"),
    "in need of a permission": ("www.clien.net", {}, "terms_permission"),
    "of a source that is no more": ("a.example", {"source": "gone_source"}, "invalid_channel"),
    "not one of its source": ("a.example", {"source": "gnuboard"}, "invalid_channel"),
    "with an option that is none": (
        "a.example",
        {"source": "mastodon", "path": "/public/local", "options": {"pages": "many"}},
        "invalid_channel",
    ),
    "with a cursor that is none": (
        "a.example",
        {"source": "mastodon", "path": "/public/local", "cursor": {"gaps": "1"}},
        "invalid_channel",
    ),
    "at no address": ("a.example:port", {}, "port"),
}


@pytest.mark.parametrize(("host", "fields", "reason"), BAD.values(), ids=BAD)
def test_a_channel_that_cannot_be_polled_is_counted_and_stops_nobody(
    dispatcher: Dispatcher, host: str, fields: dict[str, Any], reason: str
) -> None:
    bad = dispatcher.channel(host, **{name: value for name, value in fields.items() if name != "cursor"})
    dispatcher.parts.channels.move(bad.id, fields.get("cursor", {}))
    good = [dispatcher.channel(f"good{number}.example") for number in range(6)]
    assert dispatcher.run() == {"polls": len(good), "hosts": len(good)}
    assert dispatcher.told == {("ok", ""): len(good), ("discard", reason): 1}
    state = dispatcher.parts.channels.get(bad.id)
    assert state
    assert state.poll_at > time.time() + POLL_SECONDS / 2
    assert dispatcher.run() == {"polls": 0, "hosts": 0}


# Rhythm and credentials


def next_poll(dispatcher: Dispatcher, channel: Channel) -> float:
    state = dispatcher.parts.channels.get(channel.id)
    assert state
    return state.poll_at - time.time()


@pytest.mark.parametrize(
    ("rhythm", "seconds"),
    [
        (Rhythm(posts=9.0, seconds=9_700.0), 1_000.0),
        (Rhythm(posts=9.0, seconds=1.0), POLLING.floor),
        (Rhythm(posts=0.0, seconds=1e9), POLLING.ceiling),
    ],
)
def test_a_channel_is_polled_as_often_as_it_has_something_new(
    dispatcher: Dispatcher, rhythm: Rhythm, seconds: float
) -> None:
    channel = dispatcher.channel("a.example")
    dispatcher.parts.channels.heard(channel.id, rhythm, 0.0)
    dispatcher.run()
    assert seconds * (1 - JITTER) - 5 < next_poll(dispatcher, channel) < seconds * (1 + JITTER) + 5


def test_a_poll_that_waits_at_its_host_is_not_tried_again_at_every_interval(dispatcher: Dispatcher) -> None:
    busy = dispatcher.channel("a.example")
    slow, rested = dispatcher.channel("a.example", path="/slow"), dispatcher.channel("a.example", path="/rested")
    for channel, interval in ((busy, 1.0), (slow, 1e9), (rested, 1.0)):
        dispatcher.parts.channels.heard(channel.id, Rhythm(posts=9.0, seconds=interval), 0.0)
    dispatcher.run()
    answered = [pending for pending in dispatcher.waiting("a.example") if pending.channel == rested.id]
    dispatcher.parts.frontier.remove(answered)
    for channel in (busy, slow, rested):
        dispatcher.parts.channels.schedule(channel.id, 0.0)
    assert dispatcher.run()["polls"] == 3
    pauses = [round(next_poll(dispatcher, channel)) for channel in (busy, slow, rested)]
    expected = [2 * POLLING.first, POLLING.ceiling, POLLING.floor]
    assert pauses == [pytest.approx(seconds, rel=JITTER, abs=5) for seconds in expected]


def test_a_failing_channel_is_polled_ever_less_often(dispatcher: Dispatcher) -> None:
    channel, pauses = dispatcher.channel("a.example"), []
    for _ in range(7):
        dispatcher.parts.channels.schedule(channel.id, 0.0)
        dispatcher.run()
        pauses.append(next_poll(dispatcher, channel))
        dispatcher.parts.channels.failed(channel.id, "gone")
    assert all(later > sooner * 1.5 for sooner, later in pairwise(pauses[:5]))
    assert max(pauses) < POLLING.ceiling * (1 + JITTER) + 5


class Demanding(type(sources.find("feed"))):  # type: ignore[misc]
    """A source like feeds, off until there are credentials."""

    needs_credentials = True


@pytest.mark.parametrize(("document", "polls"), [("", 0), ('{"a.example": {"kind": "bearer", "token": "t"}}', 1)])
def test_a_source_that_needs_credentials_is_polled_only_with_them(
    dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch, document: str, polls: int
) -> None:
    monkeypatch.setattr(sources, "find", lambda _: Demanding())
    channel = dispatcher.channel("a.example")
    dispatcher.credentials = Credentials(lambda: document)
    assert dispatcher.run()["polls"] == polls
    state = dispatcher.parts.channels.get(channel.id)
    assert state
    assert state.failure == (None if polls else "no_credentials")
    assert dispatcher.told == ({("ok", ""): 1} if polls else {("discard", "no_credentials"): 1})


def test_many_channels_are_handed_out_in_batches(dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socialindex.dispatch.stage.BATCH", 7)
    channels = [dispatcher.channel(f"h{number % 10}.example", path=f"/{number}") for number in range(40)]
    assert dispatcher.run() == {"polls": 40, "hosts": 10}
    waiting = {pending.channel for number in range(10) for pending in dispatcher.waiting(f"h{number}.example")}
    assert waiting == {channel.id for channel in channels}
