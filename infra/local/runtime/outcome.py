"""How an invocation ended, in the shapes that Lambda's Invoke answers with."""

from __future__ import annotations

from typing import Final

import msgspec

from socialindex.errors import InvalidInput, SocialIndexError

REQUEST_LIMIT: Final = 6_291_456
"""Bytes of a synchronous invocation's event (6 MB)."""
ASYNC_REQUEST_LIMIT: Final = 1_048_576
"""Bytes of an asynchronous invocation's event (1 MB)."""
RESPONSE_LIMIT: Final = 6_291_556
"""Bytes of a response: Lambda's 6 MB are a hundred bytes more here, as its error message says."""


class Outcome(msgspec.Struct, frozen=True):
    """What a function answered. ``payload`` is JSON; a failure's holds ``errorMessage`` and ``errorType``.

    ``error`` is the failure's errorType, ``None`` for a success.
    """

    payload: bytes
    error: str | None = None

    @property
    def message(self) -> str:
        """A failure in one line: its errorType and errorMessage."""
        return f"{self.error}: {_field(self.payload, 'errorMessage') or self.payload.decode(errors='replace')}"


class FunctionFailed(SocialIndexError):
    """An invocation that ended in an error.

    Attributes:
        kind: the errorType, such as ``ValueError`` or ``Sandbox.Timedout``.
        payload: the whole error as Invoke answers it (JSON).
    """

    def __init__(self, outcome: Outcome) -> None:
        self.kind = outcome.error or ""
        self.payload = outcome.payload
        super().__init__(outcome.message)


class RequestTooLarge(InvalidInput):
    """An event that Invoke would refuse (413, RequestEntityTooLargeException)."""


def failure(kind: str, message: str, **more: object) -> Outcome:
    """A failure that the platform, not the function, reports."""
    return Outcome(msgspec.json.encode({"errorMessage": message, "errorType": kind, **more}), kind)


def reported(payload: bytes, kind: str) -> Outcome:
    """A failure that the function's process reports; ``kind`` counts where the payload names none."""
    return Outcome(payload, _field(payload, "errorType") or kind)


def check_request(payload: bytes, limit: int) -> None:
    """Refuse an event of more than ``limit`` bytes.

    Raises:
        RequestTooLarge: as Invoke says it.
    """
    if len(payload) > limit:
        raise RequestTooLarge(
            f"Request must be smaller than {limit} bytes for the InvokeFunction operation",
            field="event",
            remedy="Send a reference (an S3 key) instead of the data.",
        )


def _field(payload: bytes, name: str) -> str | None:
    try:
        value = msgspec.json.decode(payload, type=dict[str, object]).get(name)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return value if isinstance(value, str) and value else None
