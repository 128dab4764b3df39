"""Whether the hourly part of maintain still comes to its end is heard, though other parts come oftener."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from socialindex import metrics
from socialindex.maintain.hourly import Hourly
from socialindex.metrics import Metric

if TYPE_CHECKING:
    import pytest

    from socialindex.reread.schedule import Mark

BEGAN = 1_795_000_000.0


class Marks:
    def __init__(self) -> None:
        self.kept: dict[str, Mark] = {}

    def get(self, name: str) -> Mark | None:
        return self.kept.get(name)

    def put(self, name: str, mark: Mark) -> None:
        self.kept[name] = mark


def test_the_age_of_the_last_hourly_run_grows_until_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[Metric, float]] = []
    monkeypatch.setattr(metrics, "record", lambda metric, value: told.append((metric, value)))
    now = BEGAN
    hourly = Hourly(cast("Any", Marks()), lambda: now)
    for minutes, ends in [(0, False), (5, False), (65, True), (70, False), (250, False), (249, False)]:
        now = BEGAN + minutes * 60
        if ends:
            hourly.done()
        hourly.tell()
    assert told == [(Metric.MAINTAIN_AGE, 60.0 * minutes) for minutes in (0, 5, 0, 5, 185, 184)]
