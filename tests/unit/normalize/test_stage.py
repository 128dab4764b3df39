"""Archived responses become posts on their way; what is wrong with one is no other's trouble."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import msgspec
import pytest

from socialindex import sources, terms
from socialindex.batch import MAX_RECEIVES, PATIENCE
from socialindex.correlation import of_place
from socialindex.crawl.rhythm import Poll, Rhythm
from socialindex.dictionary import Entry
from socialindex.errors import Discarded, ParseError, Refused, Unavailable
from socialindex.messages import Archived, PostBatch, decode, encode
from socialindex.model import Author, Draft
from socialindex.normalize.stage import MAX_LETTERS, Normalize
from socialindex.sources.base import Channel, Request, Response, withdrawn
from socialindex.sources.feed import Feed
from socialindex.warc import Exchange, Span, WarcObject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from socialindex.messages import Tagged
    from socialindex.model import Post
    from socialindex.outcomes import Count

ADDED = datetime(2026, 11, 1, tzinfo=UTC)
RECEIVED = datetime(2026, 11, 20, 9, tzinfo=UTC)
FEED = '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{}</channel></rss>'
OLD, NEW = "Sat, 31 Oct 2026 09:00:00 GMT", "Fri, 20 Nov 2026 08:00:00 GMT"


class Archive:
    """Objects in memory; one that is down gives nothing."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.down = False

    def read(self, key: str, span: Span) -> bytes:
        if self.down:
            raise Unavailable("archive: no answer")
        if key not in self.objects:
            raise ParseError(f"the archive has nothing at {key}")
        return self.objects[key][span.offset : span.offset + span.length]

    def keep(self, *bodies: str, source: str = "feed", status: int = 200) -> list[Archived]:
        """Responses in one object; a message for each."""
        key, archived = f"raw/{len(self.objects)}", WarcObject()
        spans = [archived.add(exchange(body, status)) for body in bodies]
        self.objects[key] = archived.data()
        return [Archived(key=key, offset=span.offset, length=span.length, source=source) for span in spans]


def exchange(body: str, status: int = 200) -> Exchange:
    url = "https://news.example/feed"
    return Exchange(
        Channel(id="ch_1", source="feed", url=url, created_at=ADDED),
        Response(
            request=Request(url=url, kind="feed"),
            url=url,
            status=status,
            headers={"content-type": "application/rss+xml"},
            body=body.encode(),
            received_at=RECEIVED,
        ),
    )


def feed(*items: str) -> str:
    return FEED.format("".join(items))


def item(number: int, date: str = NEW) -> str:
    link = f"https://news.example/{number}"
    return f"<item><title>t{number}</title><link>{link}</link><guid>{link}</guid><pubDate>{date}</pubDate></item>"


NAMELESS = "<item><description>no address, no id</description></item>"


class Queue:
    """What was sent, or nothing while it is down."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.correlation: list[Sequence[str]] = []
        self.letters: list[tuple[str, str]] = []
        self.down = False

    def send_tagged(self, messages: Iterable[Tagged]) -> int:
        sent = list(messages)
        if self.down and sent:
            raise Unavailable("queue: no answer")
        self.bodies += [message.body for message in sent]
        self.correlation += [message.correlation for message in sent]
        return len(sent)

    def put(self, body: str, *, reason: str) -> None:
        if self.down:
            raise Unavailable("dead-letter queue: no answer")
        self.letters.append((body, reason))

    @property
    def batches(self) -> list[PostBatch]:
        return [decode(body, PostBatch) for body in self.bodies]

    @property
    def posts(self) -> list[Post]:
        return [post for batch in self.batches for post in batch.posts]


class Outcomes:
    def __init__(self) -> None:
        self.counts: Counter[Count] = Counter()

    def add(self, counts: Counter[Count]) -> None:
        self.counts.update(counts)

    def told(self) -> dict[tuple[str, str], int]:
        """Times by outcome and reason."""
        assert {count.stage for count in self.counts} <= {"normalize"}
        return {(count.outcome, count.reason): times for count, times in self.counts.items()}


class Stage:
    """The stage with its surroundings."""

    def __init__(self) -> None:
        self.archive, self.queue, self.dead, self.outcomes = Archive(), Queue(), Queue(), Outcomes()
        self.names: Names | None = None
        self.polls: Any = None

    def handle(self, *messages: Archived | str, receives: int = 1) -> list[int]:
        """Numbers of the messages that come again."""
        records = [
            {
                "messageId": str(number),
                "body": message if isinstance(message, str) else encode(message),
                "attributes": {"ApproximateReceiveCount": str(receives)},
                "messageAttributes": {"correlation": {"stringValue": f"crawl-{number}"}},
            }
            for number, message in enumerate(messages)
        ]
        stage = Normalize(self.archive, self.queue, self.dead, self.outcomes, self.polls, names=self.names)
        answer: Any = stage.handle({"Records": records})
        return [int(failure["itemIdentifier"]) for failure in answer["batchItemFailures"]]


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_posts_of_many_responses_travel_together(stage: Stage) -> None:
    messages = stage.archive.keep(feed(item(1), item(2)), feed(item(3)))
    assert stage.handle(*messages) == []
    assert [post.title for post in stage.queue.posts] == ["t1", "t2", "t3"]
    assert len(stage.queue.bodies) == 1
    assert stage.outcomes.told() == {("ok", ""): 2}


def test_each_post_says_which_record_it_is_from(stage: Stage) -> None:
    first, second = stage.archive.keep(feed(item(1)), feed(item(2)))
    stage.handle(first, second)
    places = [post.provenance for post in stage.queue.posts]
    assert [(place.archive_key, place.archive_offset, place.archive_length) for place in places if place] == [
        (first.key, first.offset, first.length),
        (second.key, second.offset, second.length),
    ]


def test_a_message_carries_the_ids_of_the_responses_that_its_posts_are_from(stage: Stage) -> None:
    first, _, third = stage.archive.keep(feed(item(1, OLD)), feed(), feed(item(2, OLD), item(3, NEW)))
    stage.handle(first, _, third)
    places = [of_place(one.key, one.offset) for one in (first, third)]
    assert stage.queue.correlation == [
        ("crawl-0", places[0], "crawl-2", places[1]),
        ("crawl-2", places[1]),
    ]


def test_posts_older_than_their_channel_are_not_live(stage: Stage) -> None:
    stage.handle(*stage.archive.keep(feed(item(1, OLD), item(2, NEW))))
    assert {batch.posts[0].title: batch.live for batch in stage.queue.batches} == {"t1": False, "t2": True}


def test_what_is_replayed_says_so_and_travels_apart(stage: Stage) -> None:
    (fresh,) = stage.archive.keep(feed(item(1)))
    (again,) = stage.archive.keep(feed(item(2)))
    replay = Archived(key=again.key, offset=again.offset, length=again.length, source="feed", replay=True)
    stage.handle(fresh, replay)
    assert {batch.posts[0].title: batch.replay for batch in stage.queue.batches} == {"t1": False, "t2": True}


def test_the_same_message_gives_the_same_posts(stage: Stage) -> None:
    (message,) = stage.archive.keep(feed(item(1), item(2)))
    stage.handle(message)
    once = list(stage.queue.bodies)
    stage.handle(message)
    assert stage.queue.bodies == once * 2


def test_a_response_without_posts_is_done(stage: Stage) -> None:
    assert stage.handle(*stage.archive.keep(feed())) == []
    assert stage.queue.bodies == []
    assert stage.outcomes.told() == {("ok", "empty"): 1}


# What is wrong with one


BAD = {
    "not a message": ("ParseError", "nonsense"),
    "no such object": ("ParseError", Archived(key="raw/none", offset=0, length=1, source="feed")),
    "no such source": ("InvalidInput", Archived(key="raw/0", offset=0, length=1, source="x" * 5_000)),
}


@pytest.mark.parametrize(("kind", "message"), BAD.values(), ids=BAD)
def test_a_bad_message_is_quarantined_and_its_mates_pass(stage: Stage, kind: str, message: Archived | str) -> None:
    before, behind = stage.archive.keep(feed(item(1)), feed(item(2)))
    assert stage.handle(before, message, behind) == []
    assert [post.title for post in stage.queue.posts] == ["t1", "t2"]
    ((body, reason),) = stage.dead.letters
    assert body == (message if isinstance(message, str) else encode(message))
    assert reason.startswith(kind)
    assert stage.outcomes.told() == {("ok", ""): 2, ("quarantine", kind): 1}
    assert {count.source for count in stage.outcomes.counts} <= {"", "feed"}


def test_a_response_that_cannot_be_read_is_quarantined_and_its_mates_pass(stage: Stage) -> None:
    messages = stage.archive.keep(feed(item(1)), "<html>maintenance</html>", feed(item(2)))
    assert stage.handle(*messages) == []
    assert [post.title for post in stage.queue.posts] == ["t1", "t2"]
    assert [body for body, _ in stage.dead.letters] == [encode(messages[1])]


def test_a_damaged_record_is_quarantined_and_its_mates_pass(stage: Stage) -> None:
    first, second, third = stage.archive.keep(*(feed(item(number)) for number in (1, 2, 3)))
    data = bytearray(stage.archive.objects[first.key])
    data[second.offset + 60] ^= 0xFF
    stage.archive.objects[first.key] = bytes(data)
    assert stage.handle(first, second, third) == []
    assert [post.title for post in stage.queue.posts] == ["t1", "t3"]
    assert "archive" in stage.dead.letters[0][1]


def test_a_response_that_is_not_ours_to_keep_is_discarded(stage: Stage) -> None:
    assert stage.handle(*stage.archive.keep("", status=410)) == []
    assert stage.outcomes.told() == {("discard", "gone"): 1}
    assert stage.dead.letters == []


def test_a_bad_item_is_set_aside_with_its_reason_and_the_others_pass(stage: Stage) -> None:
    (message,) = stage.archive.keep(feed(item(1), NAMELESS, item(2)))
    assert stage.handle(message) == []
    assert [post.title for post in stage.queue.posts] == ["t1", "t2"]
    ((body, reason),) = stage.dead.letters
    assert body == encode(message)
    assert reason.startswith("one item of the response: ")
    assert stage.outcomes.told() == {("ok", ""): 1, ("quarantine", "ParseError"): 1}


def test_a_response_of_nothing_but_unreadable_items_leaves_few_letters_and_counts_them_all(stage: Stage) -> None:
    stage.handle(*stage.archive.keep(feed(item(1), *[NAMELESS] * 500)))
    assert len(stage.queue.posts) == 1
    assert len(stage.dead.letters) == MAX_LETTERS
    assert stage.outcomes.told() == {("ok", ""): 1, ("quarantine", "ParseError"): 500}


# What is down


def test_while_the_archive_is_down_everything_comes_again(stage: Stage) -> None:
    messages = stage.archive.keep(feed(item(1)), feed(item(2)))
    stage.archive.down = True
    assert stage.handle(*messages, receives=MAX_RECEIVES) == [0, 1]
    assert stage.dead.letters == []
    assert stage.outcomes.told() == {("retry", "Unavailable"): 2}


def test_while_a_poll_cannot_be_told_the_letters_of_its_items_wait_too(stage: Stage) -> None:
    """It comes again within seconds, and each time would leave the same letters."""
    (message,) = stage.archive.keep(feed(item(1), NAMELESS))
    polled = msgspec.structs.replace(message, poll=Poll(channel="ch_1", at=0.0, rhythm=Rhythm()))
    stage.polls = Mock()
    stage.polls.report.side_effect = [Unavailable("channels: throttled"), False]
    assert stage.handle(polled) == [0]
    assert stage.dead.letters == []
    assert stage.handle(polled) == []
    assert len(stage.dead.letters) == 1


def test_while_the_queue_is_down_everything_comes_again_and_nothing_else_is_counted(stage: Stage) -> None:
    messages = stage.archive.keep(feed(item(1), NAMELESS), feed(item(2)))
    stage.queue.down = True
    assert stage.handle(*messages) == [0, 1]
    assert stage.dead.letters == []
    assert stage.outcomes.told() == {("retry", "Unavailable"): 2}


def test_what_waited_too_long_for_a_queue_is_quarantined(stage: Stage) -> None:
    messages = stage.archive.keep(feed(item(1)))
    stage.queue.down = True
    assert stage.handle(*messages, receives=PATIENCE) == []
    assert [body for body, _ in stage.dead.letters] == [encode(messages[0])]


def test_while_the_dead_letters_are_down_only_what_belongs_there_comes_again(stage: Stage) -> None:
    good, partly, bad = stage.archive.keep(feed(item(1)), feed(item(2), NAMELESS), "<html>maintenance</html>")
    stage.dead.down = True
    assert stage.handle(good, partly, bad) == [1, 2]
    assert "t1" in [post.title for post in stage.queue.posts]
    assert stage.outcomes.told() == {("ok", ""): 1, ("retry", "Unavailable"): 2}


# Withdrawn


class Refusing(Feed):
    """Says of a response what it is told to."""

    def __init__(self, *items: Exception, whole: Exception | None = None) -> None:
        self.items, self.whole = items, whole

    def posts(self, *_: Any) -> Iterator[Exception]:
        yield from self.items
        if self.whole:
            raise self.whole


@pytest.mark.parametrize(
    "adapter",
    [
        Refusing(withdrawn("noindex", "https://a.example/1")),
        Refusing(whole=withdrawn("noindex", "https://a.example/1")),
    ],
)
def test_a_post_that_must_not_be_kept_is_sent_on_to_be_taken_down(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, adapter: Refusing
) -> None:
    monkeypatch.setattr(sources, "find", lambda _: adapter)
    assert stage.handle(*stage.archive.keep(feed())) == []
    (post,) = stage.queue.posts
    assert (post.uri, post.withdrawn, post.deleted_at) == ("https://a.example/1", True, RECEIVED)
    assert stage.outcomes.told() == {("ok", ""): 1, ("discard", "noindex"): 1}


def test_the_index_is_not_told_whose_a_withdrawn_post_was(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    author = Author(id="https://a.example/anna", name="Anna")
    draft = Draft(uri="https://a.example/1", text="words", author=author)
    monkeypatch.setattr(sources, "find", lambda _: Feed())
    monkeypatch.setattr(Feed, "posts", lambda *_: iter([draft]))

    def forbidden(_: str) -> None:
        raise Refused("terms_forbidden")

    monkeypatch.setattr(terms, "check_post", forbidden)
    assert stage.handle(*stage.archive.keep(feed())) == []
    (post,) = stage.queue.posts
    assert (post.uri, post.withdrawn, post.author) == ("https://a.example/1", True, None)


def test_a_refusal_that_names_no_post_takes_nothing_down(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "find", lambda _: Refusing(Discarded("secret")))
    stage.handle(*stage.archive.keep(feed()))
    assert stage.queue.bodies == []
    assert stage.outcomes.told() == {("ok", ""): 1, ("discard", "secret"): 1}


# Enrichment


class Names:
    """A dictionary, or nothing while it is down."""

    def __init__(self) -> None:
        self.down = False
        self._entries = (Entry(name="Topic One", variants=["t1"]),)

    def entries(self) -> tuple[Entry, ...]:
        if self.down:
            raise Unavailable("dictionary: no answer")
        return self._entries


def test_posts_are_enriched_with_the_names_that_are_taught(stage: Stage) -> None:
    stage.names = Names()
    assert stage.handle(*stage.archive.keep(feed(item(1), item(2)))) == []
    assert [post.entities for post in stage.queue.posts] == [["Topic One"], []]


def test_a_response_comes_again_while_the_dictionary_is_down(stage: Stage) -> None:
    stage.names = names = Names()
    names.down = True
    assert stage.handle(*stage.archive.keep(feed(item(1)))) == [0]
    assert stage.queue.posts == []
