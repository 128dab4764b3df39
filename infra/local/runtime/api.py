"""The Lambda Runtime API (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html) for processes of ours.

Every process gets a port of its own, by which it is known: the protocol itself names no process, and the client
that is compiled into ``awslambdaric`` takes no path.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, NamedTuple

from aiohttp import web

from infra.local.runtime.outcome import RESPONSE_LIMIT, Outcome, failure, reported

if TYPE_CHECKING:
    from infra.local.runtime.session import Session

_ROOT = "/2018-06-01/runtime"
_ERROR_TYPE = "Lambda-Runtime-Function-Error-Type"
_HEADERS_LIMIT = 2_097_152
"""``awslambdaric`` sends a stack trace as a header of up to 1 MB."""


class _Seat(NamedTuple):
    session: Session
    function_arn: str
    site: web.SockSite


class RuntimeApi:
    """The server; ``open`` makes a seat for a process, ``close`` takes it away."""

    def __init__(self) -> None:
        self._seats: dict[int, _Seat] = {}
        app = web.Application(client_max_size=RESPONSE_LIMIT)
        app.add_routes(
            [
                web.get(f"{_ROOT}/invocation/next", self._next),
                web.post(f"{_ROOT}/invocation/{{request_id}}/response", self._response),
                web.post(f"{_ROOT}/invocation/{{request_id}}/error", self._error),
                web.post(f"{_ROOT}/init/error", self._init_error),
            ]
        )
        self._runner = web.AppRunner(
            app,
            access_log=None,
            handler_cancellation=True,  # a process that is gone waits for no work
            max_field_size=_HEADERS_LIMIT,
            shutdown_timeout=1,
        )

    async def start(self) -> None:
        """Get ready; nothing listens before the first seat."""
        await self._runner.setup()

    async def stop(self) -> None:
        """Close all seats."""
        await self._runner.cleanup()

    async def open(self, session: Session, function_arn: str) -> int:
        """A port on which one process finds this API."""
        listener = socket.create_server(("127.0.0.1", 0))
        site = web.SockSite(self._runner, listener)
        port: int = listener.getsockname()[1]
        self._seats[port] = _Seat(session, function_arn, site)
        await site.start()
        return port

    async def close(self, port: int) -> None:
        """The process is gone."""
        await self._seats.pop(port).site.stop()

    def _seat(self, request: web.Request) -> _Seat:
        name = None if request.transport is None else request.transport.get_extra_info("sockname")
        seat = None if name is None else self._seats.get(name[1])
        if seat is None:
            raise web.HTTPForbidden(text="This process is not expected any more.")
        return seat

    async def _next(self, request: web.Request) -> web.Response:
        seat = self._seat(request)
        work = await seat.session.next()
        headers = {
            "Lambda-Runtime-Aws-Request-Id": work.request_id,
            "Lambda-Runtime-Deadline-Ms": str(work.deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": seat.function_arn,
            "Lambda-Runtime-Trace-Id": work.trace_id,
        }
        return web.Response(body=work.payload, content_type="application/json", headers=headers)

    async def _response(self, request: web.Request) -> web.Response:
        session, request_id = self._seat(request).session, request.match_info["request_id"]
        try:
            outcome = Outcome(await request.read())
        except web.HTTPRequestEntityTooLarge:
            session.answer(request_id, _TOO_LARGE)
            return web.Response(status=413, body=_TOO_LARGE.payload, content_type="application/json")
        return _receipt(session.answer(request_id, outcome))

    async def _error(self, request: web.Request) -> web.Response:
        session = self._seat(request).session
        return _receipt(session.answer(request.match_info["request_id"], await _report(request)))

    async def _init_error(self, request: web.Request) -> web.Response:
        return _receipt(self._seat(request).session.fail_to_start(await _report(request)))


_TOO_LARGE = failure(
    "Function.ResponseSizeTooLarge",
    f"Response payload size exceeded maximum allowed payload size ({RESPONSE_LIMIT} bytes).",
)


async def _report(request: web.Request) -> Outcome:
    kind = request.headers.get(_ERROR_TYPE, "Runtime.Unknown")
    try:
        return reported(await request.read(), kind)
    except web.HTTPRequestEntityTooLarge:
        return failure(kind, "The error's description was too large.")


def _receipt(accepted: bool) -> web.Response:  # noqa: FBT001 - the one thing that it says
    if accepted:
        return web.json_response({"status": "OK"}, status=202)
    return web.json_response(
        {"errorMessage": "No such invocation is running here.", "errorType": "InvalidRequestID"}, status=400
    )
