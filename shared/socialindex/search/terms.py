"""The terms register through the API: everybody may read it, administrators enter what they have read or signed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import msgspec

from socialindex import terms
from socialindex.access import Scope
from socialindex.crawl.urls import host_of, place_of
from socialindex.errors import InvalidInput, NotFound, Refused
from socialindex.model import Struct
from socialindex.search import fields
from socialindex.search.http import Answer
from socialindex.search.routes import Doc, Route
from socialindex.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.access import Caller
    from socialindex.aws.channels import Channels
    from socialindex.search.http import HttpRequest

_TAG = "Terms"


class Entries(Protocol):
    """Administrators' entries."""

    def put(self, terms: Terms) -> None:
        """Enter or change one."""

    def remove(self, domain: str) -> bool:
        """Take one back."""


class Register(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Every entry, and the hosts that are crawled though nobody has reviewed their terms."""

    items: list[Terms]
    unreviewed: list[str]
    """Hosts."""


class HostTerms(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What holds for one host. ``terms`` is ``None`` where nobody has reviewed it."""

    host: str
    """The host asked for."""
    may_crawl: bool
    """Whether the register lets us read it; robots.txt has a word in it too."""
    terms: Terms | None
    """The entry that counts."""


class EnterTerms(Terms, frozen=True, kw_only=True):
    """Body of ``PUT /v1/terms/{domain}``: an entry about this domain, and others with it."""

    domains: list[str] = []
    """Further hosts that the entry is about."""
    name: str = ""
    """The operator's; the domain where it is left out."""


class TermsPart:
    """The routes of the register."""

    def __init__(self, entries: Entries, channels: Channels) -> None:
        self._entries = entries
        self._channels = channels

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        every = Doc("List what operators of sites allow", _TAG, answer=Register)
        one = Doc("Show what the register says of a host", _TAG, answer=HostTerms)
        enter = Doc("Enter what an operator allows", _TAG, body=EnterTerms, answer=Terms)
        take_back = Doc("Remove an entry; what ships with the service counts again", _TAG, status=204, errors=(404,))
        return {
            "GET /v1/terms": Route(Scope.READ, self._all, every),
            "GET /v1/terms/{domain}": Route(Scope.READ, self._one, one),
            "PUT /v1/terms/{domain}": Route(Scope.ADMIN, self._enter, enter),
            "DELETE /v1/terms/{domain}": Route(Scope.ADMIN, self._take_back, take_back),
        }

    def _all(self, _request: HttpRequest, _caller: Caller) -> Answer:
        urls = (state.channel.url for state in self._channels.all())
        return Answer(200, Register(items=list(terms.register()), unreviewed=unreviewed(urls)))

    def _one(self, request: HttpRequest, _caller: Caller) -> Answer:
        host = _host(request.path["domain"])
        found = terms.of_host(host)
        return Answer(200, HostTerms(host=host, may_crawl=found is None or not found.objects, terms=found))

    def _enter(self, request: HttpRequest, _caller: Caller) -> Answer:
        host = _host(request.path["domain"])
        entered = msgspec.structs.replace(_decoded(request.body(), host), edited_at=datetime.now(tz=UTC))
        self._entries.put(entered)
        return Answer(200, entered)

    def _take_back(self, request: HttpRequest, _caller: Caller) -> Answer:
        host = _host(request.path["domain"])
        if not self._entries.remove(host):
            raise NotFound(f"no administrator has entered terms for {host}")
        return Answer(204)


def unreviewed(urls: Iterable[str]) -> list[str]:
    """Hosts of addresses that the register has no entry for, sorted."""
    return sorted({host_of(url) for url in urls if _is_unreviewed(url)})


def _is_unreviewed(url: str) -> bool:
    try:
        return terms.find(url) is None
    except Refused:
        return False  # no address of a host: an import


def _decoded(body: str, host: str) -> Terms:
    """An entry, whose first domain is the one that the address names."""
    try:
        given = msgspec.json.decode(body or "{}", type=dict[str, object])
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        remedy = "send at least verdict (allowed, permission, forbidden), reason and source"
        raise InvalidInput(f"no entry of the register: {error}", remedy=remedy) from error
    domains = given.get("domains") or []
    others = [name for name in domains if name != host] if isinstance(domains, list) else domains
    named = {"name": host, **given, "domains": [host, *others] if isinstance(others, list) else others}
    return fields.from_value(Terms, named)


def _host(text: str) -> str:
    try:
        return place_of(f"https://{text}/").host
    except Refused as error:
        raise InvalidInput(f"{text[:100]!r} is no host", field="domain", remedy="write board.example.com") from error
