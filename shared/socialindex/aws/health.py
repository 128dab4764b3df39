"""Health in DynamoDB: open and closed events, and what was counted of each source between two looks.

Partition ``open`` has the open events by what is wrong with what, ``closed`` the closed ones by the time of their
closing, ``interval#<source>`` the intervals, ``totals`` the days' counts of the last look, ``queues`` how much waited
at each look, ``removed`` channels that were removed a moment ago. Closed events, intervals and depths go after some
months (DynamoDB's time to live).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from socialindex import releases
from socialindex.aws.tables import Table
from socialindex.aws.transactions import together
from socialindex.aws.values import Value, can_be_key
from socialindex.watch.events import HealthEvent, without_words
from socialindex.watch.sources import Days, Interval

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

Depths = dict[str, tuple[int, int, int]]
"""By stage: messages that wait, that are in flight, and dead letters."""
KEPT: Final = timedelta(days=180)
"""How long closed events and intervals are kept: analytics ask which times we were blind in."""


class Health:
    """The table of health."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def open_events(self) -> list[HealthEvent]:
        """Events that are open, the oldest first."""
        items = self._table.query("#part = :part", {"part": "open"}, consistent=True)
        return sorted((_event(item["body"]) for item in items), key=lambda event: event.opened_at)

    def closed_events(self, since: datetime) -> list[HealthEvent]:
        """Events that were closed at or after a moment, in the order of their closing."""
        values = {"part": "closed", "since": since.isoformat()}
        items = self._table.query("#part = :part AND #key >= :since", values, consistent=True)
        return [_event(item["body"]) for item in items]

    def keep(self, event: HealthEvent) -> None:
        """Write an open event down."""
        self._table.put({"part": "open", "key": event.finding.subject, "body": _encoded(event)})

    def close(self, event: HealthEvent) -> None:
        """Move an event to the closed ones; done twice, it is there once."""
        closed_at = event.closed_at or event.seen_at
        key = f"{closed_at.isoformat()}#{event.id}"
        self._table.put({"part": "closed", "key": key, "body": _encoded(event), "expires": _expiry(closed_at)})
        self._table.delete({"part": "open", "key": event.finding.subject})

    def note_removal(self, channel: str, at: datetime) -> None:
        """Note that a channel is removed: its events are to lose their words. What can be no id is none's."""
        if can_be_key(("removed", channel)):
            self._table.put({"part": "removed", "key": channel, "at": at.isoformat()})

    def removals(self) -> dict[str, datetime]:
        """When channels were removed whose events may still have words, by their ids."""
        items = self._table.query("#part = :part", {"part": "removed"}, consistent=True)
        return {item["key"]: datetime.fromisoformat(item["at"]) for item in items}

    def take_words(self, channels: Collection[str]) -> None:
        """Take address, message and evidence from these channels' closed events; open ones lose them as they close."""
        for item in self._table.query("#part = :part", {"part": "closed"}, consistent=True):
            event = _event(item["body"])
            bare = msgspec.structs.replace(event, finding=without_words(event.finding))
            if event.finding.channel in channels and event != bare:
                self._table.put({**item, "body": _encoded(bare)})

    def end_removal(self, channel: str) -> None:
        """Note that nothing has a removed channel's words any more."""
        self._table.delete({"part": "removed", "key": channel})

    def totals(self) -> dict[str, Days]:
        """The counts by source and day, of the last look."""
        items = self._table.query("#part = :part", {"part": "totals"}, consistent=True)
        # Counts were kept as sums of all days once.
        return {item["key"]: releases.decode(item["body"], Days) for item in items if "body" in item}

    def keep_counts(self, source: str, days: Days, moved: Interval | None) -> None:
        """Keep a source's counts by day for the next look, with what moved since the last one; ``None`` at the first.

        Both or neither: a look that died between the two would have what moved counted once more by the next.

        Raises:
            Unavailable: the table does not answer, or another look keeps the same all the time.
        """
        together(self._totals(source, days), *([] if moved is None else [self._interval(source, moved)]))

    def _totals(self, source: str, days: Days) -> dict[str, Any]:
        key = {"part": "totals", "key": source}
        return self._table.change(key, "SET #body = :body", {"body": msgspec.json.encode(days).decode()})

    def intervals(self, source: str, since: datetime) -> list[Interval]:
        """What was counted of a source between two looks, from a moment on, in the order of time."""
        values = {"part": f"interval#{source}", "since": since.isoformat()}
        items = self._table.query("#part = :part AND #key >= :since", values, consistent=True)
        return [releases.decode(item["body"], Interval) for item in items]

    def _interval(self, source: str, interval: Interval) -> dict[str, Any]:
        key = {"part": f"interval#{source}", "key": interval.at.isoformat()}
        values: dict[str, Value] = {"body": msgspec.json.encode(interval).decode(), "expires": _expiry(interval.at)}
        return self._table.change(key, "SET #body = :body, #expires = :expires", values)

    def depths(self, since: datetime) -> Iterator[tuple[str, Depths]]:
        """How much waited in queues at each look from a moment on, in the order of time."""
        values = {"part": "queues", "since": since.isoformat()}
        for item in self._table.query("#part = :part AND #key >= :since", values, consistent=True):
            yield item["key"], releases.decode(item["body"], Depths)

    def add_depths(self, at: datetime, depths: Depths) -> None:
        """Keep how much waits in queues now."""
        body = msgspec.json.encode(depths).decode()
        self._table.put({"part": "queues", "key": at.isoformat(), "body": body, "expires": _expiry(at)})


def _event(body: str) -> HealthEvent:
    return releases.decode(body, HealthEvent)


def _encoded(event: HealthEvent) -> str:
    return msgspec.json.encode(event).decode()


def _expiry(at: datetime) -> int:
    return int((at + KEPT).timestamp())
