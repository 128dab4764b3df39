"""Stand-ins in memory for what a crawler keeps outside: hosts, frontier, channels, archive, queues, counts.

They keep the contracts of ``socialindex.aws`` as far as crawling needs them, at next to no cost.
"""

from __future__ import annotations

import itertools
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from socialindex.aws.channels import ChannelState
from socialindex.aws.frontier import PRIORITIES, in_turn, left_by_each, shared_out
from socialindex.aws.hosts import Lease

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from socialindex.aws.frontier import Pending
    from socialindex.messages import Tagged
    from socialindex.outcomes import Count
    from socialindex.sources.base import Channel


class MemoryHosts:
    """Leases without rivals, and when hosts have work.

    Args:
        clock: gives the Unix time.
        ready: hosts with the time from which they have work.
    """

    def __init__(self, clock: Callable[[], float] = time.time, ready: dict[str, float] | None = None) -> None:
        self._clock = clock
        self._ready = ready or {}
        self._queued: dict[str, float] = {}
        self._leases: dict[str, Lease] = {}
        self._kept: dict[str, dict[str, Any]] = defaultdict(dict)
        self._wakes: Counter[str] = Counter()

    def wake(self, host: str, at: float) -> None:
        """Note that a host has work."""
        self._wakes[host] += 1
        self._ready[host] = min(at, self._ready.get(host, at))

    def ready(self, now: float) -> list[str]:
        """Hosts that are due and free."""
        busy = {host for host, lease in self._leases.items() if lease.until > now}
        return [host for host, at in self._ready.items() if at <= now and host not in busy]

    def queue(self, host: str, now: float, until: float) -> bool:
        """Mark a host."""
        if self._queued.get(host, 0.0) > now:
            return False
        self._queued[host] = until
        return True

    def lease(self, host: str, seconds: float) -> Lease:
        """Give a host out; nobody else asks."""
        self._leases[host] = Lease(host=host, token=1, until=self._clock() + seconds, **self._kept[host])
        return self._leases[host]

    def extend(self, lease: Lease, seconds: float, *, spent: str) -> float:
        """Take a heartbeat."""
        del spent
        return self.lease(lease.host, seconds).forget_at

    def learn(self, lease: Lease, **kept: Any) -> bool:  # noqa: ANN401 - whatever is learned
        """Keep what was learned."""
        self._kept[lease.host] = kept
        return True

    def wakes(self, host: str) -> int:
        """How often a host was woken."""
        return self._wakes[host]

    def release(self, lease: Lease, *, wakes: int, ready_at: float | None) -> bool:
        """Take a host back, unless it was woken meanwhile."""
        if wakes != self._wakes[lease.host]:
            return False
        self._leases.pop(lease.host, None)
        self._queued.pop(lease.host, None)
        self._ready.pop(lease.host, None)
        if ready_at is not None:
            self._ready[lease.host] = ready_at
        return True


class MemoryFrontier:
    """Requests that wait, by host and priority, in the order in which they came."""

    def __init__(self) -> None:
        self._waiting: dict[str, dict[str, Pending]] = defaultdict(dict)

    def put(self, pending: Pending) -> bool:
        """Add a request; False where it waits already."""
        waiting, name = self._waiting[pending.host], pending.id
        if name in waiting:
            return False
        waiting[name] = pending
        return True

    def put_all(self, waiting: Sequence[Pending]) -> list[bool]:
        """Add many."""
        return [self.put(pending) for pending in waiting]

    def due(self, host: str, now: float, limit: int) -> list[Pending]:
        """The most urgent first, channels in turn within a priority."""
        due = [pending for pending in self._waiting[host].values() if pending.not_before <= now]
        groups = ((pending for pending in due if pending.request.priority == priority) for priority in PRIORITIES)
        waiting = [in_turn(itertools.islice(group, limit)) for group in groups]
        return shared_out(waiting, left_by_each(limit, 0.0), limit)

    def next_at(self, host: str) -> float | None:
        """When the first is due."""
        return min((pending.not_before for pending in self._waiting[host].values()), default=None)

    def postpone(self, pending: Pending, not_before: float, *, failed: bool = True) -> None:
        """Let a request wait."""
        later = msgspec.structs.replace(pending, not_before=not_before, attempts=pending.attempts + failed)
        self._waiting[pending.host][pending.id] = later

    def remove(self, done: Iterable[Pending]) -> None:
        """Remove what is settled."""
        for pending in done:
            self._waiting[pending.host].pop(pending.id, None)


class MemoryChannels:
    """Channels, and of what happens to them the cursor."""

    def __init__(self, channels: Iterable[Channel]) -> None:
        self._states = {channel.id: ChannelState(channel=channel, poll_at=0.0) for channel in channels}

    def get(self, channel_id: str) -> ChannelState | None:
        """A channel by its id."""
        return self._states.get(channel_id)

    def succeeded(self, channel_id: str, at: datetime, *_: object, **__: object) -> None:
        """Note a poll."""
        self._states[channel_id] = msgspec.structs.replace(self._states[channel_id], last_success_at=at)

    def move(self, channel_id: str, cursor: dict[str, str]) -> None:
        """Set the cursor."""
        state = self._states[channel_id]
        channel = msgspec.structs.replace(state.channel, cursor=cursor)
        self._states[channel_id] = msgspec.structs.replace(state, channel=channel)


class MemoryArchive:
    """Objects, of which only bytes are counted."""

    def __init__(self) -> None:
        self.bytes = 0

    def store(self, data: bytes) -> str:
        """Count an object."""
        self.bytes += len(data)
        return f"raw/{self.bytes}.warc.gz"


class MemoryQueue:
    """Messages that wait."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def send_all(self, bodies: Iterable[str]) -> int:
        """Take messages; how many wait."""
        self.messages += bodies
        return len(self.messages)

    def send_tagged(self, messages: Iterable[Tagged]) -> int:
        """Take messages; how many wait."""
        return self.send_all(message.body for message in messages)

    def put(self, body: str, *, reason: str) -> None:
        """Take a dead letter."""
        self.messages.append(f"{reason}: {body}")


class MemoryOutcomes:
    """Counts, added up."""

    def __init__(self) -> None:
        self.counts: Counter[Count] = Counter()

    def add(self, counts: Counter[Count]) -> None:
        """Add counts."""
        self.counts += counts


class NoChannels:
    """No channels at all."""

    def due(self, now: float) -> Iterator[ChannelState]:
        """None."""
        del now
        return iter(())


LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
"""When the channels of a benchmark were added."""
