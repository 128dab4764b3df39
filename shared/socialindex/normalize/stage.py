"""The normalize stage: NormalizeQueue -> canonical posts -> IndexQueue."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from socialindex import sources, warc
from socialindex.batch import Batch, BatchAnswer, DeadLetters, Record
from socialindex.errors import Discarded, ParseError, Unavailable
from socialindex.messages import Archived, decode, encode, pack
from socialindex.normalize.enrich import Enricher
from socialindex.normalize.reading import is_empty, items
from socialindex.outcomes import EMPTY, OutcomeStore, Tally
from socialindex.warc import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from socialindex.model import Post
    from socialindex.normalize.enrich import Names
    from socialindex.normalize.polls import Polls

STAGE = "normalize"
MAX_LETTERS = 10
"""Of one response. They all name the same record, and a hostile one can have a million items that cannot be read."""


_KINDS = tuple(itertools.product((False, True), repeat=2))


class _Read(NamedTuple):
    """A record whose response was read, with its posts, whether each is live, and the verdicts on its other items."""

    record: Record
    message: Archived
    posts: list[tuple[Post, bool]]
    aside: list[Discarded | ParseError]
    empty: bool = False

    def chosen(self, *, live: bool) -> Iterator[Post]:
        return (post for post, is_live_post in self.posts if is_live_post is live)


class ArchiveReader(Protocol):
    """Where archived responses are read."""

    def read(self, key: str, span: Span) -> bytes:
        """The bytes of one record."""


class Sender(Protocol):
    """A queue that takes messages."""

    def send_all(self, bodies: Iterable[str]) -> int:
        """Send every message."""


class Normalize:
    """Turns archived responses into posts; handling a message twice sends the same posts twice."""

    def __init__(
        self,
        archive: ArchiveReader,
        queue: Sender,
        dead_letters: DeadLetters,
        outcomes: OutcomeStore,
        polls: Polls | None = None,
        names: Names | None = None,
    ) -> None:
        self._archive = archive
        self._queue = queue
        self._dead_letters = dead_letters
        self._outcomes = outcomes
        self._polls = polls
        self._enrich = Enricher(names)

    def handle(self, event: dict[str, Any]) -> BatchAnswer:
        """Normalize the responses that an SQS event names.

        A record's own failure is its own verdict; posts of the others are sent on all the same.
        """
        tally = Tally(STAGE)
        batch = Batch(event, self._dead_letters, tally)
        read = [done for record in batch.records if (done := self._read(record, batch))]
        self._send_on(read, batch, tally)
        self._outcomes.add(tally.take())
        return batch.answer()

    def _read(self, record: Record, batch: Batch) -> _Read | None:
        source = ""  # until the message's own is known to be one
        try:
            message = decode(record.body, Archived)
            source = sources.find(message.source).name
            place = message.key, Span(message.offset, message.length)
            held = warc.read_at(self._archive, *place)
            found = items(held, place)
            posts = [(self._enrich(post), is_live_post) for post, is_live_post in found.posts]
            return _Read(record, message, posts, found.aside, empty=is_empty(held, found))
        except Exception as error:  # noqa: BLE001 - a batch never fails for one item; the verdict is the batch's
            batch.failed(record, error, source=source)
            return None

    def _send_on(self, read: list[_Read], batch: Batch, tally: Tally) -> None:
        """Send all posts in as few messages as they fit in; where that fails, every response is tried again."""
        try:
            for live, replay in _KINDS:
                posts = (post for done in read if done.message.replay is replay for post in done.chosen(live=live))
                self._queue.send_all(pack(posts, live=live, replay=replay))
        except Unavailable as error:
            for done in read:
                batch.failed(done.record, error, source=done.message.source)
        else:
            for done in read:
                self._settle(done, batch, tally)

    def _settle(self, done: _Read, batch: Batch, tally: Tally) -> None:
        """Count a response whose posts are on their way; its items that cannot be read keep their reasons."""
        source = done.message.source
        unread = [str(verdict) for verdict in done.aside if isinstance(verdict, ParseError)]
        try:
            for why in unread[:MAX_LETTERS]:
                self._dead_letters.put(encode(done.message), reason=f"one item of the response: {why}"[:1000])
            lied = self._report(done)
        except Unavailable as error:
            batch.failed(done.record, error, source=source)
            return
        for verdict in done.aside:
            if isinstance(verdict, Discarded):
                tally.add("discard", source=source, reason=verdict.reason)
            else:
                tally.add("quarantine", source=source, reason=type(verdict).__name__)
        if lied:
            tally.add("discard", source=source, reason="validator_lied")
        tally.add("ok", source=source, reason=EMPTY if done.empty else "")

    def _report(self, done: _Read) -> bool:
        """Tell what a channel's poll found; whether it belies the "not modified" that it was to check."""
        poll = done.message.poll
        return poll is not None and self._polls is not None and self._polls.report(poll, [p for p, _ in done.posts])
