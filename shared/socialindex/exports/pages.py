"""The posts of an export, page by page from the engine, which keeps nothing for us between two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from opensearchpy.exceptions import RequestError

from socialindex.errors import InvalidQuery
from socialindex.search.lookup import look_up
from socialindex.search.posts import HIDDEN, NEWEST, ONLY_ALONE, Item, apart
from socialindex.search.selection import index_of, known_by, selected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.exports.job import Export
    from socialindex.exports.wanted import Order, Wanted
    from socialindex.search.selection import Selection

PAGE: Final = 2_000
"""Posts that are in memory at once."""
NEEDED: Final = ["id", "uri", "url", "platform", "source", "title", "published_at", "collected_at", "author.key"]
"""What decides whether a post may leave, and what is left of it where only title and link may."""
_GROUPED: Final = {"includes": [*NEEDED, "cluster_id"]}
_OLDEST: Final = [{"published_at": {**NEWEST[0]["published_at"], "order": "asc"}}, *NEWEST[1:]]
_ORDERS: Final[dict[Order, list[dict[str, Any]]]] = {"newest": NEWEST, "oldest": _OLDEST}


class Found(NamedTuple):
    """A post, or a mention, that matches."""

    id: str
    """The engine's: mentions of the same post have different ones."""
    item: Item

    @property
    def cluster(self) -> str | None:
        """Its group of near-duplicates."""
        cluster: str | None = self.item.get("cluster_id")
        return cluster


class Page(NamedTuple):
    """Some posts in their order."""

    ids: list[str]
    items: list[Item]
    after: list[int | float | str]
    """Sort values of the last one."""
    is_last: bool

    @property
    def found(self) -> list[Found]:
        """The posts with their ids."""
        return list(map(Found, self.ids, self.items))


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
        place = hits[-1]["sort"] if hits else after
        ids, items = [hit["_id"] for hit in hits], [hit["_source"] for hit in hits]
        return Page(ids, items, place, is_last=len(hits) < PAGE)

    def firsts(self, clusters: Sequence[str]) -> dict[str, Found]:
        """The first of each group of near-duplicates, in the export's order and among all that it reads."""
        hits = self._groups(clusters, {"_source": _GROUPED})
        return {hit["_source"]["cluster_id"]: _found(hit) for hit in hits}

    def beginnings(self, clusters: Sequence[str], number: int) -> dict[str, list[Found]]:
        """So many as that of each group, from the first on."""
        inner = {"name": "first", "size": number, "sort": self._order, "_source": _GROUPED}
        hits = self._groups(clusters, {"_source": ["cluster_id"]}, inner_hits=inner)
        return {
            hit["_source"]["cluster_id"]: list(map(_found, hit["inner_hits"]["first"]["hits"]["hits"])) for hit in hits
        }

    def _groups(self, clusters: Sequence[str], body: dict[str, Any], **collapse: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - the engine's own
        among = {"terms": {"cluster_id": list(clusters)}}
        return self._look({"size": len(clusters), "collapse": {"field": "cluster_id", **collapse}, **body}, among)

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


def _found(hit: dict[str, Any]) -> Found:
    return Found(hit["_id"], hit["_source"])


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
