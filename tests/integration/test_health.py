"""Health on real tables and the real index; SNS is a stand-in (moto), since no server of its own runs here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from socialindex.access import Caller, Scope
from socialindex.aws.health import Health
from socialindex.aws.notices import Notices
from socialindex.crawl.rhythm import Polling
from socialindex.index.writer import Write, Writer
from socialindex.model import Author, Post, Provenance
from socialindex.search.coverage import covered
from socialindex.sources.base import Channel
from socialindex.watch.channels import FAILURES
from socialindex.watch.events import Finding, HealthEvent
from socialindex.watch.history import IndexHistories
from socialindex.watch.sources import Interval, Totals
from socialindex.watch.stage import Watch
from tests.integration.parts import Parts, real_parts, unique

if TYPE_CHECKING:
    from collections.abc import Iterator

    import opensearchpy

    from infra.local.servers import Running

pytestmark = pytest.mark.integration

NOW = datetime.now(tz=UTC).replace(microsecond=0)


@pytest.fixture
def parts(servers: Running) -> Iterator[Parts]:
    with real_parts(servers) as parts:
        yield parts


@pytest.fixture
def health(parts: Parts) -> Health:
    return Health(parts.table("HealthTable"))


@pytest.fixture
def topic(parts: Parts) -> str:
    return parts.topic("HealthTopic")


def told(topic: str) -> list[tuple[str, str]]:
    """What the stand-in was asked to send, as subject and text."""
    from moto.sns.models import sns_backends  # noqa: PLC0415 - the stand-in's own memory, in this process

    regions = [region for account in sns_backends.values() for region in account.values()]
    (found,) = [region.topics[topic] for region in regions if topic in region.topics]
    return [(subject or "", message) for _, message, subject, *_ in found.sent_notifications]


def event(number: int, *, closed_at: datetime | None = None) -> HealthEvent:
    finding = Finding(
        kind="down", source="feed", channel=f"ch_{number}", since=NOW, message="It fails.", evidence={"failures": 3}
    )
    return HealthEvent(id=f"he_{number}", finding=finding, opened_at=NOW, seen_at=NOW, closed_at=closed_at)


def test_an_event_is_open_until_it_is_closed_and_then_found_by_its_day(health: Health) -> None:
    health.keep(event(1))
    health.keep(event(1))
    health.keep(event(2))
    assert {found.id for found in health.open_events()} == {"he_1", "he_2"}
    closed = event(1, closed_at=NOW + timedelta(minutes=5))
    health.close(closed)
    health.close(closed)
    assert [found.id for found in health.open_events()] == ["he_2"]
    assert health.closed_events(NOW) == [closed]
    assert health.closed_events(NOW + timedelta(minutes=6)) == []


def test_counts_and_intervals_come_back_as_they_were_kept(health: Health) -> None:
    days = {"feed": {"2026-11-27": Totals(1, 2, 3, 4, 5, 6), "2026-11-28": Totals()}, "gnuboard": {}}
    intervals = [Interval(at=NOW + number * timedelta(minutes=5), asked=number) for number in range(3)]
    for interval in intervals:
        health.keep_counts("feed", days["feed"], interval)
    health.keep_counts("gnuboard", days["gnuboard"], None)
    assert health.totals() == days
    assert health.intervals("feed", NOW + timedelta(minutes=5)) == intervals[1:]
    assert health.intervals("gnuboard", NOW) == []


def test_administrators_are_told_in_plain_words(parts: Parts, topic: str) -> None:
    Notices(topic).tell([event(1)])
    Notices(topic).tell([event(1, closed_at=NOW + timedelta(minutes=5))])
    (subject, opened), (_, closed) = told(topic)
    assert subject == "feed down: opened"
    assert opened.startswith("It fails.")
    assert "failures: 3" in opened
    assert closed.startswith("Well again since")


def test_of_many_events_administrators_are_told_the_first_and_the_number(parts: Parts, topic: str) -> None:
    Notices(topic).tell([event(number) for number in range(1_234)])
    ((subject, text),) = told(topic)
    assert subject == "feed down: 1,234 opened"
    assert [number for number in range(1_234) if f"Event he_{number}," in text] == list(range(10))
    assert text.endswith("And 1,224 more: socialindex health")


def test_a_channel_that_fails_is_told_once_and_is_a_gap_until_it_works(
    parts: Parts, health: Health, topic: str, index: opensearchpy.OpenSearch
) -> None:
    channel = Channel(id=unique("ch"), source="feed", url="https://a.example/feed", created_at=NOW)
    parts.channels.add(channel)
    watch = Watch(
        health, (parts.channels, parts.outcomes, IndexHistories(index)), Notices(topic), Polling(ceiling=86_400)
    )
    assert watch.run(NOW)["open"] == 0
    for _ in range(FAILURES):
        parts.channels.failed(channel.id, "server_error")
    assert watch.run(NOW) == {"open": 1, "closed": 0, "told": 1}
    assert watch.run(NOW)["told"] == 0
    assert len(told(topic)) == 1
    assert health.open_events()[0].finding.evidence["reason"] == "server_error"


def post(number: int, at: datetime, channel: str = "ch_a") -> Post:
    provenance = Provenance(channel=channel, adapter="feed/1", archive_key="k", archive_offset=0, archive_length=1)
    return Post(
        id=f"p{number}",
        uri=f"https://a.example/{number}",
        source="feed",
        text="배터리",
        author=Author(name="김"),
        published_at=at,
        collected_at=at,
        provenance=provenance,
    )


def write(index: opensearchpy.OpenSearch, posts: list[Post]) -> None:
    assert not any(Writer(index).write([Write(post, live=False, replay=False) for post in posts]))
    index.indices.refresh(index="posts-*")


def test_a_channels_history_is_read_from_the_index(index: opensearchpy.OpenSearch) -> None:
    hours = [*range(0, 100, 2), 120]
    write(index, [post(number, NOW - timedelta(hours=hour)) for number, hour in enumerate(hours)])
    history = IndexHistories(index).of("ch_a", NOW)
    assert history.posts == len(hours)
    assert history.seconds == pytest.approx(120 * 3600)
    assert history.longest_gap == pytest.approx(22 * 3600)
    assert IndexHistories(index).of("ch_b", NOW).posts == 0


def test_coverage_counts_what_the_caller_may_see(parts: Parts, index: opensearchpy.OpenSearch) -> None:
    channel = Channel(id="ch_a", source="feed", url="https://a.example/feed", created_at=NOW, title="A")
    parts.channels.add(channel)
    write(index, [post(number, NOW - timedelta(hours=number)) for number in range(3)])
    caller = Caller(organization="o", workspaces=frozenset(), scopes=frozenset({Scope.READ}))
    sources, channels = covered(cast("Any", index), caller, parts.channels.all())
    assert [(row.source, row.channels, row.posts, row.last_post) for row in sources] == [("feed", 1, 3, NOW)]
    (row,) = channels
    assert (row.channel, row.url, row.posts, row.first_post) == ("ch_a", channel.url, 3, NOW - timedelta(hours=2))
