"""What every server of the world shares: the story, the addresses, the clock and the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from infra.local.world.config import WorldConfig
    from infra.local.world.links import Directory
    from infra.local.world.records import Article, Comment, Status, Thread, WorldData

    Timed = TypeVar("Timed", Article, Comment, Status, Thread)


@dataclass(frozen=True)
class Scene:
    """The world as servers see it; nothing is shown before its time."""

    world: WorldData
    directory: Directory
    config: WorldConfig

    def now(self) -> datetime:
        """The present by the world's clock."""
        return self.config.clock()

    def published(self, items: Iterable[Timed]) -> list[Timed]:
        """Those items whose time has come, in the given order."""
        now = self.now()
        return [item for item in items if item.published_at <= now]
