"""Charts: what is drawn is what is counted."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.amounts import percent
from socialindex.report import charts, charts_bars, charts_story
from socialindex.report.charts import Column
from socialindex.report.charts_bars import Bar
from socialindex.report.charts_story import Lead, Step
from socialindex.report.element import Element, render
from socialindex.report.marks import BLUE, ORANGE, VOICES, columns, fitted, over, ticks
from tests.unit.report.pages import Page


def drawn(chart: Element, color: str) -> list[dict[str, float]]:
    """The boxes of a color."""
    boxes = [one for one in Page(render(chart)).named("rect") if one["fill"] == color]
    return [{name: float(one[name]) for name in ("x", "y", "width", "height")} for one in boxes]


@given(st.floats(0, 1e9))
def test_an_axis_has_a_few_whole_numbers_and_reaches_the_top(most: float) -> None:
    found = ticks(most)
    steps = {after - before for before, after in itertools.pairwise(found)}
    assert found[0] == 0
    assert found[-1] >= most
    assert len(steps) == 1
    assert 2 <= len(found) <= 6
    assert found[-1] <= max(1, most) * 3


@given(st.text(max_size=40), st.integers(2, 40))
def test_a_label_fits(text: str, most: int) -> None:
    found = fitted(text, most)
    assert columns(found) <= most
    assert found == text or found.endswith("…")


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=31).filter(any))
def test_columns_are_as_high_as_their_numbers(counts: list[int]) -> None:
    boxes = drawn(charts.volume([Column(str(one), (one,)) for one in counts], "x"), BLUE)
    heights = [one["height"] for one in boxes]
    shown = [one for one in counts if one]
    assert len(heights) == len(shown)
    scale = max(heights) / max(shown)
    assert heights == pytest.approx([one * scale for one in shown], abs=0.02)


def test_moods_stand_on_each_other() -> None:
    chart = charts.moods([Column("1", (3, 4, 2, 1))], "x")
    (negative,), (positive,) = drawn(chart, ORANGE), drawn(chart, BLUE)
    assert positive["y"] + positive["height"] == pytest.approx(negative["y"], abs=0.02)


def test_days_without_a_number_before_are_no_point_of_the_line() -> None:
    rows = [Column("1", (3,), 2), Column("2", (3,), None), Column("3", (3,), 0)]
    (line,) = Page(render(charts.volume(rows, "x"))).named("polyline")
    assert len(line["points"].split()) == 2
    assert not Page(render(charts.volume([Column("1", (3,))], "x"))).named("polyline")


@given(st.lists(st.tuples(st.integers(0, 999), st.floats(0, 1)), min_size=1, max_size=8))
def test_a_part_of_a_bar_is_as_long_as_its_share(rows: list[tuple[int, float]]) -> None:
    chart = charts_bars.bars([Bar("a", value, "", part) for value, part in rows], "x")
    parts = [(value, part) for value, part in rows if part]
    boxes = drawn(chart, BLUE)
    found = [one["width"] for one in drawn(chart, ORANGE)]
    lengths = [box["width"] for box, (_, part) in zip(boxes, rows, strict=True) if part]
    assert found == pytest.approx([length * part for length, (_, part) in zip(lengths, parts, strict=True)], abs=0.02)


def test_shares_fill_the_line() -> None:
    chart = charts_bars.shares([("all", [0.5, 0.3, 0.2])], percent, "x")
    widths = [drawn(chart, color)[0]["width"] + 1 for color in VOICES[:3]]
    assert sum(widths) == pytest.approx(720, abs=0.1)


def test_nothing_at_all_is_a_chart_too() -> None:
    assert Page(render(charts_bars.shares([("all", [0.0, 0.0])], percent, "x"))).named("svg")
    assert Page(render(charts.volume([Column("1", (0,))], "x"))).named("svg")
    assert Page(render(charts_bars.against([], None, "", "x"))).named("svg")


def test_what_is_beyond_the_target_has_another_color() -> None:
    chart = charts_bars.against([Bar("a", 30, ""), Bar("b", 90, "", late=True)], 60, "target", "x")
    assert [len(drawn(chart, color)) for color in (BLUE, ORANGE)] == [1, 1]
    (target,) = Page(render(chart)).named("line")
    assert drawn(chart, BLUE)[0]["width"] < float(target["x1"]) - 210 < drawn(chart, ORANGE)[0]["width"]


@given(st.lists(st.floats(1, 500), min_size=1, max_size=5), st.floats(1, 500))
def test_the_target_crosses_no_number(values: list[float], target: float) -> None:
    chart = charts_bars.against([Bar("a", value, "12 minutes") for value in values], target, "target", "x")
    page = Page(render(chart))
    line = float(page.named("line")[0]["x1"])
    starts = [float(one["x"]) for one in page.named("text") if one.get("text-anchor") is None]
    assert len(starts) == len(values)
    assert not [start for start in starts if start - 3 < line < start + 60]


@pytest.mark.parametrize("count", [1, 2, 6])
def test_a_course_has_a_point_for_each_step(count: int) -> None:
    steps = [Step("post", f"s{place}", "at", "") for place in range(count)]
    lead = Lead(0, count - 1, "6 hours") if count > 1 else None
    found = Page(render(charts_story.course(steps, lead, "x")))
    assert len(found.named("circle")) == count
    assert ("6 hours" in found.words) is (count > 1)


@pytest.mark.parametrize("color", VOICES)
def test_numbers_on_colors_can_be_read(color: str) -> None:
    """At least 4.5 to 1 (WCAG 2.2, 1.4.3), which bold numbers of this size would not even need."""
    lighter, darker = sorted(map(luminance, (color, over(color))), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def luminance(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
