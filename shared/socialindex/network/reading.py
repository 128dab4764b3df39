"""The posts of a selection out of the engine, the newest first, for whoever reads them one by one.

Only what networks are made of is asked for, and the words of a post where somebody wants them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from socialindex import releases
from socialindex.access import visible_to
from socialindex.groups import groups
from socialindex.model import Post, Struct
from socialindex.search.lookup import look_up
from socialindex.search.posts import NEWEST, Item, apart
from socialindex.search.selection import Selection, index_of, known_by, selected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from opensearchpy import OpenSearch

    from socialindex.access import Caller

PAGE: Final = 2_000
"""Posts that are in memory at once."""
IDS: Final = 1_000
"""Posts that are asked for by their ids at once."""
NEEDED: Final = [
    "id", "uri", "url", "source", "platform", "kind", "published_at", "collected_at", "author.key", "author.handle",
    "author.name", "in_reply_to", "repost_of", "quote_of", "mentions", "hashtags", "links", "media.kind", "entities",
    "cluster_id", "metrics.likes", "metrics.replies", "metrics.reposts",
]  # fmt: skip
"""What networks and spread are made of."""
WORDS: Final = ["title", "text", "language"]

Dsl = dict[str, Any]
Sift = Callable[["Sequence[Item]"], "Iterable[Item]"]


class Read(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What was read of a selection."""

    posts: int
    """Posts that were read: the newest."""
    of: int
    """Posts that match."""
    answers: int
    """Answers to these posts that were read, too, though they do not match."""
    oldest: datetime | None
    """When the oldest of those that were read was published; null where none was read, or none has a date."""


def everything(items: Sequence[Item]) -> Sequence[Item]:
    """All of them."""
    return items


class Reader:
    """Reads posts of a selection.

    Args:
        engine: has them.
        caller: who must be allowed to see them.
        selection: which.
        bound: posts since later than this (Unix ms) are left out.
        sift: what of a page may be read.
        more: fields beside those that networks are made of.

    Raises (every method):
        NotFound: a topic of the selection is not the caller's.
        InvalidQuery: the query cannot be read, or asks too much of the engine.
        Unavailable: a part does not answer.
    """

    def __init__(
        self,
        engine: OpenSearch,
        caller: Caller,
        selection: Selection,
        bound: int,
        *,
        sift: Sift = everything,
        more: Sequence[str] = (),
    ) -> None:
        self._engine = engine
        self._caller = caller
        self._index = index_of(selection)
        self._query = {"bool": {"filter": [selected(caller, selection), known_by(selection, bound)]}}
        self._order = [*NEWEST, *apart(selection)]
        self._sift = sift
        self._source = [*NEEDED, *more]
        self._known = known_by(Selection(), bound)
        self._met: dict[str, None] = {}
        self.seen = 0
        """Posts that were looked at so far."""
        self.answered = 0
        """Answers to these that were looked at so far."""
        self.oldest: datetime | None = None

    def posts(self, most: int, go_on: Callable[[], bool] = lambda: True) -> Iterator[Post]:
        """So many posts at most. ``go_on`` is asked before each page but the first; where it says no, that was all."""
        for hits in self._pages(self._query, self._order, self._index, most, go_on):
            self.seen += len(hits)
            for post in self._read(hits):
                if post.published_at:
                    self.oldest = min(self.oldest or post.published_at, post.published_at)
                yield post

    def answers(self, most: int, go_on: Callable[[], bool] = lambda: True) -> Iterator[Post]:
        """Answers to the posts that were read, wherever they are in a conversation that one of these began.

        Most of them say no more than "me too" and match nothing. Those that were read already are not among them.
        """
        ids = list(self._met)
        for start in range(0, len(ids), IDS):
            chunk = ids[start : start + IDS]
            answering = [{"terms": {field: chunk}} for field in ("in_reply_to", "thread_id")]
            query = {"bool": {"filter": [self._known, *visible_to(self._caller), {"bool": {"should": answering}}]}}
            if start and not go_on():
                return
            for hits in self._pages(query, NEWEST, index_of(Selection()), most - self.answered, go_on):
                new = [hit for hit in hits if hit["_source"]["id"] not in self._met]
                self.answered += len(new)
                yield from self._read(new)

    def by_ids(self, ids: Iterable[str], most: int) -> Iterator[Post]:
        """Posts by their ids, whatever the selection, of so many ids at most; those that are there."""
        for chunk in groups(islice(ids, most), IDS):
            yield from self.matching([{"ids": {"values": chunk}}], IDS)

    def matching(self, clauses: list[Dsl], most: int) -> Iterator[Post]:
        """Posts that the caller may see, whatever the selection, the newest first; so many at most, a page."""
        query = {"bool": {"filter": [*clauses, *visible_to(self._caller)]}}
        fields = {"_source": self._source, "track_total_hits": False}
        body = {"query": query, "sort": NEWEST, "size": most, **fields}
        yield from _converted(self._sift([hit["_source"] for hit in look_up(self._engine, body)["hits"]["hits"]]))

    def read(self, of: int) -> Read:
        """What was read, of so many posts that match."""
        return Read(posts=self.seen, of=max(of, self.seen), answers=self.answered, oldest=self.oldest)

    def _pages(
        self, query: Dsl, order: list[Dsl], index: str, most: int, go_on: Callable[[], bool]
    ) -> Iterator[list[Dsl]]:
        after: list[Any] = []
        while most > 0 and (not after or go_on()):
            size = min(PAGE, most)
            body = {
                "query": query,
                "sort": order,
                "size": size,
                "_source": self._source,
                "track_total_hits": False,
                **({"search_after": after} if after else {}),
            }
            hits: list[Dsl] = look_up(self._engine, body, index)["hits"]["hits"]
            yield hits
            if len(hits) < size:
                return
            most, after = most - size, hits[-1]["sort"]

    def _read(self, hits: list[Dsl]) -> list[Post]:
        """The posts of a page without those that were there already: what two topics match is two mentions."""
        new = {item["id"]: item for hit in hits if (item := hit["_source"])["id"] not in self._met}
        self._met |= dict.fromkeys(new)
        return _converted(self._sift(list(new.values())))


def _converted(items: Iterable[Item]) -> list[Post]:
    return releases.convert(list(items), list[Post])
