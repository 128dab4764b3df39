"""The page about events, made from the structs that the deliver stage sends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import inspect as types

from infra.openapi import docstrings
from infra.openapi.words import words
from socialindex.deliver.told import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator

    import msgspec

PAGE: Final = Path(__file__).parents[2] / "docs" / "events.md"
_HEAD: Final = """# Events

What destinations are told (see [deliveries.md](deliveries.md)). A webhook gets, as JSON:

| field | |
|---|---|
| `type` | the kind of event |
| `timestamp` | when it happened |
| `id` | the event's id; the call's `webhook-id` is another one for each destination |
| `workspace` | whose it is |
| `topic` | the id of the topic that it is about; null where it is about none |
| `data` | as below, by kind |

Data may gain fields; nothing is taken away. Fields that are not there are not known. `GET /v1/events` has the same as
JSON Schemas. Written by `python -m infra.events`; a test holds it to the code.
"""


def page() -> str:
    """The page as Markdown."""
    return "\n".join([_HEAD, *_kinds(), *_types()])


def _kinds() -> Iterator[str]:
    yield "## Kinds\n"
    yield "| type | when | data |"
    yield "|---|---|---|"
    for one in CATALOGUE:
        yield f"| `{one.kind}` | {one.when} | [{one.data.__name__}](#{one.data.__name__.lower()}) |"
    yield ""


def _types() -> Iterator[str]:
    for kind in _structs():
        yield f"## {kind.__name__}\n"
        yield f"{docstrings.of_class(kind)}\n"
        yield "| field | type | |"
        yield "|---|---|---|"
        yield from _fields(kind)
        yield ""


def _fields(kind: type[msgspec.Struct]) -> Iterator[str]:
    said, usual = docstrings.of_fields(kind), words().fields
    info = types.type_info(kind)
    assert isinstance(info, types.StructType)  # noqa: S101 - what msgspec makes of a struct
    for field in info.fields:
        name = field.encode_name
        text = said.get(field.name) or usual.get(f"{kind.__name__}.{name}") or usual.get(name, "")
        yield f"| `{name}` | {_type(field.type)} | {' '.join(text.split())} |"


def _structs() -> list[type[msgspec.Struct]]:
    """Every struct of the catalogue, those that are named first before those in them."""
    found: dict[type[msgspec.Struct], None] = {}
    for one in CATALOGUE:
        _collect(types.type_info(one.data), found)
    return list(found)


def _collect(info: types.Type, found: dict[type[msgspec.Struct], None]) -> None:
    match info:
        case types.StructType(cls=kind) if kind not in found:
            found[kind] = None
            for field in info.fields:
                _collect(field.type, found)
        case types.ListType(item_type=inner) | types.Metadata(type=inner):
            _collect(inner, found)
        case types.UnionType():
            for each in info.types:
                _collect(each, found)


_PLAIN: Final[dict[type[types.Type], str]] = {
    types.DateTimeType: "time",
    types.StrType: "text",
    types.IntType: "number",
    types.FloatType: "number",
    types.BoolType: "true or false",
    types.NoneType: "null",
}


def _type(info: types.Type) -> str:  # noqa: PLR0911 - one for each kind of type
    """A type in a word or two."""
    match info:
        case types.StructType(cls=kind):
            return f"[{kind.__name__}](#{kind.__name__.lower()})"
        case types.UnionType(types=several):
            return " or ".join(map(_type, several))
        case types.LiteralType(values=values):
            return ", ".join(f"`{value}`" for value in values)
        case types.ListType(item_type=inner):
            return f"list of {_type(inner)}"
        case types.DictType(value_type=inner):
            return f"object of {_type(inner)}"
        case types.Metadata(type=inner):
            return _type(inner)
    return _PLAIN[type(info)]
