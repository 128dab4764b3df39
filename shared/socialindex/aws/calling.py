"""Calls of DynamoDB's client, with the errors that they have here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from socialindex.errors import Conflict, InvalidInput, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_INVALID: Final = frozenset({"ValidationException", "ValidationError"})


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
        told = error.response["Error"]
        if is_too_large(told["Code"], told.get("Message")):
            raise too_large() from error
        raise Unavailable(f"table {_named(arguments)}: {error}") from error
    except BotoCoreError as error:
        raise Unavailable(f"table {_named(arguments)}: {error}") from error


def is_too_large(code: str | None, message: str | None) -> bool:
    """Whether an item is above DynamoDB's 400 KB, which no other try changes.

    It has no code of its own: a call says ``ValidationException``, a statement of a batch ``ValidationError``.
    """
    return code in _INVALID and "item size" in (message or "").lower()


def too_large() -> InvalidInput:
    """What is said of such an item."""
    return InvalidInput("this is more than can be kept", remedy="send less at once")


def _named(arguments: Mapping[str, Any]) -> str:
    return arguments.get("TableName") or ", ".join(arguments.get("RequestItems", ["of a batch"]))
