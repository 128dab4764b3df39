"""The erasure stage, every minute: removals -> the index and the archive without what they name.

Documents go at once. Then the archive is searched object by object, from the first day that can have a post, and each
object that holds something on the suppression list is rewritten without those records. A run goes on where the one
before ended. What the index stage turns away later says which records hold it; these are cleaned too.
"""

from __future__ import annotations

import itertools
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from aws_lambda_powertools import Logger

from socialindex.aws.archive import PREFIX
from socialindex.erasure import documents
from socialindex.erasure.rewrite import Rewriting, rewrite
from socialindex.errors import ParseError
from socialindex.mentions.forgetting import NONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opensearchpy import OpenSearch

    from socialindex.aws.archive import Archive
    from socialindex.aws.suppressions import Suppressions
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
        if not self._suppressions.lease(seconds + _LEASE_SECONDS):
            return told
        try:
            until = self._clock() + seconds
            told["records"] += self._clean(until)
            open_ones = [removal for removal in self._suppressions.removals() if removal.state == "running"]
            return self._erase(open_ones, until, told) if open_ones else told
        finally:
            self._suppressions.release()

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
        removals = [self._deleted(removal) for removal in removals]
        keys = self._keys(min(_start(removal) for removal in removals), until)
        for number, key in enumerate(keys, start=1):
            done = self._rewrite(key)
            told = {**told, "objects": number, "records": told["records"] + done.records}
            removals = [_searched(removal, key, done) for removal in removals]
            if number % _SAVE_EVERY == 0:
                self._save(removals)
        if self._clock() < until:  # the archive's end was reached
            removals = [self._finished(removal) for removal in removals]
        self._save(removals)
        return {**told, "removals": sum(removal.state == "done" for removal in removals)}

    def _deleted(self, removal: Removal) -> Removal:
        return documents.erase(self._engine, self._suppressions, removal, self._memories)

    def _keys(self, start: str, until: float) -> Iterator[str]:
        return itertools.takewhile(lambda _: self._clock() < until, self._archive.keys(after=start))

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

    def _finished(self, removal: Removal) -> Removal:
        """A removal whose search is at its end: done, once nobody can still write what it names."""
        now = datetime.now(tz=UTC)
        if now < removal.created_at + self._settling:
            return removal
        return msgspec.structs.replace(self._deleted(removal), state="done", finished_at=now)

    def _save(self, removals: list[Removal]) -> None:
        for removal in removals:
            self._suppressions.put(removal)


def _start(removal: Removal) -> str:
    """The key behind which a removal's search goes on."""
    return removal.after or PREFIX + removal.day.replace("-", "/")


def _searched(removal: Removal, key: str, done: Rewriting) -> Removal:
    """A removal's progress; it may be behind others that are searched for at the same time."""
    if key <= _start(removal):
        return removal
    return msgspec.structs.replace(
        removal,
        after=key,
        objects=removal.objects + 1,
        records=removal.records + done.records,
        unreadable=removal.unreadable + done.unreadable,
    )
