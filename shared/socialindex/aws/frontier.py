"""The frontier in DynamoDB: requests that wait for their host, the most urgent first.

A request leaves the frontier only when its response is archived or its verdict is counted. ``rank`` orders a host's
requests by priority, then by the time before which they must not be sent.

What is due is handed out channel by channel in turn: a channel with ten thousand requests at a host leaves room for
another with one. Where the first that are due are mostly one channel's, those of others are looked for behind them, and
behind these. Where there are more channels than places, as at a host that is asked for one request at a time, since its
pauses are long, chance decides whose turn it is.

A host may have more polls than its pace allows, for good: some hundred channels of one platform, or a dozen boards of a
slow site. Then polls leave places to the pages that they found, and both to what is read again (``LEFT``): without, no
post would ever be read, and no deletion noticed.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from functools import cached_property
from typing import TYPE_CHECKING, Final, get_args

import msgspec

from socialindex import releases
from socialindex.aws.tables import Table
from socialindex.identity import request_id
from socialindex.model import Struct
from socialindex.sources.base import Priority, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from socialindex.aws.values import Item

PRIORITIES: tuple[Priority, ...] = get_args(Priority)
LEFT: Final = (1 / 2, 1 / 5)
"""Of what is handed out at once, what the first priority leaves to all others, and the second to the last."""
SHARE: Final = 0.25
"""Of what is handed out at once: a channel that takes more, while more wait, takes it from others."""
_FEW: Final = int(1 / SHARE)
"""Places below which a channel's share is no whole one: so many requests are looked at all the same."""
_PAGES: Final = 10
"""Pages of 1 MB, some 1,500 requests each, that are looked through for other channels' requests."""
_CHANNELS: Final = 50
"""Channels that are looked past at most (a filter's operands are bounded)."""


class Pending(Struct, frozen=True, kw_only=True, dict=True):
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
    verifies: float | None = None
    """Unix time of a "not modified" that this poll, without validators, is to confirm."""
    walk: datetime | None = None
    """When the walk through the channel's history began whose page this is; None where it is no such page."""

    @cached_property
    def id(self) -> str:
        """The same request of the same channel waits once for each purpose.

        A poll, a page of a walk through the channel's history and a page that is read again can have one address, and
        each of them settles something of its own; so do pages of two walks. What the table holds already keeps the id
        that it was put with.
        """
        return request_id(self.channel, f"{self.request.kind}{self._purpose}", self.request.url)

    @property
    def _purpose(self) -> str:
        if self.verifies is not None:
            return " in full"
        if self.poll:
            return " poll"
        return f" history {self.walk.isoformat()}" if self.walk else ""


class Frontier:
    """The table of pending requests.

    Args:
        table: its name.
        chance: gives a number from 0 to 1, below it; of few places it decides whose they are.
    """

    def __init__(self, table: str, chance: Callable[[], float] = random.random) -> None:
        self._table = Table(table)
        self._chance = chance

    def put(self, pending: Pending) -> bool:
        """Add a request; False where it waits already. The caller wakes the host afterwards."""
        return self._table.put(_item(pending), unless="id")

    def put_all(self, waiting: Sequence[Pending]) -> list[bool]:
        """Add many requests, no two of them the same, as ``put`` does."""
        return self._table.put_all([_item(pending) for pending in waiting])

    def due(self, host: str, now: float, limit: int) -> list[Pending]:
        """Up to ``limit`` requests whose time has come, the most urgent first; channels in turn within a priority.

        Where more are due, the more urgent leave some places to the less urgent (``LEFT``).
        """
        left, room = left_by_each(limit, self._chance()), limit
        waiting: list[list[Pending]] = []
        for priority, least in zip(PRIORITIES, (0, *left), strict=True):
            most = max(room, least)
            waiting.append(self._fair(host, _rank(priority, 0.0), _rank(priority, now), most) if most else [])
            room = max(room - len(waiting[-1]), 0)
        return shared_out(waiting, left, limit)

    def next_at(self, host: str) -> float | None:
        """The earliest time at which a request of the host is due; None where nothing waits."""
        firsts = (self._range(host, _rank(priority, 0.0), f"{priority}~", 1) for priority in PRIORITIES)
        return min((pending.not_before for group in firsts for pending in group), default=None)

    def postpone(self, pending: Pending, not_before: float, *, failed: bool = True) -> None:
        """Let a request wait until ``not_before``, one failed attempt older unless it was not even tried.

        One that is settled meanwhile, by whoever has its host now, does not rise again.
        """
        later = msgspec.structs.replace(pending, not_before=not_before, attempts=pending.attempts + failed)
        self._table.put({**_item(later), "id": pending.id}, there="id")

    def remove(self, done: Iterable[Pending]) -> None:
        """Remove requests whose outcome is settled."""
        self._table.delete_all([{"host": pending.host, "id": pending.id} for pending in done])

    def _fair(self, host: str, low: str, high: str, limit: int) -> list[Pending]:
        looked_at = max(limit, _FEW)
        waiting = self._range(host, low, high, looked_at)
        channels = Counter(pending.channel for pending in waiting)
        if len(waiting) == looked_at and max(channels.values()) > looked_at * SHARE:
            waiting += self._behind(host, low, high, channels, limit)
        turns = in_turn(waiting)
        return (turns if len(channels) <= limit else begun_anywhere(turns, self._chance()))[:limit]

    def _behind(self, host: str, low: str, high: str, met: Counter[str], limit: int) -> list[Pending]:
        """Up to ``limit`` requests of each channel that was not met yet, as far as they are found; now ``met`` has it.

        A page at a time, past whoever was met before: a second flood would hide all that is behind it.
        """
        found: list[Pending] = []
        for _ in range(_PAGES):
            if not 0 < len(met) <= _CHANNELS or len(met) >= max(limit, _FEW):
                break
            stops: list[Item] = []
            new = Counter[str]()
            for item in self._past(host, low, high, list(met), stops.append):
                new[item["channel"]] += 1
                if new[item["channel"]] <= limit:
                    found.append(_pending(item))
            met += new
            if not stops:
                break
            low = stops[0]["rank"]
        return found

    def _past(
        self, host: str, low: str, high: str, channels: list[str], stopped: Callable[[Item], object]
    ) -> Iterator[Item]:
        """What a page has of other channels than these; ``stopped`` is told where it ends, where more follows."""
        values: Item = {"host": host, "low": low, "high": high}
        names = {f"c{number}": channel for number, channel in enumerate(channels)}
        where = f"NOT #channel IN ({', '.join(f':{name}' for name in names)})"
        return self._table.query(_IN_RANGE, {**values, **names}, index="rank", where=where, pages=1, stopped=stopped)

    def _range(self, host: str, low: str, high: str, limit: int) -> list[Pending]:
        values: Item = {"host": host, "low": low, "high": high}
        items = self._table.query(_IN_RANGE, values, index="rank", limit=limit, consistent=True)
        return [_pending(item) for item in items]


_IN_RANGE: Final = "#host = :host AND #rank BETWEEN :low AND :high"


def left_by_each(limit: int, chance: float) -> tuple[int, ...]:
    """How many of so many places each priority leaves to those behind it; ``chance`` decides about parts of a place."""
    return tuple(int(limit * share + chance) for share in LEFT)


def shared_out(waiting: Sequence[Sequence[Pending]], left: Sequence[int], limit: int) -> list[Pending]:
    """Up to ``limit`` requests of each priority's, in this order; places that are left and not taken fall back."""
    found: list[Pending] = []
    for number, group in enumerate(waiting):
        behind = sum(map(len, waiting[number + 1 :]))
        kept = min(behind, left[number]) if behind else 0
        found += group[: max(limit - len(found) - kept, 0)]
    return found


def in_turn(waiting: Iterable[Pending]) -> list[Pending]:
    """One request of each channel, then another of each, and so on; the order is otherwise kept."""
    turns: Counter[str] = Counter()
    numbered: list[tuple[int, Pending]] = []
    for pending in waiting:
        numbered.append((turns[pending.channel], pending))
        turns[pending.channel] += 1
    return [pending for _, pending in sorted(numbered, key=lambda entry: entry[0])]


def begun_anywhere(turns: Sequence[Pending], chance: float) -> list[Pending]:
    """Requests in turn, of which ``chance`` decides whose comes first: else one channel had all single places."""
    channels = len({pending.channel for pending in turns})
    first = int(channels * chance)
    return [*turns[first:channels], *turns[:first], *turns[channels:]]


def _pending(item: Item) -> Pending:
    pending = releases.decode(item["body"], Pending)
    vars(pending)["id"] = item["id"]  # as it was put: an id that is made otherwise since would never be removed
    return pending


def _rank(priority: int, at: float) -> str:
    return f"{priority}#{int(at * 1000):015d}"


def _item(pending: Pending) -> Item:
    rank = _rank(pending.request.priority, pending.not_before)
    return {
        "host": pending.host,
        "id": pending.id,
        "rank": rank,
        "channel": pending.channel,
        "body": msgspec.json.encode(pending).decode(),
    }
