"""A topic as the engine stores it, in the index that new posts are held against (``engine.TOPICS``)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from socialindex.query import COMPILER

if TYPE_CHECKING:
    from socialindex.topics.topic import Topic

SHARDS: Final = 1 << 16
"""Numbers that topics are spread over, so that a bad one among them is found by halving."""


def stored(topic: Topic) -> dict[str, Any]:
    """The document of a topic; its id is the topic's. The names of the dictionary must be in use (``query.names``).

    Raises:
        InvalidQuery: its query cannot be read.
    """
    known = {
        "id": topic.id,
        "workspace": topic.workspace,
        "revision": topic.revision,
        "compiler": COMPILER,
        "shard": shard(topic.id),
        "since": topic.since.isoformat(),
        "q": topic.watched.q,
    }
    return {"query": topic.watched.compiled(), "topic": known}


def shard(topic_id: str) -> int:
    """A topic's number among ``SHARDS``; the same wherever it is reckoned."""
    return int.from_bytes(hashlib.sha256(topic_id.encode()).digest()[:2])
