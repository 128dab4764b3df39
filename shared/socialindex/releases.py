"""Reading what another release wrote: messages, items of tables, records of the archive, documents of the engine.

Releases run side by side while aliases move, and after a rollback the older one meets all that the newer has left. The
schema refuses fields that it does not know, which tells clients of their mistakes; of what is our own, those are left
out. It costs nothing as long as there are none.

A value that only a newer release knows (another state, kind or way) is refused all the same: what would an older one do
with it? So one is read for a release before it is written (docs/deploy.md, "Roll back").
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from msgspec import inspect

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")

_UNKNOWN: Final = "unknown field"
"""What msgspec says of a field that a struct has not."""


def decode(text: str | bytes, kind: type[T]) -> T:
    """What was encoded as JSON, without fields that only a newer release knows.

    Raises:
        msgspec.DecodeError: the text is no such thing.
    """
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError as error:
        if _UNKNOWN not in str(error):
            raise
        return msgspec.convert(_pruned(msgspec.json.decode(text), kind), kind, str_keys=True)


def convert(value: object, kind: type[T]) -> T:
    """The same of what is decoded already, such as a document of the engine.

    Raises:
        msgspec.ValidationError: the value is no such thing.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        if _UNKNOWN not in str(error):
            raise
        return msgspec.convert(_pruned(value, kind), kind)


def _pruned(value: object, kind: Any) -> Any:  # noqa: ANN401 - JSON, and any type that msgspec reads
    return _known(value, _form(kind))


@lru_cache(maxsize=256)
def _form(kind: Any) -> inspect.Type:  # noqa: ANN401 - any type that msgspec reads
    return inspect.type_info(kind)


def _known(value: Any, form: inspect.Type) -> Any:  # noqa: ANN401 - JSON is anything
    """A value without members of objects that their structs have not."""
    if isinstance(value, dict):
        return _members(value, form)
    if isinstance(value, list):
        items = _among(form, inspect.CollectionType)
        return [_known(one, items.item_type) for one in value] if items else value
    return value


def _members(value: Mapping[str, Any], form: inspect.Type) -> dict[str, Any]:
    if struct := _among(form, inspect.StructType):
        forms = {field.encode_name: field.type for field in struct.fields}
        return {name: _known(member, forms[name]) for name, member in value.items() if name in forms}
    mapped = _among(form, inspect.DictType)
    return {name: _known(member, mapped.value_type) if mapped else member for name, member in value.items()}


def _among(form: inspect.Type, wanted: type[T]) -> T | None:
    """The form of a kind that a value may have, itself or as one of several."""
    forms = form.types if isinstance(form, inspect.UnionType) else (form,)
    return next((each for each in forms if isinstance(each, wanted)), None)
