"""What people did with mentions, in DynamoDB.

<topic>  <post>     work with a mention: body, version; waiting, warn_at where its target is still to be warned of

The index ``posts`` finds it by the post, ``due`` by when it is to be warned of.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING, Final

import msgspec

from socialindex import releases
from socialindex.aws.tables import Table
from socialindex.errors import Conflict, InvalidInput
from socialindex.mentions.work import Work

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from socialindex.aws.values import Item

Pair = tuple[str, str]
"""A topic and a post."""

MOST_BYTES: Final = 390_000
"""Of one mention's work; an item of the table has at most 400 KB."""
_BY_POST: Final = "posts"
"""The index by posts."""
_AT_ONCE: Final = 8
"""Posts that are looked up at a time, each in some milliseconds."""
_WAITING: Final = "waiting"
"""The one partition of the index of mentions with a target: as many as people are to answer."""


class WorkTable:
    """The table of work with mentions.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def get(self, topic: str, post: str) -> Work:
        """What was done with a mention; of one that nobody touched, a work that says so."""
        item = self._table.get(_key((topic, post)))
        return _work(item) if item else Work(topic=topic, post=post)

    def of(self, pairs: Iterable[Pair]) -> dict[Pair, Work]:
        """What was done with those of many mentions with which anything was."""
        found = map(_work, self._table.get_all(map(_key, pairs)))
        return {(work.topic, work.post): work for work in found}

    def save(self, work: Work) -> Work:
        """Write the next version of what ``get`` gave; with its number.

        Where there is more of it than an item can hold, the oldest changes of its history go: whatever was noted and
        done before, it can be answered.

        Raises:
            Conflict: somebody else has written meanwhile.
            InvalidInput: there is more of it than an item can hold.
        """
        following, body = _fitting(msgspec.structs.replace(work, version=work.version + 1))
        if len(body) > MOST_BYTES:
            raise InvalidInput(
                f"notes and answer of this mention would have {len(body)} bytes",
                remedy=f"write less: at most {MOST_BYTES} bytes",
            )
        values: Item = {"version": following.version, "body": body.decode()}
        if following.is_waiting and following.warn_at:
            values |= {"waiting": _WAITING, "warn_at": following.warn_at.timestamp()}
        key = _key((work.topic, work.post))
        if not self._table.write_next(key, values, work.version, drops=("waiting", "warn_at")):
            raise Conflict("the mention has been changed meanwhile: ask again")
        return following

    def forget(self, posts: Collection[str]) -> None:
        """Delete all that was done with the mentions of these posts: what is written of an erased post goes with it.

        What was done in the last moments may be overlooked: the index of posts follows the table.
        """
        if len(posts) < 2:  # noqa: PLR2004 - one needs no thread
            self._delete(chain.from_iterable(map(self._of_post, posts)))
            return
        with ThreadPoolExecutor(min(_AT_ONCE, len(posts))) as pool:
            self._delete(chain.from_iterable(pool.map(self._of_post, posts)))

    def posts(self) -> Iterator[str]:
        """The posts with whose mentions anything was done; one of two topics twice."""
        return (item["post"] for item in self._table.scan(_BY_POST))

    def _of_post(self, post: str) -> list[Pair]:
        items = self._table.query("#post = :post", {"post": post}, index=_BY_POST)
        return [(item["topic"], item["post"]) for item in items]

    def _delete(self, pairs: Iterable[Pair]) -> None:
        self._table.delete_all([*map(_key, pairs)])

    def forget_topic(self, topic: str) -> int:
        """Delete all that was done with a topic's mentions; with how many."""
        items = self._table.query("#topic = :topic", {"topic": topic}, consistent=True)
        pairs = [(item["topic"], item["post"]) for item in items]
        self._delete(pairs)
        return len(pairs)

    def due(self, now: float, limit: int) -> list[Pair]:
        """Mentions whose target is about to be missed, the longest waiting first."""
        values: Item = {"waiting": _WAITING, "now": now}
        condition = "#waiting = :waiting AND #warn_at <= :now"
        items = self._table.query(condition, values, index="due", limit=limit)
        return [(item["topic"], item["post"]) for item in items]


def _key(pair: Pair) -> dict[str, str]:
    return {"topic": pair[0], "post": pair[1]}


def _fitting(work: Work) -> tuple[Work, bytes]:
    """The work with as much of its history as there is room for, but for the last change always; and as it is kept."""
    body = msgspec.json.encode(work)
    while len(body) > MOST_BYTES and len(work.history) > 1:
        work = msgspec.structs.replace(work, history=work.history[1:])
        body = msgspec.json.encode(work)
    return work, body


def _work(item: Item) -> Work:
    return releases.decode(item["body"], Work)
