"""The index stage: IndexQueue -> the social index."""

from __future__ import annotations

from typing import Any, NamedTuple

from socialindex.batch import Batch, BatchAnswer, DeadLetters, Record, reason_of
from socialindex.errors import ParseError, Unavailable
from socialindex.index.writer import Write, Writer
from socialindex.messages import PostBatch, decode, encode
from socialindex.outcomes import OutcomeStore, Tally

STAGE = "index"


class _Entry(NamedTuple):
    record: Record
    write: Write


class Index:
    """Writes posts into the index; handling a message twice changes nothing."""

    def __init__(self, writer: Writer, dead_letters: DeadLetters, outcomes: OutcomeStore) -> None:
        self._writer = writer
        self._dead_letters = dead_letters
        self._outcomes = outcomes

    def handle(self, event: dict[str, Any]) -> BatchAnswer:
        """Write the posts of an SQS event.

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
        verdicts: list[Exception | None]
        try:
            verdicts = self._writer.write([entry.write for entry in entries]) if entries else []
        except Exception as error:  # noqa: BLE001 - nothing is known of any post; the verdict is the batch's
            verdicts = [error] * len(entries)
        again: dict[str, tuple[Record, Exception]] = {}
        for entry, verdict in zip(entries, verdicts, strict=True):
            trouble = self._settle(entry.write, verdict, tally)
            if trouble is not None:
                again[entry.record.id] = (entry.record, trouble)
        for record, reason in again.values():
            batch.failed(record, reason)

    def _settle(self, write: Write, verdict: Exception | None, tally: Tally) -> Exception | None:
        """Count what became of a post; the error for which its message must come again."""
        if verdict is None:
            tally.add("ok", source=write.post.source)
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
