"""The normalize stage: NormalizeQueue -> canonical posts -> IndexQueue."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from socialindex import sources, warc
from socialindex.batch import Batch, BatchAnswer, DeadLetters, Record
from socialindex.errors import Discarded, ParseError, SocialIndexError, Unavailable
from socialindex.messages import Archived, decode, encode, pack
from socialindex.normalize.finish import finish, is_live
from socialindex.outcomes import OutcomeStore, Tally
from socialindex.warc import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from socialindex.model import Draft, Post

STAGE = "normalize"


_KINDS = tuple(itertools.product((False, True), repeat=2))


class _Read(NamedTuple):
    """A record whose response was read, with its posts and whether each is live."""

    record: Record
    message: Archived
    posts: list[tuple[Post, bool]]

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
        self, archive: ArchiveReader, queue: Sender, dead_letters: DeadLetters, outcomes: OutcomeStore
    ) -> None:
        self._archive = archive
        self._queue = queue
        self._dead_letters = dead_letters
        self._outcomes = outcomes

    def handle(self, event: dict[str, Any]) -> BatchAnswer:
        """Normalize the responses that an SQS event names.

        A record's own failure is its own verdict; posts of the others are sent on all the same.
        """
        tally = Tally(STAGE)
        batch = Batch(event, self._dead_letters, tally)
        read = [done for record in batch.records if (done := self._read(record, batch, tally))]
        self._send_on(read, batch, tally)
        self._outcomes.add(tally.take())
        return batch.answer()

    def _read(self, record: Record, batch: Batch, tally: Tally) -> _Read | None:
        source = ""
        try:
            message = decode(record.body, Archived)
            source = message.source
            return _Read(record, message, self._posts(message, tally))
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
                tally.add("ok", source=done.message.source)

    def _posts(self, message: Archived, tally: Tally) -> list[tuple[Post, bool]]:
        span = Span(message.offset, message.length)
        exchange = warc.read(self._archive.read(message.key, span))
        adapter = sources.find(message.source)
        posts: list[tuple[Post, bool]] = []
        for item in adapter.posts(exchange.channel, exchange.response):
            try:
                post = finish(_draft(item), exchange, adapter, (message.key, span))
                posts.append((post, is_live(post, exchange)))
            except SocialIndexError as verdict:
                self._set_aside(verdict, message, tally)
        return posts

    def _set_aside(self, verdict: SocialIndexError, message: Archived, tally: Tally) -> None:
        """Count an item of a response that is not kept; one that cannot be read also keeps its reason."""
        if isinstance(verdict, Discarded):
            tally.add("discard", source=message.source, reason=verdict.reason)
            return
        if not isinstance(verdict, ParseError):
            raise verdict
        tally.add("quarantine", source=message.source, reason=type(verdict).__name__)
        self._dead_letters.put(encode(message), reason=f"one item of the response: {verdict}"[:1000])


def _draft(item: Draft | Exception) -> Draft:
    if isinstance(item, Exception):
        raise item
    return item
