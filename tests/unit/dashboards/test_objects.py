"""Saved objects have the shapes that OpenSearch Dashboards reads, and refer to what is there."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from infra.dashboards import objects, palette, shapes, shapes_state
from infra.dashboards.asking import Context, asked
from infra.dashboards.fields import fields_of
from infra.dashboards.source import LANGUAGES, SOURCES, dashboards, patterns, specification
from socialindex.mentions.changing import Change, Moment, changed
from socialindex.mentions.work import Who, Work
from socialindex.watch.events import BLIND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.dashboards.source import Dashboard, Language, Panel

SHOWN = {language: objects.saved_objects(language) for language in LANGUAGES}
EVERY = [each for language in LANGUAGES for each in SHOWN[language]]
ATTRIBUTES: dict[str, Any] = {
    "index-pattern": shapes.IndexPattern,
    "visualization": shapes.Visualization,
    "search": shapes.Search,
    "dashboard": shapes.Dashboard,
}
DASHBOARDS = dashboards()
UNTIL = datetime(2026, 11, 20, tzinfo=UTC)
CONTEXT = Context(UNTIL - timedelta(days=1), UNTIL, {"fixed_interval": "1h"}, [])
PANELS = [(dashboard, panel) for dashboard in DASHBOARDS for panel in dashboard.panel]


def of_kind(*kinds: str) -> list[dict[str, Any]]:
    return [each for each in EVERY if each["type"] in kinds]


def read(text: str, kind: Any) -> Any:
    return msgspec.json.decode(text, type=kind)


def named(shown: dict[str, Any]) -> str:
    return str(shown["id"])


@pytest.mark.parametrize("shown", EVERY, ids=named)
def test_an_object_has_the_attributes_of_its_type(shown: dict[str, Any]) -> None:
    saved = msgspec.convert(shown, shapes.Saved)
    msgspec.convert(saved.attributes, ATTRIBUTES[saved.type])
    assert saved.migration_version.keys() == {saved.type}


@pytest.mark.parametrize("shown", of_kind("index-pattern"), ids=named)
def test_shares_are_shown_to_a_tenth_of_a_percent(shown: dict[str, Any]) -> None:
    formats = json.loads(shown["attributes"].get("fieldFormatMap") or "{}").values()
    assert {one["params"]["pattern"] for one in formats if one["id"] == "percent"} <= {"0.[0]%"}


@pytest.mark.parametrize("shown", of_kind("visualization"), ids=named)
def test_a_visualization_has_the_state_of_its_type(shown: dict[str, Any]) -> None:
    state = read(shown["attributes"]["visState"], shapes_state.State)
    msgspec.convert(state.params, shapes_state.PARAMS[state.type])
    read(shown["attributes"]["uiStateJSON"], shapes.UiState)


@pytest.mark.parametrize("shown", of_kind("visualization", "search", "dashboard"), ids=named)
def test_what_an_object_asks_refers_to_what_is_named(shown: dict[str, Any]) -> None:
    text = shown["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"]
    source = read(text, shapes.SearchSource)
    wanted = {each.meta.index_ref_name for each in source.filter}
    if source.index_ref_name is not msgspec.UNSET:
        wanted.add(source.index_ref_name)
    references = Counter(each["name"] for each in shown["references"])
    assert wanted <= references.keys()
    assert max(references.values(), default=1) == 1


@pytest.mark.parametrize("shown", of_kind("dashboard"), ids=named)
def test_a_dashboard_places_panels_that_are_there_side_by_side(shown: dict[str, Any]) -> None:
    panels = read(shown["attributes"]["panelsJSON"], list[shapes.Panel])
    read(shown["attributes"]["optionsJSON"], shapes.Options)
    assert {panel.panel_ref_name for panel in panels} <= {each["name"] for each in shown["references"]}
    for panel in panels:
        assert panel.grid_data.i == panel.panel_index
        assert panel.grid_data.x + panel.grid_data.w <= 48
    for one, other in itertools.combinations([panel.grid_data for panel in panels], 2):
        beside = one.x + one.w <= other.x or other.x + other.w <= one.x
        assert beside or one.y + one.h <= other.y or other.y + other.h <= one.y, (one, other)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_has_all_that_its_objects_refer_to(language: Language) -> None:
    there = {(each["type"], each["id"]) for each in SHOWN[language]}
    assert len(there) == len(SHOWN[language])
    for shown in SHOWN[language]:
        assert {(each["type"], each["id"]) for each in shown["references"]} <= there


def test_the_files_are_what_the_sources_say() -> None:
    for language in LANGUAGES:
        assert (objects.FILES / f"{language}.ndjson").read_text("utf-8") == objects.ndjson(language)


def test_the_languages_have_the_same_dashboards_in_other_words() -> None:
    english, korean = ([each for each in SHOWN[language] if each["type"] == "dashboard"] for language in LANGUAGES)
    assert [each["id"][:-3] for each in english] == [each["id"][:-3] for each in korean]
    assert len(english) == 5
    for one, other in zip(english, korean, strict=True):
        assert one["attributes"]["title"] != other["attributes"]["title"]


@pytest.mark.parametrize("index", patterns())
def test_an_index_pattern_lists_fields_that_dashboards_can_use(index: str) -> None:
    fields = {field.name: field for field in msgspec.convert(fields_of(index), list[shapes.Field])}
    pattern = patterns()[index]
    assert fields[pattern.time].type == "date"
    for name, given in pattern.formats.items():
        msgspec.convert(msgspec.to_builtins(given), shapes.Format)
        assert name in fields, name


def used(panel: Panel) -> Iterator[tuple[str, str]]:
    """Fields of a panel with what they are used for."""
    yield from ((agg.field, agg.agg) for agg in panel.aggs if agg.field)
    yield from ((name.format(language="ko"), "column") for name in panel.columns)
    yield from ((panel.sort, "sort") for _ in panel.sort[:1])


@pytest.mark.parametrize(("dashboard", "panel"), PANELS, ids=[f"{d.id}-{p.id}" for d, p in PANELS])
def test_a_panel_uses_fields_of_its_index_as_they_can_be_used(dashboard: Dashboard, panel: Panel) -> None:
    if panel.index is not None and panel.draw != "vega":
        fields = {field["name"]: field for field in fields_of(panel.index)}
        for name, use in used(panel):
            assert name in fields, name
            assert use in {"column", "top_hits"} or fields[name]["aggregatable"], name
    for control in panel.controls:
        there = {field["name"]: field for field in fields_of(control.index)}
        assert there[control.field]["aggregatable"]
        assert there[control.field]["type"] == "string"


@pytest.mark.parametrize("shown", of_kind("visualization"), ids=named)
def test_a_control_lists_hundreds_which_are_found_by_the_names_that_are_shown(shown: dict[str, Any]) -> None:
    params = json.loads(shown["attributes"]["visState"])["params"]
    there = {each["id"]: each for each in EVERY if each["type"] == "index-pattern"}
    questions = asked(shown, there, CONTEXT) if params.get("controls") else []
    for control, question in zip(params.get("controls", []), questions, strict=True):
        assert not control["options"]["dynamicOptions"], "what is typed would be looked for in ids"
        assert question.body["aggs"]["termsAgg"]["terms"].get("size", 10) >= 500


def test_the_first_screen_has_related_terms_and_lead_time() -> None:
    center = next(dashboard for dashboard in DASHBOARDS if dashboard.id == "command-center")
    tops = {panel.id: panel.at[1] for panel in center.panel}
    rows_of_a_screen = 40
    assert max(tops["related"], tops["alerts"], tops["lead"], tops["warnings"]) < rows_of_a_screen


def colors_in(given: Any) -> Iterator[str]:
    match given:
        case dict():
            yield from (color for value in given.values() for color in colors_in(value))
        case list():
            yield from (color for value in given for color in colors_in(value))
        case str() if given.startswith("#") and len(given) == 7:
            yield given


@pytest.mark.parametrize("shown", of_kind("visualization"), ids=named)
def test_colors_are_those_that_everybody_can_tell_apart(shown: dict[str, Any]) -> None:
    state = json.loads(shown["attributes"]["visState"])
    look = json.loads(shown["attributes"]["uiStateJSON"])
    drawn = json.loads(state["params"]["spec"]) if state["type"] == "vega" else {}
    pale = "#E8F1F8"
    assert {*colors_in(look), *colors_in(drawn)} <= {*palette.NAMES.values(), pale}


@pytest.mark.parametrize("path", sorted((SOURCES / "vega").glob("*.json")), ids=lambda path: path.stem)
def test_a_drawing_is_used_and_asks_for_the_dashboards_time(path: Any) -> None:
    assert any(panel.vega == path.stem for _, panel in PANELS)
    text = json.dumps(specification(path.stem))
    assert "%timefield%" in text or "%timefilter%" in text
    clauses = [f"%dashboard_context-{clause}_clause%" for clause in ("must", "filter", "must_not")]
    assert "%context%" in text or all(clause in text for clause in clauses)


def test_what_is_overdue_is_open_as_in_the_report_of_answers() -> None:
    """What was closed without an answer keeps the time until which it should have been answered."""
    parts = next(panel.aggs[1].parts for _, panel in PANELS if panel.id == "work")
    overdue = next(part.query for part in parts if part.label.en == "Overdue")
    due, statuses = overdue.split(" AND ")
    assert due == "mention.due_at:<now"
    moment = Moment(Who(key="key_a", name="Kim"), UNTIL, UNTIL, timedelta(hours=1))
    waits = changed(Work(topic="tp_a", post="p1"), moment, Change(assignee="Kim"))
    closed = changed(waits, moment, Change(status="closed"))
    assert closed.due_at is not None
    assert closed.answered_at is None
    wanted = set(statuses.removeprefix("mention.status:").strip("()").split(" OR "))
    assert waits.status in wanted
    assert closed.status not in wanted


def test_every_kind_of_blindness_has_a_color_of_its_own() -> None:
    scale = json.loads((SOURCES / "vega" / "blind.json").read_text("utf-8"))["encoding"]["color"]["scale"]
    assert set(scale["domain"]) == BLIND
    assert len(set(scale["range"])) == len(scale["range"]) == len(BLIND)
