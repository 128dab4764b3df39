"""What leads on from a request: others of the same channel, put in the frontiers of their hosts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from socialindex.aws.frontier import Pending
from socialindex.crawl import walks
from socialindex.crawl.urls import host_of, over_http
from socialindex.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from socialindex.aws.frontier import Frontier
    from socialindex.aws.hosts import Hosts
    from socialindex.sources.base import Request

_MILLISECOND: Final = 0.001
"""Between requests that came together: the frontier orders by milliseconds, and a page's order is to be kept."""


class Onward:
    """The way on from one pending request.

    Raises (``put``, ``put_all``):
        Unavailable: a table does not answer.
    """

    def __init__(self, frontier: Frontier, hosts: Hosts, pending: Pending, clock: Callable[[], float]) -> None:
        self._frontier = frontier
        self._hosts = hosts
        self._from = pending
        self._clock = clock

    async def put(self, request: Request, **as_it_was: Any) -> None:  # noqa: ANN401 - fields of ``Pending``
        """Let a request wait behind what waits already, with what it takes along.

        Raises:
            Refused: its address is none, as ``urls.place_of``.
        """
        pending = self._pending(request, self._clock(), **as_it_was)
        await asyncio.to_thread(self._frontier.put, pending)
        await self._wake({pending.host})

    async def put_all(self, requests: Sequence[Request], refused: Callable[[Refused], None]) -> list[Request]:
        """Let requests wait in their order, behind what waits already; those that did not wait there yet.

        Args:
            requests: what an adapter asks for.
            refused: is told of each whose address is none, as ``urls.place_of``.
        """
        firsts: dict[str, Pending] = {}
        for pending in self._all(requests, refused):
            firsts.setdefault(pending.id, pending)
        if not firsts:
            return []
        waiting = list(firsts.values())
        are_new = await asyncio.to_thread(self._frontier.put_all, waiting)
        await self._wake({pending.host for pending in waiting})
        return [pending.request for pending, is_new in zip(waiting, are_new, strict=True) if is_new]

    def _all(self, requests: Sequence[Request], refused: Callable[[Refused], None]) -> Iterable[Pending]:
        first = int(self._clock() / _MILLISECOND) - len(requests)  # all of them are due at once
        for number, request in enumerate(requests):
            try:
                # In the middle of its millisecond, which no rounding leaves.
                yield self._pending(request, (first + number + 0.5) * _MILLISECOND)
            except Refused as verdict:
                refused(verdict)

    def _pending(self, request: Request, not_before: float, **fields: Any) -> Pending:  # noqa: ANN401 - as ``put``
        host, walk = host_of(over_http(request.url)), self._from.walk if walks.goes_on(request) else None
        channel = self._from.channel
        return Pending(host=host, channel=channel, request=request, not_before=not_before, walk=walk, **fields)

    async def _wake(self, hosts: set[str]) -> None:
        # Our own host needs no waking: its frontier is looked at again before it is let go.
        for host in hosts - {self._from.host}:
            await asyncio.to_thread(self._hosts.wake, host, self._clock())
