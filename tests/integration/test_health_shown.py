"""What dashboards see of health: what is wrong now, however long it lasts, and no address of a channel that is gone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec
import pytest

from socialindex import engine
from socialindex.aws.health import KEPT, Health
from socialindex.aws.tables import Table
from socialindex.crawl.rhythm import Polling
from socialindex.crawl.settings import FetchSettings
from socialindex.errors import NotFound
from socialindex.search.operations import Operations, Stores
from socialindex.search.outages import blind
from socialindex.sources.base import Channel
from socialindex.watch.channels import FAILURES
from socialindex.watch.events import Finding, HealthEvent
from socialindex.watch.projection import Projection, index_of
from socialindex.watch.removals import AGAIN, Removals
from socialindex.watch.stage import Watch
from tests.integration.parts import Parts, real_parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opensearchpy import OpenSearch

    from infra.local.servers import Running

pytestmark = pytest.mark.integration

NOW = datetime.now(tz=UTC).replace(day=28, hour=12, minute=0, second=0, microsecond=0)
ADDRESS = "https://social.example/@anna.kim"


class World(NamedTuple):
    """The table of health, and the engine that shows it."""

    parts: Parts
    health: Health
    engine: OpenSearch

    @property
    def projection(self) -> Projection:
        queues = {"crawl": (self.parts.queue("CrawlQueue"), self.parts.queue("CrawlDeadLetters"))}
        return Projection(self.engine, self.health, self.parts.outcomes, queues)

    def look(self, now: datetime) -> None:
        """Project the table as the watch stage does."""
        self.projection.run(now)

    def watch(self, now: datetime) -> None:
        """All that the watch stage does."""
        parts = (self.parts.channels, self.parts.outcomes, cast("Any", None))
        Watch(self.health, parts, Deaf(), Polling(ceiling=86_400)).run(now)
        Removals(self.health, self.projection).run(now)
        self.look(now)

    def remove(self, channel: str) -> None:
        """What ``DELETE /v1/channels/{id}`` does."""
        parts = self.parts
        stores = Stores(
            channels=parts.channels,
            hosts=parts.hosts,
            outcomes=parts.outcomes,
            archive=parts.archive,
            queues={},
            health=self.health,
        )
        fetch = FetchSettings(contact="https://crawler.example/about")
        Operations(stores, self.engine, fetch).remove_channel(channel)

    def everything(self) -> str:
        """All that the table and the engine have of health."""
        table = Table(self.parts.table("HealthTable"))
        return json.dumps([[item.get("body") for item in table.scan()], self.shown()])

    def shown(self) -> list[dict[str, Any]]:
        """What dashboards find of events, with the index where each is."""
        self.engine.indices.refresh(index="operations")
        body = {"query": {"term": {"of": "health"}}, "sort": [{"since": "desc"}]}
        hits = self.engine.search(index="operations", body=body)["hits"]["hits"]
        return [{**hit["_source"], "index": hit["_index"]} for hit in hits]

    def months(self) -> set[str]:
        return set(self.engine.indices.get(index="operations-*"))


class Deaf:
    """Administrators whom nobody tells."""

    def tell(self, events: Sequence[HealthEvent]) -> None:
        pass


@pytest.fixture
def world(servers: Running, engine_url: str) -> Iterator[World]:
    client = engine.connect(engine_url, signed=False)
    client.indices.delete(index="operations-*")
    with real_parts(servers) as parts:
        yield World(parts, Health(parts.table("HealthTable")), client)
    client.indices.delete(index="operations-*")


def event(number: int, opened_at: datetime, closed_at: datetime | None = None) -> HealthEvent:
    finding = Finding(
        kind="down",
        source="mastodon",
        channel=f"ch_{number}",
        url=f"{ADDRESS}{number}",
        since=opened_at,
        message=f"{ADDRESS}{number}: the last 900 polls failed (gone).",
        evidence={"failures": 900, "reason": "gone"},
    )
    return HealthEvent(id=f"he_{number}", finding=finding, opened_at=opened_at, seen_at=NOW, closed_at=closed_at)


def test_a_problem_is_shown_as_open_however_long_ago_it_was_opened(world: World) -> None:
    opened = NOW - KEPT - timedelta(days=40)
    world.health.keep(event(1, opened))
    for look in range(3):
        world.look(now := NOW + timedelta(minutes=5 * look))
        (found,) = world.shown()
        assert (found["open"], found["since"], found["at"]) == (True, opened.isoformat(), now.isoformat())
        assert world.months() == {index_of(NOW)}, "no month is made that is over"


def test_a_problem_moves_on_with_the_months_and_is_there_once(world: World) -> None:
    opened = event(1, NOW)
    world.health.keep(opened)
    world.look(NOW)
    next_month = NOW + timedelta(days=5)
    world.look(next_month)
    assert [each["index"] for each in world.shown()] == [index_of(next_month)]
    month_after = next_month + timedelta(days=31)
    world.health.close(msgspec.structs.replace(opened, closed_at=month_after))
    world.look(month_after + timedelta(minutes=5))
    (closed,) = world.shown()
    assert (closed["open"], closed["at"], closed["index"]) == (False, month_after.isoformat(), index_of(month_after))


def test_what_is_over_is_shown_as_long_as_the_table_keeps_it(world: World) -> None:
    """Counted from its end, however long ago it was opened."""
    world.health.close(event(1, NOW - KEPT - timedelta(days=40), closed_at=NOW - timedelta(days=1)))
    world.look(NOW)
    assert [each["open"] for each in world.shown()] == [False]


def test_a_channel_s_address_goes_with_it_and_the_times_it_was_not_seen_stay(world: World) -> None:
    now, channels = datetime.now(tz=UTC), world.parts.channels
    for number in (1, 2):
        channels.add(Channel(id=f"ch_{number}", source="mastodon", url=f"{ADDRESS}{number}", created_at=now))
        world.health.close(event(number, now - timedelta(days=70), closed_at=now - timedelta(days=40)))
    for _ in range(FAILURES):
        channels.failed("ch_1", "gone")
    world.watch(now)
    assert f"{ADDRESS}1" in world.everything()
    world.remove("ch_1")
    world.watch(now + timedelta(minutes=5))
    found = world.everything()
    assert "ch_1" in found
    assert f"{ADDRESS}1" not in found
    closed = [each for each in world.health.closed_events(now - KEPT) if each.finding.channel == "ch_1"]
    assert [(each.kind, each.until is None) for each in blind(closed)] == [("down", False)] * 2
    (other,) = [each for each in world.shown() if each["channel"] == "ch_2"]
    assert "ch_2" in found
    assert ADDRESS in other["message"]


def test_a_removal_is_followed_until_no_look_can_have_begun_before_it(world: World) -> None:
    """And also where the call died when the channel was gone: made again, it finds none."""
    now = datetime.now(tz=UTC)
    with pytest.raises(NotFound):
        world.remove("ch_1")
    world.watch(now + timedelta(minutes=5))
    world.health.close(event(1, now - timedelta(days=1), closed_at=now))
    world.look(now)
    assert ADDRESS in world.everything()
    world.watch(now + timedelta(minutes=10))
    assert ADDRESS not in world.everything()
    world.watch(now + AGAIN + timedelta(minutes=1))
    assert world.health.removals() == {}


def test_a_look_ends_well_while_the_engine_does_not_answer_and_the_next_one_makes_up_for_it(world: World) -> None:
    """A failure of this stage would ring beside the engine's own alarm, and have each look made three times."""
    now = datetime.now(tz=UTC)
    world.parts.channels.add(Channel(id="ch_1", source="mastodon", url=f"{ADDRESS}1", created_at=now))
    for _ in range(FAILURES):
        world.parts.channels.failed("ch_1", "gone")
    world.watch(now)
    assert ADDRESS in world.everything()
    world.remove("ch_1")
    down = world._replace(engine=engine.connect("http://127.0.0.1:1", signed=False))
    down.watch(now + timedelta(minutes=5))
    assert len(list(world.health.depths(now))) == 2
    assert [each["open"] for each in world.shown()] == [True]
    world.watch(now + timedelta(minutes=5) + AGAIN)
    assert [each["open"] for each in world.shown()] == [False]
    assert ADDRESS not in world.everything()
