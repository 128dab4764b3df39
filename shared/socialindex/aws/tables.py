"""A DynamoDB table with plain Python values: ``str``, ``int``, ``float`` and ``bool``; ``None`` is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from socialindex.aws.clients import dynamodb
from socialindex.errors import Conflict, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

Value = str | int | float | bool | None
Item = dict[str, Any]
"""An item's attributes; values are ``Value``s."""

_WRITE_BATCH = 25
"""Items of one BatchWriteItem (Amazon DynamoDB API reference)."""
_BATCH_TRIES = 5


class Table:
    """One table.

    Conditions, updates and key conditions are DynamoDB expressions whose ``#x`` stands for the attribute ``x`` and
    whose ``:x`` for ``values["x"]``.

    Raises (every method):
        Unavailable: the table does not answer, after the client's own retries.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def get(self, key: Mapping[str, str]) -> Item | None:
        """The item with this key, strongly consistent."""
        answer = _call(dynamodb().get_item, TableName=self.name, Key=_encode(key), ConsistentRead=True)
        return _decode(answer["Item"]) if "Item" in answer else None

    def put(self, item: Mapping[str, Value], *, unless: str = "") -> bool:
        """Write an item; False, and nothing written, where an item with its key has the attribute ``unless``."""
        extra: dict[str, Any] = {}
        if unless:
            extra = {"ConditionExpression": "attribute_not_exists(#u)", "ExpressionAttributeNames": {"#u": unless}}
        return _conditional(dynamodb().put_item, TableName=self.name, Item=_encode(item), **extra)

    def update(
        self, key: Mapping[str, str], expression: str, values: Mapping[str, Value] | None = None, *, condition: str = ""
    ) -> Item | None:
        """Change an item by an update expression; the item as it is then, or None where the condition fails."""
        arguments = {"TableName": self.name, "Key": _encode(key), "UpdateExpression": expression}
        arguments |= _expression(f"{expression} {condition}", values or {})
        if condition:
            arguments["ConditionExpression"] = condition
        try:
            return _decode(_call(dynamodb().update_item, ReturnValues="ALL_NEW", **arguments)["Attributes"])
        except Conflict:
            return None

    def delete(self, key: Mapping[str, str]) -> bool:
        """Delete an item; False where there was none."""
        answer = _call(dynamodb().delete_item, TableName=self.name, Key=_encode(key), ReturnValues="ALL_OLD")
        return "Attributes" in answer

    def query(
        self, condition: str, values: Mapping[str, Value], *, index: str = "", limit: int = 0, consistent: bool = False
    ) -> Iterator[Item]:
        """Items by key condition, in the order of the range key; at most ``limit`` (0: all), page by page."""
        arguments = {"TableName": self.name, "KeyConditionExpression": condition, "ConsistentRead": consistent}
        arguments |= _expression(condition, values)
        if index:
            arguments["IndexName"] = index
        return _pages(dynamodb().query, arguments, limit)

    def scan(self) -> Iterator[Item]:
        """All items, in no order."""
        return _pages(dynamodb().scan, {"TableName": self.name}, 0)

    def delete_all(self, keys: list[Mapping[str, str]]) -> None:
        """Delete many items; missing ones are no error, nor is one that is named twice."""
        distinct = list({tuple(sorted(key.items())): key for key in keys}.values())
        for start in range(0, len(distinct), _WRITE_BATCH):
            self._delete_batch(distinct[start : start + _WRITE_BATCH])

    def _delete_batch(self, keys: list[Mapping[str, str]]) -> None:
        wanted: dict[str, Any] = {self.name: [{"DeleteRequest": {"Key": _encode(key)}} for key in keys]}
        for _ in range(_BATCH_TRIES):
            wanted = _call(dynamodb().batch_write_item, RequestItems=wanted)["UnprocessedItems"]
            if not wanted:
                return
        raise Unavailable(f"table {self.name} left {len(wanted[self.name])} deletions unprocessed")


def _pages(call: Callable[..., Any], arguments: dict[str, Any], limit: int) -> Iterator[Item]:
    left = limit
    while True:
        page = _call(call, **arguments, **({"Limit": left} if limit else {}))
        for raw in page["Items"]:
            yield _decode(raw)
        left -= len(page["Items"])
        if "LastEvaluatedKey" not in page or (limit and left <= 0):
            return
        arguments["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _expression(text: str, values: Mapping[str, Value]) -> dict[str, Any]:
    names = {word for word in _words(text) if word.startswith("#")}
    arguments: dict[str, Any] = {"ExpressionAttributeNames": {name: name[1:] for name in names}} if names else {}
    if values:
        arguments["ExpressionAttributeValues"] = {f":{name}": _value(value) for name, value in values.items()}
    return arguments


def _words(text: str) -> list[str]:
    for mark in "(),=<>+-":
        text = text.replace(mark, " ")
    return text.split()


def _conditional(call: Callable[..., Any], **arguments: Any) -> bool:  # noqa: ANN401 - boto3's own arguments
    try:
        _call(call, **arguments)
    except Conflict:
        return False
    return True


def _call(call: Callable[..., Any], **arguments: Any) -> Any:  # noqa: ANN401 - boto3's own arguments and answers
    try:
        return call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise Conflict("the item has changed") from error
        raise Unavailable(f"table {_named(arguments)}: {error}") from error
    except BotoCoreError as error:
        raise Unavailable(f"table {_named(arguments)}: {error}") from error


def _named(arguments: Mapping[str, Any]) -> str:
    return arguments.get("TableName") or ", ".join(arguments["RequestItems"])


def _encode(item: Mapping[str, Value]) -> dict[str, AttributeValueTypeDef]:
    return {name: _value(value) for name, value in item.items() if value is not None}


def _value(value: Value) -> AttributeValueTypeDef:
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": value}
    return {"N": repr(value)}


def _decode(raw: Mapping[str, Any]) -> Item:
    return {name: _plain(value) for name, value in raw.items()}


def _plain(value: Mapping[str, Any]) -> Value:
    if "N" in value:
        number = str(value["N"])
        return int(number) if number.lstrip("-").isdigit() else float(number)
    plain: Value = value["S"] if "S" in value else value["BOOL"]
    return plain
