"""What could be seen of a topic: blind sources and channels hide their share, and only while they are blind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialindex.alert.landscape import Landscape, Source
from socialindex.alert.model import STEP
from socialindex.alert.sight import Sight
from socialindex.alert.spread import Mix
from socialindex.watch.events import Finding, HealthEvent

START = datetime(2026, 11, 28, tzinfo=UTC)
BEGIN = int(START.timestamp())
LANDSCAPE = Landscape({"board": Source(600, 3), "feed": Source(300, 10), "mastodon": Source(100, 2)}, 10)
KNOWN = Mix({"board": (9_000.0, 900.0), "feed": (1_000.0, 10.0)})


def blind(source: str, since: float, until: float | None, **given: Any) -> HealthEvent:
    """Minutes after the start."""
    moment = START + timedelta(minutes=since)
    finding = Finding(kind=given.pop("kind", "errors"), source=source, since=moment, message="", evidence={}, **given)
    closed = None if until is None else START + timedelta(minutes=until)
    return HealthEvent(id="he_a", finding=finding, opened_at=moment, seen_at=moment, closed_at=closed)


def hidden(*events: HealthEvent, mix: Mix = KNOWN, watched: list[str] | None = None) -> list[float]:
    """Of the first four buckets."""
    found = Sight(events, LANDSCAPE).hidden(mix, watched or [], BEGIN, BEGIN + 4 * STEP)
    return [round(found.get(BEGIN + number * STEP, 0.0), 2) for number in range(4)]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (blind("board", 5, 10), [0, 0.9, 0, 0]),
        (blind("board", 7.5, 12.5), [0, 0.45, 0.45, 0]),
        (blind("board", 10, None), [0, 0, 0.9, 0.9]),
        (blind("board", -600, 600), [0.9, 0.9, 0.9, 0.9]),
        (blind("board", 5, 10, channel="ch_a"), [0, 0.3, 0, 0]),
        (blind("board", 5, 10, kind="silent"), [0, 0, 0, 0]),
        (blind("board", -20, 0), [0, 0, 0, 0]),
        (blind("lemmy", 5, 10), [0, 0, 0, 0]),
    ],
)
def test_a_blind_time_hides_its_share(event: HealthEvent, expected: list[float]) -> None:
    assert hidden(event) == expected


def test_a_source_is_hidden_once_however_many_findings_say_so() -> None:
    events = [blind("board", 5, 10), blind("board", 0, 10, kind="layout"), blind("feed", 5, 10)]
    assert hidden(*events) == [0.9, 1.0, 0, 0]


def test_of_a_young_topic_sources_hide_what_they_give_to_all() -> None:
    assert hidden(blind("board", 0, 5), mix=Mix()) == [0.6, 0, 0, 0]
    assert hidden(blind("board", 0, 5), mix=Mix(), watched=["feed"]) == [0, 0, 0, 0]
    assert hidden(blind("feed", 0, 5), mix=Mix(), watched=["feed"]) == [1, 0, 0, 0]


def test_blind_sources_of_a_time_are_named() -> None:
    sight = Sight([blind("feed", 5, 10), blind("board", 0, 3), blind("feed", 6, 9, channel="ch_a")], LANDSCAPE)
    assert sight.blind(START + timedelta(minutes=4), START + timedelta(minutes=20), []) == ["feed"]
    assert sight.blind(START, START + timedelta(minutes=20), []) == ["board", "feed"]
    assert sight.blind(START, START + timedelta(minutes=20), ["board"]) == ["board"]
