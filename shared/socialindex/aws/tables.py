"""A DynamoDB table with plain Python values: ``str``, ``int``, ``float`` and ``bool``; ``None`` is left out."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

from socialindex.aws import batches
from socialindex.aws.calling import called
from socialindex.aws.clients import dynamodb
from socialindex.aws.updating import Updated, update
from socialindex.aws.values import Item, Value, can_be_key, decode, encode, expressed, named
from socialindex.errors import Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence


class Attempt(NamedTuple):
    """What came of a conditional change: the item after it, or the one that the condition did not hold for."""

    done: bool
    item: Item | None
    again: bool
    """Whether it was sent once more, since no plain answer came to the first: what is in the way may be its own."""


class Table:
    """One table.

    Conditions, updates and key conditions are DynamoDB expressions whose ``#x`` stands for the attribute ``x`` and
    whose ``:x`` for ``values["x"]``; the partition key comes first, in keys and in conditions on them. A key that none
    can be, since it is empty or too long, is not there: ids come from clients.

    Raises (every method):
        Unavailable: the table does not answer, after the client's own retries.
        InvalidInput: an item is larger than the table takes.
        NotFound: what is to be changed has a key that none can be.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def get(self, key: Mapping[str, str]) -> Item | None:
        """The item with this key, strongly consistent."""
        if not can_be_key(key.values()):
            return None
        answer = called(dynamodb().get_item, TableName=self.name, Key=encode(key), ConsistentRead=True)
        return decode(answer["Item"]) if "Item" in answer else None

    def get_all(self, keys: Iterable[Mapping[str, str]]) -> list[Item]:
        """The items with these keys, those that are there, strongly consistent and in no order."""
        return batches.read(self.name, _distinct(key for key in keys if can_be_key(key.values())))

    def put(self, item: Mapping[str, Value], *, unless: str = "", there: str = "") -> bool:
        """Write an item; False, and nothing written, where an item with its key has the attribute ``unless``.

        With ``there`` instead, where there is none that has this attribute. What the client sent again since an answer
        was lost is written if it is there as it was sent.
        """
        arguments: dict[str, Any] = {"TableName": self.name, "Item": encode(item)}
        if unless or there:
            condition = "attribute_not_exists(#a)" if unless else "attribute_exists(#a)"
            arguments |= {"ConditionExpression": condition, "ExpressionAttributeNames": {"#a": unless or there}}
            arguments["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        try:
            called(dynamodb().put_item, **arguments)
        except Conflict as conflict:
            return _is_repeated(conflict) and _has(decode(_in_the_way(conflict) or {}), item)
        return True

    def put_all(self, items: Sequence[Mapping[str, Value]]) -> list[bool]:
        """Write items in as few calls as can be; per item whether it was written, or one with its key is there."""
        return batches.insert(self.name, items)

    def set_all(
        self, keys: Sequence[Mapping[str, str]], values: Sequence[Mapping[str, Value]], there: str
    ) -> list[bool]:
        """Set attributes of items that have the attribute ``there``; per item whether it was there. As ``put_all``."""
        return batches.change(self.name, keys, values, there)

    def update(
        self, key: Mapping[str, str], expression: str, values: Mapping[str, Value] | None = None, *, condition: str = ""
    ) -> Item | None:
        """Change an item by an update expression; the item as it is then, or None where the condition fails."""
        made = self.attempt(key, expression, values, condition=condition)
        return made.item if made.done else None

    def attempt(
        self,
        key: Mapping[str, str],
        expression: str,
        values: Mapping[str, Value] | None = None,
        *,
        condition: str = "",
        whole: bool = True,
    ) -> Attempt:
        """As ``update``; where the condition fails, with the item as it is, which says why.

        With ``whole`` off, the item after a change has the attributes only that were changed.
        """
        arguments = self.change(key, expression, values, condition=condition)
        if condition:
            arguments["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        arguments["ReturnValues"] = "ALL_NEW" if whole else "UPDATED_NEW"
        first = update(arguments)
        done, raw = first or _update(arguments)
        return Attempt(done=done, item=decode(raw) if raw else None, again=first is None)

    def change(
        self, key: Mapping[str, str], expression: str, values: Mapping[str, Value] | None = None, *, condition: str = ""
    ) -> dict[str, Any]:
        """An update that is not made yet, as DynamoDB takes it: for ``transactions.together``."""
        if not can_be_key(key.values()):
            raise NotFound("there is no such thing")
        arguments: dict[str, Any] = {"TableName": self.name, "Key": encode(key), "UpdateExpression": expression}
        arguments |= expressed(f"{expression} {condition}", values or {})
        return arguments | ({"ConditionExpression": condition} if condition else {})

    def write_next(
        self, key: Mapping[str, str], values: Mapping[str, Value], seen: int, *, drops: Iterable[str] = ()
    ) -> bool:
        """Set attributes of an item's next version; False, and nothing set, where somebody else has written since.

        A version that the client sent again is ours if it is there as it was to be written: the first answer was lost.

        Args:
            key: of the item.
            values: its attributes, ``version`` among them.
            seen: the version that was read; 0: there was none.
            drops: attributes that go where ``values`` has none of their names.
        """
        condition, known = ("#version = :seen", {"seen": seen}) if seen else ("attribute_not_exists(#version)", {})
        expression = f"SET {', '.join(f'#{name} = :{name}' for name in values)}"
        if gone := [f"#{name}" for name in drops if name not in values]:
            expression = f"{expression} REMOVE {', '.join(gone)}"
        made = self.attempt(key, expression, {**values, **known}, condition=condition)
        return made.done or (made.again and _has(made.item, values))

    def delete(self, key: Mapping[str, str], condition: str = "", values: Mapping[str, Value] | None = None) -> bool:
        """Delete an item; False where there was none, or one that the condition does not hold for."""
        if not can_be_key(key.values()):
            return False
        arguments: dict[str, Any] = {"TableName": self.name, "Key": encode(key), "ReturnValues": "ALL_OLD"}
        if condition:
            arguments |= expressed(condition, values or {}) | {"ConditionExpression": condition}
        try:
            return "Attributes" in called(dynamodb().delete_item, **arguments)
        except Conflict:
            return False

    def query(  # noqa: PLR0913 - DynamoDB's own choices
        self,
        condition: str,
        values: Mapping[str, Value],
        *,
        index: str = "",
        limit: int = 0,
        consistent: bool = False,
        where: str = "",
        pages: int = 0,
        stopped: Callable[[Item], object] | None = None,
    ) -> Iterator[Item]:
        """Items by key condition, in the order of the range key, page by page.

        Args:
            condition: on the keys.
            values: of both expressions.
            index: which; the table itself where empty.
            limit: items at most; 0: all.
            consistent: whether all earlier writes are seen.
            where: a filter over the items that ``condition`` finds; what it drops is paid for all the same.
            pages: pages of at most 1 MB that are looked through; 0: all.
            stopped: told the key of the last item looked at, where ``pages`` end before the items.
        """
        if not can_be_key(named(condition, values)):
            return iter(())
        arguments = {"TableName": self.name, "KeyConditionExpression": condition, "ConsistentRead": consistent}
        arguments |= expressed(f"{condition} {where}", values)
        if where:
            arguments["FilterExpression"] = where
        if index:
            arguments["IndexName"] = index
        return _pages(dynamodb().query, arguments, 0 if where else limit, pages, stopped)

    def scan(self, index: str = "", *, after: Mapping[str, str] | None = None) -> Iterator[Item]:
        """All items of the table, or of an index, in no order that means anything; behind a key, those that follow it.

        The order stays, and a key of which there is no item any more has its place in it, too.
        """
        arguments: dict[str, Any] = {"TableName": self.name, **({"IndexName": index} if index else {})}
        return _pages(dynamodb().scan, arguments | ({"ExclusiveStartKey": encode(after)} if after else {}))

    def delete_all(self, keys: list[Mapping[str, str]]) -> None:
        """Delete many items; missing ones are no error, nor is one that is named twice."""
        batches.delete(self.name, _distinct(keys))


def _distinct(keys: Iterable[Mapping[str, str]]) -> list[Mapping[str, str]]:
    return list({tuple(sorted(key.items())): key for key in keys}.values())


def _pages(
    call: Callable[..., Any],
    arguments: dict[str, Any],
    limit: int = 0,
    pages: int = 0,
    stopped: Callable[[Item], object] | None = None,
) -> Iterator[Item]:
    left = limit
    for number in itertools.count(1):
        page = called(call, **arguments, **({"Limit": left} if limit else {}))
        for raw in page["Items"]:
            yield decode(raw)
        left -= len(page["Items"])
        if "LastEvaluatedKey" not in page or (limit and left <= 0):
            return
        if number == pages:
            if stopped:
                stopped(decode(page["LastEvaluatedKey"]))
            return
        arguments["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _update(arguments: dict[str, Any]) -> Updated:
    """By boto3, with its pauses and repetitions."""
    try:
        answer = called(dynamodb().update_item, **arguments)
    except Conflict as conflict:
        return Updated(done=False, item=_in_the_way(conflict))
    return Updated(done=True, item=answer["Attributes"])


def _in_the_way(conflict: Conflict) -> dict[str, Any] | None:
    """The item that a condition did not hold for, as DynamoDB has it."""
    item: dict[str, Any] | None = getattr(conflict.__cause__, "response", {}).get("Item")
    return item


def _is_repeated(conflict: Conflict) -> bool:
    """Whether the client had sent the same before: what is in the way may be what that has written."""
    told = getattr(conflict.__cause__, "response", {}).get("ResponseMetadata", {})
    return bool(told.get("RetryAttempts"))


def _has(item: Item | None, values: Mapping[str, Value]) -> bool:
    """Whether an item has all of these attributes."""
    return item is not None and all(item.get(name) == value for name, value in values.items())
