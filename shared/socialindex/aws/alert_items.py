"""Alerts and topics' watches as items of their table.

<topic>  memory    a topic's watch: body, version; work, work_at of its next look where one is due without news
<topic>  al_...    an alert: body, incident, version, told (the revision that was); work, work_at until that is the last
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from socialindex import releases
from socialindex.alert.alert import Alert
from socialindex.alert.model import Incident
from socialindex.alert.watch import Watch

if TYPE_CHECKING:
    from socialindex.aws.values import Item
    from socialindex.deliver.event import Kind

MEMORY: Final = "memory"
LOOK: Final = "look"
"""What is to be done for a watch: look at its topic."""
TELL: Final = "tell"
"""What is to be done for an alert."""
_LAST_MS: Final = 9_999_999_999_999


class KeptWatch(NamedTuple):
    """A watch with the version of its item; 0: there is none yet."""

    watch: Watch
    version: int


class KeptAlert(NamedTuple):
    """An alert with the version of its item."""

    alert: Alert
    version: int
    told: int
    """The last revision that was told."""
    event: Kind
    """What the last revision is told as."""
    incident: Incident | None = None
    """That it says."""

    @property
    def is_told(self) -> bool:
        """Whether its last revision is on its way to those who want to hear of it."""
        return self.told >= self.alert.revision


def alert_item(kept: KeptAlert) -> Item:
    """An alert's item."""
    alert = kept.alert
    item: Item = {
        **key_of(alert),
        "id": alert.id,
        "workspace": alert.workspace,
        "listed": f"{place(alert.opened_at)}-{alert.id}",
        "state": alert.state,
        "kind": alert.kind,
        "severity": alert.severity,
        "revision": alert.revision,
        "version": kept.version,
        "told": kept.told,
        "event": kept.event,
        "body": text_of(alert),
    }
    if kept.incident is not None:
        item["incident"] = text_of(kept.incident)
    return item if kept.is_told else {**item, "work": TELL, "work_at": alert.updated_at.timestamp()}


def key_of(alert: Alert) -> dict[str, str]:
    """Of an alert's item."""
    return {"topic": alert.topic, "key": alert.id}


def watch_of(item: Item) -> KeptWatch:
    """The watch of an item."""
    return KeptWatch(releases.decode(item["body"], Watch), item["version"])


def alert_of(item: Item) -> KeptAlert:
    """The alert of an item."""
    incident = releases.decode(item["incident"], Incident) if "incident" in item else None
    alert = releases.decode(item["body"], Alert)
    return KeptAlert(alert, item["version"], item["told"], item["event"], incident)


def text_of(body: Watch | Alert | Incident) -> str:
    """A part of an item, as JSON."""
    return msgspec.json.encode(body).decode()


def place(opened_at: datetime, later: int = 0) -> str:
    """Where alerts that were opened at a time are in a list, the newest first; or so many milliseconds behind."""
    since = round((opened_at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)
    return f"{_LAST_MS - since + later:013d}"
