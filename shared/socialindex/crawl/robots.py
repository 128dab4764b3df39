"""robots.txt (RFC 9309): what a host lets us fetch, and how fast.

``robots_file`` picks what concerns us out of the file, and Protego matches paths against that. Protego reads one thing
more generously than the RFC, as Google's parser does: who allows ``/index.html`` allows ``/``.
"""

from __future__ import annotations

import itertools
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from protego import Protego

from socialindex.crawl.robots_file import MAX_BYTES, bytewise, rules_for
from socialindex.crawl.settings import Expect
from socialindex.crawl.transient import Transient
from socialindex.crawl.urls import host_of, place_of, sendable
from socialindex.crawl.verdicts import LATER
from socialindex.errors import Discarded, Refused, Unavailable
from socialindex.model import Struct
from socialindex.sources.base import Request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from socialindex.crawl.fetch import Fetcher

MAX_KEPT: Final = 100_000
"""Bytes of an origin's rules for us, as they are kept. Who has more is not crawled. A host has four origins at most
(http and https, each at the other's port, too), and the item with their rules 400 KB."""
MAX_DELAY: Final = 600.0
"""Seconds of Crawl-delay that are obeyed. A host that wants more, in effect wants no crawler."""
FRESH: Final = timedelta(hours=6)
"""How long rules are used without asking again. RFC 9309, section 2.4, permits 24 hours."""
_RETRY: Final = (timedelta(minutes=10), timedelta(hours=24))
"""Bounds of the wait after a robots.txt that could not be had."""
_GIVEN_UP: Final = timedelta(days=30)
"""After so long RFC 9309, section 2.3.1.4, takes a robots.txt that cannot be had for one that is not there."""

_EXPECT: Final = Expect(any_type=True, any_client_error=True, noindex=True, first_bytes=MAX_BYTES)
_LED_NOWHERE: Final = frozenset({"redirects", "redirect_loop", "bad_redirect"})

Verdict = Literal["rules", "allow", "unknown"]


class RobotsRules(Struct, frozen=True, kw_only=True):
    """What a robots.txt says to us. Serializable; made by ``parse`` or ``read_robots``.

    Attributes:
        verdict: ``rules``: see ``rules``. ``allow``: there is no robots.txt, everything may be fetched. ``unknown``:
            it could not be had, so nothing may be fetched yet.
        rules: the rules for us as the lines of one group.
        fetched_at: when it was asked for.
        expires_at: when it must be asked for again.
        unknown_since: since when it cannot be had; None where it could the last time.
        hold: seconds for which the host wants to be left alone altogether (Retry-After), instead of an answer.
    """

    verdict: Verdict
    fetched_at: datetime
    expires_at: datetime
    rules: str = ""
    unknown_since: datetime | None = None
    hold: float = 0.0

    @classmethod
    def parse(
        cls, status: int, body: bytes, fetched_at: datetime, *, token: str, before: RobotsRules | None = None
    ) -> RobotsRules:
        """The rules of an answer to a request for robots.txt; never fails, whatever the body is.

        2xx is read; 3xx, which is what is left after five redirects, and 4xx mean that there is none (RFC 9309,
        sections 2.3.1.2 and 2.3.1.3). 202, 429 and 5xx leave it unknown: who does not answer now has not said yes.

        Args:
            status: of the answer.
            body: decoded of its content encoding.
            fetched_at: when it was asked for.
            token: our product token.
            before: the host's rules until now.
        """
        if status in LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return cls.unknown(fetched_at, before)
        if status >= HTTPStatus.MULTIPLE_CHOICES:
            return cls(verdict="allow", fetched_at=fetched_at, expires_at=fetched_at + FRESH)
        rules = "\n".join(dict.fromkeys(rules_for(token, body)))
        if len(msgspec.json.encode(rules)) > MAX_KEPT:
            rules = "Disallow: /"
        return cls(verdict="rules", fetched_at=fetched_at, expires_at=fetched_at + FRESH, rules=rules)

    @classmethod
    def unknown(cls, fetched_at: datetime, before: RobotsRules | None = None, hold: float = 0.0) -> RobotsRules:
        """The rules of a host whose robots.txt cannot be had now.

        Asked again after ten minutes, then at twice the age of the trouble, at the latest daily, and never before the
        host says (RFC 9110, section 10.2.3); after 30 days everything is allowed.

        Args:
            fetched_at: when it was tried.
            before: the host's rules until now.
            hold: seconds from its Retry-After.
        """
        since = (before.unknown_since if before else None) or fetched_at
        age = fetched_at - since
        is_given_up = age > _GIVEN_UP
        wait = _RETRY[1] if is_given_up else min(max(age, _RETRY[0]), _RETRY[1])
        return cls(
            verdict="allow" if is_given_up else "unknown",
            fetched_at=fetched_at,
            expires_at=fetched_at + max(wait, timedelta(seconds=hold)),
            unknown_since=since,
            hold=hold,
        )

    def check(self, url: str, now: datetime | None = None) -> None:
        """See that an address of this host may be fetched.

        Args:
            url: the address.
            now: the time; that at which the rules were asked for where it is None.

        Raises:
            Discarded: ``robots``, or ``crawl_delay`` where the host wants longer pauses than we keep.
            Transient: ``robots_unknown``; to be tried again when the rules have been asked for again.
        """
        if self.verdict == "unknown":
            wait = (self.expires_at - (now or self.fetched_at)).total_seconds()
            failure = f"{host_of(url)}: its robots.txt cannot be had"
            raise Transient("robots_unknown", failure, retry_after=max(wait, 0.0))
        if (self.delay or 0.0) > MAX_DELAY:
            raise Discarded("crawl_delay", f"{host_of(url)} wants {self.delay:.0f} s between requests")
        if not self.allowed(url):
            raise Discarded("robots", f"{host_of(url)}: its robots.txt forbids this address")

    def allowed(self, url: str) -> bool:
        """Whether robots.txt lets us fetch an address of this host.

        Raises:
            Refused: as ``urls.place_of``.
        """
        if self.verdict == "unknown":
            return False
        path = sendable(url).removeprefix(place_of(url).origin)
        # The host is the rules' own, whatever it is called; with one, Protego does not read "//path" as one.
        return bool(_group(self.rules).can_fetch(f"http://host{bytewise(path.encode())}", "*"))

    @property
    def delay(self) -> float | None:
        """Seconds between requests that the host asks for (Crawl-delay, Request-rate); None where it does not."""
        return _delay(self.rules)

    def stale(self, now: datetime) -> bool:
        """Whether robots.txt must be asked for again before the next request."""
        return now >= self.expires_at


def robots_url(url: str) -> str:
    """Where the rules for an address are: at its own scheme, host and port (RFC 9309, section 2.3)."""
    return f"{place_of(url).origin}/robots.txt"


async def read_robots(
    fetcher: Fetcher,
    url: str,
    *,
    before: RobotsRules | None = None,
    delay: float = 0.0,
    more: Callable[[], None] | None = None,
) -> RobotsRules:
    """Ask for the robots.txt that holds for an address, following redirects to wherever they lead.

    Five of them (RFC 9309, section 2.3.1.2), also where the host's pace would leave those of a page for later: without
    its rules nothing else may be asked of it.

    What goes wrong on the way is no error: it makes the rules unknown. But where the host itself must not be fetched
    from, there is nothing to wait for.

    Args:
        fetcher: with its product token.
        url: any address of the host.
        before: the host's rules until now.
        delay: the host's pace, as for ``Fetcher.fetch``.
        more: is called before each request but the first, wherever it goes: a redirect or a further try.

    Raises:
        Refused: as ``urls.place_of``, or ``private_address``.
    """
    now, token = fetcher.now(), fetcher.settings.token
    request, told = Request(url=robots_url(url), kind="robots"), _told_of_more(more) if more else None
    try:
        fetched = await fetcher.fetch(
            request, allowed=told, other_hosts=True, delay=delay, expect=_EXPECT, slow_redirects=True
        )
    except Refused:
        with suppress(Unavailable):
            await fetcher.check(url)
        return RobotsRules.unknown(now, before)  # it was a redirect that leads to where nothing must be fetched
    except Discarded as verdict:
        if verdict.reason in _LED_NOWHERE:
            return RobotsRules.parse(HTTPStatus.MULTIPLE_CHOICES, b"", now, token=token)
        return RobotsRules.unknown(now, before)
    except Transient as failure:
        return RobotsRules.unknown(now, before, failure.retry_after or 0.0)
    if fetched.moved_to is not None:
        return RobotsRules.unknown(now, before)  # a redirect that was not followed says nothing about the rules
    response = fetched.response
    return RobotsRules.parse(response.status, response.body, now, token=token, before=before)


def _told_of_more(more: Callable[[], None]) -> Callable[[str], Awaitable[None]]:
    numbers = itertools.count()

    async def told(_: str) -> None:
        if next(numbers):
            more()

    return told


@lru_cache(maxsize=256)
def _group(rules: str) -> Protego:
    return Protego.parse(f"User-agent: *\n{rules}")


@lru_cache(maxsize=256)
def _delay(rules: str) -> float | None:
    group = _group(rules)
    rate = group.request_rate("*")
    delays = [group.crawl_delay("*"), rate.seconds / rate.requests if rate else None]
    return max((delay for delay in delays if delay is not None), default=None)
