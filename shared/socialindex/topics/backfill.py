"""The backfill of a topic: posts that were there before become mentions, and what a changed query lost goes.

Posts are looked through at once, the newest first. Those that arrive in these minutes are a matter of their own: a post
that was held against the topics just before the engine had this one, and that searches saw just after we looked, is
seen by neither. So some minutes later we look once more, at what came or changed since we began.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from socialindex.mentions.byposts import Update, refresh, where, write_all
from socialindex.mentions.merge import going
from socialindex.topics.looking import Span, floor_of, page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opensearchpy import OpenSearch

    from socialindex.topics.hold import Hold
    from socialindex.topics.looking import Hit
    from socialindex.topics.topic import Topic

SETTLE: Final = 180.0
"""Seconds after which a post that was on its way when the engine took the topic in has come: the index stage's time,
and a second try."""
_OVERLAP: Final = timedelta(minutes=15)
"""How late a search may see what was written, and a topic be asked about it: the index's refresh interval, the index
stage's time with a second try, and by how much clocks may differ."""


class Mentions(Protocol):
    """Writes mentions."""

    def write(self, topic: Topic, hits: Sequence[Hit]) -> None:
        """Make posts mentions of a topic, or what they are already; raises ``Unavailable`` where not all could be."""


class Backfill:
    """One invocation's share of a backfill; what it had not written down is looked through again by the next one."""

    def __init__(self, hold: Hold, engine: OpenSearch, mentions: Mentions, settle: float = SETTLE) -> None:
        self._hold = hold
        self._engine = engine
        self._mentions = mentions
        self._settle = settle

    def go(self) -> None:
        """Go on, to the end or until the time is up.

        Raises:
            Conflict: the topic is ours no longer.
            InvalidQuery: its query cannot be read any more.
            Unavailable: a part does not answer.
        """
        if self._hold.job.step == "looking" and not self._looked():
            return
        if self._hold.job.step == "catching_up" and not self._caught_up():
            return
        if self._hold.job.step == "withdrawing" and not self._withdrew():
            return
        self._hold.rest(step="done", topic={"backfill_done": True})

    def _looked(self) -> bool:
        """Whether all that was there has been looked through."""
        if self._hold.job.began_at is None:
            now = datetime.now(tz=UTC)
            self._hold.keep(began_at=now, floor=self._floor())
        floor, arrived = self._floor(), self._hold.job.arrived_since
        # What was on its way when the topic stopped was held against it no more, and has an earlier time.
        since = arrived and arrived - _OVERLAP
        if not self._went_through(Span(floor, since, self._hold.job.met_since), tells=arrived is None):
            return False
        self._hold.keep(step="catching_up", after=[], topic={} if arrived else {"backfilled_until": floor})
        return True

    def _caught_up(self) -> bool:
        """Whether what came meanwhile has been looked through too; not before it is there."""
        wait = self._waits()
        if wait > 0:
            self._hold.rest(wait)
            return False
        began = self._hold.job.began_at or self._floor()
        if not self._went_through(Span(self._floor(), began - _OVERLAP, self._hold.job.met_since), tells=False):
            return False
        self._hold.keep(step="withdrawing" if self._hold.job.changed else "done", after=[])
        return True

    def _waits(self) -> float:
        synced = self._hold.job.synced_at
        return synced.timestamp() + self._settle - time.time() if synced else 0.0

    def _went_through(self, span: Span, *, tells: bool) -> bool:
        """Make mentions of all posts of a span, or let go when the time is up."""
        while not self._hold.time_is_up:
            found = page(self._engine, self._hold.topic, span, self._hold.job.after)
            if found.hits:
                self._mentions.write(self._hold.topic, found.hits)
            reached = {"backfilled_until": found.reached} if tells and found.reached else {}
            new = len(found.hits) if self._hold.job.step == "looking" else 0
            self._hold.keep(after=found.after, found=self._hold.job.found + new, topic=reached)
            if found.is_last:
                return True
        self._hold.rest()
        return False

    def _withdrew(self) -> bool:
        """Whether the mentions of earlier revisions that the query does not match are gone.

        A mention has all the fields of its post, so that the engine can be asked it of the mentions themselves, also of
        those that are older than what was looked through.
        """
        topic = self._hold.topic
        refresh(self._engine)
        for places in where(self._engine, _lost(topic)):
            if self._hold.time_is_up:
                self._hold.rest()
                return False
            gone = (Update(one.home, one.id, going("topic", one.seen, topic.revision)) for one in places)
            write_all(self._engine, gone)
            self._hold.keep()
        self._hold.keep(step="done", changed=False)
        return True

    def _floor(self) -> datetime:
        job = self._hold.job
        return job.floor or floor_of(datetime.now(tz=UTC), job.history_days)


def _lost(topic: Topic) -> dict[str, Any]:
    """Mentions of earlier revisions that the present one does not match."""
    own = [{"term": {"mention.topic": topic.id}}, {"range": {"mention.revision": {"lt": topic.revision}}}]
    gone = {"exists": {"field": "mention.gone"}}
    return {"bool": {"filter": own, "must_not": [gone, topic.watched.compiled()]}}
