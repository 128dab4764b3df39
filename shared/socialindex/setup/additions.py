"""Fields that a mapping gets while it is in use: what is new needs no new generation, what is changed does."""

from __future__ import annotations

from typing import Any

Properties = dict[str, Any]
"""Fields by name, as a mapping has them."""


def additions(present: Properties, wanted: Properties) -> Properties:
    """The fields of a mapping that another one lacks."""
    found: Properties = {}
    for name, field in wanted.items():
        if name not in present:
            found[name] = field
        elif inner := additions(_inside(present[name]), _inside(field)):
            found[name] = {"properties": inner}
    return found


def merged(present: Properties, more: Properties) -> Properties:
    """A mapping with these fields added."""
    inner = {name: merged(_inside(present[name]), _inside(more[name])) for name in present.keys() & more.keys()}
    return {**more, **present, **{name: {**present[name], "properties": fields} for name, fields in inner.items()}}


def without(wanted: Properties, added: Properties) -> Properties:
    """A mapping as it is without what ``additions`` gave."""
    kept: Properties = {}
    for name, field in wanted.items():
        if name not in added:
            kept[name] = field
        elif added[name] != field:
            kept[name] = {**field, "properties": without(field["properties"], added[name]["properties"])}
    return kept


def _inside(field: dict[str, Any]) -> Properties:
    inside: Properties = field.get("properties", {})
    return inside
