"""The erasure stage, every minute: removals -> the index and the archive without what they name.

Documents go at once. Then the archive is searched object by object (``search``), and each object that holds something
on the suppression list is rewritten without those records. A run goes on where the one before ended. What the index
stage turns away later says which records hold it; these are cleaned too.
"""

from __future__ import annotations

import itertools
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from aws_lambda_powertools import Logger

from socialindex import metrics
from socialindex.erasure import documents, search
from socialindex.erasure.rewrite import Rewriting, rewrite
from socialindex.errors import ParseError
from socialindex.mentions.forgetting import NONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opensearchpy import OpenSearch

    from socialindex.aws.archive import Archive
    from socialindex.aws.suppressions import Suppressions
    from socialindex.erasure.documents import Erased
    from socialindex.erasure.removal import Removal
    from socialindex.mentions.forgetting import Memories

SETTLING = timedelta(minutes=5)
"""How long a removal stays open at least: who had asked the list just before may still write, for at most the index
function's timeout."""
_LEASE_SECONDS = 120.0
"""How long another run is kept out beyond our own time, so that a run that died blocks no other for long."""
_SAVE_EVERY = 20
"""Objects after which progress is written down; a crash searches so many again."""

logger = Logger(child=True)


class Erasure:
    """Erases what removals name. One run at a time: two who rewrite an object undo each other's work."""

    def __init__(
        self,
        engine: OpenSearch,
        archive: Archive,
        suppressions: Suppressions,
        settling: timedelta = SETTLING,
        clock: Callable[[], float] = time.monotonic,
        memories: Memories = NONE,
    ) -> None:
        self._engine = engine
        self._archive = archive
        self._suppressions = suppressions
        self._settling = settling
        self._clock = clock
        self._memories = memories

    def run(self, seconds: float) -> dict[str, int]:
        """Erase for about so many seconds; removals finished, objects searched and records removed.

        Raises:
            Unavailable: a part does not answer; the next run goes on.
        """
        told = {"removals": 0, "objects": 0, "records": 0}
        with self._suppressions.alone(seconds + _LEASE_SECONDS) as alone:
            if not alone:
                return told
            until = self._clock() + seconds
            # However many of these there are, the search goes on.
            told["records"] += self._clean(self._half(until))
            open_ones = self._suppressions.open_removals()
            metrics.record(metrics.Metric.REMOVAL_AGE, _oldest(open_ones))
            return self._erase(open_ones, until, told) if open_ones else told

    def _half(self, until: float) -> float:
        """Half of the time that is left."""
        return (self._clock() + until) / 2

    def _clean(self, until: float) -> int:
        """Rewrite the objects in which something erased was met."""
        records = 0
        for key, places in itertools.groupby(self._suppressions.to_clean(), key=lambda place: place.key):
            if self._clock() >= until:
                break
            records += self._rewrite(key).records
            self._suppressions.cleaned(places)
        return records

    def _erase(self, removals: list[Removal], until: float, told: dict[str, int]) -> dict[str, int]:
        half = self._half(until)
        removals = self._ready(self._finished(removals, half), half)
        removals, told = self._search(removals, until, told)
        removals = self._finished(removals, until)
        return {**told, "removals": sum(removal.state == "done" for removal in removals)}

    def _ready(self, removals: list[Removal], until: float) -> list[Removal]:
        """Delete the removals' documents, and let them join the search then: it obeys the list as it is by that.

        Those that wait to join come first. Of the others, from whose authors' posts little can be left, the newest.
        """
        here = search.place(removals) or ""
        waiting = [removal for removal in removals if not removal.after]
        ready = [removal for removal in removals if removal.after]
        ready.reverse()
        return [self._joined(removal, here, until) for removal in waiting + ready]

    def _joined(self, removal: Removal, here: str, until: float) -> Removal:
        if removal.state == "done" or self._clock() >= until:
            return removal
        deleted = self._deleted(removal, until)
        return search.joined(deleted.removal, here) if deleted.is_whole else deleted.removal

    def _deleted(self, removal: Removal, until: float) -> Erased:
        """Delete the removal's documents, as many as there is time for: some authors have hundreds of thousands."""
        return documents.erase(
            self._engine, self._suppressions, removal, self._memories, go_on=lambda: self._clock() < until
        )

    def _search(
        self, removals: list[Removal], until: float, told: dict[str, int]
    ) -> tuple[list[Removal], dict[str, int]]:
        """Go on with the search; the removals as they are then, and what is told of it."""
        # Of many removals more is searched before it is written down how far each is: else that would take longer.
        every = max(_SAVE_EVERY, len(removals))
        keys: Iterator[str] = iter(())
        here, number = None, 0
        while (place := search.place(removals)) is not None and self._clock() < until:
            if place != here:  # it begins, has come around, or nobody needs what lies between
                keys = self._archive.keys(after=place)
            here = next(keys, None)
            if here is None:
                removals = [search.wrapped(removal) for removal in removals]
                continue
            done = self._rewrite(here)
            removals = [search.passed(removal, here, done) for removal in removals]
            number += 1
            told = {**told, "objects": number, "records": told["records"] + done.records}
            if number % every == 0:
                self._save(removals)
        self._save(removals)
        return removals, told

    def _rewrite(self, key: str) -> Rewriting:
        """Rewrite an object where it must be; a version that a run which died has left behind goes too."""
        try:
            done = rewrite(self._archive.load(key), key, self._suppressions.objections, datetime.now(tz=UTC))
        except ParseError as error:
            logger.warning("an archive object cannot be searched", extra={"key": key, "reason": str(error)[:200]})
            return Rewriting(None, 0, 1)
        if done.data is not None:
            self._archive.replace(key, done.data)
        self._archive.drop(key, self._archive.earlier_versions(key))
        return done

    def _finished(self, removals: list[Removal], until: float) -> list[Removal]:
        """The removals, those done whose search is over, once nobody can still write what they name.

        Each is written down at once, so that a run that ends in the midst of many has done some.
        """
        return [
            self._ended(removal, until) if self._is_settled(removal) and self._clock() < until else removal
            for removal in removals
        ]

    def _is_settled(self, removal: Removal) -> bool:
        is_open = removal.state == "running" and search.is_over(removal)
        return is_open and datetime.now(tz=UTC) >= removal.created_at + self._settling

    def _ended(self, removal: Removal, until: float) -> Removal:
        ended, is_whole = self._deleted(removal, until)
        if is_whole:
            ended = msgspec.structs.replace(ended, state="done", finished_at=datetime.now(tz=UTC))
        self._suppressions.put(ended)
        return ended

    def _save(self, removals: list[Removal]) -> None:
        for removal in removals:
            if removal.state == "running":
                self._suppressions.put(removal)


def _oldest(removals: list[Removal]) -> int:
    """How many seconds ago the oldest of the removals was asked for; 0 where there is none."""
    now = datetime.now(tz=UTC)
    return max((round((now - removal.created_at).total_seconds()) for removal in removals), default=0)
