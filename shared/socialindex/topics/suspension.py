"""Topics that the engine cannot bear: taken out at once, so that one of them does not hold up all others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from aws_lambda_powertools import Logger

from socialindex.errors import Conflict, NotFound
from socialindex.messages import encode
from socialindex.topics.changing import Pair, stopped
from socialindex.topics.job import Wake

if TYPE_CHECKING:
    from socialindex.aws.queues import Queue
    from socialindex.aws.topics import Kept, TopicsTable
    from socialindex.topics.documents import Documents

logger = Logger(child=True)

_TRIES: Final = 5


class Suspension:
    """Suspends topics; for the stages that hold posts against them.

    Args:
        table: where topics are kept.
        documents: those of the engine.
        queue: the topics stage's, which tells the topic's owner.
    """

    def __init__(self, table: TopicsTable, documents: Documents, queue: Queue) -> None:
        self._table = table
        self._documents = documents
        self._queue = queue

    def suspend(self, topic_id: str, why: str) -> bool:
        """Suspend a topic; doing it again does no harm.

        Args:
            topic_id: whose.
            why: for its owner, a sentence that says what to change.

        Returns:
            Whether it ran: one that is paused, deleted or suspended already is left as it is, and out of the engine.

        Raises:
            Conflict: it changes so fast that we cannot.
            Unavailable: a part does not answer.
        """
        for _ in range(_TRIES):
            try:
                kept = self._table.get(topic_id)
            except NotFound:
                return False
            if kept.topic.state != "active":
                self._documents.remove(topic_id, kept.version)
                return False
            try:
                suspended = suspended_now(self._table, kept, why)
            except Conflict:
                continue
            self._documents.remove(topic_id, suspended.version)
            self._queue.send_all([encode(Wake(id=topic_id))])
            return True
        raise Conflict("the topic is changing all the time")


def suspended_now(table: TopicsTable, kept: Kept, why: str) -> Kept:
    """Write down that a topic is suspended.

    Raises:
        Conflict: somebody else has written meanwhile.
    """
    pair = stopped(Pair(kept.topic, kept.job), "suspended", datetime.now(tz=UTC), why)
    logger.warning("a topic is suspended", extra={"topic": kept.topic.id})
    return table.save(kept, pair.topic, pair.job)
