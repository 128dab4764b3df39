"""The part that all servers have in common: request log, misbehavior on purpose, redirects for tests."""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import TYPE_CHECKING

from aiohttp import web

from infra.local.world.traffic import TrafficLog, Visit

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

    from infra.local.world.config import Faults, Site

REDIRECTS = {
    "/go/private": "http://10.0.0.1/",
    "/go/metadata": "http://169.254.169.254/latest/meta-data/",
    "/go/loop": "/go/loop",
    "/go/file": "file:///etc/hostname",
}
"""Redirects that a crawler must not follow; they exist on every server."""


_CUT = web.ResponseKey("cut on purpose", bool)


def application(site: Site, log: TrafficLog, faults: Faults) -> web.Application:
    """An application that logs its requests and misbehaves as its site should."""
    middlewares = [_logging(site, log)]
    if site == "slow":
        middlewares.append(_slow(faults.slow_seconds))
    if site == "flaky" and faults.flaky_every:
        middlewares.append(_flaky(faults.flaky_every, faults.flaky_retry_after))
    app = web.Application(middlewares=middlewares)
    app.on_response_prepare.append(_name_server)
    for path in REDIRECTS:
        app.router.add_get(path, _redirect)
    return app


async def _name_server(request: web.Request, response: web.StreamResponse) -> None:
    del request
    response.headers["Server"] = "nginx"


async def _redirect(request: web.Request) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": REDIRECTS[request.path]})


def _logging(site: Site, log: TrafficLog) -> Middleware:
    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        started, status = time.monotonic(), 0
        try:
            response = await handler(request)
            status = 0 if response.get(_CUT) else response.status
        except web.HTTPException as refusal:
            status = refusal.status
            raise
        finally:
            agent = request.headers.get("User-Agent", "")
            log.add(Visit(site, request.method, request.path_qs, agent, started, time.monotonic(), status))
        return response

    return middleware


def _slow(seconds: float) -> Middleware:
    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return await handler(request)

    return middleware


def _flaky(every: int, retry_after: int) -> Middleware:
    """Every ``every``-th request fails: 503 with Retry-After, then a connection cut in the middle of the body."""
    counter = itertools.count(1)
    failures = itertools.cycle((False, True))

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if next(counter) % every:
            return await handler(request)
        if next(failures):
            return await _cut(request)
        return web.Response(status=503, text="Service Unavailable\n", headers={"Retry-After": str(retry_after)})

    return middleware


async def _cut(request: web.Request) -> web.StreamResponse:
    """Promise more than is sent, then close."""
    response = web.StreamResponse(headers={"Content-Type": "text/html; charset=utf-8", "Content-Length": "4096"})
    await response.prepare(request)
    await response.write(b"<!doctype html>\n<html>\n")
    if request.transport is not None:
        request.transport.abort()
    response[_CUT] = True
    return response
