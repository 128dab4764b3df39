"""What a written post means for its mentions: which are held against topics, which are only shown anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from socialindex.errors import ParseError, Unavailable
from socialindex.index.writer import Merged, Write
from socialindex.mentions.follow import Listener
from socialindex.model import Post
from socialindex.outcomes import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def ago(seconds: float) -> datetime:
    return datetime.now(tz=UTC) - timedelta(seconds=seconds)


@dataclass
class Parts:
    """The percolator and the writer: what each was asked."""

    held: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)
    errors: dict[str, Exception] = field(default_factory=dict)
    down: bool = False

    def match(self, documents: Sequence[dict[str, Any]]) -> dict[str, Any]:
        if self.down:
            raise Unavailable("no answer")
        self.held = [document["id"] for document in documents]
        return {}

    def active(self, topics: set[str]) -> set[str]:
        return topics

    def made(self, met: Sequence[Any], restored: set[str]) -> list[Any]:
        assert not met
        assert restored <= set(self.held)
        return []

    def followed(self, documents: dict[str, Any]) -> list[Any]:
        self.shown = list(documents)
        return []

    def taken_down(self, documents: dict[str, Any]) -> list[Any]:
        self.taken = list(documents)
        return []

    def places(self, posts: dict[str, Any], *, fresh: bool) -> list[Any]:
        assert fresh
        self.looked = list(posts)
        return []

    def write(self, changes: Iterable[Any], tally: Tally) -> dict[str, Exception]:
        assert not list(changes)
        assert not tally.take()
        return self.errors


def told(parts: Parts, *pairs: tuple[Write, Merged | Exception]) -> list[Exception | None]:
    listener = Listener(cast("Any", None), cast("Any", parts), cast("Any", parts))
    return listener.hear([write for write, _ in pairs], [one for _, one in pairs], Tally("mentions"))


def written(
    name: str = "a",
    *,
    read: float = 1,
    indexed: float = 0,
    updated: float | None = None,
    worded: float | None = None,
    changed: bool = True,
    gone: bool = False,
    replay: bool = False,
) -> tuple[Write, Merged]:
    """A post that was read, and whose document was made, changed and reworded, so many seconds ago."""
    document: dict[str, Any] = {
        "id": name,
        "indexed_at": ago(indexed).isoformat(),
        "updated_at": ago(indexed if updated is None else updated).isoformat(),
        "versions": {} if worded is None else {"worded": ago(worded).isoformat()},
    }
    post = Post(id=name, uri=name, source="feed", collected_at=ago(read))
    return Write(post, False, replay), Merged(document | ({"deleted_at": "x"} if gone else {}), "posts-g1", changed)


HELD, SHOWN, NOTHING, TAKEN = "held", "shown", "nothing", "taken"

CASES: dict[str, tuple[dict[str, Any], str]] = {
    "new": ({}, HELD),
    "new, and the message came again": ({"read": 400, "indexed": 399, "changed": False}, HELD),
    "edited": ({"read": 2, "indexed": 900, "updated": 1, "worded": 1}, HELD),
    "edited, and the message came again": (
        {"read": 400, "indexed": 900, "updated": 399, "worded": 399, "changed": False},
        HELD,
    ),
    "edited, then figures changed, then the message came again": (
        {"read": 400, "indexed": 900, "updated": 100, "worded": 399, "changed": False},
        HELD,
    ),
    "figures": ({"read": 2, "indexed": 900, "updated": 1}, SHOWN),
    "figures of a post once edited": ({"read": 2, "indexed": 900, "updated": 1, "worded": 600}, SHOWN),
    "figures, and the message came again": ({"read": 400, "indexed": 900, "updated": 399, "changed": False}, SHOWN),
    "figures of a young post": ({"read": 2, "indexed": 20, "updated": 1}, HELD),
    "unchanged": ({"read": 2, "indexed": 900, "changed": False}, NOTHING),
    "archive read again": ({"read": 90_000, "indexed": 900, "changed": False, "replay": True}, HELD),
    "deleted": ({"read": 2, "indexed": 900, "updated": 1, "worded": 1, "gone": True}, TAKEN),
    "deleted before we saw it": ({"gone": True}, TAKEN),
    "deleted, and the message came again": (
        {"read": 400, "indexed": 900, "updated": 399, "worded": 399, "changed": False, "gone": True},
        TAKEN,
    ),
    "read as deleted once more": (
        {"read": 2, "indexed": 900, "updated": 1, "worded": 600, "gone": True},
        NOTHING,
    ),
}


@pytest.mark.parametrize(("case", "becomes"), CASES.values(), ids=CASES)
def test_what_a_message_means(case: dict[str, Any], becomes: str) -> None:
    parts = Parts()
    assert told(parts, written(**case)) == [None]
    done = {HELD: parts.held, SHOWN: parts.shown, TAKEN: parts.taken}
    assert [name for name, posts in done.items() if posts] == ([] if becomes == NOTHING else [becomes])


@pytest.mark.parametrize(("worded", "looked"), [(None, []), (1, ["a"])], ids=["new", "edited"])
def test_only_what_ever_had_other_words_may_have_lost_a_match(worded: float | None, looked: list[str]) -> None:
    parts = Parts()
    told(parts, written(worded=worded, indexed=900 if worded else 0, updated=worded))
    assert (parts.held, parts.looked) == (["a"], looked)


def test_of_two_messages_about_a_post_the_one_that_says_more_counts() -> None:
    parts = Parts()
    edited = written(read=3, indexed=900, updated=2, worded=2)
    figures = written(read=2, indexed=900, updated=1, worded=600)
    told(parts, edited, figures)
    assert (parts.held, parts.shown) == (["a"], [])


def test_errors_stay_with_their_posts() -> None:
    refused, lost = ParseError("refused"), Unavailable("lost")
    parts = Parts(errors={"b": lost})
    assert told(parts, written("a"), written("b"), (written("c")[0], refused)) == [None, lost, refused]
    assert parts.held == ["a", "b"]


def test_an_outage_is_everybodys() -> None:
    with pytest.raises(Unavailable):
        told(Parts(down=True), written())
