"""The gate's one handler: an event of the HTTP API in, an answer of OpenSearch Dashboards or a refusal out."""

from __future__ import annotations

import base64
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec

from socialindex.errors import Forbidden, InvalidInput, Unavailable
from socialindex.gate import strict
from socialindex.gate.routes import BASE, way
from socialindex.gate.upstream import TooLarge
from socialindex.observing import logger

if TYPE_CHECKING:
    from socialindex.gate.routes import Judge
    from socialindex.gate.upstream import Upstream

BODY_LIMIT: Final = 4_000_000
"""Bytes of a request's body: with its event it is below what a function takes (6 MB)."""
SEARCH_LIMIT: Final = 500_000
"""Bytes of what is judged; a dashboard's largest question has a hundredth of it."""
_WITH_BODY: Final = frozenset({"POST", "PUT", "DELETE"})
_JSON: Final = "application/json"


class Gate:
    """Lets requests through to an OpenSearch Dashboards."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    def handle(self, event: dict[str, Any]) -> dict[str, Any]:
        """Answer a request in API Gateway's payload format 2.0. What speaks against it is told in Dashboards' form."""
        if event["rawPath"] == "/":
            return {"statusCode": HTTPStatus.FOUND, "headers": {"location": f"{BASE}/app/home"}}
        try:
            return self._passed(event)
        except Forbidden as error:
            return _refusal(HTTPStatus.FORBIDDEN, str(error))
        except TooLarge as error:
            return _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"{error} {error.remedy}")
        except InvalidInput as error:
            return _refusal(HTTPStatus.BAD_REQUEST, f"{error} {error.remedy}")
        except Unavailable as error:
            logger.warning("upstream", extra={"reason": str(error)})
            return _refusal(
                HTTPStatus.BAD_GATEWAY, "OpenSearch Dashboards does not answer. Try again, or narrow the times."
            )

    def _passed(self, event: dict[str, Any]) -> dict[str, Any]:
        method: str = event["requestContext"]["http"]["method"].upper()
        to = way(method, event["rawPath"], event.get("rawQueryString", ""))
        headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
        headers |= {"cookie": "; ".join(event["cookies"])} if event.get("cookies") else {}
        body = _body(event, headers) if method in _WITH_BODY else None
        if to.judge:
            body, headers = _judged(to.judge, body, headers)
        answer = self._upstream.ask(method, to.target, headers, body)
        return {
            "statusCode": answer.status,
            "headers": answer.headers,
            "cookies": answer.cookies,
            "body": base64.b64encode(answer.body).decode(),
            "isBase64Encoded": True,
        }


def _body(event: dict[str, Any], headers: dict[str, str]) -> bytes:
    """The body as it came. A coding would be undone behind us, so that something else was judged."""
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise InvalidInput("This body is packed.", remedy="Send it without a content coding.")
    text: str = event.get("body") or ""
    try:
        body = base64.b64decode(text, validate=True) if event.get("isBase64Encoded") else text.encode()
    except ValueError as error:
        raise InvalidInput("This body cannot be read.", remedy="Send JSON in UTF-8.") from error
    if len(body) > BODY_LIMIT:
        raise TooLarge("This is too large to pass.", remedy="Import fewer saved objects at once.")
    return body


def _judged(judge: Judge, body: bytes | None, headers: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    """A body that passes, written anew, with the headers that belong to it."""
    if headers.get("content-type", "").partition(";")[0].strip().lower() != _JSON:
        raise InvalidInput("A search that is no JSON.", remedy=f"Send it as {_JSON}.")
    if len(body or b"") > SEARCH_LIMIT:
        raise TooLarge("This search is too large.", remedy="Choose fewer filters.")
    value = strict.read(body or b"")
    judge(value)
    return strict.written(value), {**headers, "content-type": _JSON}


def _refusal(status: HTTPStatus, message: str) -> dict[str, Any]:
    """An error as Dashboards' own server says one (Boom), which its pages show."""
    logger.info("refused", extra={"status": int(status)})
    body = msgspec.json.encode({"statusCode": status, "error": status.phrase, "message": message})
    headers = {"content-type": f"{_JSON}; charset=utf-8", "cache-control": "no-store"}
    return {"statusCode": int(status), "headers": headers, "body": body.decode()}
