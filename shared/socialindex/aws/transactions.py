"""Changes of several items of which all are made, or none (Amazon DynamoDB API reference, TransactWriteItems)."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from socialindex.aws.clients import dynamodb
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

_TRIES: Final = 8
"""Of a transaction that met another one at an item: then the table refuses one of the two."""
_PAUSE: Final = 0.05
"""Seconds before the second try, at most; twice as many before each further one."""
_FAILED: Final = "ConditionalCheckFailed"


def together(*changes: dict[str, Any]) -> list[bool] | None:
    """Make changes that ``Table.change`` has described.

    Returns:
        None where all are made. Otherwise none is, and for each it is told whether its condition holds.

    Raises:
        Unavailable: a table does not answer, or others change the same items all the time.
    """
    for attempt in range(_TRIES):
        codes = _write([{"Update": change} for change in changes])
        if codes is None:
            return None
        if _FAILED in codes:
            return [code != _FAILED for code in codes]
        time.sleep(random.uniform(0, _PAUSE * 2**attempt))  # noqa: S311 - the pause is no secret
    raise Unavailable("the items of a transaction change too fast")


def _write(items: Sequence[Any]) -> list[str] | None:
    """Why each change was not made; ``None`` where all are. The client sends the same token when it tries again."""
    try:
        dynamodb().transact_write_items(TransactItems=items)
    except ClientError as error:
        if error.response["Error"]["Code"] != "TransactionCanceledException":
            raise Unavailable(f"transaction: {error}") from error
        # The typed response knows only what all errors have
        reasons: list[dict[str, str]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
        return [reason.get("Code", "None") for reason in reasons]
    except BotoCoreError as error:
        raise Unavailable(f"transaction: {error}") from error
    return None
