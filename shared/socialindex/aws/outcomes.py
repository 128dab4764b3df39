"""Counted outcomes in DynamoDB: one item per stage, day, source, outcome and reason.

A counter that is retried can count twice; what is metered for money uses transactions instead.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from socialindex.aws.tables import Table
from socialindex.model import Struct

if TYPE_CHECKING:
    from collections import Counter

    from socialindex.aws.values import Value
    from socialindex.outcomes import Count


class Counted(Struct, frozen=True, kw_only=True):
    """What a stage has counted of one outcome of one source on one day (UTC)."""

    stage: str
    day: str
    source: str
    outcome: str
    reason: str
    times: int
    last_at: datetime


class Outcomes:
    """The counters of all stages."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def add(self, counts: Counter[Count]) -> None:
        """Add one invocation's counts."""
        now = datetime.now(tz=UTC)
        for count, times in counts.items():
            key = {"stage": count.stage, "count": "#".join((now.date().isoformat(), *count[1:]))}
            values: dict[str, Value] = {"times": times, "now": now.isoformat()}
            self._table.update(key, "ADD #times :times SET #last_at = :now", values)

    def read(self, stage: str) -> list[Counted]:
        """All counts of a stage, by day and source."""
        return [_counted(item) for item in self._table.query("#stage = :stage", {"stage": stage}, consistent=True)]


def _counted(item: dict[str, object]) -> Counted:
    day, source, outcome, reason = str(item["count"]).split("#", 3)
    fields = {"stage": item["stage"], "day": day, "source": source, "outcome": outcome, "reason": reason}
    return msgspec.convert({**fields, "times": item["times"], "last_at": item["last_at"]}, Counted)
