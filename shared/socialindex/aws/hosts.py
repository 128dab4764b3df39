"""Hosts in DynamoDB: who may fetch from a host now, how fast, and when it has work next.

A lease makes one crawler the only one at a host. Its token grows with every lease (a fencing token), and every write of
its holder names it, so that a crawler which was thought dead, or has let go, cannot undo its successor's work.
``wakes`` counts what was put in the host's frontier: a crawler that lets go of an idle host does so only if nothing was
put meanwhile.

A pause is a lease that an operator takes from whoever has it and keeps: no crawler gets the host, the one that had it
learns by its next heartbeat that it lost it, and what waits there goes on waiting.

A host's robots rules are an item of their own. A write costs by the size of the whole item, however little of it
changes, and a host's is written several times for each of its polls, and every few seconds while it is crawled.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.aws.tables import Table
from socialindex.identity import shard_of
from socialindex.model import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.aws.values import Item

SHARDS = 4
_FOR_EVER: Final = 1e11
"""Unix time of the end of a lease that does not end by itself."""


class Lease(Struct, frozen=True, kw_only=True):
    """The right to fetch from a host until ``until`` (Unix time), with what is known of the host."""

    host: str
    token: int
    until: float
    wakes: int = 0
    robots: str = ""
    """The host's robots rules as the crawl stage serialized them; empty where none are known."""
    pace: str = ""
    """The host's pace, likewise."""
    spent: str = ""
    """What was asked of the host today, likewise."""
    next_at: float = 0.0
    """No request before this Unix time."""
    forget_at: float = 0.0
    """Robots rules that were read before this Unix time do not count."""


class PausedHost(NamedTuple):
    """A host that is not crawled for now."""

    host: str
    since: float
    """Unix time."""
    reason: str
    """In an operator's words."""


class Hosts:
    """The table of hosts."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def wake(self, host: str, at: float) -> None:
        """Note that the host has a request due at ``at``."""
        values: Item = {"at": at, "shard": shard_of(host, SHARDS), "one": 1}
        sooner = "attribute_not_exists(#ready_at) OR #ready_at > :at"
        expression = "SET #ready_at = :at, #shard = :shard ADD #wakes :one"
        counted = {"at": at, "one": 1}
        # In turn, since a crawler may let the host go between the two: then it is to wake up all the same.
        while self._table.update({"host": host}, expression, values, condition=sooner) is None:
            if self._table.update({"host": host}, "ADD #wakes :one", counted, condition="#ready_at <= :at"):
                return

    def ready(self, now: float) -> Iterator[str]:
        """Hosts with a request due that are neither queued nor leased."""
        for shard in range(SHARDS):
            values: Item = {"shard": str(shard), "now": now}
            for item in self._table.query("#shard = :shard AND #ready_at <= :now", values, index="ready"):
                if item.get("queued_until", 0) <= now and item.get("lease_until", 0) <= now:
                    yield item["host"]

    def queue(self, host: str, now: float, until: float) -> bool:
        """Mark a host as queued until a crawler takes it or ``until``; False where it is marked already."""
        free = "attribute_not_exists(#queued_until) OR #queued_until <= :now"
        values: Item = {"until": until, "now": now}
        return self._table.update({"host": host}, "SET #queued_until = :until", values, condition=free) is not None

    def lease(self, host: str, seconds: float) -> Lease | None:
        """Become the only crawler of a host; None where another is."""
        now = time.time()
        free = "attribute_not_exists(#lease_until) OR #lease_until <= :now"
        values: Item = {"until": now + seconds, "now": now, "one": 1}
        item = self._table.update(
            {"host": host}, "SET #lease_until = :until ADD #lease_token :one", values, condition=free
        )
        return _lease(item, self._table.get(_rules_of(host)) or {}) if item else None

    def extend(self, lease: Lease, seconds: float, *, spent: str) -> float | None:
        """A heartbeat, with what was asked today; None where the lease is lost and its holder must stop.

        Otherwise the Unix time before which the host's robots.txt was read too early to count: see ``forget_rules``.
        """
        values: Item = {"until": time.time() + seconds, "spent": spent}
        item = self._held(lease, "SET #lease_until = :until, #spent = :spent", values)
        return None if item is None else float(item.get("forget_at", 0.0))

    def learn(self, lease: Lease, *, robots: str, pace: str, spent: str, next_at: float) -> bool:
        """Keep what the holder learned about the host; False where the lease is lost."""
        values: Item = {"pace": pace, "spent": spent, "next_at": next_at}
        # Versions before kept the rules here; as long as they stand here, each write is charged for them.
        expression = "SET #pace = :pace, #spent = :spent, #next_at = :next_at REMOVE #robots"
        if self._held(lease, expression, values) is None:
            return False
        if robots != lease.robots:
            # Who loses the lease in between undoes nothing: these rules were just read, and say until when they hold.
            self._table.update(_rules_of(lease.host), "SET #robots = :robots", {"robots": robots})
        return True

    def forget_rules(self, host: str) -> None:
        """Let what was read of the host's robots.txt until now count no more; a crawler learns it by its heartbeat."""
        now: Item = {"now": time.time()}
        self._table.update({"host": host}, "SET #forget_at = :now", now, condition="attribute_exists(#next_at)")

    def pause(self, host: str, reason: str) -> None:
        """Ask a host nothing more, whoever has it, until ``resume``; what waits for it stays. Twice is once."""
        values: Item = {"until": _FOR_EVER, "one": 1, "reason": reason, "now": time.time()}
        expression = (
            "SET #lease_until = :until, #paused = :reason, #paused_at = if_not_exists(#paused_at, :now) "
            "ADD #lease_token :one"
        )
        self._table.update({"host": host}, expression, values)

    def resume(self, host: str) -> bool:
        """Let crawlers have a host again; False where it was not paused."""
        expression = "REMOVE #lease_until, #queued_until, #paused, #paused_at"
        return self._table.update({"host": host}, expression, condition="attribute_exists(#paused)") is not None

    def paused(self) -> Iterator[PausedHost]:
        """Hosts that are paused, in no order; it reads the whole table."""
        return filter(None, map(_pause, self._table.scan()))

    def pause_of(self, host: str) -> PausedHost | None:
        """A host's pause; None where it is not paused."""
        return _pause(self._table.get({"host": host}) or {})

    def wakes(self, host: str) -> int:
        """How often the host has been woken; read before looking for its last pending request."""
        return int((self._table.get({"host": host}) or {}).get("wakes", 0))

    def release(self, lease: Lease, *, wakes: int, ready_at: float | None) -> bool:
        """Let the host go until ``ready_at`` (None: until it is woken).

        False, and still leased, where it was woken since ``wakes`` was read; also where the lease is lost.
        """
        if ready_at is None:
            expression, values = "REMOVE #lease_until, #queued_until, #ready_at", {}
        else:
            expression, values = "SET #ready_at = :ready_at REMOVE #lease_until, #queued_until", {"ready_at": ready_at}
        unwoken = "attribute_not_exists(#wakes) OR #wakes = :wakes"
        return self._held(lease, expression, {**values, "wakes": wakes}, unwoken) is not None

    def _held(self, lease: Lease, expression: str, values: Item, further: str = "") -> Item | None:
        # A host that was let go has no ``lease_until``, though its last token is still there.
        held = "#lease_token = :token AND attribute_exists(#lease_until)"
        condition = f"{held} AND ({further})" if further else held
        values = {**values, "token": lease.token}
        return self._table.update({"host": lease.host}, expression, values, condition=condition)


def _pause(item: Item) -> PausedHost | None:
    return PausedHost(item["host"], float(item["paused_at"]), item["paused"]) if "paused" in item else None


def _rules_of(host: str) -> dict[str, str]:
    """The key of a host's rules; no host's name has a slash."""
    return {"host": f"{host}/robots.txt"}


def _lease(item: Item, rules: Item) -> Lease:
    return Lease(
        host=item["host"],
        token=item["lease_token"],
        until=item["lease_until"],
        wakes=item.get("wakes", 0),
        robots=rules.get("robots", ""),
        pace=item.get("pace", ""),
        spent=item.get("spent", ""),
        next_at=item.get("next_at", 0.0),
        forget_at=item.get("forget_at", 0.0),
    )
