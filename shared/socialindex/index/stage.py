"""The index stage: IndexQueue -> the social index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from socialindex.batch import Batch, BatchAnswer, DeadLetters, Record, reason_of
from socialindex.errors import Discarded, ParseError, Unavailable
from socialindex.index.writer import Write, Writer
from socialindex.messages import PostBatch, decode, encode
from socialindex.outcomes import OutcomeStore, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from socialindex.model import Post, Provenance

STAGE = "index"
ERASED = "erased"
"""The reason with which posts on the suppression list are counted."""


class _Entry(NamedTuple):
    record: Record
    write: Write


class Suppressions(Protocol):
    """What must not come (back) into the index."""

    def objections(self, posts: Sequence[Post]) -> list[str | None]:
        """Why each post must not be written: ``erased``, ``withdrawn`` after it was read, or ``None``."""

    def withdraw(self, posts: Iterable[Post]) -> None:
        """Note that readings of these posts up to this one must not be written."""

    def found(self, places: Iterable[Provenance]) -> None:
        """Note archived records that hold what was erased."""


class Index:
    """Writes posts into the index; handling a message twice changes nothing."""

    def __init__(
        self, writer: Writer, dead_letters: DeadLetters, outcomes: OutcomeStore, suppressions: Suppressions
    ) -> None:
        self._writer = writer
        self._dead_letters = dead_letters
        self._outcomes = outcomes
        self._suppressions = suppressions

    def handle(self, event: dict[str, Any]) -> BatchAnswer:
        """Write the posts of an SQS event, but for those that were erased.

        A post that the engine refuses is quarantined alone; a message whose posts could not all be written now comes
        again whole.
        """
        tally = Tally(STAGE)
        batch = Batch(event, self._dead_letters, tally)
        entries = [entry for record in batch.records for entry in _entries(record, batch)]
        self._write(entries, batch, tally)
        self._outcomes.add(tally.take())
        return batch.answer()

    def _write(self, entries: list[_Entry], batch: Batch, tally: Tally) -> None:
        verdicts: Sequence[Exception | None]
        try:
            verdicts = self._verdicts([entry.write for entry in entries]) if entries else []
        except Exception as error:  # noqa: BLE001 - nothing is known of any post; the verdict is the batch's
            verdicts = [error] * len(entries)
        again: dict[str, tuple[Record, Exception]] = {}
        for entry, verdict in zip(entries, verdicts, strict=True):
            trouble = self._settle(entry.write, verdict, tally)
            if trouble is not None:
                again[entry.record.id] = (entry.record, trouble)
        for record, reason in again.values():
            batch.failed(record, reason)

    def _verdicts(self, writes: list[Write]) -> list[Exception | None]:
        """Write what may be written; per post what became of it."""
        objections = self._suppressions.objections([write.post for write in writes])
        judged = list(zip(writes, objections, strict=True))
        kept = [write for write, objection in judged if objection is None]
        written = iter(self._writer.write(kept) if kept else [])
        verdicts = [Discarded(objection) if objection else next(written) for _, objection in judged]
        done = (write.post for write, verdict in zip(writes, verdicts, strict=True) if verdict is None)
        self._suppressions.withdraw(post for post in done if post.withdrawn)
        erased = (write.post for write, objection in judged if objection == ERASED)
        self._suppressions.found(post.provenance for post in erased if post.provenance)
        return verdicts

    def _settle(self, write: Write, verdict: Exception | None, tally: Tally) -> Exception | None:
        """Count what became of a post; the error for which its message must come again."""
        if verdict is None:
            tally.add("ok", source=write.post.source)
        if isinstance(verdict, Discarded):
            tally.add("discard", source=write.post.source, reason=verdict.reason)
            return None
        if not isinstance(verdict, ParseError):
            return verdict
        body = encode(PostBatch(posts=[write.post], live=write.live, replay=write.replay))
        try:
            self._dead_letters.put(body, reason=reason_of(verdict))
        except Unavailable as outage:
            return outage
        tally.add("quarantine", source=write.post.source, reason=type(verdict).__name__)
        return None


def _entries(record: Record, batch: Batch) -> list[_Entry]:
    try:
        message = decode(record.body, PostBatch)
    except Exception as error:  # noqa: BLE001 - a batch never fails for one item; the verdict is the batch's
        batch.failed(record, error)
        return []
    return [_Entry(record, Write(post, message.live, message.replay)) for post in message.posts]
