"""The index template, put together from its parts in ``infra/opensearch/``.

``posts.json`` has the index's settings and fields; ``analysis.json`` how text is taken apart; ``text-field.json`` the
sub-fields of a text; ``filter-fields.json`` those of the fields that queries filter by. Other indices that hold posts'
fields are made of the same parts, so that a query means the same there.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import msgspec

from socialindex.engine import ALIAS, FIRST_GENERATION, generation_in
from socialindex.setup.names import teach

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from socialindex.dictionary import Entry

TEXTS = ("title", "text")
Template = dict[str, Any]
"""The body of an index template."""
_DIGITS = 16
_PRESENT = 300
_NEXT = 200
_RETIRED = 1
"""Priorities: an index is made by the template with the highest one whose pattern it matches."""


def posts_template(folder: Path, entries: Iterable[Entry] = (), generation: int = FIRST_GENERATION) -> Template:
    """The body of the index template for posts.

    Args:
        folder: ``infra/opensearch/``.
        entries: names that the analysis is to know.
        generation: whose indices it makes.
    """
    template = _read(folder, "posts")
    settings, properties = template["template"]["settings"], template["template"]["mappings"]["properties"]
    settings["index"] |= _read(folder, "analysis")["index"]
    teach(settings["index"], entries)
    for name in TEXTS:
        properties[name] = _read(folder, "text-field")
    for path, field in _read(folder, "filter-fields").items():
        _put(properties, path, field)
    template["index_patterns"] = [f"{ALIAS}-g{generation}-*"]
    template["priority"] = _PRESENT
    template["_meta"]["digest"] = digest(template["template"])
    return template


def digest(inside: dict[str, Any]) -> str:
    """What tells two templates' settings and fields apart."""
    made_of = msgspec.json.encode([inside["settings"], inside["mappings"]], order="sorted")
    return hashlib.sha256(made_of).hexdigest()[:_DIGITS]


def generation_of(template: Template) -> int:
    """Whose indices a template makes."""
    return generation_in(template["index_patterns"][0])


def with_fields(template: Template, fields: dict[str, Any]) -> Template:
    """The same with other fields."""
    inside = template["template"]
    return {**template, "template": {**inside, "mappings": {**inside["mappings"], "properties": fields}}}


def hidden(template: Template) -> Template:
    """The same for a generation that is being made: no search sees its indices yet."""
    return {**template, "priority": _NEXT, "template": {**template["template"], "aliases": {}}}


def shown(template: Template) -> Template:
    """The opposite of ``hidden``; at once, since it counts before the hidden one."""
    return {**template, "priority": _PRESENT, "template": {**template["template"], "aliases": {ALIAS: {}}}}


def closed(template: Template) -> Template:
    """The same for a generation that is being left: an index that still begins in it takes no writes."""
    inside = template["template"]
    index = {**inside["settings"]["index"], "blocks": {"write": "true"}}
    return {**template, "template": {**inside, "aliases": {}, "settings": {"index": index}}}


def opened(template: Template) -> Template:
    """The opposite of ``closed``."""
    inside = template["template"]
    index = {name: value for name, value in inside["settings"]["index"].items() if name != "blocks"}
    return {**template, "template": {**inside, "aliases": {ALIAS: {}}, "settings": {"index": index}}}


def retired() -> Template:
    """What indices of all other generations are made by: a writer that is late finds them closed."""
    inside = {"settings": {"index": {"blocks": {"write": "true"}}}}
    return {"index_patterns": [f"{ALIAS}-g*"], "priority": _RETIRED, "template": inside}


def _put(properties: dict[str, Any], path: str, field: dict[str, Any]) -> None:
    *parents, name = path.split(".")
    for parent in parents:
        properties = properties[parent]["properties"]
    properties[name] = field


def _read(folder: Path, name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((folder / f"{name}.json").read_text("utf-8"))
    return body
