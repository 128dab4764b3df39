"""The deletion of a topic: out of the engine, its mentions, what other stores have of it, and itself.

What was held against it just before may still become mentions: they are deleted once more, some minutes later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from socialindex.engine import MENTIONS, answering

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opensearchpy import OpenSearch

    from socialindex.topics.documents import Documents
    from socialindex.topics.hold import Hold
    from socialindex.topics.topic import Topic

_PAGE: Final = 5_000
"""Mentions of one request to delete."""


Store = Callable[[str], object]
"""Deletes all that is kept of a topic somewhere, such as people's work; done the second time it does no harm."""
_WHERE_THEY_ARE: Final = {"ignore_unavailable": "true", "allow_no_indices": "true"}


class Removal:
    """One invocation's share of a deletion."""

    def __init__(
        self, hold: Hold, engine: OpenSearch, documents: Documents, stores: Sequence[Store], settle: float
    ) -> None:
        self._hold = hold
        self._engine = engine
        self._documents = documents
        self._stores = stores
        self._settle = settle

    def is_over(self) -> bool:
        """Delete on, to the end or until the time is up; whether nothing is left but the topic's own item.

        Raises:
            Conflict: the topic is ours no longer.
            Unavailable: a part does not answer.
        """
        topic = self._hold.topic
        self._documents.remove(topic.id, self._hold.version)
        for forget in self._stores:  # before the mentions, of which the last word on an alert may still tell
            forget(topic.id)
        if not self._deleted_mentions(topic):
            self._hold.rest()
        elif self._hold.job.step != "done":
            self._hold.rest(self._settle, step="done", attempts=0)
        else:
            return True
        return False

    def _deleted_mentions(self, topic: Topic) -> bool:
        with answering():
            self._engine.indices.refresh(index=MENTIONS, params=_WHERE_THEY_ARE)
        while not self._hold.time_is_up:
            if self._delete_some(topic) == 0:
                return True
            self._hold.keep()
        return False

    def _delete_some(self, topic: Topic) -> int:
        params: dict[str, Any] = {"conflicts": "proceed", "refresh": "true", "max_docs": _PAGE, **_WHERE_THEY_ARE}
        body = {"query": {"term": {"mention.topic": topic.id}}}
        with answering():
            answer = self._engine.delete_by_query(index=MENTIONS, body=body, params=params)
        return int(answer["deleted"]) + int(answer["version_conflicts"])
