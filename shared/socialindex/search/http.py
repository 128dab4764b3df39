"""API Gateway's payload format 2.0, in and out.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import msgspec
from isal import isal_zlib

from socialindex.errors import InvalidInput, Unauthorized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")

JSON = "application/json"
LARGEST: Final = 5_000_000
"""Bytes of a list or of a network in an answer: a function's answer ends at 6 MB, all of it
(https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html)."""
_BEARER = "bearer "
_MARK = "\ufeff"
_WORTH_PACKING = 1_000
"""Bytes of a body from which on it is worth to pack it."""
_LEVEL = isal_zlib.ISAL_DEFAULT_COMPRESSION
"""JSON gets about as small as at zlib's level 4, in a fifth of the time (docs/decisions/0018-packing.md)."""
_GZIP = 31
"""A window of 32 KiB (15), with gzip's header and trailer (16): zlib's manual, ``deflateInit2``."""


def unmetered(_posts: int) -> None:
    """What is told of posts where nobody counts."""


class HttpRequest(NamedTuple):
    """One request as the gateway hands it over."""

    id: str
    route: str
    """The matched route, such as ``GET /v1/posts/{id}``; ``$default`` where none matched."""
    path: dict[str, str]
    """Values of the route's parameters, percent-decoded."""
    query: dict[str, str]
    """Parameters of the URL; a repeated one's values are joined by commas."""
    headers: dict[str, str]
    raw: dict[str, Any]
    expect: Callable[[int], None] = unmetered
    """Told how many posts the answer will hold at most, they are counted while the engine works, and not after it."""

    def body(self) -> str:
        """The body as text; empty where there is none.

        A byte order mark, which editors and shells of Windows put before JSON, is left out (RFC 8259, section 8.1).

        Raises:
            InvalidInput: it is not UTF-8.
        """
        body: str = self.raw.get("body") or ""
        if not self.raw.get("isBase64Encoded"):
            return body.removeprefix(_MARK)
        try:
            return base64.b64decode(body, validate=True).decode().removeprefix(_MARK)
        except (binascii.Error, UnicodeDecodeError) as error:
            raise InvalidInput("the body is not UTF-8 text", remedy="send JSON in UTF-8") from error

    def key(self) -> str:
        """The API key of the Authorization header (RFC 6750, section 2.1).

        Raises:
            Unauthorized: there is none.
        """
        authorization = self.headers.get("authorization", "")
        if not authorization.lower().startswith(_BEARER):
            raise Unauthorized("send the API key as: Authorization: Bearer si_...")
        return authorization[len(_BEARER) :].strip()


class Answer(NamedTuple):
    """An answer: a status with a body that becomes JSON, or none. Of another content type the body is text.

    Bytes are UTF-8 that is written already, and leave as they are.
    """

    status: int
    body: object = None
    headers: dict[str, str] = {}
    content_type: str = JSON
    posts: int = 0
    """How many posts the body holds, to be counted for the plan."""

    def encoded(self, accepts: str = "") -> dict[str, Any]:
        """The answer as the gateway takes it, packed where it is large and ``Accept-Encoding`` takes that."""
        answer: dict[str, Any] = {"statusCode": self.status, "headers": dict(self.headers)}
        if self.body is not None:
            answer["headers"]["Content-Type"] = self.content_type
            body = self._body()
            if len(body) > _WORTH_PACKING:
                return _packed(answer, body, accepts)
            answer["body"] = body.decode()
        return answer

    def _body(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str) and self.content_type.startswith("text/"):
            return self.body.encode()
        return msgspec.json.encode(self.body)


def sent_bytes(part: object) -> int:
    """Bytes that a part of a body takes where it is not packed: it is text within JSON, its quotation marks escaped."""
    written = msgspec.json.encode(part)
    return len(written) + written.count(b'"') + written.count(b"\\")


def fitting(items: Iterable[T]) -> list[T]:
    """The first of a list's items, as many as fit into an answer, at least one where there is any."""
    kept: list[T] = []
    size = 0
    for item in items:
        size += sent_bytes(item)
        if kept and size > LARGEST:
            break
        kept.append(item)
    return kept


def _packed(answer: dict[str, Any], body: bytes, accepts: str) -> dict[str, Any]:
    """An answer with a large body, packed where the client takes it."""
    answer["headers"]["Vary"] = "Accept-Encoding"
    if not _takes_gzip(accepts):
        return {**answer, "body": body.decode()}
    answer["headers"]["Content-Encoding"] = "gzip"
    packed = base64.b64encode(isal_zlib.compress(body, _LEVEL, _GZIP))
    return {**answer, "body": packed.decode(), "isBase64Encoded": True}


def _takes_gzip(accepts: str) -> bool:
    """Whether an Accept-Encoding takes gzip (RFC 9110, section 12.5.3)."""
    weights: dict[str, str] = {}
    for part in accepts.lower().split(","):
        coding, _, weight = part.replace(" ", "").partition(";q=")
        weights[coding] = weight or "1"
    return weights.get("gzip", weights.get("*", "0")).strip("0.") != ""


def request_of(event: dict[str, Any]) -> HttpRequest:
    """The request in an event."""
    return HttpRequest(
        id=event["requestContext"]["requestId"],
        route=event["routeKey"],
        path=event.get("pathParameters") or {},
        query=event.get("queryStringParameters") or {},
        headers={name.lower(): value for name, value in event["headers"].items()},
        raw=event,
    )
