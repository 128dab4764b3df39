"""What everybody may ask about the crawler: the page about it, and that it reads a site's robots.txt again now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qs

import msgspec

from socialindex.crawl.urls import host_of
from socialindex.errors import InvalidInput, Refused
from socialindex.model import Struct
from socialindex.search.crawler_page import page
from socialindex.search.http import Answer
from socialindex.search.routes import Route

if TYPE_CHECKING:
    from socialindex.access import Caller
    from socialindex.crawl.settings import FetchSettings
    from socialindex.search.http import HttpRequest

_FORM = "application/x-www-form-urlencoded"
_MOST = 2_048


class Rules(Protocol):
    """What is remembered of hosts' robots.txt."""

    def forget_rules(self, host: str) -> None:
        """Read the host's robots.txt again before the next request."""


class OptedOut(Struct, frozen=True, kw_only=True):
    """The answer to an opt-out, the same whether we know the host or not."""

    host: str
    next: str = (
        "robots.txt is read again before the next request to this host; nothing that it forbids is fetched after that"
    )


class CrawlerPart:
    """The routes that need no key."""

    def __init__(self, fetch: FetchSettings, contact: str, rules: Rules) -> None:
        self._fetch = fetch
        self._contact = contact
        self._rules = rules

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        return {"GET /crawler": Route(None, self._page), "POST /v1/opt-outs": Route(None, self._opt_out)}

    def _page(self, _request: HttpRequest, _caller: Caller) -> Answer:
        headers = {"Cache-Control": "public, max-age=3600", "Content-Security-Policy": _POLICY}
        return Answer(200, page(self._fetch, self._contact), headers, "text/html; charset=utf-8")

    def _opt_out(self, request: HttpRequest, _caller: Caller) -> Answer:
        host = _host(_address(request))
        self._rules.forget_rules(host)
        return Answer(202, OptedOut(host=host))


_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"


def _address(request: HttpRequest) -> str:
    """The address that was sent, as JSON or by the page's form."""
    body = request.body()
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM:
        return (parse_qs(body[: 2 * _MOST]).get("url") or [""])[0]
    try:
        return msgspec.json.decode(body or "{}", type=dict[str, str]).get("url", "")
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InvalidInput(f"the body cannot be taken: {error}", remedy='send {"url": "https://..."}') from error


def _host(address: str) -> str:
    try:
        return host_of(address[:_MOST])
    except Refused as error:
        remedy = "give your site's address, such as https://board.example.com/"
        raise InvalidInput(f"{address[:100]!r} is no address of a site", field="url", remedy=remedy) from error
