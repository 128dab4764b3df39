"""One pending request on its way to its host, with all that is said and asked beside its address."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from socialindex import sources
from socialindex.crawl.fetch import Expect, Fetched, Transient, Validators
from socialindex.crawl.urls import host_of, over_http
from socialindex.crawl.verdicts import UNAUTHORIZED
from socialindex.errors import Discarded, InvalidInput

if TYPE_CHECKING:
    from socialindex.aws.channels import ChannelState
    from socialindex.aws.frontier import Pending
    from socialindex.crawl.credentials import Credentials
    from socialindex.crawl.fetch import Fetcher
    from socialindex.crawl.robots import RobotsRules

_PATIENCE = 20.0
"""Seconds; a host with longer pauses is not asked twice in a row."""


class Host(Protocol):
    """The host as a request meets it."""

    @property
    def delay(self) -> float:
        """Seconds between two requests."""

    @property
    def seconds_left(self) -> float:
        """Until the work must end."""

    async def rules_for(self, url: str) -> RobotsRules:
        """The robots rules that hold for an address.

        Raises:
            Transient: they had to be asked for, and the host must wait too long for us now.
        """

    def spend(self, cost: int) -> None:
        """Count a request that is about to be sent.

        Raises:
            Transient: the day's budget is spent.
        """


class Asking:
    """A request as it is sent: conditional, with secrets, within the host's rules and budget."""

    def __init__(self, fetcher: Fetcher, credentials: Credentials, pending: Pending, host: Host) -> None:
        self._fetcher = fetcher
        self._credentials = credentials
        self._pending = pending
        self._host = host
        self._trusted = credentials.has(pending.request.url)
        self.asked = False
        """Whether the host was asked at all."""

    async def fetch(self, state: ChannelState) -> Fetched:
        """Ask, with a new token where the host does not take the one that we have.

        Raises:
            Discarded, Transient: as ``Fetcher.fetch`` and ``Credentials.headers``.
        """
        try:
            return await self._fetch(state)
        except Discarded as verdict:
            if verdict.reason != UNAUTHORIZED or not self._credentials.forget_token(self._pending.request.url):
                raise
        if self._host.delay > _PATIENCE:
            raise Transient(UNAUTHORIZED, "its token is not taken any more", retry_after=self._host.delay)
        await asyncio.sleep(self._host.delay)
        return await self._fetch(state)

    async def _fetch(self, state: ChannelState) -> Fetched:
        request = self._pending.request
        return await self._fetcher.fetch(
            request,
            validators=self._validators(state),
            allowed=self._allowed,
            delay=self._host.delay,
            expect=Expect(noindex=request.leads or self._trusted, explained=_explains_errors(state)),
            secrets=await self._credentials.headers(request.url, self._fetcher) if self._trusted else None,
            seconds=self._host.seconds_left,
        )

    def _validators(self, state: ChannelState) -> Validators | None:
        """What the channel has of this address, unless that lied of late, is being checked, or the last poll failed.

        Some servers fail at conditions alone, with a 412 or an empty page, and would at every further poll. Only polls
        have use for "not modified": a walk through the history begins where polls do, and needs the page.
        """
        known = self._pending.poll and state.validated == self._pending.request.url
        if not known or state.failures or self._distrusts(state) or self._pending.verifies is not None:
            return None
        return Validators(etag=state.etag, last_modified=state.last_modified)

    def _distrusts(self, state: ChannelState) -> bool:
        return state.distrusted_until is not None and self._fetcher.now() < state.distrusted_until

    async def _allowed(self, url: str) -> None:
        """Is asked before every single request: retries and redirects within the host included."""
        if not (self._trusted and host_of(url) == host_of(over_http(self._pending.request.url))):
            (await self._host.rules_for(url)).check(url, self._fetcher.now())
        self._host.spend(self._pending.request.cost)
        self.asked = True


def _explains_errors(state: ChannelState) -> bool:
    try:
        return sources.find(state.channel.source).explains_errors
    except InvalidInput:
        return False  # a source that is no more: what becomes of its answer is decided where it would be read
