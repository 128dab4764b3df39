"""Saved objects: index patterns, dashboards and their panels, as one file for each language.

Ids are made of the sources' own, so that an import takes the place of the one before, and what people made beside them
stays. Each language has dashboards of its own over the same index patterns: both can be in one tenant.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from infra.dashboards import drawings, states
from infra.dashboards.fields import attributes
from infra.dashboards.source import dashboards, patterns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infra.dashboards.source import Dashboard, Language, Panel

SavedObject = dict[str, Any]
Reference = dict[str, str]

FILES: Final = Path(__file__).parent / "objects"
PREFIX: Final = "socialindex"
_SOURCE: Final = "kibanaSavedObjectMeta.searchSourceJSON"
_MIGRATED: Final = {"index-pattern": "7.6.0", "visualization": "7.10.0", "search": "7.9.3", "dashboard": "7.9.3"}
"""Each type's last migration, in the platform's ``saved_objects`` folders: nothing of ours is to be migrated."""
_VERSION: Final = "3.5.0"
"""Of the platform that panels say they were made by."""
_GONE: Final = "mention.gone"
_NOISE: Final = "mention.noise"


def ndjson(language: Language) -> str:
    """All saved objects of a language, one a line, what is referred to before what refers to it."""
    lines = (json.dumps(each, ensure_ascii=False, sort_keys=True) for each in saved_objects(language))
    return "".join(f"{line}\n" for line in lines)


def saved_objects(language: Language) -> list[SavedObject]:
    """The same as objects."""
    found = [
        _object("index-pattern", pattern_id(index), attributes(index, pattern), [])
        for index, pattern in patterns().items()
    ]
    for dashboard in dashboards():
        found += [_panel(dashboard, panel, language) for panel in dashboard.panel]
        found.append(_dashboard(dashboard, language))
    return found


def pattern_id(index: str) -> str:
    """The id of an index pattern."""
    return f"{PREFIX}-{index}"


def panel_id(dashboard: Dashboard, panel: Panel, language: Language) -> str:
    """The id of a panel's visualization or saved search."""
    return f"{PREFIX}-{dashboard.id}-{panel.id}-{language}"


def _object(kind: str, name: str, attributes: dict[str, Any], references: Iterable[Reference]) -> SavedObject:
    return {
        "id": name,
        "type": kind,
        "attributes": attributes,
        "references": list(references),
        "migrationVersion": {kind: _MIGRATED[kind]},
    }


def _panel(dashboard: Dashboard, panel: Panel, language: Language) -> SavedObject:
    name, kind = panel_id(dashboard, panel, language), "search" if panel.draw == "search" else "visualization"
    named = {"title": f"{dashboard.title.in_(language)}: {panel.title.in_(language)}"}
    source, references = _search_source(panel, living=dashboard.living and panel.index == "mentions")
    common = {
        **named,
        "description": panel.about.in_(language),
        "version": 1,
        "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(source, ensure_ascii=False)},
    }
    if kind == "search":
        columns = [name.format(language=language) for name in panel.columns]
        own: dict[str, Any] = {"hits": 0, "columns": columns, "sort": [[panel.sort, "desc"]]}
    else:
        own = {"visState": _state(panel, language), "uiStateJSON": _look(panel, language)}
    return _object(kind, name, {**common, **own}, [*references, *_controls(panel)])


def _state(panel: Panel, language: Language) -> str:
    made = drawings.state(panel, language) if panel.draw == "vega" else states.state(panel, language)
    return json.dumps(made, ensure_ascii=False)


def _look(panel: Panel, language: Language) -> str:
    colors = states.colors(panel, language)
    return json.dumps({"vis": {"colors": colors, "legendOpen": True}} if colors else {}, ensure_ascii=False)


def _search_source(panel: Panel, *, living: bool) -> tuple[dict[str, Any], list[Reference]]:
    """What a panel asks, beside its aggregations; and what that refers to."""
    filters, references = _filters() if living else ([], [])
    source: dict[str, Any] = {"query": {"query": panel.query, "language": "lucene"}, "filter": filters}
    if panel.index is None or panel.draw == "vega":  # a specification names its index itself
        return {**source, "filter": []}, []
    index = {"name": f"{_SOURCE}.index", "type": "index-pattern", "id": pattern_id(panel.index)}
    return {**source, "indexRefName": index["name"]}, [index, *references]


def _filters() -> tuple[list[dict[str, Any]], list[Reference]]:
    """What leaves out mentions that are gone or noise."""
    found: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
        (_GONE, "exists", {"exists": {"field": _GONE}}, {"value": "exists"}),
        (_NOISE, "phrase", {"match_phrase": {_NOISE: True}}, {"params": {"query": True}}),
    ]
    filters, references = [], []
    for number, (field, kind, query, more) in enumerate(found):
        name = f"{_SOURCE}.filter[{number}].meta.index"
        meta = {"alias": None, "negate": True, "disabled": False, "type": kind, "key": field, "indexRefName": name}
        filters.append({"meta": {**meta, **more}, "query": query, "$state": {"store": "appState"}})
        references.append({"name": name, "type": "index-pattern", "id": pattern_id("mentions")})
    return filters, references


def _controls(panel: Panel) -> Iterator[Reference]:
    for number, control in enumerate(panel.controls):
        yield {
            "name": f"control_{number}_index_pattern",
            "type": "index-pattern",
            "id": pattern_id(control.index),
        }


def _dashboard(dashboard: Dashboard, language: Language) -> SavedObject:
    filters, references = _filters() if dashboard.living else ([], [])
    source = {"query": {"query": "", "language": "kuery"}, "filter": filters}
    options = {"hidePanelTitles": False, "useMargins": True}
    attributes = {
        "title": dashboard.title.in_(language),
        "description": dashboard.about.in_(language),
        "hits": 0,
        "version": 1,
        "panelsJSON": json.dumps(list(_placed(dashboard, language)), ensure_ascii=False),
        "optionsJSON": json.dumps(options),
        "timeRestore": True,
        "timeFrom": dashboard.since,
        "timeTo": "now",
        "refreshInterval": {"pause": False, "value": dashboard.refresh_seconds * 1000},
        "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(source)},
    }
    return _object(
        "dashboard", f"{PREFIX}-{dashboard.id}-{language}", attributes, [*references, *_parts(dashboard, language)]
    )


def _placed(dashboard: Dashboard, language: Language) -> Iterator[dict[str, Any]]:
    for number, panel in enumerate(dashboard.panel, 1):
        x, y, width, height = panel.at
        yield {
            "version": _VERSION,
            "panelIndex": str(number),
            "gridData": {"x": x, "y": y, "w": width, "h": height, "i": str(number)},
            "embeddableConfig": {"title": panel.title.in_(language)},
            "panelRefName": f"panel_{number - 1}",
        }


def _parts(dashboard: Dashboard, language: Language) -> Iterator[Reference]:
    for number, panel in enumerate(dashboard.panel):
        kind = "search" if panel.draw == "search" else "visualization"
        yield {"name": f"panel_{number}", "type": kind, "id": panel_id(dashboard, panel, language)}
