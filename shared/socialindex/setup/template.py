"""The index templates, put together from their parts in ``infra/opensearch/``.

``posts.json`` has the index's settings and fields; ``analysis.json`` how text is taken apart; ``text-field.json`` the
sub-fields of a text; ``filter-fields.json`` those of the fields that queries filter by. ``mentions.json`` and
``topics.json`` have the settings of theirs, and what their documents have beside a post's fields: these are made of the
same parts, so that a query means the same there.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import msgspec

from socialindex.engine import FIRST_GENERATION, generation_in
from socialindex.setup.additions import additions, merged
from socialindex.setup.families import MENTIONED, POSTS, TOPICS, Family
from socialindex.setup.names import teach

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from socialindex.dictionary import Entry

TEXTS = ("title", "text")
Template = dict[str, Any]
"""The body of an index template."""
_LEFT_OUT = {
    MENTIONED: ("history", "metrics_history", "provenance", "refreshed_at", "signature", "title_only"),
    TOPICS: (),
}
"""Fields of posts that a family's documents do not have."""
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
    return template_of(POSTS, folder, entries, generation)


def template_of(
    family: Family, folder: Path, entries: Iterable[Entry] = (), generation: int = FIRST_GENERATION
) -> Template:
    """The body of a family's index template; arguments as for ``posts_template``."""
    template = _read(folder, POSTS.name)
    settings, properties = template["template"]["settings"], template["template"]["mappings"]["properties"]
    settings["index"] |= _read(folder, "analysis")["index"]
    teach(settings["index"], entries)
    for name in TEXTS:
        properties[name] = _read(folder, "text-field")
    for path, field in _read(folder, "filter-fields").items():
        _put(properties, path, field)
    if family is not POSTS:
        _turn(template, family, _read(folder, family.name))
    template["index_patterns"] = [family.pattern(generation)]
    template["priority"] = _PRESENT
    template["_meta"]["digest"] = digest(template["template"])
    return template


def _turn(template: Template, family: Family, own: Template) -> None:
    """Make a template for posts one for another family, by what its file has."""
    inside, theirs = template["template"], own["template"]
    template["_meta"] = own["_meta"]
    inside["aliases"] = theirs["aliases"]
    inside["settings"]["index"] |= theirs["settings"]["index"]
    fields = inside["mappings"]["properties"]
    for name in _LEFT_OUT[family]:
        del fields[name]
    fields |= theirs["mappings"]["properties"]


def digest(inside: dict[str, Any]) -> str:
    """What tells two templates' settings and fields apart."""
    made_of = msgspec.json.encode([inside["settings"], inside["mappings"]], order="sorted")
    return hashlib.sha256(made_of).hexdigest()[:_DIGITS]


def combined(templates: Iterable[Template]) -> str:
    """What tells the templates of all families apart from others."""
    digests = [template["_meta"].get("digest") for template in templates]
    return hashlib.sha256(msgspec.json.encode(digests)).hexdigest()[:_DIGITS]


def is_as(present: Template, wanted: Template) -> bool:
    """Whether a template of the engine is the wanted one, or was it before it got further fields.

    The files of the version before, which runs beside a new one for minutes and again after a rollback, lack these.
    """
    return wanted["_meta"]["digest"] in digests(present)


def digests(template: Template) -> list[str]:
    """What a template stands for: the newest, and those before fields were added to it."""
    known = template["_meta"]
    return [name for name in (known.get("digest"), *known.get("earlier", [])) if name]


def generation_of(template: Template) -> int:
    """Whose indices a template makes."""
    return generation_in(template["index_patterns"][0])


def with_fields(template: Template, fields: dict[str, Any]) -> Template:
    """The same with other fields."""
    inside = template["template"]
    return {**template, "template": {**inside, "mappings": {**inside["mappings"], "properties": fields}}}


def grown(template: Template, present: Template) -> Template:
    """The same with the fields that the present one has beside them: documents have these, and must be taken."""
    fields = template["template"]["mappings"]["properties"]
    more = additions(fields, present["template"]["mappings"]["properties"])
    return with_fields(template, merged(fields, more))


def hidden(template: Template) -> Template:
    """The same for a generation that is being made: no search sees its indices yet."""
    return {**template, "priority": _NEXT, "template": {**template["template"], "aliases": {}}}


def shown(template: Template) -> Template:
    """The opposite of ``hidden``; at once, since it counts before the hidden one."""
    return {**template, "priority": _PRESENT, "template": {**template["template"], "aliases": _aliases(template)}}


def closed(template: Template) -> Template:
    """The same for a generation that is being left: an index that still begins in it takes no writes."""
    inside = template["template"]
    index = {**inside["settings"]["index"], "blocks": {"write": "true"}}
    return {**template, "template": {**inside, "aliases": {}, "settings": {"index": index}}}


def opened(template: Template) -> Template:
    """The opposite of ``closed``."""
    inside = template["template"]
    index = {name: value for name, value in inside["settings"]["index"].items() if name != "blocks"}
    return {**template, "template": {**inside, "aliases": _aliases(template), "settings": {"index": index}}}


def retired(family: Family) -> Template:
    """What indices of all other generations are made by: a writer that is late finds them closed."""
    inside = {"settings": {"index": {"blocks": {"write": "true"}}}}
    return {"index_patterns": [f"{family.name}-g*"], "priority": _RETIRED, "template": inside}


def _aliases(template: Template) -> dict[str, Any]:
    """What a template's indices are seen by: the name of their family."""
    return {template["index_patterns"][0].partition("-")[0]: {}}


def _put(properties: dict[str, Any], path: str, field: dict[str, Any]) -> None:
    *parents, name = path.split(".")
    for parent in parents:
        properties = properties[parent]["properties"]
    properties[name] = field


def _read(folder: Path, name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((folder / f"{name}.json").read_text("utf-8"))
    return body
