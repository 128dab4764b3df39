"""What to send instead of a value that a request's struct does not take, told from the struct itself."""

from __future__ import annotations

import difflib
import json
import re
from typing import TYPE_CHECKING, Any, Final

from msgspec import inspect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_STEP: Final = re.compile(r"\.(\w+)|\[[^\]]*\]")
_UNKNOWN: Final = re.compile(r"unknown field `(.*?)`")
_MISSING: Final = re.compile(r"missing required field `(.*?)`")
_BARE: Final = re.compile(r"\w[\w.-]*")
_OF_KEYS: Final = " - at `key` in `$"
"""Before the place of an object whose key cannot be taken."""


def remedy_of(kind: type[Any], message: str) -> str:
    """What to send instead, in words.

    Args:
        kind: the struct that the request could not be read into.
        message: msgspec's, which ends with the place: ``Expected `int` >= 1 - at `$.limit```.
    """
    place = message.rpartition("`$")[2].rstrip("`") if "`$" in message else ""
    there = list(_along(inspect.type_info(kind), place))
    if _OF_KEYS in message:
        return f"give {_words(_keys(there))} as a key"
    if unknown := _UNKNOWN.search(message):
        return _instead_of(unknown[1], sorted(_names(there)))
    if missing := _MISSING.search(message):
        return f"add {missing[1]}: {_words(_along_each(there, missing[1]))}"
    return f"give {_words(there)}"


def _along(start: inspect.Type, place: str) -> Iterator[inspect.Type]:
    """The types that may stand at a place such as ``.queries[0].name``."""
    there = list(_plain(start))
    for step in _STEP.finditer(place):
        there = list(_along_each(there, step[1]))
    yield from there


def _along_each(there: Iterable[inspect.Type], name: str | None) -> Iterator[inspect.Type]:
    """The types one step further: of a field, or of what a list or an object holds."""
    for each in there:
        if isinstance(each, inspect.StructType) and name:
            yield from (one for field in each.fields if field.encode_name == name for one in _plain(field.type))
        elif isinstance(each, inspect.ListType) and not name:
            yield from _plain(each.item_type)
        elif isinstance(each, inspect.DictType):
            yield from _plain(each.value_type)


def _keys(there: Iterable[inspect.Type]) -> Iterator[inspect.Type]:
    """The types that a key of an object may have."""
    for each in there:
        if isinstance(each, inspect.DictType):
            yield from _plain(each.key_type)


def _plain(kind: inspect.Type) -> Iterator[inspect.Type]:
    """The alternatives of a type."""
    if isinstance(kind, inspect.UnionType):
        for each in kind.types:
            yield from _plain(each)
    else:
        yield kind


def _names(there: Iterable[inspect.Type]) -> set[str]:
    return {field.encode_name for each in there if isinstance(each, inspect.StructType) for field in each.fields}


def _instead_of(unknown: str, known: list[str]) -> str:
    near = difflib.get_close_matches(unknown, known, 1)
    meant = f"did you mean {near[0]}? " if near else ""
    return f"{meant}what can be given is: {', '.join(known)}" if known else "leave it out"


def _words(there: Iterable[inspect.Type]) -> str:
    values = [each for each in there if not isinstance(each, inspect.NoneType)]
    return " or ".join(dict.fromkeys(map(_word, values))) or "null"


def _word(kind: inspect.Type) -> str:
    told = _TOLD.get(type(kind))
    return told(kind) if told else "what the API's document says"


def _exemplary(kind: inspect.Metadata) -> str:
    """Patterns are for programs: where a type gives an example, that is told."""
    examples = (kind.extra_json_schema or {}).get("examples")
    return f"a text such as {examples[0]}" if examples else _word(kind.type)


def _choice(values: Iterable[object]) -> str:
    words = list(map(_shown, values))
    return f"one of {', '.join(words)}" if len(words) > 1 else words[0]


def _shown(value: object) -> str:
    """A value as it is sent; in quotes where it could not be told from the words around it, such as a comma."""
    return value if isinstance(value, str) and _BARE.fullmatch(value) else json.dumps(value)


def _object(kind: inspect.StructType | inspect.DictType) -> str:
    names = ", ".join(sorted(_names([kind])))
    return f"an object with {names}" if names else "an object"


def _bounds(kind: inspect.IntType | inspect.FloatType) -> str:
    low, high = kind.ge, kind.le
    if low is not None and high is not None:
        return f" from {low:,} to {high:,}"
    return f" of {low:,} or more" if low is not None else f" of at most {high:,}" if high is not None else ""


def _sized(kind: inspect.StrType | inspect.ListType, what: str) -> str:
    low, high = kind.min_length, kind.max_length
    if low and high:
        return f" of {low:,} to {high:,} {what}"
    return f" of {low:,} {what} or more" if low else f" of at most {high:,} {what}" if high else ""


_TOLD: Final[dict[type[inspect.Type], Callable[[Any], str]]] = {
    inspect.Metadata: _exemplary,
    inspect.LiteralType: lambda kind: _choice(kind.values),
    inspect.EnumType: lambda kind: _choice(each.value for each in kind.cls),
    inspect.BoolType: lambda _: "true or false",
    inspect.IntType: lambda kind: f"a whole number{_bounds(kind)}",
    inspect.FloatType: lambda kind: f"a number{_bounds(kind)}",
    inspect.StrType: lambda kind: f"a text{_sized(kind, 'characters')}",
    inspect.DateTimeType: lambda _: "a time such as 2026-11-28T09:00:00Z",
    inspect.ListType: lambda kind: f"a list{_sized(kind, 'values')}",
    inspect.StructType: _object,
    inspect.DictType: _object,
}
