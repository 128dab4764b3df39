"""The HTTP API: an HTTP server that turns requests into invocations, within API Gateway's limits.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html.
"""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec
from aiohttp import web

from infra.local.events.http_event import Answer, Place, Request, answer, event
from infra.local.runtime.outcome import REQUEST_LIMIT, Outcome
from infra.local.runtime.pool import THROTTLED

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from infra.local.cloud import Cloud
    from infra.local.events.gate import Gate
    from infra.local.events.routes import Match, Routes
    from infra.local.runtime.pool import Pool

BODY_LIMIT: Final = 10 * 1024 * 1024
"""Bytes of a request's body."""
HEAD_LIMIT: Final = 10_240
"""Bytes of the request line and all header values together."""
INTEGRATION_SECONDS: Final = 30.0
"""How long a function may take to answer; it goes on running, but nobody listens."""
_PARSED: Final = 1024 * 1024
"""What is read of a request's head, so that one that is too large gets a proper answer."""
_HOP_BY_HOP = {"connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
"""RFC 9110, section 7.6.1: what a function says of them has no meaning for this connection."""


class Front:
    """Serves an API's routes on ``listener``, to those whom the gate lets through."""

    def __init__(self, routes: Routes, gate: Gate, pools: Mapping[str, Pool], cloud: Cloud) -> None:
        self._routes = routes
        self._gate = gate
        self._pools = pools
        self._cloud = cloud
        self._invocations: set[asyncio.Task[Outcome]] = set()
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(
            app,
            access_log=None,
            auto_decompress=False,
            max_line_size=_PARSED,
            max_field_size=_PARSED,
            max_headers=_PARSED,
            shutdown_timeout=1,
        )

    async def start(self, listener: socket.socket) -> None:
        """Begin to serve."""
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()

    async def stop(self, grace: float) -> None:
        """Take no more requests, and give those in work ``grace`` seconds to be answered."""
        for site in list(self._runner.sites):
            await site.stop()
        if self._invocations:
            await asyncio.wait(self._invocations, timeout=grace)
        await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.Response:
        request_id = secrets.token_urlsafe(12)
        reply = await self._answer(request, request_id)
        response = web.Response(status=reply.status, body=reply.body)
        response.headers.popall("content-type", None)
        for name, value in reply.headers:
            if name.lower() not in _HOP_BY_HOP:
                response.headers.add(name, value)
        response.headers["apigw-requestid"] = request_id
        return response

    async def _answer(self, request: web.Request, request_id: str) -> Answer:
        if _head_size(request) > HEAD_LIMIT:
            return _message(431, "Request Header Fields Too Large")
        try:
            asked = await _request(request)
        except web.HTTPRequestEntityTooLarge:
            return _message(413, "Request Entity Too Large")
        match = self._routes.match(asked.method, asked.path)
        if match is None:
            return _message(404, "Not Found")
        if not self._gate.admits(asyncio.get_running_loop().time()):
            return _message(429, "Too Many Requests")
        return await self._invoke(asked, match, request_id)

    async def _invoke(self, asked: Request, match: Match, request_id: str) -> Answer:
        place = Place(account=self._cloud.account, request_id=request_id)
        payload = event(asked, match, place, datetime.now(UTC))
        if len(payload) > REQUEST_LIMIT:
            return _message(413, "Request Entity Too Large")
        invocation = asyncio.create_task(self._pools[match.route.function].answer(payload))
        self._invocations.add(invocation)
        invocation.add_done_callback(self._invocations.discard)
        done, _ = await asyncio.wait({invocation}, timeout=INTEGRATION_SECONDS)
        return _interpreted(invocation.result()) if done else _message(503, "Service Unavailable")


def _interpreted(outcome: Outcome) -> Answer:
    if outcome.error == THROTTLED:
        return _message(503, "Service Unavailable")
    said = None if outcome.error is not None else answer(outcome.payload)
    return _message(500, "Internal Server Error") if said is None else said


def _message(status: int, text: str) -> Answer:
    body = msgspec.json.encode({"message": text})
    return Answer(status=status, headers=[("content-type", "application/json")], body=body)


def _head_size(request: web.Request) -> int:
    line = len(request.method) + len(request.raw_path) + len(" HTTP/1.1 ")
    return line + sum(len(value) for _, value in request.raw_headers)


async def _request(request: web.Request) -> Request:
    path, _, query = _readable(request.raw_path).partition("?")
    source = request.remote or ""
    return Request(
        method=request.method,
        path=path,
        query=query,
        protocol=f"HTTP/{request.version.major}.{request.version.minor}",
        headers=[(name, _readable(value)) for name, value in request.headers.items()] + _forwarded(request, source),
        body=await request.read(),
        source_ip=source,
    )


def _forwarded(request: web.Request, source: str) -> list[tuple[str, str]]:
    """What API Gateway adds; as there, a client's own ``X-Forwarded-For`` comes first."""
    port = "" if request.transport is None else str(request.transport.get_extra_info("sockname")[1])
    return [("x-forwarded-for", source), ("x-forwarded-port", port), ("x-forwarded-proto", "http")]


def _readable(text: str) -> str:
    """The text with anything that was no UTF-8 replaced: JSON cannot hold it."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
