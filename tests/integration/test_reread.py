"""Posts are read again when their time has come, on the real engine, tables and frontier."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from socialindex import sources
from socialindex.aws.marks import Marks
from socialindex.crawl.urls import host_of
from socialindex.identity import post_id
from socialindex.index.writer import Write, Writer
from socialindex.model import Post, Provenance
from socialindex.reread.schedule import STEPS
from socialindex.reread.stage import Reread
from socialindex.sources.base import REREAD_CONTEXT, Channel, Known, Request
from tests.integration.parts import Parts, real_parts, unique

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from opensearchpy import OpenSearch

    from infra.local.servers import Running

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
HOURS = (1, 6, 24, 72, 168, 672)


class Asked:
    """An adapter that asks for each post by its address, and remembers what it was given."""

    title = "Boards"

    def __init__(self) -> None:
        self.known: list[tuple[str, Known]] = []
        self.error: Exception | None = None

    def reread(self, channel: Channel, posts: Sequence[Known]) -> Iterable[Request]:
        if self.error:
            raise self.error
        self.known += [(channel.id, post) for post in posts]
        return [Request(url=post.url, kind="post", priority=0) for post in posts if post.url]


class Service:
    def __init__(self, parts: Parts, index: OpenSearch, adapter: Asked) -> None:
        self.parts, self.index, self.adapter = parts, index, adapter
        self.marks = Marks(parts.table("MarksTable"))
        self.stage = Reread(index, parts.channels, parts.frontier, parts.hosts, self.marks, parts.outcomes)

    def channel(self) -> str:
        identifier = unique("ch")
        channel = Channel(id=identifier, source="gnuboard", url=f"https://{identifier}.example/free", created_at=NOW)
        self.parts.channels.add(channel)
        return identifier

    def post(self, name: str, channel: str, at: datetime, **fields: Any) -> None:
        url = f"https://{channel}.example/{name}"
        place = Provenance(channel=channel, adapter="a/1", archive_key="k", archive_offset=0, archive_length=1)
        post = Post(id=post_id(url), uri=url, source="gnuboard", collected_at=at, provenance=place, url=url, **fields)
        assert Writer(self.index).write([Write(post, live=False, replay=False)]) == [None]

    def run(self, now: datetime = NOW, limit: int = 100, seconds: float = 60.0) -> list[str]:
        """Names of the posts that a run hands out."""
        self.index.indices.refresh(index="posts*")
        before = len(self.adapter.known)
        self.stage.run(limit, now, seconds=seconds)
        return [post.uri.rpartition("/")[2] for _, post in self.adapter.known[before:]]


@pytest.fixture
def service(servers: Running, index: OpenSearch, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    adapter = Asked()
    monkeypatch.setattr(sources, "find", lambda _: adapter)
    with real_parts(servers) as parts:
        yield Service(parts, index, adapter)


def ago(**delta: float) -> datetime:
    return NOW - timedelta(**delta)


def test_a_post_is_read_again_at_each_step_once(service: Service) -> None:
    service.run(NOW)
    service.post("a", service.channel(), NOW)
    minutes = (59, *(60 * hours + 1 for hours in HOURS for _ in range(2)), 60 * 24 * 60)
    assert [service.run(NOW + timedelta(minutes=minute)) for minute in minutes] == [[], *[["a"], []] * len(HOURS), []]


def test_requests_wait_in_the_frontier_behind_everything_else_and_wake_their_host(service: Service) -> None:
    channel = service.channel()
    service.post("a", channel, ago(minutes=65))
    service.run()
    host = host_of(f"https://{channel}.example/")
    (pending,) = service.parts.frontier.due(host, NOW.timestamp(), 10)
    assert (pending.request.url, pending.request.priority) == (f"https://{channel}.example/a", 2)
    assert pending.request.context == REREAD_CONTEXT
    assert (pending.channel, pending.poll) == (channel, False)
    assert host in set(service.parts.hosts.ready(time.time() + 10**9))


def test_an_adapter_is_asked_once_for_each_channel_with_what_it_needs(service: Service) -> None:
    first, second = service.channel(), service.channel()
    service.post("root", first, ago(days=2), published_at=ago(days=3))
    thread = post_id(f"https://{first}.example/root")
    service.post("b", second, ago(minutes=61))
    service.post("reply", first, ago(minutes=62), kind="comment", thread_id=thread, published_at=ago(hours=2))
    service.post("orphan", first, ago(minutes=63), thread_id=post_id("unknown"))
    assert set(service.run()) == {"b", "reply", "orphan"}
    known = {post.uri.rpartition("/")[2]: (channel, post) for channel, post in service.adapter.known}
    assert {name: channel for name, (channel, _) in known.items()} == {"b": second, "reply": first, "orphan": first}
    reply, root = f"https://{first}.example/reply", f"https://{first}.example/root"
    assert known["reply"][1] == Known(uri=reply, url=reply, kind="comment", thread=root, published_at=ago(hours=2))
    assert known["orphan"][1].thread is None


def test_a_bounded_run_goes_on_where_it_ended_also_within_one_moment(service: Service) -> None:
    channel = service.channel()
    for number in range(7):
        service.post(f"p{number}", channel, ago(minutes=61))
    runs = [service.run(limit=3, seconds=0) for _ in range(4)]
    assert [len(names) for names in runs] == [3, 3, 1, 0]
    assert sorted(name for names in runs for name in names) == [f"p{number}" for number in range(7)]


def test_a_run_goes_on_while_it_has_time_and_steps_take_turns(service: Service) -> None:
    """A thousand posts of a step in five minutes were 288,000 a day: a service that has more fell behind for ever."""
    service.run(NOW)
    channel = service.channel()
    for number in range(7):
        service.post(f"hour{number}", channel, NOW)
        service.post(f"day{number}", channel, ago(hours=23))
    names = service.run(NOW + timedelta(minutes=61), limit=3)
    assert len(names) == len(set(names)) == 14
    assert [name[:3] for name in names[:12]] == [*["hou"] * 3, *["day"] * 3] * 2


def test_of_two_runs_at_once_one_does_nothing(service: Service) -> None:
    service.post("a", service.channel(), ago(minutes=61))
    with service.marks.alone("reread", 60) as alone:
        assert alone
        assert service.run() == []
    assert service.run() == ["a"]


def test_what_a_client_brought_along_takes_no_place_of_what_is_read_again(service: Service) -> None:
    channel = service.channel()
    for number in range(5):
        service.post(f"import{number}", "im_1", ago(minutes=62), visibility="ws_abcdefghijklmnop")
    service.post("a", channel, ago(minutes=61))
    assert service.run(limit=3, seconds=0) == ["a"]


def test_a_deleted_post_is_looked_for_again_and_once_more_after_a_month(service: Service) -> None:
    service.run(NOW)
    channel = service.channel()
    service.post("a", channel, ago(days=40))
    service.post("withdrawn", channel, ago(days=40))
    service.index.indices.refresh(index="posts*")  # they live in another month's index than their deletions would
    service.post("a", channel, NOW, deleted_at=NOW)
    service.post("withdrawn", channel, NOW, deleted_at=NOW, withdrawn=True)
    runs = [service.run(NOW + timedelta(days=days)) for days in (0.5, 1.01, 30.9, 31.01, 60)]
    assert runs == [[], ["a"], [], ["a"], []]


def test_posts_of_a_channel_that_is_no_longer_crawled_are_left_alone(service: Service) -> None:
    channel = service.channel()
    service.post("a", channel, ago(minutes=61))
    service.parts.channels.remove(channel)
    assert service.run() == []


def test_an_adapter_that_stumbles_stops_nobody_and_is_counted(service: Service) -> None:
    service.post("a", service.channel(), ago(minutes=61))
    service.adapter.error = ValueError("cannot")
    assert service.stage.run(100, NOW)["requests"] == 0
    service.index.indices.refresh(index="posts*")
    assert service.stage.run(100, NOW)["requests"] == 0


def test_an_engine_without_posts_has_none_that_are_due(service: Service) -> None:
    assert service.stage.run(100, NOW) == {"posts": 0, "requests": 0}


def test_what_terms_let_us_keep_for_thirty_days_is_read_again_before(service: Service) -> None:
    del service
    assert max(step.after for step in STEPS if step.since == "first_seen_at") < timedelta(days=30)
