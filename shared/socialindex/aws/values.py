"""Plain Python values as DynamoDB has them, and what its expressions are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

Value = str | int | float | bool | None
Item = dict[str, Any]
"""An item's attributes; values are ``Value``s."""
_PARTITION_KEY, _SORT_KEY = 2_048, 1_024
"""Bytes of a key (Amazon DynamoDB developer guide, constraints)."""


def encode(item: Mapping[str, Value]) -> dict[str, AttributeValueTypeDef]:
    """An item for the table; what is ``None`` is left out."""
    return {name: _value(value) for name, value in item.items() if value is not None}


def decode(raw: Mapping[str, Any]) -> Item:
    """An item of the table."""
    return {name: _plain(value) for name, value in raw.items()}


def expressed(text: str, values: Mapping[str, Value]) -> dict[str, Any]:
    """What ``#names`` and ``:values`` of an expression stand for."""
    names = {word for word in _words(text) if word.startswith("#")}
    arguments: dict[str, Any] = {"ExpressionAttributeNames": {name: name[1:] for name in names}} if names else {}
    if values:
        arguments["ExpressionAttributeValues"] = {f":{name}": _value(value) for name, value in values.items()}
    return arguments


def can_be_key(values: Iterable[object]) -> bool:
    """Whether an item can have this key: a partition key and, behind it, a sort key; numbers always can."""
    sizes = (len(value.encode()) if isinstance(value, str) else 1 for value in values)
    return all(0 < size <= most for size, most in zip(sizes, (_PARTITION_KEY, _SORT_KEY, _SORT_KEY), strict=False))


def named(text: str, values: Mapping[str, Value]) -> list[Value]:
    """The values that an expression names, in its order."""
    return [values[word[1:]] for word in _words(text) if word.startswith(":")]


def _words(text: str) -> list[str]:
    for mark in "(),=<>+-":
        text = text.replace(mark, " ")
    return text.split()


def _value(value: Value) -> AttributeValueTypeDef:
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": value}
    return {"N": repr(value)}


def _plain(value: Mapping[str, Any]) -> Value:
    if "N" in value:
        number = str(value["N"])
        return int(number) if number.lstrip("-").isdigit() else float(number)
    plain: Value = value["S"] if "S" in value else value["BOOL"]
    return plain
