"""From when on a report knows what was said: one rule for what it compares with, and for what its pages say."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from socialindex.search.analytics.coverage import Coverage


class Beginnings(NamedTuple):
    """Moments before which mentions are not known; ``None`` where nothing is unknown for that reason."""

    looked: datetime
    """Before it the topic was not looked for."""
    kept: datetime | None
    """What was first seen before it is deleted."""
    shown: datetime | None
    """What was public before it is beyond the plan."""

    @property
    def latest(self) -> datetime:
        """From when on all mentions are known."""
        return max(moment for moment in self if moment)


def beginnings(looked_since: datetime, coverage: Coverage) -> Beginnings:
    """The beginnings of a topic that has been looked for since a moment, in figures that cover so much."""
    day = coverage.history_since
    return Beginnings(looked_since, coverage.kept_since, datetime.combine(day, time.min, UTC) if day else None)
