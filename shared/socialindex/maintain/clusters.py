"""Clusters of near-duplicates, made by one writer every few minutes: ``cluster_id`` is the id of the earliest member.

Two posts are near-duplicates where their signatures say so (``normalize/near.py``), the same people may see them, and
they were published within ``WINDOW`` of each other. A cluster is whatever near-duplicates connect, so that it is the
same in whichever order posts arrive. What follows from that is in docs/clusters.md.

Nothing is kept but the documents and a watermark. A crash leaves a cluster under two names, and the watermark before
the posts that connect it: they are looked at again, and near them is what was to be renamed last.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from aws_lambda_powertools import Logger

from socialindex.maintain.alike import ask, earliest, near_in
from socialindex.maintain.members import changed, move, sizes
from socialindex.maintain.neighbors import Neighbors, connected
from socialindex.reread.schedule import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opensearchpy import OpenSearch

    from socialindex.aws.marks import Marks
    from socialindex.maintain.members import Member
    from socialindex.maintain.neighbors import Connection

NAME: Final = "clusters"
"""Of the watermark: the last change of a document that was looked at."""
SETTLED: Final = timedelta(seconds=120)
"""Changes are left alone for so long: the index stage says when it began to write, and may take a minute for it."""
PAGE: Final = 500
"""Posts that are looked at together."""
SECONDS: Final = 200.0
"""After which a run begins no further page; the function may take 300."""
LEASE: Final = 360.0
"""Seconds, longer than the function lives."""

logger = Logger(child=True)


class Clusters:
    """Brings near-duplicates together; running twice changes nothing, and of two runs at once one does nothing."""

    def __init__(self, engine: OpenSearch, marks: Marks) -> None:
        self._engine = engine
        self._marks = marks

    def run(self, now: datetime | None = None, page: int = PAGE, seconds: float = SECONDS) -> dict[str, int]:
        """Look at what has changed; how many posts were looked at, and how many have another cluster now.

        Args:
            now: the clock, for tests.
            page: posts that are looked at together.
            seconds: after which no further page is begun.

        Raises:
            Unavailable: a part does not answer; the next run does what was not done.
        """
        bound, end = (now or datetime.now(tz=UTC)) - SETTLED, time.monotonic() + seconds
        told = {"posts": 0, "moved": 0}
        with self._marks.alone(NAME, LEASE) as alone:
            while alone and time.monotonic() < end and (done := self._page(bound, page)):
                told = {"posts": told["posts"] + done[0], "moved": told["moved"] + done[1]}
        logger.info("clustered", extra=told)
        return told

    def _page(self, bound: datetime, size: int) -> tuple[int, int] | None:
        """Look at the next posts; how many they are and how many moved, or None where there are none."""
        before = self._marks.get(NAME) or Mark(0, "")
        members, mark = changed(self._engine, before, bound, size)
        if not members:
            return None
        moved = self._part(members)
        if moved:
            members, mark = changed(self._engine, before, bound, size)
        joined, whole = self._join(members)
        if whole:
            self._marks.put(NAME, mark)
        return len(members) if whole else 0, moved + joined

    def _part(self, members: Sequence[Member]) -> int:
        """Let clusters go on without the posts that name them, where these are deleted or have other words by now."""
        known = sizes(self._engine, [member.id for member in members])
        named = [member for member in members if known.get(member.id, 0) > (member.cluster == member.id)]
        moved = 0
        for member in self._strangers(named):
            for heir in ask(self._engine, [earliest([member.id], but=[member.id])])[0]:
                moved += move(self._engine, {member.id: heir.id}, last=[heir.id], never=[member.id])
        return moved

    def _strangers(self, named: Sequence[Member]) -> list[Member]:
        """Members that are no near-duplicate of any other post in the cluster that has their name."""
        asked = [member for member in named if member.signature]
        answers = ask(self._engine, [near_in(member.id, member) for member in asked])
        at_home = {member.id for member, hits in zip(asked, answers, strict=True) if hits}
        return [member for member in named if member.id not in at_home]

    def _join(self, members: Sequence[Member]) -> tuple[int, bool]:
        """Make one cluster of those that members connect; how many posts moved, and whether that was all."""
        neighbors = Neighbors(self._engine, members)
        return self._rename(connected(neighbors.found)), neighbors.whole

    def _rename(self, found: Sequence[Connection]) -> int:
        """Name each connection's clusters by the earliest of all their posts."""
        to = {cluster: name for each, name in self._named(found) for cluster in each.clusters - {name}}
        shown = set[str]().union(*(each.shown for each in found if not each.clusters.isdisjoint(to)))
        return move(self._engine, to, last=shown.union(to.values()))

    def _named(self, found: Sequence[Connection]) -> Iterator[tuple[Connection, str]]:
        """Connections with the earliest post of each."""
        unknown = [each for each in found if each.name is None]
        answers = ask(self._engine, [earliest(each.clusters) for each in unknown])
        yield from ((each, each.name) for each in found if each.name is not None)
        yield from ((each, first[0].id) for each, first in zip(unknown, answers, strict=True) if first)
