"""What drawings make of the engine's answers, drawn by the real libraries."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest

from infra.dashboards import objects
from infra.dashboards.rendering import compiled, marks, sized

STATES = {
    shown["id"]: json.loads(shown["attributes"]["visState"])
    for shown in objects.saved_objects("en")
    if shown["type"] == "visualization"
}
SPECIFICATIONS = {
    name.removeprefix("socialindex-").removesuffix("-en"): json.loads(state["params"]["spec"])
    for name, state in STATES.items()
    if state["type"] == "vega"
}
DAY, NOON = 86_400_000, 43_200_000
DAYS: list[dict[str, int]] = [
    {**{f"t{number:02}": 10 for number in range(12)}, "t03": 90},
    {**{f"t{number:02}": 10 for number in range(12)}, "t11": 40},
    {"t00": 1, "t01": 2},
]
"""Mentions of twelve topics, or of twelve sources, on three days."""
ALERT = {"topic_name": "Phone", "opened_at": "2026-11-25T20:30:00+00:00", "noticed_minutes": 9, "lead_minutes": 214}
DRAW_ALERT = """
from tests.unit.dashboards.test_drawings import ALERT, drawn
print({bar["alert"] for bar in drawn("command-center-lead", {"hits": {"hits": [{"_source": ALERT}]}})})
"""


def drawn(name: str, answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The bars of a drawing, each with what it says of itself."""
    spec = SPECIFICATIONS[name]
    spec = {**spec, "data": {"values": answer, "format": spec["data"]["format"]}}
    bars = [mark for mark in marks(compiled(sized(spec, 28, 15))) if "description" in mark]
    return [{**bar, **dict(re.findall(r"([^:;]+): ([^;]+)(?:; |$)", bar["description"]))} for bar in bars]


def groups(counts: dict[str, int], asked: dict[str, Any]) -> list[dict[str, Any]]:
    """As the engine gives them: no more than were asked for, the greatest first."""
    greatest = sorted(counts.items(), key=lambda group: -group[1])[: asked["terms"]["size"]]
    return [{"key": key, "doc_count": count, "stories": {"value": count / 2}} for key, count in greatest]


@pytest.mark.parametrize(
    ("name", "within", "kind", "heights"),
    [
        ("share-of-voice-share", "topics", "topic", [1, 1, 1]),
        ("topic-deep-dive-volume", "sources", "source", [200, 150, 3]),
    ],
)
def test_bars_over_time_are_of_all_that_was_counted(name: str, within: str, kind: str, heights: list[int]) -> None:
    asked = SPECIFICATIONS[name]["data"]["url"]["body"]["aggs"]["time"]["aggs"][within]
    buckets = [
        {"key": number * DAY + NOON, "doc_count": sum(counts.values()), within: {"buckets": groups(counts, asked)}}
        for number, counts in enumerate(DAYS)
    ]
    bars = drawn(name, {"aggregations": {"time": {"buckets": buckets}}})
    days = [[bar for bar in bars if bar["key"] == f"Jan 0{number}, 1970"] for number in (1, 2, 3)]
    assert [max(float(bar["top"]) for bar in day) for day in days] == heights
    first = {bar[kind]: bar["height"] for bar in days[0]}
    assert first["t03"] / sum(first.values()) == pytest.approx(90 / 200)
    legend = {bar[kind]: bar["fill"] for bar in bars}
    assert {"t03", "t11", "others"} <= legend.keys()
    assert len(legend) == len(set(legend.values())) == 8, "each has a color of its own"


def test_the_share_of_a_topic_is_of_all_topics() -> None:
    asked = SPECIFICATIONS["share-of-voice-deduplicated"]["data"]["url"]["body"]["aggs"]["topics"]
    answer = {"aggregations": {"topics": {"buckets": groups(DAYS[0], asked)}}}
    bars = drawn("share-of-voice-deduplicated", answer)
    assert {bar["share"] for bar in bars if bar["topic"] == "t03"} == {"45.000000%"}
    assert len({bar["topic"] for bar in bars}) == 8


def test_a_share_of_a_topics_places_is_neither_nothing_nor_all_where_it_is_a_part() -> None:
    counts = {"gnuboard": 99_601, "mastodon": 398, "feed": 1}
    topics = {"key": "tp_a", "doc_count": 100_000, "sources": {"buckets": groups(counts, {"terms": {"size": 12}})}}
    spec = SPECIFICATIONS["share-of-voice-sources"]
    values = {"aggregations": {"topics": {"buckets": [topics]}}}
    spec = {**spec, "data": {"values": values, "format": spec["data"]["format"]}}
    texts = [mark["text"] for mark in marks(compiled(sized(spec, 28, 15))) if "text" in mark]
    assert texts == ["99.6%", "0.4%", "<0.1%"]


def test_an_alert_is_named_by_its_time_where_somebody_looks() -> None:
    """In a process of its own: the libraries read the time zone once."""
    there = {**os.environ, "TZ": "Asia/Seoul"}
    told = subprocess.run([sys.executable, "-c", DRAW_ALERT], env=there, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert told.stdout == "{'Phone · 11-26 05:30'}\n"
