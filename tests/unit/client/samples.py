"""Answers of the service with every field filled, made from the types that it answers with."""

from __future__ import annotations

from typing import Any, Final, get_args

import msgspec
from msgspec import inspect

from socialindex import model
from socialindex.mentions.model import Mention
from socialindex.search.ask import Shown
from socialindex.search.highlight import Piece

DEEPEST: Final = 8
_PLAIN: Final[dict[type, Any]] = {
    inspect.IntType: 7,
    inspect.FloatType: 0.5,
    inspect.StrType: "word",
    inspect.BoolType: True,
    inspect.DateTimeType: "2026-11-28T09:00:00Z",
    inspect.DateType: "2026-11-28",
    inspect.AnyType: "anything",
    inspect.NoneType: None,
}
"""None of them is a default."""


class Sample:
    """JSON of types.

    Args:
        newer: as a service of tomorrow would answer: with fields that nobody knows, and other words than those listed.
    """

    def __init__(self, *, newer: bool = False) -> None:
        self._newer = newer

    def of(self, kind: Any) -> Any:
        return self.post() if kind is model.Post else self._filled(inspect.type_info(kind), 0)

    def post(self) -> dict[str, Any]:
        """A post with every field that clients see."""
        filled = self._filled(inspect.type_info(model.Post), 0)
        piece = self._filled(inspect.type_info(Piece), 0)
        shown = {name: value for name, value in filled.items() if name in {*get_args(Shown), "history", "novel"}}
        provenance = {"channel": "ch_a", "adapter": "feed/1"}
        mention = self._filled(inspect.type_info(Mention), 0)
        return {**shown, "mention": mention, "highlights": {"title": [[piece]]}, "provenance": provenance}

    def _filled(self, info: Any, depth: int) -> Any:
        if isinstance(info, inspect.Metadata):
            is_post = "Post" in str(info.extra_json_schema)
            return self.post() if is_post else self._filled(info.type, depth)
        if isinstance(info, inspect.StructType):
            fields = {field.encode_name: self._filled(field.type, depth + 1) for field in info.fields}
            return {**fields, "novel": {"deep": [1]}} if self._newer else fields
        if isinstance(info, inspect.LiteralType | inspect.EnumType):
            return "a new word" if self._newer else _first(info)
        return self._several(info, depth + 1)

    def _several(self, info: Any, depth: int) -> Any:
        if isinstance(info, inspect.UnionType):
            some = next(one for one in info.types if not isinstance(one, inspect.NoneType))
            return None if depth > DEEPEST else self._filled(some, depth)
        if isinstance(info, inspect.ListType | inspect.VarTupleType):
            return [] if depth > DEEPEST else [self._filled(info.item_type, depth)]
        if isinstance(info, inspect.TupleType):
            return [self._filled(item, depth) for item in info.item_types]
        if isinstance(info, inspect.DictType):
            return {str(self._filled(info.key_type, depth)): self._filled(info.value_type, depth)}
        return _PLAIN[type(info)]


def _first(info: inspect.LiteralType | inspect.EnumType) -> Any:
    if isinstance(info, inspect.LiteralType):
        return info.values[0]
    return next(iter(info.cls)).value


def decoded(answer: Any, kind: Any) -> Any:
    """An answer as a client's struct, and that as JSON."""
    return msgspec.json.decode(msgspec.json.encode(msgspec.json.decode(msgspec.json.encode(answer), type=kind)))
