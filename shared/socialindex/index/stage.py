"""The index stage: IndexQueue -> the social index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from aws_lambda_powertools import Logger

from socialindex import metrics
from socialindex.batch import Batch, BatchAnswer, DeadLetters, Hiding, Record, reason_of
from socialindex.errors import Discarded, ParseError, Unavailable
from socialindex.index.writer import Write, Writer
from socialindex.messages import PostBatch, decode, encode
from socialindex.metrics import Metric
from socialindex.outcomes import OutcomeStore, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from socialindex.index.writer import Merged
    from socialindex.model import Post, Provenance

logger = Logger(child=True)

STAGE = "index"
MENTIONS = "mentions"
"""With which what becomes of mentions is counted: made as ``ok``, withdrawn as ``discard``, each with its reason."""
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


class Listening(Protocol):
    """Whom posts are told to when they were written: what is made of them elsewhere is part of the message's work."""

    def is_needed(self) -> bool:
        """Whether anybody listens now."""

    def hear(
        self, writes: Sequence[Write], merged: Sequence[Merged | Exception], tally: Tally
    ) -> list[Exception | None]:
        """Per write what was wrong with it, or with what follows from it; ``None`` where all is well."""


class Index:
    """Writes posts into the index; handling a message twice changes nothing.

    Args:
        writer: of posts.
        dead_letters: for what can never be written.
        outcomes: where counts go.
        suppressions: what must not be written.
        listening: makes mentions of posts; without, there are none.
        queue: the stage's own.
    """

    def __init__(
        self,
        writer: Writer,
        dead_letters: DeadLetters,
        outcomes: OutcomeStore,
        suppressions: Suppressions,
        listening: Listening | None = None,
        queue: Hiding | None = None,
    ) -> None:
        self._writer = writer
        self._dead_letters = dead_letters
        self._outcomes = outcomes
        self._suppressions = suppressions
        self._listening = listening
        self._queue = queue

    def handle(self, event: dict[str, Any]) -> BatchAnswer:
        """Write the posts of an SQS event, but for those that were erased.

        A post that the engine refuses is quarantined alone; a message whose posts could not all be written now comes
        again whole.
        """
        tally, mentions = Tally(STAGE), Tally(MENTIONS)
        batch = Batch(event, self._dead_letters, tally, self._queue)
        entries = [entry for record in batch.records for entry in _entries(record, batch)]
        self._write(entries, batch, tally, mentions)
        self._tell(tally, mentions)
        self._outcomes.add(tally.take() + mentions.take())
        return batch.answer()

    def _tell(self, tally: Tally, mentions: Tally) -> None:
        posts, made = tally.total("ok"), mentions.total("ok")
        metrics.record(Metric.POSTS_INDEXED, posts)
        metrics.record(Metric.MENTIONS_MADE, made)
        logger.info("indexed", extra={"posts": posts, "mentions": made})

    def _write(self, entries: list[_Entry], batch: Batch, tally: Tally, mentions: Tally) -> None:
        verdicts: Sequence[Exception | None]
        try:
            verdicts = self._verdicts([entry.write for entry in entries], mentions) if entries else []
        except Exception as error:  # noqa: BLE001 - nothing is known of any post; the verdict is the batch's
            verdicts = [error] * len(entries)
        again: dict[str, tuple[Record, Exception]] = {}
        for entry, verdict in zip(entries, verdicts, strict=True):
            trouble = self._settle(entry.write, verdict, tally)
            if trouble is not None:
                again[entry.record.id] = (entry.record, trouble)
        for record, reason in again.values():
            batch.failed(record, reason)

    def _verdicts(self, writes: list[Write], mentions: Tally) -> list[Exception | None]:
        """Write what may be written; per post what became of it."""
        objections = self._suppressions.objections([write.post for write in writes])
        judged = list(zip(writes, objections, strict=True))
        kept = [write for write, objection in judged if objection is None]
        written = iter(self._written(kept, mentions) if kept else [])
        verdicts = [Discarded(objection) if objection else next(written) for _, objection in judged]
        done = (write.post for write, verdict in zip(writes, verdicts, strict=True) if verdict is None)
        self._suppressions.withdraw(post for post in done if post.withdrawn)
        erased = (write.post for write, objection in judged if objection == ERASED)
        self._suppressions.found(post.provenance for post in erased if post.provenance)
        return verdicts

    def _written(self, writes: list[Write], mentions: Tally) -> list[Exception | None]:
        """Write posts, and let what is made of them follow."""
        if self._listening is None or not self._listening.is_needed():
            return self._writer.write(writes)
        return self._listening.hear(writes, self._writer.merge(writes), mentions)

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
    again = record.receives > 1
    return [_Entry(record, Write(post, message.live, message.replay, again)) for post in message.posts]
