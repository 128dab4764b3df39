"""The document as a page to read: one HTML file without scripts, fonts or anything from elsewhere."""

from __future__ import annotations

import json
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from socialindex.search.http import JSON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.openapi.schemas import Schema

_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False})
_KEY: Final = "-H 'Authorization: Bearer si_...'"


def page(document: dict[str, Any]) -> str:
    """The page."""
    schemas = document["components"]["schemas"]
    return (
        _templates()
        .get_template("page.html")
        .render(
            document=document,
            groups=list(_groups(document)),
            schemas=schemas,
            resolved=lambda part: _resolved(document, part),
            curl=lambda operation: _curl(operation, schemas),
            JSON=JSON,
        )
    )


@cache
def _templates() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent)
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters |= {"markdown": _markdown, "inline": _inline, "kind": _kind, "bounds": _bounds}
    return made


def _groups(document: dict[str, Any]) -> Iterator[tuple[dict[str, str], list[dict[str, Any]]]]:
    """Per tag its operations, each with its method and path."""
    operations = [
        {**operation, "method": method.upper(), "path": path}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    for tag in document["tags"]:
        yield tag, [one for one in operations if one["tags"] == [tag["name"]]]


def _resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """A part of the document, which may be a reference to another."""
    if "$ref" not in part:
        return part
    found: Any = document
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return {**found, **{key: value for key, value in part.items() if key != "$ref"}}


def _markdown(text: str) -> Markup:
    return Markup(_MARKDOWN.render(text))  # noqa: S704 - the renderer escapes whatever is no Markdown


def _inline(text: str) -> Markup:
    return Markup(_MARKDOWN.renderInline(text))  # noqa: S704 - as above


def _kind(schema: Schema) -> Markup:
    """A schema in a few words, with links to the types that it names."""
    return Markup(_words(schema))  # noqa: S704 - what is not ours is escaped there


def _words(schema: Any) -> str:  # noqa: ANN401, PLR0911 - any part of a schema; one return for each kind
    match schema:
        case {"$ref": str(reference)}:
            name = escape(reference.rpartition("/")[2])
            return f'<a href="#{name}">{name}</a>'
        case {"anyOf": list(options)}:
            return " or ".join(_words(option) for option in options)
        case {"enum": list(values)}:
            return " ".join(f"<code>{escape(str(value))}</code>" for value in values)
        case {"type": "array"}:
            return f"list of {_words(schema.get('items', {}))}"
        case {"type": "object", "additionalProperties": dict(inner)}:
            return f"map to {_words(inner)}"
        case {"type": str(name)}:
            return escape(schema.get("format", name))
        case _:
            return "anything"


def _bounds(schema: Schema) -> str:
    """Limits and default of a value, in a few words."""
    least, most = schema.get("minimum", ""), schema.get("maximum", "")
    told = [f"{least} to {most}"] if "minimum" in schema or "maximum" in schema else []
    told += [f"at most {schema['maxLength']} characters"] if "maxLength" in schema else []
    told += [f"at most {schema['maxItems']}"] if "maxItems" in schema else []
    if schema.get("default") not in (None, "", [], False):
        told.append(f"default {json.dumps(schema['default'], ensure_ascii=False)}")
    return ", ".join(told)


def _curl(operation: dict[str, Any], schemas: dict[str, Schema]) -> str:
    """A call to try: with what must be there, and nothing else."""
    method = [] if operation["method"] == "GET" else [f"-X {operation['method']}"]
    key = [_KEY] if operation["security"] else []
    query = "&".join(
        f"{one['name']}=..." for one in operation.get("parameters", []) if one.get("in") == "query" and one["required"]
    )
    address = f"'https://api.example.com{operation['path']}{'?' + query if query else ''}'"
    body = operation.get("requestBody")
    data = [f"-H 'Content-Type: {JSON}'", f"-d '{_body(body, schemas)}'"] if body else []
    return " ".join(["curl", *method, *key, *data, address])


def _body(body: dict[str, Any], schemas: dict[str, Schema]) -> str:
    return json.dumps(example(body["content"][JSON]["schema"], schemas), ensure_ascii=False)


def example(schema: Any, schemas: dict[str, Schema]) -> Any:  # noqa: ANN401, PLR0911 - any JSON value; as above
    """A value that shows what is expected."""
    match schema:
        case {"$ref": str(reference)}:
            return example(schemas[reference.rpartition("/")[2]], schemas)
        case {"enum": [first, *_]}:
            return first
        case {"properties": dict(fields)}:
            return {name: example(fields[name], schemas) for name in schema["required"]}
        case {"type": "array"}:
            return [example(schema.get("items", {}), schemas)] * max(1, schema.get("minItems", 1))
        case {"type": "object"}:
            return {}
        case {"type": "integer" | "number"}:
            return schema.get("minimum", 1)
        case {"type": "boolean"}:
            return True
        case _:
            return "..."
