"""Index patterns: the fields of the engine's mappings as OpenSearch Dashboards lists them, with their formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from socialindex.setup.families import MENTIONED, POSTS
from socialindex.setup.projections import PROJECTIONS, projection
from socialindex.setup.template import template_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.dashboards.source import Pattern

Field = dict[str, Any]

ENGINE: Final = Path(__file__).parents[1] / "opensearch"
_KINDS: Final = {"text": "string", "keyword": "string", "long": "number", "float": "number"}
"""Dashboards' word for the engine's types, where it has one of its own."""
_META: Final[dict[str, str]] = {
    "_id": "string",
    "_index": "string",
    "_score": "number",
    "_source": "_source",
    "_type": "string",
}
_FAMILIES: Final = {family.name: family for family in (POSTS, MENTIONED)}


def properties_of(index: str) -> dict[str, Any]:
    """The mapping's fields of an alias."""
    template = projection(ENGINE, index) if index in PROJECTIONS else template_of(_FAMILIES[index], ENGINE)
    found: dict[str, Any] = template["template"]["mappings"]["properties"]
    return found


def fields_of(index: str) -> list[Field]:
    """Everything that can be asked of an alias, by name."""
    properties = properties_of(index)
    meta = [_field(name, kind, name, aggregatable=name in {"_id", "_index"}) for name, kind in _META.items()]
    return [*meta, *sorted(_fields(properties, properties), key=lambda field: str(field["name"]))]


def attributes(index: str, pattern: Pattern) -> dict[str, Any]:
    """An index pattern's attributes."""
    formats = {name: msgspec.to_builtins(given) for name, given in sorted(pattern.formats.items())}
    return {
        "title": index,
        "timeFieldName": pattern.time,
        "fields": json.dumps(fields_of(index), ensure_ascii=False),
        "fieldFormatMap": json.dumps(formats, ensure_ascii=False),
    }


def _fields(properties: dict[str, Any], every: dict[str, Any], prefix: str = "") -> Iterator[Field]:
    for name, given in properties.items():
        path = f"{prefix}{name}"
        if "properties" in given:
            yield from _fields(given["properties"], every, f"{path}.")
        elif given.get("enabled", True):
            yield _mapped(path, every[given["path"]] if given["type"] == "alias" else given)
            for inner, its in given.get("fields", {}).items():
                yield {**_mapped(f"{path}.{inner}", its), "subType": {"multi": {"parent": path}}}


def _mapped(path: str, given: dict[str, Any]) -> Field:
    engine = given["type"]
    stored = engine != "text" and given.get("doc_values", True)
    return _field(
        path, _KINDS.get(engine, engine), engine, aggregatable=stored, searchable=given.get("index", True)
    ) | {"readFromDocValues": stored}


def _field(name: str, kind: str, engine: str, *, aggregatable: bool, searchable: bool = True) -> Field:
    return {
        "count": 0,
        "name": name,
        "type": kind,
        "esTypes": [engine],
        "scripted": False,
        "searchable": searchable and name != "_score",
        "aggregatable": aggregatable,
        "readFromDocValues": False,
    }
