"""Targets that are about to be missed: whoever is to answer is told, once, while there is still time."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from socialindex.engine import MENTIONS
from socialindex.errors import Conflict, NotFound
from socialindex.mentions.model import mention_id
from socialindex.mentions.telling import NEEDED, Telling, event, in_order
from socialindex.messages import encode
from socialindex.search.lookup import look_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from opensearchpy import OpenSearch

    from socialindex.aws.topics import TopicsTable
    from socialindex.aws.work import WorkTable
    from socialindex.mentions.desk import Messages
    from socialindex.mentions.work import Work
    from socialindex.topics.topic import Topic

MOST: Final = 1_000
"""Mentions of one run, which is to be over within its minute."""
_LOOKED_AT: Final = 50_000
"""Mentions that are due, of which these are taken."""
_NEEDED: Final = [*NEEDED, "text"]


class _Group(NamedTuple):
    """Mentions of which one event tells."""

    topic: str
    assignee: str
    warning: str


class Due:
    """Warns of targets. A run that broke off is gone on with by the next: a warning has its name before it is sent.

    Args:
        engine: what mentions say.
        table: what people did with them.
        topics: what they are mentions of.
        queue: DeliverQueue.
    """

    def __init__(self, engine: OpenSearch, table: WorkTable, topics: TopicsTable, queue: Messages) -> None:
        self._engine = engine
        self._table = table
        self._topics = topics
        self._queue = queue

    def run(self) -> int:
        """Warn of what is due now; of how many mentions.

        Raises:
            Unavailable: a part does not answer; nothing is lost, and nothing told twice.
        """
        now = datetime.now(tz=UTC)
        due = in_turns(self._table.due(time.time(), _LOOKED_AT), MOST)
        works = self._table.of(due).values()
        named = [kept for work in works if work.is_waiting if (kept := self._named(work, now))]
        told = 0
        for group, some in groupby(sorted(named, key=_group), key=_group):
            told += self._warn(group, list(some), now)
        return told

    def _named(self, work: Work, now: datetime) -> Work | None:
        """The work with the name of its warning; None where somebody else is at it: the next run looks again."""
        if work.warning:
            return work
        return self._kept(msgspec.structs.replace(work, warning=f"{now.isoformat()} {work.assignee}"))

    def _kept(self, work: Work) -> Work | None:
        try:
            return self._table.save(work)
        except Conflict:
            return None

    def _warn(self, group: _Group, works: Sequence[Work], now: datetime) -> int:
        topic = self._topic(group.topic)
        items = self._items(works) if topic else {}
        told = in_order(Telling(items[work.post], work) for work in works if work.post in items)
        if topic and told:
            self._queue.send_all([encode(event("mention.due", topic, told, group.warning, now))])
        for work in works:
            self._kept(msgspec.structs.replace(work, warned=True))
        return len(told)

    def _topic(self, topic: str) -> Topic | None:
        """The topic, while it is watched."""
        try:
            found = self._topics.get(topic).topic
        except NotFound:
            return None
        return None if found.state == "deleting" else found

    def _items(self, works: Iterable[Work]) -> dict[str, dict[str, object]]:
        """Mentions by their posts, those that are still some."""
        ids = [mention_id(work.topic, work.post) for work in works]
        query = {"bool": {"filter": [{"ids": {"values": ids}}], "must_not": [{"exists": {"field": "mention.gone"}}]}}
        body = {"query": query, "size": len(ids), "_source": _NEEDED}
        hits = look_up(self._engine, body, MENTIONS)["hits"]["hits"]
        return {hit["_source"]["id"]: hit["_source"] for hit in hits}


def in_turns(due: Iterable[tuple[str, str]], most: int) -> list[tuple[str, str]]:
    """So many of what is due, of each topic the longest waiting: one with thousands keeps no other waiting.

    Args:
        due: topics and posts, the longest waiting first.
        most: how many to take.
    """
    taken: Counter[str] = Counter()
    turns: list[tuple[int, tuple[str, str]]] = []
    for pair in due:
        turns.append((taken[pair[0]], pair))
        taken[pair[0]] += 1
    return [pair for _, pair in sorted(turns, key=lambda turn: turn[0])[:most]]


def _group(work: Work) -> _Group:
    return _Group(work.topic, work.assignee or "", work.warning or "")
