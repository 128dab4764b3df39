"""The topics stage: TopicsQueue -> the engine follows the table of topics; posts that were there before -> mentions.

As with exports, what is to be done stands in a topic's item, and a message only says that it is worth a look. A large
backfill takes many invocations: each works for some minutes and lets go, and a schedule wakes those that somebody
should go on with.
"""

from __future__ import annotations

import itertools
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aws_lambda_powertools import Logger

from socialindex.batch import Batch, BatchAnswer, DeadLetters
from socialindex.deliver.event import Event, event_id
from socialindex.errors import Conflict, InvalidQuery, NotFound, ParseError, Unavailable
from socialindex.lease import wait
from socialindex.messages import decode, encode
from socialindex.outcomes import OutcomeStore, Tally
from socialindex.topics.backfill import SETTLE, Backfill, Mentions
from socialindex.topics.changing import Pair, stopped
from socialindex.topics.hold import hold
from socialindex.topics.job import Wake
from socialindex.topics.removal import Removal, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from opensearchpy import OpenSearch

    from socialindex.aws.queues import Queue
    from socialindex.aws.topics import TopicsTable
    from socialindex.topics.documents import Documents
    from socialindex.topics.hold import Hold
    from socialindex.topics.topic import Topic

logger = Logger(child=True)

STAGE: Final = "topics"
MAX_ATTEMPTS: Final = 5
"""Times that work at a topic may end without getting on, outages aside."""
RESERVE: Final = 60.0
"""Seconds that an invocation keeps for a page, its mentions and a write."""
MOST_WOKEN: Final = 500
"""Topics that one sweep wakes: more than can be worked at in a minute would only wait in the queue twice."""
_LONG_PAUSE: Final = 3600.0
"""Seconds until one that does not get on is tried again."""


class Queues(NamedTuple):
    """The stage's own queue, where its quarantined messages go, and who tells people of what happened."""

    own: Queue
    dead_letters: DeadLetters
    deliver: Queue


class Ways(NamedTuple):
    """Where topics, posts and mentions are."""

    engine: OpenSearch
    documents: Documents
    mentions: Mentions
    stores: Sequence[Store] = ()
    """What else has things of topics: emptied when a topic is deleted."""
    settle: float = SETTLE


class Topics:
    """Works at topics; being told of one twice changes nothing."""

    def __init__(self, table: TopicsTable, ways: Ways, queues: Queues, outcomes: OutcomeStore) -> None:
        self._table = table
        self._ways = ways
        self._queues = queues
        self._outcomes = outcomes

    def sweep(self) -> int:
        """Wake those that somebody should go on with; how many.

        Raises:
            Unavailable: table or queue do not answer.
        """
        due = itertools.islice(self._table.due(time.time()), MOST_WOKEN)
        return self._queues.own.send_all(encode(Wake(id=one)) for one in due)

    def handle(self, event: dict[str, Any], left: Callable[[], float]) -> BatchAnswer:
        """Work at the topics that an SQS event names, with so many seconds left."""
        tally = Tally(STAGE)
        batch = Batch(event, self._queues.dead_letters, tally, swept=True)
        batch.each(lambda body: self._work(decode(body, Wake), left() - RESERVE))
        self._outcomes.add(tally.take())
        return batch.answer()

    def _work(self, wake: Wake, seconds: float) -> None:
        try:
            held = hold(self._table, wake.id, seconds)
        except NotFound:
            return  # deleted
        if held is None:
            return
        try:
            self._step(held)
        except Conflict:
            logger.info("a topic went on without us", extra={"topic": wake.id})
        except Unavailable as outage:
            wait(held, outage)

    def _step(self, held: Hold) -> None:
        if held.job.attempts > MAX_ATTEMPTS:
            held.rest(_LONG_PAUSE, attempts=0)
            raise ParseError(f"work at {held.topic.id} has ended {MAX_ATTEMPTS} times without getting on")
        match held.topic.state:
            case "active":
                self._follow(held)
            case "deleting":
                ways = self._ways
                if Removal(held, ways.engine, ways.documents, ways.stores, ways.settle).is_over():
                    self._queues.deliver.send_all([encode(_deleted(held.topic))])  # first: gone, nobody would tell it
                    self._table.remove(held.topic)
            case "paused" | "suspended":
                self._hide(held)

    def _follow(self, held: Hold) -> None:
        """Let the engine hold posts against an active topic, and look through those that are there."""
        try:
            if held.topic.synced != held.topic.revision:
                self._ways.documents.put(held.topic, held.version)
                held.keep(synced_at=datetime.now(tz=UTC), topic={"synced": held.topic.revision})
            Backfill(held, self._ways.engine, self._ways.mentions, self._ways.settle).go()
        except InvalidQuery as error:
            self._suspend(held, f"{error} {error.remedy}".strip())

    def _suspend(self, held: Hold, why: str) -> None:
        """Suspend a topic whose query the engine refuses."""
        held.become(*stopped(Pair(held.topic, held.job), "suspended", datetime.now(tz=UTC), why))
        self._hide(held)

    def _hide(self, held: Hold) -> None:
        """Take a topic out of the engine; the owner of a suspended one is told."""
        self._ways.documents.remove(held.topic.id, held.version)
        if held.topic.state == "suspended" and not held.job.told:
            self._queues.deliver.send_all([encode(_suspended(held.topic))])
        held.rest(hide=False, told=True)


def _deleted(topic: Topic) -> Event:
    return Event(
        id=event_id("topic.deleted", topic.id),
        kind="topic.deleted",
        workspace=topic.workspace,
        topic=topic.id,
        at=datetime.now(tz=UTC),
    )


def _suspended(topic: Topic) -> Event:
    return Event(
        id=event_id("topic.suspended", topic.id, f"{topic.revision} {topic.changed_at.isoformat()}"),
        kind="topic.suspended",
        workspace=topic.workspace,
        topic=topic.id,
        at=topic.changed_at,
        data={"id": topic.id, "name": topic.name, "q": topic.watched.q[:10_000], "trouble": topic.trouble},
    )
