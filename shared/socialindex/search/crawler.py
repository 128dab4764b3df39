"""What everybody may ask about the crawler: the page about it, and that it reads a site's robots.txt again now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qs

from socialindex.crawl.urls import host_of
from socialindex.errors import InvalidInput, Refused
from socialindex.model import Struct
from socialindex.search import fields
from socialindex.search.crawler_page import page
from socialindex.search.http import Answer
from socialindex.search.routes import Doc, Route

if TYPE_CHECKING:
    from socialindex.access import Caller
    from socialindex.crawl.settings import FetchSettings
    from socialindex.search.http import HttpRequest

_FORM = "application/x-www-form-urlencoded"
_HTML = "text/html; charset=utf-8"
_MOST = 2_048
_TAG = "Crawler"


class Rules(Protocol):
    """What is remembered of hosts' robots.txt."""

    def forget_rules(self, host: str) -> None:
        """Read the host's robots.txt again before the next request."""


class OptOut(Struct, frozen=True, kw_only=True):
    """A site that the crawler should ask again."""

    url: str
    """Any address of the site."""


class OptedOut(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """The answer to an opt-out, the same whether we know the host or not."""

    host: str
    """The site's host."""
    next: str = (
        "robots.txt is read again before the next request to this host; nothing that it forbids is fetched after that"
    )
    """What happens now, a sentence."""


class CrawlerPart:
    """The routes that need no key."""

    def __init__(self, fetch: FetchSettings, contact: str, rules: Rules) -> None:
        self._fetch = fetch
        self._contact = contact
        self._rules = rules

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        about = Doc("Show the page about the crawler", _TAG, answer=str, content_type=_HTML)
        opt_out = Doc(
            "Have the crawler read a site's robots.txt again now",
            _TAG,
            body=OptOut,
            answer=OptedOut,
            status=202,
            description="The field may also come as a form (`application/x-www-form-urlencoded`).",
        )
        return {
            "GET /crawler": Route(None, self._page, about),
            "POST /v1/opt-outs": Route(None, self._opt_out, opt_out),
        }

    def _page(self, _request: HttpRequest, _caller: Caller) -> Answer:
        headers = {"Cache-Control": "public, max-age=3600", "Content-Security-Policy": _POLICY}
        return Answer(200, page(self._fetch, self._contact), headers, _HTML)

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
    return fields.from_body(OptOut, body).url


def _host(address: str) -> str:
    try:
        return host_of(address[:_MOST])
    except Refused as error:
        remedy = "give your site's address, such as https://board.example.com/"
        raise InvalidInput(f"{address[:100]!r} is no address of a site", field="url", remedy=remedy) from error
