"""A conversation as a tree: the post asked for, what it answers, what answers it, and what is missing in between."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from socialindex.access import Scope, visible_to
from socialindex.model import Struct
from socialindex.search.fields import from_query
from socialindex.search.http import LARGEST, Answer, sent_bytes
from socialindex.search.lookup import look_up
from socialindex.search.posts import HIDDEN, ONLY_ALONE, Item, read
from socialindex.search.routes import Doc, Route
from socialindex.search.turns import Turn, turns_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.search.http import HttpRequest

MOST: Final = 1_000
"""Posts of a conversation."""
DEEPEST: Final = 50
_ROUNDS: Final = 12
"""Questions to the engine about one conversation: each goes one answer further where no post names the beginning."""
_PATIENCE: Final = 5.0
"""Seconds after which no further question is asked, so that the last one ends within the function's time."""
_OLDEST: Final = [{"published_at": {"order": "asc", "missing": 0, "numeric_type": "date"}}, {"id": "asc"}]


class AskThread(Struct, frozen=True, kw_only=True):
    """How a conversation is shown."""

    depth: Annotated[int, msgspec.Meta(ge=1, le=DEEPEST)] = 20
    """How many answers deep; ``hidden`` counts what is below."""


class Thread(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A conversation, as far as it is known."""

    asked: str
    """The id of the post asked for."""
    thread_id: str | None
    """The id of the post that it began with, where the source says so."""
    posts: int
    """How many posts it has here, without missing and deleted ones."""
    truncated: bool
    """There are more than a thousand, or than fit into an answer or could be followed:
    ``GET /v1/posts?thread=<thread_id>&sort=oldest`` gives all that name their beginning."""
    turns: list[Turn]
    """Where it begins: one place, or several where the source does not say how they hang together."""


class ThreadPart:
    """The route of conversations."""

    def __init__(self, engine: OpenSearch) -> None:
        self._engine = engine

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        doc = Doc(
            "Show the conversation that a post is in",
            "Posts",
            query=AskThread,
            answer=Thread,
            errors=(404,),
            description="At most a thousand posts. Deleted posts keep their place, without their words.",
        )
        return {"GET /v1/posts/{id}/thread": Route(Scope.READ, self._thread, doc, weight=2, gives_posts=True)}

    def _thread(self, request: HttpRequest, caller: Caller) -> Answer:
        asked = from_query(AskThread, request.query)
        found = thread(self._engine, caller, request.path["id"], asked.depth)
        return Answer(200, found, posts=_shown_in(found.turns))


def _shown_in(turns: list[Turn]) -> int:
    """How many posts are shown, which is what is charged: neither what is hidden, nor places without a post."""
    return sum((turn.post is not None) + _shown_in(turn.replies) for turn in turns)


def thread(engine: OpenSearch, caller: Caller, post: str, depth: int) -> Thread:
    """The conversation that a post is in.

    Raises:
        NotFound: there is no such post, or it is not the caller's to see.
        Unavailable: the engine does not answer.
    """
    known, end = _Known(read(engine, caller, post)), time.monotonic() + _PATIENCE
    for _ in range(_ROUNDS):
        wanted = known.wanted()
        if not wanted or known.is_full or time.monotonic() > end:
            break
        known.add(_asked(engine, caller, wanted))
    truncated = known.is_full or bool(known.wanted())
    living = [item for item in known.items.values() if "deleted_at" not in item]
    return Thread(
        asked=post,
        thread_id=known.items[post].get("thread_id"),
        posts=len(living),
        truncated=truncated,
        turns=turns_of(known.items, depth),
    )


class _Wanted(Struct, frozen=True, kw_only=True):
    """What is not asked yet: conversations by their beginning, answers to posts, posts that are answered."""

    threads: frozenset[str]
    answered: frozenset[str]
    ids: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.threads or self.answered or self.ids)


class _Known:
    """The posts of a conversation that were found, and what was asked for them."""

    def __init__(self, post: Item) -> None:
        self.items: dict[str, Item] = {post["id"]: post}
        self.is_full = False
        self._bytes = sent_bytes(post)
        self._asked: dict[str, set[str]] = {"threads": set(), "answered": set(), "ids": {post["id"]}}

    def wanted(self) -> _Wanted:
        """What leads further."""
        items = self.items.values()
        threads = {item["thread_id"] for item in items if "thread_id" in item}
        parents = {item["in_reply_to"] for item in items if "in_reply_to" in item}
        return _Wanted(
            threads=frozenset(threads - self._asked["threads"]),
            answered=frozenset((self.items.keys() | threads | parents) - self._asked["answered"]),
            ids=frozenset((parents | threads) - self.items.keys() - self._asked["ids"]),
        )

    def add(self, found: tuple[_Wanted, list[Item]]) -> None:
        """Keep what was found for what was wanted, the first thousand, as far as they fit into an answer."""
        wanted, items = found
        for name in self._asked:
            self._asked[name] |= getattr(wanted, name)
        for item in items:
            if item["id"] in self.items:
                continue
            self._bytes += sent_bytes(item)
            if len(self.items) == MOST or self._bytes > LARGEST:
                self.is_full = True
                return
            self.items[item["id"]] = item


def _asked(engine: OpenSearch, caller: Caller, wanted: _Wanted) -> tuple[_Wanted, list[Item]]:
    """The living posts that are wanted, and of those that are answered the deleted ones too."""
    hangs_on = [{"terms": {"thread_id": sorted(wanted.threads)}}, {"terms": {"in_reply_to": sorted(wanted.answered)}}]
    living = {"bool": {"filter": [*visible_to(caller), _either(hangs_on)]}}
    answered = {"ids": {"values": sorted(wanted.ids)}}
    body = {
        "query": {"bool": {"filter": [*visible_to(caller, tombstones=True), _either([living, answered])]}},
        "sort": _OLDEST,
        "size": MOST + 1,
        "_source": {"excludes": [*HIDDEN, *ONLY_ALONE]},
    }
    return wanted, [_shown(hit["_source"]) for hit in look_up(engine, body)["hits"]["hits"]]


def _shown(item: Item) -> Item:
    """A tombstone tells that it is one, and nothing else."""
    return {"id": item["id"], "deleted_at": item["deleted_at"]} if "deleted_at" in item else item


def _either(clauses: Sequence[Mapping[str, object]]) -> dict[str, Any]:
    return {"bool": {"should": list(clauses), "minimum_should_match": 1}}
