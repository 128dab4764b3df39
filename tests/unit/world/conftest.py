from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from infra.local.world import Channel, Faults, World, WorldConfig, running_world
from infra.local.world.sites.more import STORY

if TYPE_CHECKING:
    from collections.abc import Iterator

ANCHOR = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)


@dataclass
class MovableClock:
    now: datetime = ANCHOR

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now = ANCHOR + timedelta(seconds=seconds)


@pytest.fixture(scope="session")
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(scope="session")
def calm_world(clock: MovableClock) -> Iterator[World]:
    """A world that neither dawdles nor fails."""
    faults = Faults(slow_seconds=0, flaky_every=0, rate_limit=100_000)
    with running_world(WorldConfig(anchor=ANCHOR, clock=clock, faults=faults)) as world:
        yield world


@pytest.fixture
def world(calm_world: World, clock: MovableClock) -> Iterator[World]:
    """The calm world at its anchor."""
    clock.move(0)
    yield calm_world
    clock.move(0)


def story(world: World) -> list[Channel]:
    """The channels of the sites that share the story; the others have tests of their own."""
    addresses = {base for name, base in world.addresses.as_dict().items() if name in STORY}
    return [channel for channel in world.truth.channels if channel.url.startswith(tuple(addresses))]
