"""Calls of DynamoDB's client, with the errors that they have here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from socialindex.errors import Conflict, InvalidInput, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def called(call: Callable[..., Any], **arguments: Any) -> Any:  # noqa: ANN401 - boto3's own arguments and answers
    """The answer to a call of one table.

    Raises:
        Conflict: a condition does not hold.
        InvalidInput: an item is larger than the table takes.
        Unavailable: the table does not answer, after the client's own retries.
    """
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
