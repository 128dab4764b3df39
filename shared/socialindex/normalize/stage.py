"""The normalize stage: NormalizeQueue -> canonical posts -> IndexQueue."""

from __future__ import annotations

import itertools
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from aws_lambda_powertools import Logger

from socialindex import correlation, sources, warc
from socialindex.batch import Batch, BatchAnswer, DeadLetters, Hiding, Record
from socialindex.errors import Discarded, ParseError, Unavailable
from socialindex.messages import Archived, Tagged, batches, decode, encode
from socialindex.normalize.ahead import Ahead
from socialindex.normalize.enrich import Enricher
from socialindex.normalize.reading import is_empty, items, nameless
from socialindex.outcomes import EMPTY, OutcomeStore, Tally
from socialindex.warc import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from socialindex.model import Post
    from socialindex.normalize.enrich import Names
    from socialindex.normalize.polls import Polls

logger = Logger(child=True)

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

    @property
    def place(self) -> str:
        """The id of the response, which its posts have too."""
        return correlation.of_place(self.message.key, self.message.offset)

    @property
    def ids(self) -> correlation.Ids:
        return correlation.distinct((*self.record.correlation, self.place))

    def chosen(self, *, live: bool) -> Iterator[Post]:
        return (post for post, is_live_post in self.posts if is_live_post is live)


class ArchiveReader(Protocol):
    """Where archived responses are read."""

    def read(self, key: str, span: Span) -> bytes:
        """The bytes of one record."""


class Sender(Protocol):
    """A queue that takes messages."""

    def send_tagged(self, messages: Iterable[Tagged]) -> int:
        """Send every message."""


class Normalize:
    """Turns archived responses into posts; handling a message twice sends the same posts twice."""

    def __init__(  # noqa: PLR0913 - what the stage stands on
        self,
        archive: ArchiveReader,
        queue: Sender,
        dead_letters: DeadLetters,
        outcomes: OutcomeStore,
        polls: Polls | None = None,
        names: Names | None = None,
        *,
        own: Hiding | None = None,
    ) -> None:
        self._archive = archive
        self._queue = queue
        self._dead_letters = dead_letters
        self._outcomes = outcomes
        self._polls = polls
        self._enrich = Enricher(names)
        self._own = own

    def handle(self, event: dict[str, Any]) -> BatchAnswer:
        """Normalize the responses that an SQS event names.

        A record's own failure is its own verdict; posts of the others are sent on all the same.
        """
        tally = Tally(STAGE)
        batch = Batch(event, self._dead_letters, tally, self._own)
        archive = Ahead(self._archive, _places(batch.records))
        read = [done for record in batch.records if (done := self._read(record, batch, archive))]
        self._send_on(read, batch, tally)
        _tell(read)
        self._outcomes.add(tally.take())
        return batch.answer()

    def _read(self, record: Record, batch: Batch, archive: Ahead) -> _Read | None:
        source = ""  # until the message's own is known to be one
        try:
            message = decode(record.body, Archived)
            source = sources.find(message.source).name
            place = message.key, Span(message.offset, message.length)
            held = warc.read_at(archive, *place)
            found = items(held, place)
            posts = [(self._enrich(nameless(post)), is_live_post) for post, is_live_post in found.posts]
            return _Read(record, message, posts, found.aside, empty=is_empty(held, found))
        except Exception as error:  # noqa: BLE001 - a batch never fails for one item; the verdict is the batch's
            batch.failed(record, error, source=source)
            return None

    def _send_on(self, read: list[_Read], batch: Batch, tally: Tally) -> None:
        """Send all posts in as few messages as they fit in; where that fails, every response is tried again."""
        try:
            self._queue.send_tagged(_messages(read))
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
            lied = self._report(done)  # first: what comes again would leave its letters each time
            for why in unread[:MAX_LETTERS]:
                self._dead_letters.put(encode(done.message), reason=f"one item of the response: {why}"[:1000])
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


def _places(records: Iterable[Record]) -> Iterator[tuple[str, Span]]:
    """Where messages say that responses are; what is wrong with a message is told when it is its turn."""
    for record in records:
        with suppress(ParseError):
            message = decode(record.body, Archived)
            yield message.key, Span(message.offset, message.length)


def _tell(read: Sequence[_Read]) -> None:
    posts, ids = sum(len(done.posts) for done in read), correlation.distinct(each for done in read for each in done.ids)
    logger.info("normalized", extra={"responses": len(read), "posts": posts, correlation.ATTRIBUTE: ids})


def _messages(read: Sequence[_Read]) -> Iterator[Tagged]:
    """The posts of all responses, in as few messages as they fit in; each with the ids of its posts' responses."""
    ids = {done.place: done.ids for done in read}
    for live, replay in _KINDS:
        posts = (post for done in read if done.message.replay is replay for post in done.chosen(live=live))
        for batch in batches(posts, live=live, replay=replay):
            places = correlation.distinct(place for post in batch.posts for place in correlation.of_post(post))
            yield Tagged(encode(batch), correlation.distinct(each for place in places for each in ids.get(place, ())))
