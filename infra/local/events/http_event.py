"""HTTP requests and answers in API Gateway's payload format 2.0.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.local.events.routes import Match
    from infra.local.template.model import Route

_TEXT_TYPES = {"application/json", "application/javascript", "application/xml"}
_TEXT_SUFFIXES = ("+json", "+xml")
_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FIELD_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")
"""RFC 9110, sections 5.1 and 5.5."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it came: ``path`` and ``query`` are percent-encoded, ``headers`` in order and in their case."""

    method: str
    path: str
    query: str
    protocol: str
    headers: list[tuple[str, str]]
    body: bytes
    source_ip: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the client gets."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """The account that a request reached, and what the request is called there."""

    account: str
    request_id: str


def event(request: Request, match: Match, place: Place, now: datetime) -> bytes:
    """The function's event (JSON). As on AWS the path is decoded, the query is there raw and decoded."""
    headers = joined((name.lower(), value) for name, value in request.headers)
    cookies = headers.pop("cookie", None)
    encoded = not _is_text(headers)
    optional = {
        "cookies": None if cookies is None else [one.strip() for one in cookies.split(";") if one.strip()],
        "queryStringParameters": joined(parse_qsl(request.query, keep_blank_values=True)) or None,
        "pathParameters": match.parameters or None,
        "body": _body(request.body, encoded=encoded) if request.body else None,
    }
    return msgspec.json.encode(
        {
            "version": "2.0",
            "routeKey": match.route.key,
            "rawPath": unquote(request.path),
            "rawQueryString": request.query,
            "headers": headers,
            "requestContext": _context(request, match.route, headers, place, now),
            "isBase64Encoded": encoded and bool(request.body),
            **{name: value for name, value in optional.items() if value is not None},
        }
    )


def _context(request: Request, route: Route, headers: dict[str, str], place: Place, now: datetime) -> dict[str, object]:
    domain = headers.get("host", "").rsplit(":", 1)[0]
    return {
        "accountId": place.account,
        "apiId": route.api,
        "domainName": domain,
        "domainPrefix": domain.split(".", 1)[0],
        "http": {
            "method": request.method,
            "path": unquote(request.path),
            "protocol": request.protocol,
            "sourceIp": request.source_ip,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": place.request_id,
        "routeKey": route.key,
        "stage": "$default",
        "time": now.astimezone(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(now.timestamp() * 1000),
    }


def joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Repeated names become one, their values joined by commas."""
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _is_text(headers: dict[str, str]) -> bool:
    """Whether a body goes into the event as it is; form data and compressed bodies are encoded, as on AWS."""
    kind = headers.get("content-type", "text/plain").split(";", 1)[0].strip().lower()
    plain = headers.get("content-encoding", "identity").strip().lower() == "identity"
    return plain and (kind.startswith("text/") or kind in _TEXT_TYPES or kind.endswith(_TEXT_SUFFIXES))


def _body(body: bytes, *, encoded: bool) -> str:
    return base64.b64encode(body).decode() if encoded else body.decode(errors="replace")


class _Structured(msgspec.Struct, frozen=True):
    """An answer that says its status."""

    status: int = msgspec.field(name="statusCode")
    headers: dict[str, str | int | float | bool] | None = None
    cookies: list[str] | None = None
    body: str | None = None
    is_base64: bool | None = msgspec.field(name="isBase64Encoded", default=None)


def answer(payload: bytes) -> Answer | None:
    """What a function's answer means: with a ``statusCode`` what it says, else all of it as a JSON body.

    ``None`` where it is no JSON, or says a status but is not of the format.
    """
    try:
        value: Any = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if not isinstance(value, dict) or "statusCode" not in value:
        body = value.encode() if isinstance(value, str) else payload
        return Answer(status=200, headers=[("content-type", "application/json")], body=body)
    try:
        return _structured(msgspec.convert(value, _Structured, strict=False))
    except (msgspec.ValidationError, binascii.Error):
        return None


def _structured(said: _Structured) -> Answer | None:
    if not 200 <= said.status <= 599:  # noqa: PLR2004 - final statuses of HTTP
        return None
    text = said.body or ""
    headers = [(name, _header(value)) for name, value in (said.headers or {}).items()]
    if all(name.lower() != "content-type" for name, _ in headers):
        headers.append(("content-type", "text/plain;charset=UTF-8"))
    headers += [("set-cookie", cookie) for cookie in said.cookies or []]
    if not all(_FIELD_NAME.fullmatch(name) and _FIELD_VALUE.fullmatch(value) for name, value in headers):
        return None
    body = base64.b64decode(text, validate=True) if said.is_base64 else text.encode()
    return Answer(status=said.status, headers=headers, body=body)


def _header(value: str | float | bool) -> str:  # noqa: FBT001 - any JSON scalar
    return str(value).lower() if isinstance(value, bool) else str(value)
