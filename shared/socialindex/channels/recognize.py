"""Finding out what a pasted address is: the page itself, the feeds that it names, then what platforms' APIs tell."""

from __future__ import annotations

import asyncio
import itertools
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from socialindex import sources, terms
from socialindex.channels.autodiscovery import feed_links
from socialindex.channels.builders import board_on, doubted
from socialindex.channels.pasted import REMEDY, address_of
from socialindex.crawl.addresses import check_resolved, check_url
from socialindex.crawl.fetch import Fetched, Fetcher
from socialindex.crawl.reasons import PAUSED
from socialindex.crawl.robots import RobotsRules, read_robots
from socialindex.crawl.settings import Expect, FetchSettings
from socialindex.crawl.urls import host_of, over_http
from socialindex.errors import Discarded, InvalidInput, Refused, Unavailable
from socialindex.sources.base import Adapter, Recognized, Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aiohttp.abc import AbstractResolver

MAX_REQUESTS = 16
"""Addresses asked for one pasted address."""
_PACE = 1.0
"""Seconds between two requests to a host that asks for no longer ones: somebody waits, and hosts are asked so once."""
SECONDS = 20.0
"""After so long no further address is asked: the API's answer must be there within 29 seconds."""
_EXPECT = Expect(noindex=True)
"""A list may lead to posts though it must not be indexed itself."""
_FINAL = frozenset({"robots", "crawl_delay", "legal", PAUSED})
"""What the pasted address's own operator says for good, or ours for now: no other address is tried in its stead."""
_ITSELF = "paste the address of the feed, sitemap, board or profile itself, as it opens in a browser"
_BY_HAND = "paste the address of a feed or sitemap that lists its posts, or import them as a file"
_LATER = "see in a browser that the site answers at this address, and try again later"


_LEADS = 5
"""Boards that are named of a page that links to some."""


class Found(NamedTuple):
    """A recognized channel."""

    source: str
    recognized: Recognized


def _any_host(_host: str) -> None:
    """Pass every host."""


async def recognize(
    pasted: str,
    settings: FetchSettings,
    *,
    resolver: AbstractResolver | None = None,
    delay: float | None = None,
    admits: Callable[[str], None] = _any_host,
) -> Found:
    """The channel that a person means by an address.

    Args:
        pasted: what a person would paste, with or without a scheme.
        settings: how to fetch.
        resolver: the DNS; the system's own where it is None.
        delay: seconds between two requests to a host that asks for no longer ones; one where it is None, and none
            at the hosts of the sample world, which are our own.
        admits: raises ``Discarded``, ``paused``, at a host of which nothing may be asked now.

    Raises:
        InvalidInput: its host is not known, its host's pace leaves no time to find out, or no source knows it; names
            the addresses that were tried and what each answered. Or it is a platform's, but none that can be crawled.
        Refused: the address is private or otherwise not to be fetched, or its host's terms forbid it.
        Discarded: a source knows it, and it says that it must not be crawled; or ``admits`` does not pass its host,
            or another that it leads to where no source is found elsewhere.
    """
    url = address_of(pasted)
    _check(url, settings)
    found = _by_address(url) or await _by_asking(url, _Ways(settings, resolver, delay, admits))
    # A page names its own address, which need not be on the host that was asked.
    _check(found.recognized.url, settings)
    return found


def _check(url: str, settings: FetchSettings) -> None:
    """Pass an address that may be crawled; that of a stream of messages too, which only ``by_address`` knows.

    Raises:
        Refused: as ``recognize``.
    """
    check_url(over_http(url), allow_loopback=settings.allow_loopback)
    terms.check_post(over_http(url))


def _by_address(url: str) -> Found | None:
    """What platforms that are read through their APIs only say of an address, without fetching it."""
    for adapter in sources.all_adapters():
        recognized = adapter.by_address(url)
        if recognized is not None:
            return Found(adapter.name, recognized)
    return None


class _Ways(NamedTuple):
    """How hosts are asked: as ``recognize`` is told."""

    settings: FetchSettings
    resolver: AbstractResolver | None
    delay: float | None
    admits: Callable[[str], None]


async def _by_asking(url: str, ways: _Ways) -> Found:
    try:
        await check_resolved(url, resolver=ways.resolver, allow_loopback=ways.settings.allow_loopback)
    except Unavailable as error:
        raise InvalidInput(str(error), field="url", remedy=REMEDY) from error
    async with Fetcher(ways.settings, resolver=ways.resolver) as fetcher:
        usual = 0.0 if ways.settings.allow_loopback else _PACE
        turns = _Turns(usual if ways.delay is None else ways.delay, monotonic() + SECONDS)
        return await _Search(fetcher, url, ways, turns).run()


class _Turns:
    """When each host may be asked again: nobody who pastes an address makes us impolite."""

    def __init__(self, default: float, until: float) -> None:
        self._default = default
        self._until = until
        self._last: dict[str, float] = {}
        self.late: dict[str, float] = {}
        """Seconds between two requests to each host that had to be left with requests unsent."""

    def taken(self, host: str) -> None:
        """Note that the host was asked, or answered, just now."""
        self._last[host] = monotonic()

    def delay(self, rules: RobotsRules | None) -> float:
        """Seconds between two requests."""
        return max((rules and rules.delay) or 0.0, self._default)

    async def wait(self, host: str, delay: float) -> None:
        """Wait for the host's turn.

        Raises:
            Discarded: ``paced``: it does not come in time.
        """
        now = monotonic()
        at = max(self._last.get(host, now - delay) + delay, now)
        if at > self._until:
            self.late[host] = delay
            raise Discarded("paced", f"{host} would have to be asked sooner than it wants")
        await asyncio.sleep(at - now)
        self.taken(host)


class _Search:
    """The search for one address's meaning, with what was tried."""

    def __init__(self, fetcher: Fetcher, url: str, ways: _Ways, turns: _Turns) -> None:
        self._fetcher = fetcher
        self._url = url
        self._ways = ways
        self._held: Discarded | None = None
        """What was said of a paused host that the search led to."""
        self._tried: dict[str, str] = {}
        self._rules: dict[str, RobotsRules] = {}
        self._turns = turns
        self._is_begun = False

    async def run(self) -> Found:
        page = await self._get(Request(url=self._url, kind="recognize", context={"pasted": self._url}))
        found = _ask(sources.all_adapters(), page) if page else None
        if found:
            return found
        for adapter, request in self._further(page):
            if request.url not in self._tried and len(self._tried) < MAX_REQUESTS:
                answer = await self._get(request)
                found = _ask((adapter,), answer) if answer else None
            if found:
                return found if found.source != "article" else Found(found.source, doubted(found.recognized, page))
        raise self._held or self._unknown(page)

    def _unknown(self, page: Response | None) -> InvalidInput:
        host = host_of(over_http(self._url))
        if host in self._rules and self._rules[host].unknown_since is not None:  # so it is with a site that is down
            message = f"the robots.txt of {host} cannot be had, and without it nothing there may be asked"
            return InvalidInput(message, field="url", remedy=_LATER)
        if leads := _leads(page):
            message = "this is a page of a site with boards, and none of them itself"
            remedy = f"paste the address of a board, such as {', '.join(leads)}"
            return InvalidInput(message, field="url", remedy=remedy)
        late = ", ".join(f"{host} is asked every {delay:.0f} s only" for host, delay in self._turns.late.items())
        if late:
            message = f"it takes too long to find out what this address is: {late}. Tried: {self._account()}"
            return InvalidInput(message, field="url", remedy=_ITSELF)
        if builder := board_on(page):
            message = f"this is a board of {builder}, which no source reads. Tried: {self._account()}"
            return InvalidInput(message, field="url", remedy=_BY_HAND)
        return InvalidInput(f"no source knows this address. Tried: {self._account()}", field="url", remedy=REMEDY)

    def _further(self, page: Response | None) -> Iterator[tuple[Adapter, Request]]:
        """What to ask next: APIs and feeds that the page names, then the places where platforms answer."""
        if page:
            yield from ((adapter, request) for adapter in sources.all_adapters() for request in adapter.named(page))
        feed = sources.find("feed")
        for link in feed_links(page) if page else ():
            yield feed, Request(url=link, kind="recognize", context={"pasted": self._url})
        for adapter in sources.all_adapters():
            for request in adapter.probes(self._url):
                yield adapter, request

    async def _get(self, request: Request) -> Response | None:
        """An address's answer; None, with the reason noted, where it has none for us.

        Raises:
            Discarded: the pasted address itself must not be fetched, or leads to a place that must not.
        """
        try:
            fetched = await self._fetch(request)
        except Discarded as verdict:
            if request.url == self._url and (isinstance(verdict, Refused) or verdict.reason in _FINAL):
                raise
            self._tried[request.url] = verdict.reason
            if verdict.reason == PAUSED:
                self._held = verdict
        except Unavailable as failure:
            self._tried[request.url] = str(failure)
        else:
            self._tried[request.url] = f"status {fetched.response.status}"
            return fetched.response if fetched.response.status == 200 else None  # noqa: PLR2004 - the good one
        return None

    async def _fetch(self, request: Request) -> Fetched:
        host = host_of(over_http(request.url))
        delay = self._turns.delay(self._rules.get(host))
        try:
            fetched = await self._fetcher.fetch(
                request, allowed=self._allowed, other_hosts=True, expect=_EXPECT, delay=delay
            )
        finally:
            self._turns.taken(host)
        if fetched.moved_to is not None:  # the host's pace makes the redirect wait for longer than a fetch does
            self._turns.late[host] = delay
        return fetched

    async def _allowed(self, url: str) -> None:
        terms.check(url)
        host = host_of(url)
        if host not in self._rules:
            self._ways.admits(host)
            # Here, since a robots.txt at a private address would only count as one that cannot be had.
            loopback = self._fetcher.settings.allow_loopback
            await check_resolved(url, resolver=self._ways.resolver, allow_loopback=loopback)
            self._rules[host] = await read_robots(self._fetcher, url, delay=self._turns.delay(None))
            self._turns.taken(host)
        self._rules[host].check(url)
        await self._turns.wait(host, self._pause(self._rules[host]))

    def _pause(self, rules: RobotsRules) -> float:
        """Seconds from the host's last request to this one.

        The pasted address follows on robots.txt at our own pace, however slow the host wants it: it is the one page
        that a person has asked for, and without it no channel of such a host could be added at all.
        """
        is_first, self._is_begun = not self._is_begun, True
        return self._turns.delay(None if is_first else rules)

    def _account(self) -> str:
        return "; ".join(f"{url} ({outcome})" for url, outcome in self._tried.items())


def _ask(adapters: tuple[Adapter, ...], page: Response) -> Found | None:
    for adapter in adapters:
        recognized = adapter.recognize(page)
        if recognized is not None:
            return Found(adapter.name, recognized)
    return None


def _leads(page: Response | None) -> list[str]:
    """Addresses to paste instead of a page that is no channel, and leads to some."""
    found = (url for adapter in sources.all_adapters() for url in adapter.leads(page)) if page else iter(())
    return list(itertools.islice(found, _LEADS))
