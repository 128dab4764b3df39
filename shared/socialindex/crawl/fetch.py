"""Fetching: one request of an adapter, followed through redirects and brief failures to an answer or a verdict.

This is the door to the package's fetching part; what a caller needs beside the ``Fetcher`` is here by name.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from socialindex.crawl.addresses import check_place, check_resolved
from socialindex.crawl.decompress import Body
from socialindex.crawl.exchange import Head, exchange, open_session
from socialindex.crawl.journey import Fetched, Journey, Means, Validators
from socialindex.crawl.settings import PAGE, Expect, FetchSettings
from socialindex.crawl.transient import Transient
from socialindex.crawl.urls import host_of, place_of
from socialindex.crawl.verdicts import wants_body
from socialindex.errors import Discarded

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from types import TracebackType

    from aiohttp.abc import AbstractResolver

    from socialindex.sources.base import Request

__all__ = ["Expect", "FetchSettings", "Fetched", "Fetcher", "Transient", "Validators", "host_of"]


_TOKEN = Expect(any_type=True, noindex=True)
_FORM_BYTES = 64 * 1024
"""Of an answer to a form: a token is a few kilobytes at most."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Fetcher:
    """Fetches from many hosts over one pool of connections: an async context manager that owns the pool.

    Args:
        settings: who we are, timeouts and limits.
        resolver: the DNS; the system's own where it is None.
        sleep: waits between the requests of one fetch.
        now: the clock.
    """

    def __init__(
        self,
        settings: FetchSettings,
        *,
        resolver: AbstractResolver | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.settings = settings
        self.now = now
        self._resolver = resolver
        self._sleep = sleep

    async def __aenter__(self) -> Self:
        session = open_session(self.settings, self._resolver)
        self._means = Means(self.settings, session, self._sleep, self.now)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._means.session.close()

    async def fetch(  # noqa: PLR0913 - what a caller may wish for one fetch; most wish for little
        self,
        request: Request,
        *,
        validators: Validators | None = None,
        allowed: Callable[[str], Awaitable[None]] | None = None,
        other_hosts: bool = False,
        delay: float = 0.0,
        expect: Expect = PAGE,
        secrets: Mapping[str, str] | None = None,
        seconds: float | None = None,
        slow_redirects: bool = False,
    ) -> Fetched:
        """Fetch one request, or with ``ws://`` and ``wss://`` a slice of a stream of messages.

        A redirect from https to http is followed, as browsers do: what is read is public, and secrets stay behind.

        Args:
            request: what an adapter asks for.
            validators: of an earlier answer, to make the request conditional.
            allowed: is awaited with the address before each request that goes out (the first, retries, redirects),
                and raises where it may not: robots.txt, a budget that is spent.
            other_hosts: follow redirects to other hosts, instead of returning them as ``moved_to``.
            delay: seconds to leave between the requests of this fetch, retries and redirects alike: the host's pace.
            expect: what may come back beside a page to index.
            secrets: headers such as ``Authorization`` that go to the request's own origin only and, not being part
                of the request, are written down nowhere. They alone may change what we are called.
            seconds: of a slice, less than ``FetchSettings.stream_seconds``, which is taken where it is None.
            slow_redirects: follow redirects where ``delay`` is beyond ``FetchSettings.patience_seconds``, too, each
                after so long, instead of returning them as ``moved_to``.

        Raises:
            Refused: an address on the way must not be fetched from: ``private_address`` or as ``urls.place_of``.
            Discarded: a verdict: what ``allowed`` raises, ``redirects``, ``redirect_loop``, ``bad_redirect``,
                ``bad_response``, what ``verdicts.wants_body`` lists, and what ``decompress.Body`` and
                ``streams.read_slice`` do.
            Transient: the host does not give its answer now.
        """
        journey = Journey(
            means=self._means,
            request=request,
            validators=validators or Validators(),
            allowed=allowed,
            other_hosts=other_hosts,
            delay=delay,
            expect=expect,
            secrets=secrets or {},
            seconds=seconds,
            slow_redirects=slow_redirects,
        )
        return await journey.travel()

    async def check(self, url: str) -> None:
        """See that an address may be fetched from, by its spelling and by what its host resolves to now.

        Raises:
            Refused, Unavailable: as ``addresses.check_resolved``.
        """
        await check_resolved(url, resolver=self._resolver, allow_loopback=self.settings.allow_loopback)

    async def post(self, url: str, form: Mapping[str, str], secrets: Mapping[str, str]) -> bytes:
        """Post a form, such as a request for a token, and take the body of a good answer. Redirects are not followed.

        Raises:
            Refused: as ``fetch``.
            Discarded: what ``verdicts.wants_body`` lists, ``bad_response``, and what ``decompress.Body`` does.
            Transient: the host does not give its answer now.
        """
        settings = self.settings
        check_place(place_of(url), allow_loopback=settings.allow_loopback)

        def judge(head: Head) -> bool:
            if not wants_body(head, _TOKEN, settings, self.now()):
                raise Discarded("bad_response", f"status {head.status} to a form")
            return True

        def make_body(encoding: str) -> Body:
            return Body(encoding, limit=_FORM_BYTES, max_ratio=settings.max_ratio, ratio_floor=_FORM_BYTES)

        answer = await exchange(self._means.session, url, secrets, judge=judge, make_body=make_body, form=form)
        return answer.body
