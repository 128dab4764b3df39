"""How often the index is asked what channels posted before they fell silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from socialindex.errors import Unavailable
from socialindex.opensearch import EngineConnectionError
from socialindex.watch.channels import History
from socialindex.watch.history import SECONDS, IndexHistories, OneLook

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


class Engine:
    """An engine without posts, which may be down."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.down = False

    def search(self, *, body: dict[str, Any], **_: object) -> dict[str, Any]:
        if self.down:
            raise EngineConnectionError("N/A", "refused", OSError("refused"))
        self.asked.append(body["query"]["bool"]["filter"][0]["term"]["provenance.channel"])
        return {"hits": {"total": {"value": 0}}}


def test_what_came_before_a_newest_post_is_asked_for_once() -> None:
    """Or tens of thousands of channels that are quiet for good would have each look run into its timeout."""
    engine = Engine()
    histories = IndexHistories(cast("Any", engine))
    for _ in range(3):
        for channel in ("ch_1", "ch_2"):
            assert histories.of(channel, NOW - timedelta(days=30)) == History(0, 0.0, 0.0)
    assert engine.asked == ["ch_1", "ch_2"]
    histories.of("ch_1", NOW)  # it has posted since
    assert engine.asked == ["ch_1", "ch_2", "ch_1"]


def test_what_could_not_be_had_is_asked_for_again() -> None:
    engine = Engine()
    histories = IndexHistories(cast("Any", engine))
    engine.down = True
    with pytest.raises(Unavailable):
        histories.of("ch_1", NOW)
    engine.down = False
    histories.of("ch_1", NOW)
    assert engine.asked == ["ch_1"]


def test_a_look_asks_for_so_long_and_the_next_one_goes_on() -> None:
    engine, told = Engine(), dict[str, bool]()
    histories, channels, seconds = IndexHistories(cast("Any", engine)), [f"ch_{number}" for number in range(10)], [0.0]
    for _ in range(2):
        look = OneLook(histories, clock=lambda: seconds[0])
        for channel in channels:
            before = len(engine.asked)
            told[channel] = look.of(channel, NOW) is not None
            seconds[0] += SECONDS / 5 * (len(engine.asked) - before)
    assert engine.asked == channels
    assert all(told.values())
