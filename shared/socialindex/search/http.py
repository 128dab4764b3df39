"""API Gateway's payload format 2.0, in and out.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, NamedTuple, TypeVar

import msgspec

from socialindex.errors import InvalidInput, Unauthorized

T = TypeVar("T")

JSON = "application/json"
_BEARER = "bearer "


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

    def body(self) -> str:
        """The body as text; empty where there is none.

        Raises:
            InvalidInput: it is not UTF-8.
        """
        body: str = self.raw.get("body") or ""
        if not self.raw.get("isBase64Encoded"):
            return body
        try:
            return base64.b64decode(body, validate=True).decode()
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
    """An answer: a status with a body that becomes JSON, or none. Of another content type the body is text."""

    status: int
    body: object = None
    headers: dict[str, str] = {}
    content_type: str = JSON

    def encoded(self) -> dict[str, Any]:
        """The answer as the gateway takes it."""
        answer: dict[str, Any] = {"statusCode": self.status, "headers": dict(self.headers)}
        if self.body is not None:
            answer["headers"]["Content-Type"] = self.content_type
            is_text = isinstance(self.body, str) and self.content_type.startswith("text/")
            answer["body"] = self.body if is_text else msgspec.json.encode(self.body).decode()
        return answer


def read_json(body: str, kind: type[T], *, remedy: str) -> T:
    """A request's body as the type that it must have; an empty one counts as an empty object.

    Raises:
        InvalidInput: it is none; says at which field.
    """
    try:
        return msgspec.json.decode(body or "{}", type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InvalidInput(f"the body cannot be taken: {error}", remedy=remedy) from error


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
