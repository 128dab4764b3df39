"""Work at posts that meets faults: normalize, index and topics.

A case is one piece of work of its own: its names are nobody else's, so that a stage can be tried a hundred times on
the same parts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from socialindex.aws.suppressions import Suppressions
from socialindex.engine import ALIAS, MENTIONS
from socialindex.erasure.removal import Removal
from socialindex.identity import author_key, post_id
from socialindex.index.writer import Write, Writer
from socialindex.messages import Archived, PostBatch, decode, encode
from socialindex.model import Author, Metrics, Post
from socialindex.topics.documents import Documents
from socialindex.topics.job import Wake
from socialindex.warc import WarcObject
from tests.integration.fault_stages import START, Messages
from tests.integration.pages import exchange, status
from tests.integration.parts import unique

if TYPE_CHECKING:
    from tests.integration.fault_stages import Stages


class Normalizing:
    """Two pages, one with a post that cannot be read, and a message that names nothing: posts and reasons."""

    def __init__(self, stages: Stages) -> None:
        self._parts, growing = stages.parts, WarcObject()
        pages = [[status(1, "anna"), status(2, "ben")], [status(3, "cho"), {"id": "1"}]]
        spans = [growing.add(exchange(page)) for page in pages]
        key = self._parts.archive.store(growing.data())
        named = [Archived(key=key, offset=s.offset, length=s.length, source="mastodon") for s in spans]
        lost = Archived(key="raw/nowhere", offset=0, length=1, source="mastodon")
        self._messages = Messages(stages, "normalize", *map(encode, [*named, lost]))

    def attempt(self, receives: int) -> bool:
        return self._messages.attempt(receives)

    def is_done(self) -> bool:
        return True

    def outcome(self) -> Any:
        batches = [decode(body, PostBatch) for body, _ in self._parts.receive("IndexQueue")]
        posts = {(post.uri, post.text, post.source) for batch in batches for post in batch.posts}
        return sorted(posts), sorted({why for _, why in self._parts.receive("NormalizeDeadLetters")})


class Indexing:
    """New, edited, deleted, erased and impossible posts: documents, mentions, reasons and the suppression list.

    Args:
        stages: what they go through.
        at: when the first of them is read.
    """

    def __init__(self, stages: Stages, at: datetime = START) -> None:
        self._stages, self._word, self._at = stages, unique("w").replace("-", ""), at
        self._topic = stages.watch(self._word)
        word = self._word
        erased = Author(id=f"urn:{word}", key=author_key(f"urn:{word}"))
        removal = Removal(id=unique("rm"), authors=[erased.key or ""], reason="operator", by="us", created_at=START)
        Suppressions(stages.parts.table("SuppressionsTable")).erase(removal)
        first = [
            [self._post("a", 0, f"{word} one"), self._post("b", 0, "nothing")],
            [self._post("c", 0, f"{word} two"), self._post("e", 0, f"{word} three", author=erased)],
            [self._post("f", 0, "x", language="x" * 40_000)],
            [self._post("g", 0, f"{word} four")],
        ]
        then = [
            [self._post("a", 5, f"{word} edited", metrics=Metrics(likes=5, read_at=START))],
            [self._post("c", 5, deleted_at=START), self._post("b", 5, f"{word} now")],
            [self._post("g", 5, deleted_at=START, withdrawn=True)],
        ]
        self._batches = [Messages(stages, "index", *map(_batch, posts)) for posts in (first, then)]

    def attempt(self, receives: int) -> bool:
        return all(messages.attempt(receives) for messages in self._batches)

    def is_done(self) -> bool:
        return True

    def outcome(self) -> Any:
        documents = self._stages.found(ALIAS, {"prefix": {"uri": self._uri("")}})
        mentions = self._stages.found(MENTIONS, {"term": {"mention.topic": self._topic.id}})
        names = {post_id(self._uri(name)): name for name in "abcefg"}
        letters = self._stages.parts.receive("IndexDeadLetters")
        return (
            sorted((each["uri"][-1], self._bare(each), each.get("deleted_at"), _likes(each)) for each in documents),
            sorted((names[each["mention"]["post"]], self._bare(each), *_why(each)) for each in mentions),
            len({why for _, why in letters}),
        )

    def _post(self, name: str, minute: int, text: str | None = None, **fields: Any) -> Post:
        at, uri = self._at + timedelta(minutes=minute), self._uri(name)
        return Post(id=post_id(uri), uri=uri, source="feed", published_at=START, collected_at=at, text=text, **fields)

    def _uri(self, name: str) -> str:
        return f"https://{self._word}.example/{name}"

    def _bare(self, document: dict[str, Any]) -> str:
        return str(document.get("text")).replace(self._word, "WORD")


class Topical:
    """A topic that the engine does not know yet, and posts that were there: the engine's topic and its mentions."""

    def __init__(self, stages: Stages) -> None:
        self._stages, word = stages, unique("w").replace("-", "")
        posts = [
            Post(id=post_id(f"urn:{word}{n}"), uri=f"urn:{word}{n}", source="feed", collected_at=START, text=word)
            for n in range(3)
        ]
        assert not any(Writer(stages.engine).write([Write(post, live=False, replay=False) for post in posts]))
        stages.engine.indices.refresh(index=ALIAS)
        self._topic = stages.watch(word, is_held=False)
        self._names = {post.id: number for number, post in enumerate(posts)}

    def attempt(self, receives: int) -> bool:
        bodies = [encode(Wake(id=self._topic.id))]
        if receives > 1:
            self._stages.run("topics", {})
            bodies = [body for body, _ in self._stages.parts.receive("TopicsQueue")]
        return Messages(self._stages, "topics", *bodies).attempt(receives)

    def is_done(self) -> bool:
        return not self._stages.topics.get(self._topic.id).is_at_work

    def outcome(self) -> Any:
        kept, held = self._stages.topics.get(self._topic.id), Documents(self._stages.engine).find(self._topic.id)
        mentions = self._stages.found(MENTIONS, {"term": {"mention.topic": self._topic.id}})
        return (
            held is not None and held.is_of(kept.topic),
            sorted((self._names[each["mention"]["post"]], *_why(each)) for each in mentions),
            (kept.topic.backfill_done, kept.job.step, kept.job.found),
        )


def _batch(posts: list[Post]) -> str:
    return encode(PostBatch(posts=posts))


def _likes(document: dict[str, Any]) -> Any:
    return document.get("metrics", {}).get("likes")


def _why(mention: dict[str, Any]) -> tuple[Any, ...]:
    held = mention["mention"]
    return held["revision"], str(held.get("gone")), held.get("backfilled")
