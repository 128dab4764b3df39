"""Mending: what the engine has of topics is compared with what is kept, and made the same.

The engine's data may be lost, or be older than the table after a restore; or an earlier release has compiled a query,
and made something else of it. Every difference is looked at twice, since the two cannot be read at one and the same
time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_lambda_powertools import Logger

from socialindex.errors import Conflict
from socialindex.topics.changing import Pair, lost, stored_anew

if TYPE_CHECKING:
    from socialindex.aws.topics import Kept, TopicsTable
    from socialindex.topics.documents import Document, Documents
    from socialindex.topics.topic import Topic

logger = Logger(child=True)


class Mending:
    """Compares and mends.

    Raises (every method):
        Unavailable: a part does not answer.
    """

    def __init__(self, table: TopicsTable, documents: Documents) -> None:
        self._table = table
        self._documents = documents

    def mend(self) -> dict[str, int]:
        """Have lost topics taken in anew, and remove those that should not be there; how many of each."""
        there = {document.id: document for document in self._documents.all()}
        running = {kept.topic.id: kept.topic for kept in self._table.all() if _is_taken_in(kept)}
        taken_in = sum(self._take_in(name) for name, topic in running.items() if not _is_there(topic, there.get(name)))
        removed = sum(self._remove(name) for name in there.keys() - running.keys())
        if taken_in or removed:
            logger.warning("topics of the engine were mended", extra={"taken_in": taken_in, "removed": removed})
        return {"taken_in": taken_in, "removed": removed}

    def _take_in(self, topic_id: str) -> bool:
        """Have the stage take a topic in, if it is still missing."""
        kept, found = self._table.find(topic_id), self._documents.find(topic_id)
        if kept is None or not _is_taken_in(kept) or _is_there(kept.topic, found):
            return False
        change = stored_anew if found and found.is_of(kept.topic) else lost
        pair = change(Pair(kept.topic, kept.job))
        try:
            self._table.save(kept, pair.topic, pair.job)
        except Conflict:
            return False  # somebody works at it
        return True

    def _remove(self, topic_id: str) -> bool:
        """Remove a topic from the engine, if it should still not be there."""
        kept = self._table.find(topic_id)
        if kept and kept.topic.state == "active":
            return False
        try:
            self._documents.remove(topic_id, kept.version if kept else _ANY)
        except Conflict:
            return False
        return True


_ANY: Final = 1 << 62
"""Newer than any version: the topic is no more."""


def _is_there(topic: Topic, document: Document | None) -> bool:
    return document is not None and document.is_of(topic) and document.is_compiled


def _is_taken_in(kept: Kept) -> bool:
    """Whether the engine must have a topic by now."""
    return kept.topic.state == "active" and kept.topic.synced == kept.topic.revision
