"""A DynamoDB table with plain Python values: ``str``, ``int``, ``float`` and ``bool``; ``None`` is left out."""

from __future__ import annotations

import itertools
import random
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from socialindex.aws.clients import dynamodb
from socialindex.aws.updating import Updated, update
from socialindex.aws.values import Item, Value, can_be_key, decode, encode, expressed, named
from socialindex.errors import Conflict, InvalidInput, NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mypy_boto3_dynamodb.type_defs import BatchStatementRequestTypeDef

_WRITE_BATCH = 25
"""Items of one BatchWriteItem (Amazon DynamoDB API reference)."""
_READ_BATCH = 100
"""Keys of one BatchGetItem (Amazon DynamoDB API reference)."""
_READERS = 8
"""Batches that are read at the same time: an event of the index stage has some fifty."""
_STATEMENTS = 25
"""Statements of one BatchExecuteStatement (Amazon DynamoDB API reference)."""
_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds, at most, before the second and each further try of a batch of which the table has put something off: a
partition that is asked for more than it bears in a second takes the rest in the next ones. AWS wants pauses that grow
and differ between callers (Amazon DynamoDB developer guide, error handling; API reference, BatchWriteItem)."""
_PUT_OFF = frozenset(
    {"ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded", "InternalServerError"}
)
"""Codes of single statements that may work in a moment (Amazon DynamoDB API reference, BatchStatementError)."""
_NOT_DONE = frozenset({"DuplicateItem", "ConditionalCheckFailed"})
"""Errors of a statement whose condition does not hold."""


class Attempt(NamedTuple):
    """What came of a conditional change: the item after it, or the one that the condition did not hold for."""

    done: bool
    item: Item | None


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
        answer = _call(dynamodb().get_item, TableName=self.name, Key=encode(key), ConsistentRead=True)
        return decode(answer["Item"]) if "Item" in answer else None

    def get_all(self, keys: Iterable[Mapping[str, str]]) -> list[Item]:
        """The items with these keys, those that are there, strongly consistent and in no order."""
        distinct = list({tuple(sorted(key.items())): key for key in keys if can_be_key(key.values())}.values())
        batches = [distinct[start : start + _READ_BATCH] for start in range(0, len(distinct), _READ_BATCH)]
        if len(batches) < 2:  # noqa: PLR2004 - one needs no thread
            return self._get_batch(batches[0]) if batches else []
        with ThreadPoolExecutor(min(_READERS, len(batches))) as readers:
            return [item for found in readers.map(self._get_batch, batches) for item in found]

    def put(self, item: Mapping[str, Value], *, unless: str = "") -> bool:
        """Write an item; False, and nothing written, where an item with its key has the attribute ``unless``."""
        extra: dict[str, Any] = {}
        if unless:
            extra = {"ConditionExpression": "attribute_not_exists(#u)", "ExpressionAttributeNames": {"#u": unless}}
        return _conditional(dynamodb().put_item, TableName=self.name, Item=encode(item), **extra)

    def put_all(self, items: Sequence[Mapping[str, Value]]) -> list[bool]:
        """Write items in as few calls as there can be; per item whether it was written, or one with its key is there.

        By PartiQL: BatchWriteItem, which costs as much, knows no conditions.
        """
        statements = [_insert(self.name, item) for item in items]
        return [done for batch in _batches(statements) for done in self._execute(batch)]

    def set_all(
        self, keys: Sequence[Mapping[str, str]], values: Sequence[Mapping[str, Value]], there: str
    ) -> list[bool]:
        """Set attributes of items that have the attribute ``there``; per item whether it was there. As ``put_all``."""
        statements = [_set(self.name, key, value, there) for key, value in zip(keys, values, strict=True)]
        return [done for batch in _batches(statements) for done in self._execute(batch)]

    def _execute(self, statements: list[BatchStatementRequestTypeDef]) -> list[bool]:
        """Per statement whether it was done. What the table only put off is tried again, with growing pauses."""
        done: dict[int, bool] = {}
        failed: set[str] = set()
        for _ in _tries():
            left = [number for number in range(len(statements)) if number not in done]
            answers = _call(dynamodb().batch_execute_statement, Statements=[statements[number] for number in left])
            codes = [answer.get("Error", {}).get("Code", "") for answer in answers["Responses"]]
            failed = set(codes) - _NOT_DONE - {""}
            done |= {number: not code for number, code in zip(left, codes, strict=True) if code not in failed}
            if not failed:
                return [done[number] for number in range(len(statements))]
            if failed - _PUT_OFF:
                break
        raise Unavailable(f"table {self.name}: {', '.join(sorted(failed))}")

    def update(
        self, key: Mapping[str, str], expression: str, values: Mapping[str, Value] | None = None, *, condition: str = ""
    ) -> Item | None:
        """Change an item by an update expression; the item as it is then, or None where the condition fails."""
        done, item = self.attempt(key, expression, values, condition=condition)
        return item if done else None

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
        done, raw = update(arguments) or _update(arguments)
        return Attempt(done=done, item=decode(raw) if raw else None)

    def change(
        self, key: Mapping[str, str], expression: str, values: Mapping[str, Value] | None = None, *, condition: str = ""
    ) -> dict[str, Any]:
        """An update that is not made yet, as DynamoDB takes it: for ``transactions.together``."""
        if not can_be_key(key.values()):
            raise NotFound("there is no such thing")
        arguments: dict[str, Any] = {"TableName": self.name, "Key": encode(key), "UpdateExpression": expression}
        arguments |= expressed(f"{expression} {condition}", values or {})
        return arguments | ({"ConditionExpression": condition} if condition else {})

    def delete(self, key: Mapping[str, str], condition: str = "", values: Mapping[str, Value] | None = None) -> bool:
        """Delete an item; False where there was none, or one that the condition does not hold for."""
        if not can_be_key(key.values()):
            return False
        arguments: dict[str, Any] = {"TableName": self.name, "Key": encode(key), "ReturnValues": "ALL_OLD"}
        if condition:
            arguments |= expressed(condition, values or {}) | {"ConditionExpression": condition}
        try:
            return "Attributes" in _call(dynamodb().delete_item, **arguments)
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

    def scan(self, index: str = "") -> Iterator[Item]:
        """All items of the table, or of an index, in no order."""
        return _pages(dynamodb().scan, {"TableName": self.name, **({"IndexName": index} if index else {})})

    def delete_all(self, keys: list[Mapping[str, str]]) -> None:
        """Delete many items; missing ones are no error, nor is one that is named twice."""
        distinct = list({tuple(sorted(key.items())): key for key in keys}.values())
        for start in range(0, len(distinct), _WRITE_BATCH):
            self._delete_batch(distinct[start : start + _WRITE_BATCH])

    def _delete_batch(self, keys: list[Mapping[str, str]]) -> None:
        wanted: dict[str, Any] = {self.name: [{"DeleteRequest": {"Key": encode(key)}} for key in keys]}
        for _ in _tries():
            wanted = _call(dynamodb().batch_write_item, RequestItems=wanted)["UnprocessedItems"]
            if not wanted:
                return
        raise Unavailable(f"table {self.name} left {len(wanted[self.name])} deletions unprocessed")

    def _get_batch(self, keys: list[Mapping[str, str]]) -> list[Item]:
        wanted: dict[str, Any] = {self.name: {"Keys": [encode(key) for key in keys], "ConsistentRead": True}}
        found: list[Item] = []
        for _ in _tries():
            answer = _call(dynamodb().batch_get_item, RequestItems=wanted)
            found += [decode(raw) for raw in answer["Responses"].get(self.name, [])]
            wanted = answer["UnprocessedKeys"]
            if not wanted:
                return found
        raise Unavailable(f"table {self.name} left {len(wanted[self.name]['Keys'])} reads unprocessed")


def _tries() -> Iterator[None]:
    """So many tries, with growing pauses between them."""
    yield
    for pause in _PAUSES:
        time.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - the pause is no secret
        yield


def _batches(statements: list[BatchStatementRequestTypeDef]) -> Iterator[list[BatchStatementRequestTypeDef]]:
    return (statements[start : start + _STATEMENTS] for start in range(0, len(statements), _STATEMENTS))


def _insert(table: str, item: Mapping[str, Value]) -> BatchStatementRequestTypeDef:
    encoded = encode(item)
    names = ", ".join(f"'{name}': ?" for name in encoded)
    return {"Statement": f'INSERT INTO "{table}" VALUE {{{names}}}', "Parameters": list(encoded.values())}


def _set(table: str, key: Mapping[str, str], values: Mapping[str, Value], there: str) -> BatchStatementRequestTypeDef:
    changes = " ".join(f'SET "{name}"=?' for name in values)
    where = " AND ".join([*(f'"{name}"=?' for name in key), f'"{there}" IS NOT MISSING'])
    parameters = [*encode(values).values(), *encode(key).values()]
    return {"Statement": f'UPDATE "{table}" {changes} WHERE {where}', "Parameters": parameters}


def _pages(
    call: Callable[..., Any],
    arguments: dict[str, Any],
    limit: int = 0,
    pages: int = 0,
    stopped: Callable[[Item], object] | None = None,
) -> Iterator[Item]:
    left = limit
    for number in itertools.count(1):
        page = _call(call, **arguments, **({"Limit": left} if limit else {}))
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
        answer = _call(dynamodb().update_item, **arguments)
    except Conflict as conflict:
        return Updated(done=False, item=getattr(conflict.__cause__, "response", {}).get("Item"))
    return Updated(done=True, item=answer["Attributes"])


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
        if _is_too_large(error):
            raise InvalidInput("this is more than can be kept", remedy="send less at once") from error
        raise Unavailable(f"table {_named(arguments)}: {error}") from error
    except BotoCoreError as error:
        raise Unavailable(f"table {_named(arguments)}: {error}") from error


def _is_too_large(error: ClientError) -> bool:
    """Whether an item is above DynamoDB's 400 KB, which no other try changes. It has no code of its own."""
    told = error.response["Error"]
    return told["Code"] == "ValidationException" and "item size" in told.get("Message", "").lower()


def _named(arguments: Mapping[str, Any]) -> str:
    return arguments.get("TableName") or ", ".join(arguments.get("RequestItems", ["of a batch"]))
