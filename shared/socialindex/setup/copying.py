"""Copying one generation of the index into another, a bounded step at a time, while the old one is read and written.

Every write to a shard has the next sequence number. So a month is copied by ranges of numbers: what is written while a
range is copied has a higher number, and comes with a later one. A step that is repeated copies the same documents
again, as they are by then. What was deleted after it was copied is found by comparing how many ids begin with what.
"""

from __future__ import annotations

import string
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex.engine import answering
from socialindex.errors import Unavailable
from socialindex.setup.families import FAMILIES, MONTHLY, POSTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from opensearchpy import OpenSearch

    from socialindex.setup.families import Family

STEP: Final = 10_000
"""Sequence numbers of one step at most: a few seconds' work for one core of the engine, or minutes of long texts."""
_FIRST: Final = 500
"""Of the first step, by which it is found out how many the engine copies in the time that a step has."""
_STEP_SECONDS: Final = 120
"""How long a step may take before the engine counts as unavailable: who repeats it as large begins for ever anew."""
_LETTERS: Final = string.ascii_lowercase + "234567"
"""Letters of an id (``identity.py``)."""
_FEW: Final = 5_000
"""So many ids are compared one by one."""


class Months:
    """A family's indices of two generations, by month."""

    def __init__(self, engine: OpenSearch, old: int, new: int, family: Family = POSTS) -> None:
        self._engine = engine
        self._old, self._new = old, new
        self.family = family

    def old(self, month: str) -> str:
        """The index that is copied."""
        return self.family.named(self._old, month)

    def new(self, month: str) -> str:
        """The index that is made."""
        return self.family.named(self._new, month)

    def key(self, month: str) -> str:
        """By which ``Rebuild.copied`` tells how far a month is."""
        return f"{self.family.name}-{month}"

    def in_old(self) -> list[str]:
        """Months of the old generation, the newest first: of most use where only a part is done."""
        return months_of(self._engine, self._old, self.family)[::-1]

    def in_new(self) -> list[str]:
        """Months of the new generation."""
        return months_of(self._engine, self._new, self.family)

    def copy(
        self,
        month: str,
        after: int,
        until: float,
        *,
        closed: bool = False,
        note: Callable[[int], object] = lambda _: None,
    ) -> tuple[int, bool]:
        """Copy what a month has beyond a sequence number, for as long as there is time.

        Args:
            month: such as ``2026.11``.
            after: the sequence number; -1 for the beginning.
            until: a Unix time; no further step is begun then.
            closed: whether the month takes no writes any more, so that all that it has is there to stay.
            note: told the number after each step, since the next one may fail.

        Returns:
            The number up to which everything is copied, and whether that was all there was.

        Raises:
            Unavailable: the engine does not answer, did not take a document, or goes on with an earlier step.
        """
        last = last_number(self._engine, self.old(month), closed=closed)
        with answering():
            self._engine.indices.refresh(index=self.old(month))
        step = _FIRST
        while after < last:
            if time.time() >= until:
                return after, False
            if is_under_way(self._engine, self._new):
                raise Unavailable("a step that was given up is still under way")
            following, began = min(after + step, last), time.monotonic()
            copy_range(self._engine, self.old(month), self.new(month), (after, following))
            after = following
            note(after)
            step = _next_step(step, time.monotonic() - began)
        return after, True

    def mirror_deletions(self, month: str) -> list[str]:
        """Delete from the new index what is no longer in the old one; the ids that the new one lacks.

        For a month that is copied and takes no writes.
        """
        with answering():
            self._engine.indices.refresh(index=[self.old(month), self.new(month)])
        lacking: list[str] = []
        for difference in differences(self._engine, self.old(month), self.new(month), self.family):
            lacking += difference.lacking
            self._delete(month, difference.left)
        return lacking

    def _delete(self, month: str, ids: list[str]) -> None:
        lines: list[dict[str, Any]] = [{"delete": {"_index": self.new(month), "_id": name}} for name in ids]
        if not lines:
            return
        with answering():
            items = self._engine.bulk(body=lines, params={"refresh": "true"})["items"]
        # What is not there needs no deletion, and is no error. What is left would be found again, though it was erased.
        refused = [item["delete"]["error"].get("type") for item in items if "error" in item["delete"]]
        if refused:
            raise Unavailable(f"{len(refused)} documents of {self.new(month)} were not deleted: {refused[0]}")

    def count(self) -> tuple[int, int]:
        """Documents of the old and of the new generation."""
        old, new = self.family.pattern(self._old), self.family.pattern(self._new)
        return count(self._engine, old), count(self._engine, new)


def _next_step(step: int, seconds: float) -> int:
    """How many numbers to copy after a step that took so long: twice as many while these are surely in time."""
    return min(2 * step, STEP) if seconds < _STEP_SECONDS / 8 else max(step // 2, 1)


def copy_range(
    engine: OpenSearch, source: str, target: str, numbers: tuple[int, int], *, only_missing: bool = False
) -> None:
    """Copy documents of an index into another.

    Args:
        engine: that has both.
        source: where from.
        target: where to.
        numbers: beyond the first sequence number, up to the second.
        only_missing: whether what the target has is left as it is; else it is written over.

    Raises:
        Unavailable: the engine does not answer, or did not take a document.
    """
    query = {"range": {"_seq_no": {"gt": numbers[0], "lte": numbers[1]}}}
    body: dict[str, Any] = {"source": {"index": source, "query": query}, "dest": {"index": target}}
    if only_missing:
        body = {**body, "conflicts": "proceed", "dest": {"index": target, "op_type": "create"}}
    with answering():
        answer = engine.reindex(body=body, params={"request_timeout": _STEP_SECONDS})
    if answer["failures"] or answer["timed_out"]:
        raise Unavailable(f"{source} was not copied whole: {str(answer['failures'])[:300]}")


def families(engine: OpenSearch, old: int, new: int) -> list[Months]:
    """All that is copied from one generation to another."""
    return [Months(engine, old, new, family) for family in MONTHLY]


def is_under_way(engine: OpenSearch, generation: int) -> bool:
    """Whether the engine copies into a generation now.

    It goes on with a step whose caller has died, given up, or asked again after a connection broke, and writes what it
    read at the step's beginning: over what a later one has copied since, if that may begin.
    """
    targets = tuple(f" to [{family.pattern(generation).rstrip('*')}" for family in MONTHLY)
    params = {"actions": "*/reindex", "detailed": "true", "group_by": "none", "filter_path": "tasks.description"}
    with answering():
        tasks = engine.tasks.list(params=params).get("tasks", [])
    return any(target in task["description"] for task in tasks for target in targets)


class Difference(NamedTuple):
    """Ids that begin alike and are in one index only."""

    lacking: list[str]
    """Not in the second."""
    left: list[str]
    """Only in the second."""


def differences(
    engine: OpenSearch, first: str, second: str, family: Family = POSTS, begin: str | None = None
) -> Iterator[Difference]:
    """Where two indices have different numbers of ids with the same beginning, which ids these are.

    It goes down a letter at a time and only where the numbers differ, so that two large indices that differ in a few
    documents are compared by a few aggregations.
    """
    begin = family.id_begin if begin is None else begin
    here, there = (_by_letter(engine, index, family, begin) for index in (first, second))
    for letter in _LETTERS:
        if here[letter] == there[letter]:
            continue
        if max(here[letter], there[letter]) > _FEW:
            yield from differences(engine, first, second, family, begin + letter)
        else:
            ours, theirs = (_ids(engine, index, family, begin + letter) for index in (first, second))
            yield Difference(sorted(ours - theirs), sorted(theirs - ours))


def months_of(engine: OpenSearch, generation: int, family: Family = POSTS) -> list[str]:
    """The months (``2026.11``) of which a generation has an index, in order."""
    begin = family.pattern(generation).rstrip("*")
    return [name.removeprefix(begin) for name in indices_of(engine, generation, [family])]


def indices_of(engine: OpenSearch, generation: int, wanted: Iterable[Family] = FAMILIES) -> list[str]:
    """The names of a generation's indices, family by family, each in order."""
    params = {"ignore_unavailable": "true", "allow_no_indices": "true"}
    found: list[str] = []
    for family in wanted:
        with answering():
            names = engine.indices.get_settings(index=family.pattern(generation), name="index.uuid", params=params)
        found += sorted(names)
    return found


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


def _by_letter(engine: OpenSearch, index: str, family: Family, begin: str) -> dict[str, int]:
    filters = {letter: _beginning(family, begin + letter) for letter in _LETTERS}
    aggregations = {"letters": {"filters": {"filters": filters}}}
    buckets = _searched(engine, index, {"size": 0, "aggs": aggregations})["aggregations"]["letters"]["buckets"]
    return {letter: bucket["doc_count"] for letter, bucket in buckets.items()}


def _ids(engine: OpenSearch, index: str, family: Family, begin: str) -> set[str]:
    found = _searched(engine, index, {"size": 2 * _FEW, "query": _beginning(family, begin), "_source": False})
    return {hit["_id"] for hit in found["hits"]["hits"]}


def _beginning(family: Family, begin: str) -> dict[str, Any]:
    return {"prefix": {family.id_field: begin}}


def _searched(engine: OpenSearch, index: str, body: dict[str, Any]) -> dict[str, Any]:
    """A search that looks everywhere, or fails."""
    params = {"allow_partial_search_results": "false", "request_timeout": _STEP_SECONDS}
    with answering():
        answer: dict[str, Any] = engine.search(index=index, body=body, params=params)
    return answer
