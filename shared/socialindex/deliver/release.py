"""The end of quiet hours: what was held is told, and of each alert only the last word.

What of an alert was sent meanwhile, since a crisis may pass, or after the end of quiet hours, outruns what was held
before. Alerts that closed meanwhile come in one summary, or in several where they are many. Its id follows from the
destination, the end of its quiet hours and its number, so that a release that breaks off is gone on with by the next
one, and nothing is told twice.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import msgspec
from aws_lambda_powertools import Logger

from socialindex.deliver.delivery import Delivery, delivery_id, finished
from socialindex.deliver.event import Event, event_id
from socialindex.deliver.schedule import DAY
from socialindex.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from socialindex.aws.deliveries import Kept
    from socialindex.deliver.delivery import Level, State

logger = Logger(child=True)

SUMMED: Final = 30
"""Alerts of one summary: a chat's message holds some forty lines, and a table's item some four hundred alerts."""
_LARGE: Final = 5
"""From so many alerts on, a summary leaves out what would make it long."""
_LONG: Final[dict[str, Any]] = {"evidence": [], "terms": [], "spreaders": []}


class Told(Protocol):
    """What was told: ``aws.deliveries.DeliveriesTable``."""

    def find(self, workspace: str, delivery: str) -> Kept | None:
        """A delivery, if there is one with this id."""

    def level(self, destination: str, alert: str) -> Level:
        """What a destination knows of an alert."""


class Deliveries(Told, Protocol):
    """Where deliveries are kept: ``aws.deliveries.DeliveriesTable``."""

    def add(self, delivery: Delivery) -> bool:
        """Keep a new delivery; False where there is one with its id."""

    def save(self, kept: Kept, delivery: Delivery) -> Kept:
        """Its next version; raises ``Conflict`` where it is not the next."""


class _Story(NamedTuple):
    """What was held of one thing, the oldest first."""

    held: list[Kept]

    @property
    def last(self) -> Kept:
        return self.held[-1]

    @property
    def is_wanted(self) -> bool:
        return any(one.delivery.wanted for one in self.held)

    @property
    def is_over(self) -> bool:
        """An alert that began and ended meanwhile. Of one that only ended, the end is told as it is.

        The last word may be an update: an article about what is over.
        """
        kinds = {one.delivery.event.kind for one in self.held}
        return self.last.delivery.event.data.get("state") == "closed" and {"alert.opened", "alert.closed"} <= kinds


def release(table: Deliveries, held: Sequence[Kept], now: datetime) -> list[Delivery]:
    """Tell what one destination's quiet hours have held; the deliveries that are to be sent now.

    What somebody has asked for by hand is told by itself, whatever else is.

    Raises:
        Unavailable: the table does not answer.
    """
    asked = [one for one in held if one.delivery.is_asked_for]
    ready = [told for one in asked for told in _tell(table, _Story([one]), now)]
    stories = []
    for story in _stories(one for one in held if not one.delivery.is_asked_for):
        sent = last_sent(table, story.last.delivery) if story.is_wanted else None
        left = [one for one in story.held if sent is None or revision_of(one.delivery) >= revision_of(sent)]
        if sent:
            _end(table, [one for one in story.held if one not in left], now, "merged", sent.id)
        if left:
            stories.append(_Story(left))
    return [*ready, *(_released(table, stories, now) if stories else [])]


def _released(table: Deliveries, stories: Sequence[_Story], now: datetime) -> list[Delivery]:
    summaries, ready = _summaries(table, stories, now)
    told_in = {str(alert["id"]): one.id for one in summaries for alert in one.event.data["alerts"]}
    for story in stories:
        if summary := told_in.get(story.last.delivery.merit):
            _end(table, story.held, now, "merged", summary)
        elif story.is_wanted:
            ready += _tell(table, story, now)
        else:
            _end(table, story.held, now, "cancelled")
    return ready


def _stories(held: Iterable[Kept]) -> list[_Story]:
    found: defaultdict[str, list[Kept]] = defaultdict(list)
    for one in sorted(held, key=lambda one: (one.delivery.event.at, one.delivery.id)):
        found[one.delivery.merit].append(one)
    return list(map(_Story, found.values()))


def last_sent(table: Told, delivery: Delivery) -> Delivery | None:
    """The last delivery that told its destination, without being held, of the alert that one is about.

    Raises:
        Unavailable: the table does not answer.
    """
    if delivery.event.data.get("revision") is None:
        return None  # it is about no alert
    sent = table.level(delivery.destination, delivery.merit).sent
    known = table.find(delivery.workspace, sent) if sent else None
    return known.delivery if known else None


def revision_of(delivery: Delivery) -> int:
    """Of the alert that a delivery is about; 0 where it is about none."""
    return int(delivery.event.data.get("revision", 0))


def _tell(table: Deliveries, story: _Story, now: datetime) -> list[Delivery]:
    """Send the last word, once it is noted that it tells the earlier ones."""
    last = story.last.delivery
    until = last.until if last.tries else now + DAY  # one that was tried goes on with what it had left
    waiting = msgspec.structs.replace(last, state="waiting", next_at=now, until=until)
    _end(table, story.held[:-1], now, "merged", waiting.id)
    try:
        return [table.save(story.last, waiting).delivery]
    except Conflict:
        return []  # somebody else releases it


def _summaries(table: Deliveries, stories: Sequence[_Story], now: datetime) -> tuple[list[Delivery], list[Delivery]]:
    """The summaries of alerts that are over, and those of them that are new.

    What was made before stays as it was, whatever is held still: the first number that is free is that of the next.
    """
    over = [story for story in stories if story.is_over and story.is_wanted]
    found: list[Delivery] = []
    new: list[Delivery] = []
    while True:
        made = _made(over[:SUMMED], stories[0].last.delivery, len(found), now)
        known = table.find(made.workspace, made.id)
        if known is None and not over:
            return found, new
        if known is None and not table.add(made):
            continue  # somebody else has just made it
        new += [] if known else [made]
        found.append(known.delivery if known else made)
        told = {str(alert["id"]) for alert in found[-1].event.data["alerts"]}
        over = [story for story in over if story.last.delivery.merit not in told]


def _made(over: Sequence[_Story], example: Delivery, number: int, now: datetime) -> Delivery:
    ended = example.next_at.astimezone(UTC)
    alerts = [story.last.delivery.event.data for story in over]
    if len(alerts) >= _LARGE:
        alerts = [{**alert, **_LONG} for alert in alerts]
    version = f"{ended.isoformat()} {number}" if number else ended.isoformat()
    event = Event(
        id=event_id("alert.summary", example.destination, version),
        kind="alert.summary",
        workspace=example.workspace,
        at=ended,
        data={"quiet_until": ended.isoformat(), "alerts": alerts},
    )
    return Delivery(
        workspace=example.workspace,
        id=delivery_id(event.id, example.destination),
        destination=example.destination,
        event=event,
        created_at=now,
        next_at=now,
        until=now + DAY,
    )


def _end(table: Deliveries, held: Iterable[Kept], now: datetime, state: State, told_in: str | None = None) -> None:
    for one in held:
        try:
            table.save(one, finished(one.delivery, state, now, told_in=told_in))
        except Conflict:
            logger.info("a held delivery went on without us", extra={"delivery": one.delivery.id})
