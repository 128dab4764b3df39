"""Many items of a DynamoDB table in as few calls as there can be.

A batch is no transaction: the table may do a part of it and put off the rest, which is tried again here.

Raises (every function):
    Unavailable: the table does not answer, or puts off a part for too long.
    InvalidInput: an item is larger than the table takes.
"""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from socialindex.aws.calling import called, is_too_large, too_large
from socialindex.aws.clients import dynamodb
from socialindex.aws.values import Item, Value, decode, encode
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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

T = TypeVar("T")


def read(table: str, keys: Sequence[Mapping[str, str]]) -> list[Item]:
    """The items with these keys, no two of them the same, strongly consistent and in no order."""
    batches = list(_groups(keys, _READ_BATCH))
    if len(batches) < 2:  # noqa: PLR2004 - one needs no thread
        return _read(table, batches[0]) if batches else []
    with ThreadPoolExecutor(min(_READERS, len(batches))) as readers:
        return [item for found in readers.map(lambda batch: _read(table, batch), batches) for item in found]


def delete(table: str, keys: Sequence[Mapping[str, str]]) -> None:
    """Delete the items with these keys, no two of them the same; missing ones are no error."""
    for batch in _groups(keys, _WRITE_BATCH):
        _delete(table, batch)


def insert(table: str, items: Sequence[Mapping[str, Value]]) -> list[bool]:
    """Write items; per item whether it was written, or one with its key is there.

    By PartiQL: BatchWriteItem, which costs as much, knows no conditions.
    """
    return _executed(table, [_insert(table, item) for item in items])


def change(
    table: str, keys: Sequence[Mapping[str, str]], values: Sequence[Mapping[str, Value]], there: str
) -> list[bool]:
    """Set attributes of items that have the attribute ``there``; per item whether it was there."""
    return _executed(table, [_set(table, key, value, there) for key, value in zip(keys, values, strict=True)])


def _executed(table: str, statements: Sequence[BatchStatementRequestTypeDef]) -> list[bool]:
    return [done for batch in _groups(statements, _STATEMENTS) for done in _execute(table, batch)]


def _groups(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (things[start : start + size] for start in range(0, len(things), size))


def _execute(table: str, statements: Sequence[BatchStatementRequestTypeDef]) -> list[bool]:
    """Per statement whether it was done. What the table only put off is tried again, with growing pauses."""
    done: dict[int, bool] = {}
    failed: set[str] = set()
    for _ in _tries():
        left = [number for number in range(len(statements)) if number not in done]
        answers = called(dynamodb().batch_execute_statement, Statements=[statements[number] for number in left])
        errors = [answer.get("Error", {}) for answer in answers["Responses"]]
        if any(is_too_large(error.get("Code"), error.get("Message")) for error in errors):
            raise too_large()
        codes = [error.get("Code", "") for error in errors]
        failed = set(codes) - _NOT_DONE - {""}
        done |= {number: not code for number, code in zip(left, codes, strict=True) if code not in failed}
        if not failed:
            return [done[number] for number in range(len(statements))]
        if failed - _PUT_OFF:
            break
    raise Unavailable(f"table {table}: {', '.join(sorted(failed))}")


def _delete(table: str, keys: Sequence[Mapping[str, str]]) -> None:
    wanted: dict[str, Any] = {table: [{"DeleteRequest": {"Key": encode(key)}} for key in keys]}
    for _ in _tries():
        wanted = called(dynamodb().batch_write_item, RequestItems=wanted)["UnprocessedItems"]
        if not wanted:
            return
    raise Unavailable(f"table {table} left {len(wanted[table])} deletions unprocessed")


def _read(table: str, keys: Sequence[Mapping[str, str]]) -> list[Item]:
    wanted: dict[str, Any] = {table: {"Keys": [encode(key) for key in keys], "ConsistentRead": True}}
    found: list[Item] = []
    for _ in _tries():
        answer = called(dynamodb().batch_get_item, RequestItems=wanted)
        found += [decode(raw) for raw in answer["Responses"].get(table, [])]
        wanted = answer["UnprocessedKeys"]
        if not wanted:
            return found
    raise Unavailable(f"table {table} left {len(wanted[table]['Keys'])} reads unprocessed")


def _tries() -> Iterator[None]:
    """So many tries, with growing pauses between them."""
    yield
    for pause in _PAUSES:
        time.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - the pause is no secret
        yield


def _insert(table: str, item: Mapping[str, Value]) -> BatchStatementRequestTypeDef:
    encoded = encode(item)
    names = ", ".join(f"'{name}': ?" for name in encoded)
    return {"Statement": f'INSERT INTO "{table}" VALUE {{{names}}}', "Parameters": list(encoded.values())}


def _set(table: str, key: Mapping[str, str], values: Mapping[str, Value], there: str) -> BatchStatementRequestTypeDef:
    changes = " ".join(f'SET "{name}"=?' for name in values)
    where = " AND ".join([*(f'"{name}"=?' for name in key), f'"{there}" IS NOT MISSING'])
    parameters = [*encode(values).values(), *encode(key).values()]
    return {"Statement": f'UPDATE "{table}" {changes} WHERE {where}', "Parameters": parameters}
