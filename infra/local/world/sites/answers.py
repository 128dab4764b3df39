"""HTTP answers: validators and 304 (RFC 9110, section 13), compression, not found."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from aiohttp import ETag, web

if TYPE_CHECKING:
    from datetime import datetime


def page(body: str, status: int = 200) -> web.Response:
    """An HTML page."""
    response = web.Response(text=body, status=status, content_type="text/html", charset="utf-8")
    response.enable_compression()
    return response


def cacheable(request: web.Request, body: bytes, content_type: str, changed_at: datetime) -> web.Response:
    """``body``, or 304 where the request's validators say that the client has it.

    As with many servers, compression weakens the ETag. ``content_type`` is sent as it is, charset included.
    """
    changed_at = changed_at.replace(microsecond=0)
    tag = ETag(
        value=hashlib.sha256(body).hexdigest()[:20], is_weak="gzip" in request.headers.get("Accept-Encoding", "")
    )
    unchanged = _unchanged(request, tag, changed_at)
    response = web.Response(status=304) if unchanged else web.Response(body=body)
    response.etag = tag
    response.last_modified = changed_at
    if not unchanged:
        response.headers["Content-Type"] = content_type
        response.enable_compression()
    return response


def _unchanged(request: web.Request, tag: ETag, changed_at: datetime) -> bool:
    """If-None-Match by weak comparison; If-Modified-Since only where the former is absent."""
    if request.if_none_match is not None:
        return any(held.value in (tag.value, "*") for held in request.if_none_match)
    return request.if_modified_since is not None and changed_at <= request.if_modified_since


def robots(text: str) -> web.Response:
    """A robots.txt (RFC 9309)."""
    return web.Response(text=text, content_type="text/plain", charset="utf-8")
