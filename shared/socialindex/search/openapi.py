"""The API's own description: an OpenAPI document for programs, and a page for people.

Both are made from the routes and their types by ``infra.openapi`` and ship as files, so that no request pays for them.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.search.http import Answer
from socialindex.search.routes import Doc, Route

if TYPE_CHECKING:
    from socialindex.access import Caller
    from socialindex.search.http import HttpRequest

_TAG: Final = "Contract"
_HTML: Final = "text/html; charset=utf-8"
_CACHED: Final = {"Cache-Control": "public, max-age=3600"}
_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class OpenApiPart:
    """The routes of the description, which need no key."""

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        document = Doc("Show this document, for programs", _TAG, answer=dict)
        page = Doc("Show this document, for people", _TAG, answer=str, content_type=_HTML)
        return {
            "GET /v1/openapi.json": Route(None, self._document, document),
            "GET /docs": Route(None, self._page, page),
        }

    def _document(self, _request: HttpRequest, _caller: Caller) -> Answer:
        return Answer(200, msgspec.Raw(_file("openapi.json")), {**_CACHED, "Access-Control-Allow-Origin": "*"})

    def _page(self, _request: HttpRequest, _caller: Caller) -> Answer:
        text = _file("openapi.html").decode()
        return Answer(200, text, {**_CACHED, "Content-Security-Policy": _policy(text)}, _HTML)


@cache
def _file(name: str) -> bytes:
    return resources.files(__package__).joinpath(name).read_bytes()


@cache
def _policy(page: str) -> str:
    """Nothing may be loaded or run; the page's own style is named by its hash (CSP 3, section 6.7.3.3)."""
    digests = (hashlib.sha256(style.encode()).digest() for style in _STYLE.findall(page))
    styles = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return f"default-src 'none'; style-src {styles}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
