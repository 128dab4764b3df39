"""What can go wrong for a client.

SocialIndexError
├── InvalidInput          what the client was given cannot be: it was not sent
├── Unavailable           trying again later may help
│   └── NoAnswer          nothing answers at the address, or not in time
└── ApiError              the API said no
    ├── InvalidRequest    400: names the field and the remedy; of a query the position too
    ├── Unauthorized      401: no key, or one that does not count
    ├── Forbidden         403: the key does not allow this
    ├── NotFound          404: there is no such thing, or it is not yours
    ├── Conflict          409: it contradicts what is there
    ├── OffsetExpired     410: a stream cannot be gone on with from there
    ├── Refused           422: an address that cannot be crawled
    ├── RateLimited       429: the plan grants no more for now
    ├── ServerError       500: something went wrong on the other side
    └── ServiceUnavailable (also Unavailable)  502, 503, 504
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from socialindex.errors import InvalidInput, SocialIndexError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ApiError",
    "Conflict",
    "Forbidden",
    "InvalidInput",
    "InvalidRequest",
    "NoAnswer",
    "NotFound",
    "OffsetExpired",
    "RateLimited",
    "Refused",
    "ServerError",
    "ServiceUnavailable",
    "SocialIndexError",
    "Unauthorized",
    "Unavailable",
    "refusal",
]

_SHOWN: Final = 200
"""Bytes shown of an answer that is no problem details."""


class NoAnswer(Unavailable):
    """Nothing answers at the API's address, or not in time, or the connection broke."""


class ApiError(SocialIndexError):
    """The API said no.

    Attributes:
        status: the HTTP status.
        problem: the problem details (RFC 9457) as they came.
        retry_after: seconds after which the API would like to be asked again; ``None`` where it did not say.
    """

    def __init__(self, status: int, problem: dict[str, Any], retry_after: float | None = None) -> None:
        super().__init__(problem.get("detail") or problem.get("title") or problem.get("message") or f"status {status}")
        self.status = status
        self.problem = problem
        self.retry_after = retry_after
        if remedy := self._word("remedy"):
            self.add_note(remedy)  # a stack trace shows it behind the message, where nobody catches the error

    def __reduce__(self) -> tuple[object, ...]:
        """How it comes from a worker process: an exception is made anew of its message alone otherwise."""
        return type(self), (self.status, self.problem, self.retry_after)

    @property
    def request_id(self) -> str | None:
        """What to name when you ask for help."""
        return self._word("request_id")

    def _word(self, name: str) -> str | None:
        value = self.problem.get(name)
        return value if isinstance(value, str) else None


class InvalidRequest(ApiError):
    """The request cannot be taken."""

    @property
    def field(self) -> str | None:
        """The field that is meant; ``None`` where the whole request is."""
        return self._word("field")

    @property
    def remedy(self) -> str | None:
        """What to send instead, a sentence."""
        return self._word("remedy")

    @property
    def position(self) -> int | None:
        """Of a query: the character, from 0, at which it cannot be read."""
        value = self.problem.get("position")
        return value if isinstance(value, int) else None


class Unauthorized(ApiError):
    """No key, or one that is unknown, expired or revoked."""


class Forbidden(ApiError):
    """The key does not allow this: it lacks a scope."""


class NotFound(ApiError):
    """There is no such thing, or it is not yours to see."""


class Conflict(ApiError):
    """The request contradicts what is there."""


class OffsetExpired(ApiError):
    """A place in a stream from which there is no going on: delete your copy and begin anew."""


class Refused(ApiError):
    """An address that cannot be crawled."""

    @property
    def reason(self) -> str | None:
        """Why, in a word such as ``robots``."""
        return self._word("reason")


class RateLimited(ApiError):
    """The plan grants no more for now; ``retry_after`` says for how long."""

    @property
    def policies(self) -> list[str]:
        """What is used up: ``day``, ``minute`` or ``posts``."""
        return [str(name) for name in self.problem.get("violated-policies") or []]


class ServerError(ApiError):
    """Something went wrong on the other side; asking again would hardly help."""


class ServiceUnavailable(ApiError, Unavailable):
    """A part of the service does not answer now."""


_KINDS: Final[Mapping[int, type[ApiError]]] = {
    400: InvalidRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: OffsetExpired,
    422: Refused,
    429: RateLimited,
    502: ServiceUnavailable,
    503: ServiceUnavailable,
    504: ServiceUnavailable,
}


def refusal(status: int, headers: Mapping[str, str], data: bytes) -> ApiError:
    """The error that an answer with a status of 400 or more stands for."""
    kind = _KINDS.get(status, ServerError if status >= 500 else ApiError)  # noqa: PLR2004 - RFC 9110, section 15.6
    return kind(status, _problem(data), _seconds(headers.get("Retry-After")))


def _problem(data: bytes) -> dict[str, Any]:
    """Problem details; of anything else its beginning as the title."""
    try:
        return msgspec.json.decode(data or b"{}", type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return {"title": data[:_SHOWN].decode(errors="replace")}


def _seconds(told: str | None) -> float | None:
    """A Retry-After in either of its forms (RFC 9110, section 10.2.3); ``None`` where there is none."""
    if told is None:
        return None
    if told.strip().isdecimal():
        return float(told)
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(tz=UTC)).total_seconds())
