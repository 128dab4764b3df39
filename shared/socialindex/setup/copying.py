"""Copying one generation of the index into another, a bounded step at a time, while the old one is read and written.

Every write to a shard has the next sequence number. So a month is copied by ranges of numbers: what is written while a
range is copied has a higher number, and comes with a later one. A step that is repeated copies the same documents
again, as they are by then. What was deleted after it was copied is found by comparing how many ids begin with what.
"""

from __future__ import annotations

import string
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex.engine import ALIAS, answering
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch

STEP: Final = 10_000
"""Sequence numbers of one step: a few seconds' work for one core of the engine."""
_STEP_SECONDS: Final = 120
"""How long a step may take before the engine counts as unavailable."""
_LETTERS: Final = string.ascii_lowercase + "234567"
"""Letters of an id (``identity.py``)."""
_FEW: Final = 5_000
"""So many ids are compared one by one."""


class Months:
    """The indices of two generations, by month."""

    def __init__(self, engine: OpenSearch, old: int, new: int) -> None:
        self._engine = engine
        self._old, self._new = old, new

    def old(self, month: str) -> str:
        """The index that is copied."""
        return f"{ALIAS}-g{self._old}-{month}"

    def new(self, month: str) -> str:
        """The index that is made."""
        return f"{ALIAS}-g{self._new}-{month}"

    def in_old(self) -> list[str]:
        """Months of the old generation, the newest first: of most use where only a part is done."""
        return months_of(self._engine, self._old)[::-1]

    def in_new(self) -> list[str]:
        """Months of the new generation."""
        return months_of(self._engine, self._new)

    def copy(self, month: str, after: int, until: float, *, closed: bool = False) -> tuple[int, bool]:
        """Copy what a month has beyond a sequence number, for as long as there is time.

        Args:
            month: such as ``2026.11``.
            after: the sequence number; -1 for the beginning.
            until: a Unix time; no further step is begun then.
            closed: whether the month takes no writes any more, so that all that it has is there to stay.

        Returns:
            The number up to which everything is copied, and whether that was all there was.

        Raises:
            Unavailable: the engine does not answer, or did not take a document.
        """
        last = last_number(self._engine, self.old(month), closed=closed)
        with answering():
            self._engine.indices.refresh(index=self.old(month))
        while after < last:
            if time.time() >= until:
                return after, False
            following = min(after + STEP, last)
            self._step(month, after, following)
            after = following
        return after, True

    def _step(self, month: str, after: int, through: int) -> None:
        query = {"range": {"_seq_no": {"gt": after, "lte": through}}}
        body = {"source": {"index": self.old(month), "query": query}, "dest": {"index": self.new(month)}}
        with answering():
            answer = self._engine.reindex(body=body, params={"request_timeout": _STEP_SECONDS})
        if answer["failures"] or answer["timed_out"]:
            raise Unavailable(f"{month} was not copied whole: {str(answer['failures'])[:300]}")

    def mirror_deletions(self, month: str) -> list[str]:
        """Delete from the new index what is no longer in the old one; the ids that the new one lacks.

        For a month that is copied and takes no writes.
        """
        with answering():
            self._engine.indices.refresh(index=[self.old(month), self.new(month)])
        lacking: list[str] = []
        for difference in differences(self._engine, self.old(month), self.new(month)):
            lacking += difference.lacking
            self._delete(month, difference.left)
        return lacking

    def _delete(self, month: str, ids: list[str]) -> None:
        lines: list[dict[str, Any]] = [{"delete": {"_index": self.new(month), "_id": name}} for name in ids]
        if lines:
            with answering():
                self._engine.bulk(body=lines, params={"refresh": "true"})

    def count(self) -> tuple[int, int]:
        """Documents of the old and of the new generation."""
        return count(self._engine, f"{ALIAS}-g{self._old}-*"), count(self._engine, f"{ALIAS}-g{self._new}-*")


class Difference(NamedTuple):
    """Ids that begin alike and are in one index only."""

    lacking: list[str]
    """Not in the second."""
    left: list[str]
    """Only in the second."""


def differences(engine: OpenSearch, first: str, second: str, begin: str = "") -> Iterator[Difference]:
    """Where two indices have different numbers of ids with the same beginning, which ids these are.

    It goes down a letter at a time and only where the numbers differ, so that two large indices that differ in a few
    documents are compared by a few aggregations.
    """
    here, there = _by_letter(engine, first, begin), _by_letter(engine, second, begin)
    for letter in _LETTERS:
        if here[letter] == there[letter]:
            continue
        if max(here[letter], there[letter]) > _FEW:
            yield from differences(engine, first, second, begin + letter)
        else:
            ours, theirs = _ids(engine, first, begin + letter), _ids(engine, second, begin + letter)
            yield Difference(sorted(ours - theirs), sorted(theirs - ours))


def months_of(engine: OpenSearch, generation: int) -> list[str]:
    """The months (``2026.11``) of which a generation has an index, in order."""
    pattern = f"{ALIAS}-g{generation}-*"
    with answering():
        found = engine.indices.get_settings(index=pattern, name="index.uuid")
    return sorted(name.removeprefix(pattern[:-1]) for name in found)


def last_number(engine: OpenSearch, index: str, *, closed: bool = False) -> int:
    """The sequence number up to which every copy of an index has all writes; -1 where there were none.

    Of a closed one simply the last: no failure of a node can give it to another write.
    """
    only = {"level": "shards", "filter_path": "indices.*.shards"}
    with answering():
        answer = engine.indices.stats(index=index, params=only)
    shards = [copy for copies in answer["indices"][index]["shards"].values() for copy in copies]
    primaries: list[dict[str, int]] = [shard["seq_no"] for shard in shards if shard["routing"]["primary"]]
    # The least of several shards: those that are ahead are then copied twice, and none is copied in part.
    return (
        max(last["max_seq_no"] for last in primaries)
        if closed
        else min(last["global_checkpoint"] for last in primaries)
    )


def count(engine: OpenSearch, pattern: str) -> int:
    """Documents of some indices."""
    with answering():
        found: int = engine.count(index=pattern, params={"ignore_unavailable": "true"})["count"]
    return found


def _by_letter(engine: OpenSearch, index: str, begin: str) -> dict[str, int]:
    filters = {letter: {"prefix": {"id": begin + letter}} for letter in _LETTERS}
    aggregations = {"letters": {"filters": {"filters": filters}}}
    buckets = _searched(engine, index, {"size": 0, "aggs": aggregations})["aggregations"]["letters"]["buckets"]
    return {letter: bucket["doc_count"] for letter, bucket in buckets.items()}


def _ids(engine: OpenSearch, index: str, begin: str) -> set[str]:
    found = _searched(engine, index, {"size": 2 * _FEW, "query": {"prefix": {"id": begin}}, "_source": False})
    return {hit["_id"] for hit in found["hits"]["hits"]}


def _searched(engine: OpenSearch, index: str, body: dict[str, Any]) -> dict[str, Any]:
    """A search that looks everywhere, or fails."""
    params = {"allow_partial_search_results": "false", "request_timeout": _STEP_SECONDS}
    with answering():
        answer: dict[str, Any] = engine.search(index=index, body=body, params=params)
    return answer
