"""The frontier in DynamoDB: requests that wait for their host, the most urgent first.

A request leaves the frontier only when its response is archived or its verdict is counted. ``rank`` orders a host's
requests by priority, then by the time before which they must not be sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import msgspec

from socialindex.aws.tables import Item, Table
from socialindex.identity import request_id
from socialindex.model import Struct
from socialindex.sources.base import Priority, Request

if TYPE_CHECKING:
    from collections.abc import Iterable

PRIORITIES: tuple[Priority, ...] = get_args(Priority)


class Pending(Struct, frozen=True, kw_only=True):
    """A request that waits at a host."""

    host: str
    channel: str
    request: Request
    not_before: float = 0.0
    """Unix time."""
    attempts: int = 0
    """Fetches that failed so far."""
    hops: int = 0
    """Redirects from host to host so far."""
    poll: bool = False
    """Whether this is a channel's poll, wherever it was redirected to."""

    @property
    def id(self) -> str:
        """The same request of the same channel waits once."""
        return request_id(self.channel, self.request.kind, self.request.url)


class Frontier:
    """The table of pending requests."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def put(self, pending: Pending) -> bool:
        """Add a request; False where it waits already. The caller wakes the host afterwards."""
        return self._table.put(_item(pending), unless="id")

    def due(self, host: str, now: float, limit: int) -> list[Pending]:
        """Up to ``limit`` requests whose time has come, the most urgent first."""
        found: list[Pending] = []
        for priority in PRIORITIES:
            if len(found) < limit:
                found += self._range(host, _rank(priority, 0.0), _rank(priority, now), limit - len(found))
        return found

    def next_at(self, host: str) -> float | None:
        """The earliest time at which a request of the host is due; None where nothing waits."""
        firsts = (self._range(host, _rank(priority, 0.0), f"{priority}~", 1) for priority in PRIORITIES)
        return min((pending.not_before for group in firsts for pending in group), default=None)

    def postpone(self, pending: Pending, not_before: float, *, failed: bool = True) -> None:
        """Let a request wait until ``not_before``, one failed attempt older unless it was not even tried."""
        later = msgspec.structs.replace(pending, not_before=not_before, attempts=pending.attempts + failed)
        self._table.put(_item(later))

    def remove(self, done: Iterable[Pending]) -> None:
        """Remove requests whose outcome is settled."""
        self._table.delete_all([{"host": pending.host, "id": pending.id} for pending in done])

    def _range(self, host: str, low: str, high: str, limit: int) -> list[Pending]:
        values: Item = {"host": host, "low": low, "high": high}
        condition = "#host = :host AND #rank BETWEEN :low AND :high"
        items = self._table.query(condition, values, index="rank", limit=limit, consistent=True)
        return [msgspec.json.decode(item["body"], type=Pending) for item in items]


def _rank(priority: int, at: float) -> str:
    return f"{priority}#{int(at * 1000):015d}"


def _item(pending: Pending) -> Item:
    rank = _rank(pending.request.priority, pending.not_before)
    return {"host": pending.host, "id": pending.id, "rank": rank, "body": msgspec.json.encode(pending).decode()}
