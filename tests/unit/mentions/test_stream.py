"""The parts of a topic's stream: how much fits into one, and that nothing is skipped between two."""

from __future__ import annotations

import json
import time
from typing import Any, cast

import pytest

from socialindex.access import Caller, Scope
from socialindex.search.http import Answer
from socialindex.search.mentions.stream import AskStream, StreamPart, read

CALLER = Caller(organization="org_a", workspaces=frozenset({"ws_a"}), scopes=frozenset({Scope.READ}))
LONG = '"가\n' * 22_000
CHANGED = 1_700_000_000_000


class Engine:
    """Holds so many mentions of a topic; several changed within each millisecond, and every seventh is gone."""

    def __init__(self, mentions: int, text: str = LONG) -> None:
        self.hits = [_hit(number, text) for number in range(mentions)]
        self.bodies: list[dict[str, Any]] = []

    def search(self, *, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.bodies.append(body)
        found = [hit for hit in self.hits if hit["sort"] > body["search_after"]]
        return {"timed_out": False, "_shards": {"failed": 0}, "hits": {"hits": found[: body["size"]]}}


def _hit(number: int, text: str) -> dict[str, Any]:
    name = f"mn_{number:04d}"
    gone = {"gone": "deleted"} if number % 7 == 6 else {}
    return {
        "_source": {"id": f"p{number}", "text": text, "mention": {"id": name, **gone}},
        "sort": [CHANGED + number // 3, name],
    }


def part(engine: Engine, **asked: Any) -> StreamPart:
    return read(cast("Any", engine), CALLER, "tp_a", AskStream(**asked))


def test_a_part_of_long_mentions_ends_before_it_is_too_large_to_be_sent() -> None:
    told = part(Engine(100))
    sent = json.dumps(Answer(200, told).encoded(), ensure_ascii=False)
    assert len(sent.encode()) < 6_000_000
    assert 20 < len(told.items) < 100
    assert told.more


@pytest.mark.parametrize("limit", [100, 30])
def test_parts_that_end_early_skip_and_repeat_nothing(limit: int) -> None:
    engine, seen, sizes = Engine(100), list[str](), list[int]()
    told = part(engine, limit=limit)
    while told.more:
        seen += [item["id"] for item in told.items]
        sizes.append(told.posts)
        told = part(engine, limit=limit, after=told.offset)
    assert [*seen, *(item["id"] for item in told.items)] == [f"p{number}" for number in range(100)]
    assert sum(sizes) + told.posts == 86  # what is gone counts for nothing


def test_a_mention_that_is_too_large_alone_is_a_part() -> None:
    engine = Engine(2, "a" * 6_000_000)
    first = part(engine)
    assert ([item["id"] for item in first.items], first.more) == (["p0"], True)
    second = part(engine, after=first.offset)
    assert ([item["id"] for item in second.items], second.more) == (["p1"], False)


def test_short_mentions_fill_a_part() -> None:
    told = part(Engine(101, "short"))
    assert (len(told.items), told.more) == (100, True)


def test_who_has_a_mention_is_told_when_it_goes_though_our_clock_is_ahead_of_the_engines() -> None:
    """It went after the copy was made, at a time that is earlier by the engine's clock."""
    engine = Engine(1, "short")
    offset = part(engine).offset
    part(engine, after=offset)
    (known,) = engine.bodies[-1]["query"]["bool"]["filter"][-1:]
    (since,) = (each["range"] for each in known["bool"]["should"] if "range" in each)
    assert since["mention.changed_at"]["gte"] <= (time.time() - 15 * 60) * 1000


def test_who_begins_anew_once_the_engine_has_lost_its_data_goes_on() -> None:
    engine, lost_at = Engine(1, "short"), time.time() - 60
    begun = read(cast("Any", engine), CALLER, "tp_a", AskStream(), lost_at)
    assert read(cast("Any", engine), CALLER, "tp_a", AskStream(after=begun.offset), lost_at).items == []
