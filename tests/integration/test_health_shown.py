"""What dashboards see of health: what is wrong now is there however long it lasts, and each event once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import pytest

from socialindex import engine
from socialindex.aws.health import KEPT, Health
from socialindex.watch.events import Finding, HealthEvent
from socialindex.watch.projection import Projection, index_of
from tests.integration.parts import Parts, real_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

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

    def look(self, now: datetime) -> None:
        """Project the table as the watch stage does."""
        Projection(self.engine, self.health, self.parts.outcomes, {}).run(now)

    def shown(self) -> list[dict[str, Any]]:
        """What dashboards find of events, with the index where each is."""
        self.engine.indices.refresh(index="operations")
        body = {"query": {"term": {"of": "health"}}, "sort": [{"since": "desc"}]}
        hits = self.engine.search(index="operations", body=body)["hits"]["hits"]
        return [{**hit["_source"], "index": hit["_index"]} for hit in hits]

    def months(self) -> set[str]:
        return set(self.engine.indices.get(index="operations-*"))


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
        url=ADDRESS,
        since=opened_at,
        message=f"{ADDRESS}: the last 900 polls failed (gone).",
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
