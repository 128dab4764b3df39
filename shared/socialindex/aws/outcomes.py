"""Counted outcomes in DynamoDB: one item per stage, day, source, outcome and reason.

A day's items go after some months (DynamoDB's time to live), and are not read from then on: what a look at them costs
does not grow with the age of the service.

A counter that is retried can count twice, and what a table does not take at once is lost: nobody's work waits for its
count. What is metered for money uses transactions instead.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

import msgspec
from aws_lambda_powertools import Logger

from socialindex.aws.tables import Table
from socialindex.errors import Unavailable
from socialindex.model import Struct

if TYPE_CHECKING:
    from collections import Counter

    from socialindex.aws.values import Value
    from socialindex.outcomes import Count

logger = Logger(child=True)

KEPT: Final = timedelta(days=180)
"""How long a day's counts are kept: as long as dashboards show them."""


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
        """Add one invocation's counts, or lose them: an invocation that fails has all come again that it has done."""
        try:
            self._add(counts)
        except Unavailable as error:
            logger.warning("counts are lost", extra={"reason": str(error)})

    def _add(self, counts: Counter[Count]) -> None:
        now = datetime.now(tz=UTC)
        for count, times in counts.items():
            key = {"stage": count.stage, "count": "#".join((now.date().isoformat(), *count[1:]))}
            values: dict[str, Value] = {"times": times, "now": now.isoformat(), "expires": _expiry(now.date())}
            self._table.update(key, "ADD #times :times SET #last_at = :now, #expires = :expires", values)

    def read(self, stage: str, since: date | None = None) -> list[Counted]:
        """A stage's counts from a day on, by day and source; without a day, of all days that are kept."""
        first = since or (datetime.now(tz=UTC) - KEPT).date()
        values: dict[str, Value] = {"stage": stage, "first": first.isoformat()}
        items = self._table.query("#stage = :stage AND #count >= :first", values, consistent=True)
        return [_counted(item) for item in items]


def _expiry(day: date) -> int:
    return int((datetime.combine(day, time(), UTC) + timedelta(days=1) + KEPT).timestamp())


def _counted(item: dict[str, object]) -> Counted:
    day, source, outcome, reason = str(item["count"]).split("#", 3)
    fields = {"stage": item["stage"], "day": day, "source": source, "outcome": outcome, "reason": reason}
    return msgspec.convert({**fields, "times": item["times"], "last_at": item["last_at"]}, Counted)
