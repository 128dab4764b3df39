"""Alerts in DynamoDB, and what topics' watches remember: ``alert_items`` has their items."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from socialindex.aws.alert_items import (
    LOOK,
    MEMORY,
    TELL,
    KeptAlert,
    KeptWatch,
    alert_item,
    alert_of,
    key_of,
    place,
    text_of,
    watch_of,
)
from socialindex.aws.tables import Table
from socialindex.errors import Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from socialindex.alert.alert import Alert
    from socialindex.alert.model import Incident
    from socialindex.aws.values import Item
    from socialindex.deliver.event import Kind

_PAGES: Final = 10
"""Pages of 1 MB that a list is looked for in at once: some five thousand alerts."""
_TRIES: Final = 5
"""Of what a person does with an alert while it is updated."""


class Page(NamedTuple):
    """A part of a list of alerts."""

    alerts: list[Alert]
    following: str | None
    """The place behind which the list goes on; ``None`` at its end."""


class AlertsTable:
    """The table of alerts.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    # Watches

    def watches(self, topics: Iterable[str]) -> dict[str, KeptWatch]:
        """The watches of topics, of those that have one."""
        items = self._table.get_all({"topic": topic, "key": MEMORY} for topic in topics)
        return {item["topic"]: watch_of(item) for item in items}

    def keep(self, topic: str, kept: KeptWatch) -> KeptWatch:
        """Write the next version of a topic's watch.

        Raises:
            Conflict: somebody else has written meanwhile.
        """
        values: Item = {"body": text_of(kept.watch), "version": kept.version + 1}
        if kept.watch.due_at is not None:
            values |= {"work": LOOK, "work_at": kept.watch.due_at}
        key = {"topic": topic, "key": MEMORY}
        if not self._table.write_next(key, values, kept.version, drops=("work", "work_at")):
            raise Conflict("the topic's watch has been changed meanwhile")
        return KeptWatch(kept.watch, kept.version + 1)

    def due(self, now: float) -> Iterator[str]:
        """Topics that are to be looked at though nobody says anything, the longest waiting first."""
        return (item["topic"] for item in self._waiting(LOOK, now))

    def forget(self, topic: str) -> int:
        """Delete a topic's watch and alerts; how many items these were."""
        found = self._table.query("#topic = :topic", {"topic": topic}, consistent=True)
        keys: list[Mapping[str, str]] = [{"topic": topic, "key": item["key"]} for item in found]
        self._table.delete_all(keys)
        return len(keys)

    # Alerts

    def alert(self, topic: str, alert_id: str) -> KeptAlert | None:
        """A topic's alert, if there is one with this id."""
        item = self._table.get({"topic": topic, "key": alert_id})
        return alert_of(item) if item else None

    def get(self, alert_id: str) -> KeptAlert:
        """An alert, whosever it is.

        Raises:
            NotFound: there is none.
        """
        found = next(self._table.query("#id = :id", {"id": alert_id}, index="alert", limit=1), None)
        kept = self.alert(found["topic"], alert_id) if found else None
        if kept is None:
            raise NotFound("there is no such alert")
        return kept

    def save(
        self, kept: KeptAlert | None, alert: Alert, event: Kind, incident: Incident | None = None
    ) -> KeptAlert | None:
        """Write a new alert, or the next state of one; it waits to be told where its revision is new.

        Args:
            kept: what was read; ``None``: there was none.
            alert: as it is now.
            event: what this is told as.
            incident: that it says.

        Returns:
            None where somebody else has written meanwhile.
        """
        following = KeptAlert(alert, kept.version + 1 if kept else 1, kept.told if kept else 0, event, incident)
        if kept is None:
            return following if self._table.put(alert_item(following), unless="key") else None
        return following if self._replace(kept, following) else None

    def of_topic(self, topic: str) -> Iterator[KeptAlert]:
        """All alerts of a topic."""
        found = self._table.query("#topic = :topic", {"topic": topic}, consistent=True)
        return (alert_of(item) for item in found if item["key"] != MEMORY)

    def tell(self, kept: KeptAlert) -> None:
        """Note that an alert's revision is on its way to those who want to hear of it."""
        values: Item = {"told": kept.alert.revision, "seen": kept.alert.revision}
        expression, last = "SET #told = :told REMOVE #work, #work_at", "#revision = :seen"
        self._table.update(key_of(kept.alert), expression, values, condition=last)

    def all(self) -> Iterator[KeptAlert]:
        """All alerts of all topics, in no order."""
        return (alert_of(item) for item in self._table.scan() if item["key"] != MEMORY)

    def untold(self, now: float) -> Iterator[tuple[str, str]]:
        """Topics and ids of alerts that wait to be told, the longest waiting first."""
        return ((item["topic"], item["key"]) for item in self._waiting(TELL, now))

    def page(
        self,
        workspace: str,
        *,
        after: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int,
        **wanted: str,
    ) -> Page:
        """A workspace's alerts behind a place, the newest first.

        Where few of many are wanted it may hold few, or none, and not be the last.

        Args:
            workspace: its id.
            after: a place; empty for the beginning.
            since: opened at this time or later.
            until: opened before.
            limit: alerts at most.
            wanted: what they must be: ``topic``, ``state``, ``kind`` or ``severity``.
        """
        first = max(after, place(until, later=1) if until else "0")
        last = f"{place(since)}~" if since else "9~"
        condition = "#workspace = :workspace AND #listed BETWEEN :first AND :last"
        where = " AND ".join(f"#{name} = :{name}" for name in wanted)
        stopped: list[Item] = []
        found = self._table.query(
            condition,
            {"workspace": workspace, "first": first, "last": last, **wanted},
            index="workspace",
            limit=limit + 2,
            where=where,
            pages=_PAGES if where else 0,
            stopped=stopped.append,
        )
        items = list(itertools.islice((item for item in found if item["listed"] != after), limit + 1))
        last_seen = items[limit - 1 : limit] if len(items) > limit else stopped
        return Page([alert_of(item).alert for item in items[:limit]], last_seen[0]["listed"] if last_seen else None)

    # What a person does with one

    def acknowledge(self, alert_id: str, by: str, at: datetime) -> Alert:
        """Note that somebody has seen an alert; the first one counts.

        Raises:
            NotFound: there is no such alert.
            Conflict: it changes so fast that we cannot.
        """

        def seen(alert: Alert) -> Alert:
            if alert.acknowledged_at:
                return alert
            return msgspec.structs.replace(alert, acknowledged_at=at, acknowledged_by=by)

        return self.change(alert_id, seen)

    def assign(self, alert_id: str, to: str | None) -> Alert:
        """Note whose business an alert is; ``None``: nobody's.

        Raises:
            NotFound, Conflict: as ``acknowledge``.
        """
        return self.change(alert_id, lambda alert: msgspec.structs.replace(alert, assigned_to=to))

    def change(self, alert_id: str, to: Callable[[Alert], Alert]) -> Alert:
        """Change fields that are people's; nobody is told of it.

        Args:
            alert_id: its id.
            to: what becomes of it; asked again where somebody else has written meanwhile.

        Raises:
            NotFound, Conflict: as ``acknowledge``.
        """
        for _ in range(_TRIES):
            kept = self.get(alert_id)
            following = kept._replace(alert=to(kept.alert), version=kept.version + 1)
            if following.alert == kept.alert or self._replace(kept, following):
                return following.alert
        raise Conflict("the alert is changing: ask again in a moment")

    def _replace(self, kept: KeptAlert, following: KeptAlert) -> bool:
        values = alert_item(following)
        key = {name: values.pop(name) for name in ("topic", "key")}
        values.pop("told")  # another run may have told of the revision before this one
        if following.alert.revision == kept.alert.revision:  # and of this one since it was read: it waits if it did
            values = {name: value for name, value in values.items() if name not in {"work", "work_at"}}
        return self._table.write_next(key, values, kept.version)

    def _waiting(self, work: str, now: float) -> Iterator[Item]:
        return self._table.query("#work = :work AND #work_at <= :now", {"work": work, "now": now}, index="due")
