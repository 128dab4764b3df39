"""The posts of an export, page by page from the engine, which keeps nothing for us between two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from opensearchpy.exceptions import RequestError

from socialindex.errors import InvalidQuery
from socialindex.search.lookup import look_up
from socialindex.search.posts import HIDDEN, NEWEST, ONLY_ALONE, Item, apart
from socialindex.search.selection import index_of, known_by, selected

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.exports.job import Export
    from socialindex.exports.wanted import Order, Wanted
    from socialindex.search.selection import Selection

PAGE: Final = 2_000
"""Posts that are in memory at once."""
NEEDED: Final = ["id", "uri", "url", "platform", "source", "title", "published_at", "collected_at", "author.key"]
"""What decides whether a post may leave, and what is left of it where only title and link may."""
_OLDEST: Final = [{"published_at": {**NEWEST[0]["published_at"], "order": "asc"}}, *NEWEST[1:]]
_ORDERS: Final[dict[Order, list[dict[str, Any]]]] = {"newest": NEWEST, "oldest": _OLDEST}


class Page(NamedTuple):
    """Some posts in their order."""

    items: list[Item]
    repeats: int
    """Near-duplicates of posts before, which are not among the items."""
    after: list[int | float | str]
    """Sort values of the last one that was seen."""
    is_last: bool

    @property
    def seen(self) -> int:
        """How many posts were looked at."""
        return len(self.items) + self.repeats


class Pages:
    """What an export reads.

    Raises (every method):
        Unavailable: the engine does not answer.
    """

    def __init__(self, engine: OpenSearch, job: Export) -> None:
        self._engine = engine
        self._wanted = job.wanted
        self._query = _query(job.by.caller(job.workspace), job.wanted, job.bound)
        self._order = [*_ORDERS[job.wanted.sort], *apart(job.wanted)]

    def next(self, after: list[int | float | str]) -> Page:
        """The page behind a place; the first one where the place is empty."""
        hits = self._look({"size": PAGE, "_source": self._source(), **({"search_after": after} if after else {})})
        firsts = self._firsts(hits) if self._wanted.deduplicate else None
        items = [hit["_source"] for hit in hits if firsts is None or hit["_id"] in firsts]
        place = hits[-1]["sort"] if hits else after
        return Page(items, len(hits) - len(items), place, is_last=len(hits) < PAGE)

    def _firsts(self, hits: list[dict[str, Any]]) -> set[str]:
        """Ids of those that come before their near-duplicates, among all that the export reads.

        A place in the order knows nothing of what came before it, so the engine is asked which is the first of each
        group.
        """
        clusters = {cluster for hit in hits if (cluster := hit["_source"].get("cluster_id"))}
        alone = {hit["_id"] for hit in hits if not hit["_source"].get("cluster_id")}
        if not clusters:
            return alone
        among = {"terms": {"cluster_id": sorted(clusters)}}
        groups = self._look({"size": len(clusters), "_source": False, "collapse": {"field": "cluster_id"}}, among)
        return alone | {hit["_id"] for hit in groups}

    def _look(self, body: dict[str, Any], *among: dict[str, Any]) -> list[dict[str, Any]]:
        query = {"bool": {"filter": [self._query, *among]}}
        question = {"query": query, "sort": self._order, "track_total_hits": False, **body}
        answer = look_up(self._engine, question, index_of(self._wanted))
        hits: list[dict[str, Any]] = answer["hits"]["hits"]
        return hits

    def _source(self) -> dict[str, list[str]]:
        hidden = {"excludes": [*HIDDEN, *ONLY_ALONE]}
        if not self._wanted.fields:
            return hidden
        more = [*(["cluster_id"] if self._wanted.deduplicate else []), *(["mention"] if self._wanted.topic else [])]
        return {"includes": [*NEEDED, *more, *self._wanted.fields], **hidden}


def count(engine: OpenSearch, caller: Caller, wanted: Wanted, bound: int) -> int:
    """How many posts a caller's export would look at.

    Raises:
        InvalidQuery: the query cannot be read, or asks too much of the engine.
        Unavailable: the engine does not answer.
    """
    body = {"query": _query(caller, wanted, bound), "size": 0, "track_total_hits": True}
    try:
        return int(look_up(engine, body, index_of(wanted))["hits"]["total"]["value"])
    except RequestError as error:
        remedy = "make the query smaller"
        raise InvalidQuery(f"the engine refuses the query: {error.error}", remedy=remedy) from error


def _query(caller: Caller, selection: Selection, bound: int) -> dict[str, Any]:
    return {"bool": {"filter": [selected(caller, selection), known_by(selection, bound)]}}
