"""The types of requests and answers as JSON Schemas (2020-12, which OpenAPI 3.1 takes as they are)."""

from __future__ import annotations

import enum
import fnmatch
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import inspect as types

from infra.openapi import docstrings
from infra.openapi.words import words
from socialindex.mentions.model import Mention
from socialindex.model import Post, Provenance
from socialindex.search.highlight import Highlights
from socialindex.search.posts import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Schema = dict[str, Any]

REFERENCE: Final = "#/components/schemas/{name}"


class Schemas:
    """The schemas of a set of types; those that have a name are components.

    Args:
        requests: types that are only read. Unknown fields are refused.
        answers: types that are only written. They always have all fields, unless their type says otherwise, and may
            have more with time.
    """

    def __init__(self, requests: Iterable[Any], answers: Iterable[Any]) -> None:
        requests, answers = list(dict.fromkeys(requests)), list(dict.fromkeys([*answers, Post, Highlights, Mention]))
        known = dict.fromkeys([*requests, *answers])
        schemas, components = msgspec.json.schema_components(known, ref_template=REFERENCE)
        self._names = _names(_named(known))
        self._ours = {_full(kind): name for kind, name in self._names.items()}
        self._schemas = {kind: self._renamed(schema) for kind, schema in zip(known, schemas, strict=True)}
        read = set(_named(requests))
        self.components: dict[str, Schema] = {
            self._names[kind]: self._described(kind, self._renamed(_component(components, kind)), read=kind in read)
            for kind in _named(known)
        }
        self._show_posts()

    def of(self, kind: Any) -> Schema:  # noqa: ANN401 - any type that msgspec takes
        """A type's schema, by reference where it has a name."""
        found: Schema = self._schemas[kind]
        return found

    def name(self, kind: type) -> str:
        """The component's name."""
        return self._names[kind]

    def required(self, kind: type[msgspec.Struct]) -> list[str]:
        """Names of a struct's fields that must be there."""
        found: list[str] = self.components[self._names[kind]]["required"]
        return found

    def properties(self, kind: type[msgspec.Struct]) -> Schema:
        """A struct's fields by the names that are sent."""
        found: Schema = self.components[self._names[kind]]["properties"]
        return found

    def _renamed(self, schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
        """A schema whose references have our names."""
        match schema:
            case {"$ref": str(reference)}:
                name = reference.rpartition("/")[2]
                return {"$ref": REFERENCE.format(name=self._ours.get(name, name))}
            case dict():
                return {key: self._renamed(value) for key, value in schema.items()}
            case list():
                return [self._renamed(value) for value in schema]
            case _:
                return schema

    def _described(self, kind: type, schema: Schema, *, read: bool) -> Schema:
        schema = {"description": docstrings.of_class(kind), **{k: v for k, v in schema.items() if k not in _OURS}}
        if issubclass(kind, enum.Enum):
            said = docstrings.of_fields(kind)
            schema["description"] += "".join(f"\n- `{one.value}`: {said[one.name]}" for one in kind if one.name in said)
            return {"type": "string", **schema}
        if issubclass(kind, msgspec.Struct):
            _describe_fields(kind, self._names[kind], schema)
            if not read:
                _open(kind, schema)
        return schema

    def _show_posts(self) -> None:
        """Posts as clients see them: without what concerns our storage, and with what a search adds."""
        post, provenance = (self.components[self._names[kind]] for kind in (Post, Provenance))
        for pattern in HIDDEN:
            held, _, inner = pattern.rpartition(".")
            _leave_out(provenance if held else post, inner)
        for name, kind in (("highlights", Highlights), ("mention", Mention)):
            post["properties"][name] = {**self.of(kind), "description": words().fields[name]}
        post["required"] = ["id"]
        post["description"] = words().fields["Post"]


_OURS: Final = {"title", "description"}


def _full(kind: type) -> str:
    """The name that msgspec gives where several types have the same."""
    return f"{kind.__module__}.{kind.__qualname__}"


def _component(components: dict[str, Schema], kind: type) -> Schema:
    return components.get(_full(kind)) or components[kind.__name__]


def _names(kinds: list[type]) -> dict[type, str]:
    """A name for each type: its own, or with that of its module or package where several have it."""
    same: dict[str, list[type]] = {}
    for kind in kinds:
        same.setdefault(kind.__name__, []).append(kind)
    return {kind: name for group in same.values() for kind, name in zip(group, _apart(group), strict=True)}


def _apart(kinds: list[type]) -> list[str]:
    if len(kinds) == 1:
        return [kinds[0].__name__]
    modules = [[part for part in kind.__module__.split(".") if part != kind.__name__.lower()] for kind in kinds]
    for places in zip(*map(reversed, modules), strict=False):
        if len(set(places)) == len(kinds):
            return [f"{place.title()}{kind.__name__}" for place, kind in zip(places, kinds, strict=True)]
    raise LookupError(f"nothing tells {kinds} apart: rename one")


def _named(kinds: Iterable[Any]) -> list[type]:
    """Structs and enumerations that types are made of, each once."""
    found: dict[type, None] = {}
    for info in types.multi_type_info(kinds):
        _collect(info, found)
    return list(found)


def _collect(info: types.Type, found: dict[type, None]) -> None:
    kind = getattr(info, "cls", None)
    if kind in found:
        return
    if isinstance(info, types.StructType | types.EnumType):
        found[info.cls] = None
    for inner in _within(info):
        _collect(inner, found)


def _within(info: types.Type) -> Iterator[types.Type]:
    match info:
        case types.StructType():
            yield from (field.type for field in info.fields)
        case types.Metadata():
            yield info.type
        case types.CollectionType():
            yield info.item_type
        case types.TupleType():
            yield from info.item_types
        case types.DictType():
            yield from (info.key_type, info.value_type)
        case types.UnionType():
            yield from info.types


def _describe_fields(kind: type[msgspec.Struct], name: str, schema: Schema) -> None:
    said, usual = docstrings.of_fields(kind), words().fields
    info = types.type_info(kind)
    assert isinstance(info, types.StructType)  # noqa: S101 - what msgspec makes of a struct
    for field in info.fields:
        found = schema["properties"][field.encode_name]
        _date(found, field.type)
        own = said.get(field.name) or usual.get(f"{name}.{field.encode_name}")
        if text := own or usual.get(field.encode_name):
            found["description"] = text


def _date(schema: Schema, info: types.Type) -> None:
    """Say of times that they are written as in RFC 3339; msgspec says so only of types that name a time zone."""
    match info:
        case types.DateTimeType():
            schema["format"] = "date-time"
        case types.UnionType():
            for option, inner in zip(schema["anyOf"], _in_order(info), strict=True):
                _date(option, inner)
        case types.Metadata():
            _date(schema, info.type)
        case types.CollectionType() if "items" in schema:
            _date(schema["items"], info.item_type)
        case types.DictType() if isinstance(schema.get("additionalProperties"), dict):
            _date(schema["additionalProperties"], info.value_type)


def _in_order(info: types.UnionType) -> list[types.Type]:
    """A union's types as msgspec puts them into a schema: structs and null last."""
    return sorted(info.types, key=lambda one: (isinstance(one, types.NoneType), isinstance(one, types.StructType)))


def _open(kind: type[msgspec.Struct], schema: Schema) -> None:
    """Make an answer's schema: what it always has is required, more may come, and nobody needs a default."""
    schema.pop("additionalProperties", None)
    if not kind.__struct_config__.omit_defaults:
        schema["required"] = list(schema["properties"])
    for field in schema["properties"].values():
        field.pop("default", None)


def _leave_out(schema: Schema, pattern: str) -> None:
    for name in fnmatch.filter(list(schema["properties"]), pattern):
        del schema["properties"][name]
    schema["required"] = [name for name in schema["required"] if name in schema["properties"]]
