"""Searching posts, and reading one."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from opensearchpy.exceptions import RequestError

from socialindex.access import Caller, visible_to
from socialindex.errors import InvalidCursor, InvalidQuery, NotFound
from socialindex.model import Struct
from socialindex.query import Note, compile_query
from socialindex.search import facets
from socialindex.search.cursor import Cursor, decode, digest, encode
from socialindex.search.facets import Facet, FacetCount  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.search.highlight import Marker
from socialindex.search.http import fitting
from socialindex.search.lookup import look_up, look_up_unread
from socialindex.search.ranking import ranked
from socialindex.search.selection import filters, index_of, known_by, reading_of

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.query import Node
    from socialindex.search.ask import Ask, Sort
    from socialindex.search.selection import Selection

_POST: Final = msgspec.Meta(extra_json_schema={"$ref": "#/components/schemas/Post"})
Item = Annotated[dict[str, Any], _POST]
"""A post as clients see it: the model's field names, without what concerns our storage; with ``highlights`` where they
were asked for, and with ``mention`` where it is a topic's."""
Shown = Annotated[Any, _POST]
"""A post of a page: an ``Item``, or its JSON as the engine wrote it (``msgspec.Raw``)."""

HIDDEN: Final = ["versions", "metrics_history", "signature", "title_only", "provenance.archive_*"]
ONLY_ALONE: Final = ["history"]
"""What is shown of a post that is asked for by itself."""
BEHIND: Final = 10_000
"""Milliseconds by which streams, and pages that are counted from the beginning, are behind: twice the longest time
until what is written can be found (the index's ``refresh_interval``): nothing comes in before what was shown."""
DEEPEST: Final = 10_000
"""How many posts can be paged through without duplicates (the engine's ``max_result_window``)."""
_DATE = {"missing": 0, "numeric_type": "date"}
NEWEST: Final[list[dict[str, Any]]] = [{"published_at": {"order": "desc", **_DATE}}, {"id": "asc"}]
_ORDERS: dict[Sort, list[dict[str, Any]]] = {
    "newest": NEWEST,
    "oldest": [{"published_at": {"order": "asc", **_DATE}}, {"id": "asc"}],
    "relevance": [{"_score": "desc"}, *NEWEST],
    "best": [{"_score": "desc"}, *NEWEST],
}


class Page(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One page of an answer."""

    items: list[Shown]
    next_cursor: str | None
    """Asks for the page after this one; null where this is the last."""
    total: int
    """How many posts match, all pages together, near-duplicates included."""
    facets: dict[Facet, FacetCount] | None = None
    """Those asked for, of all posts that match; null on later pages."""
    notes: tuple[Note, ...] = ()
    """What of the query its author may not have meant, each with its position (of the canonical spelling for a guided
    query)."""


def search(engine: OpenSearch, caller: Caller, ask: Ask) -> Page:
    """Posts that match, those that the caller may see.

    Raises:
        InvalidQuery: ``q`` cannot be read, or asks too much of the engine.
        InvalidCursor: the cursor is not one of this search.
        Unavailable: the engine does not answer.
    """
    cursor = decode(ask.cursor, ask) if ask.cursor else _beginning(ask)
    reading = reading_of(ask)
    node = reading.node if reading else None
    body = request(caller, ask, cursor, node)
    marker = Marker(node) if node and ask.highlight else None
    if marker:
        body["highlight"] = marker.clause()
    try:
        answer = (look_up if marker else look_up_unread)(engine, body, index_of(ask))
    except RequestError as error:
        raise _refused(cursor, error) from error
    return _page(ask, cursor, answer, marker, reading.notes if reading else ())


def request(caller: Caller, ask: Ask, cursor: Cursor, node: Node | None) -> dict[str, Any]:
    """The engine's request for one page.

    Args:
        caller: who asks.
        ask: the search.
        cursor: which page.
        node: the search's query (``selection.query_of``).

    Raises:
        InvalidCursor: it is none of such a search.
    """
    among = [*filters(caller, ask), known_by(ask, cursor.bound)]
    body: dict[str, Any] = {
        "query": {"bool": {"filter": among, **_matching(ask, cursor, node)}},
        "sort": [*_ORDERS[ask.order], *apart(ask)],
        "size": ask.limit + 1,  # one more tells whether another page follows
        "track_total_hits": True,
        "_source": _source(ask),
        **_begin(ask, cursor),
    }
    if ask.facets and not cursor.after:
        body["aggs"] = facets.aggregations(ask.facets, ask.facet_size, ask.time_zone)
    return body


def read(engine: OpenSearch, caller: Caller, post: str) -> Item:
    """One post by its id.

    Raises:
        NotFound: there is none, or it is not the caller's to see.
        Unavailable: the engine does not answer.
    """
    query = {"bool": {"filter": [{"ids": {"values": [post]}}, *visible_to(caller)]}}
    hits = look_up(engine, {"query": query, "size": 1, "_source": {"excludes": HIDDEN}})["hits"]["hits"]
    if not hits:
        raise NotFound(f"there is no post {post[:64]!r}")
    item: Item = hits[0]["_source"]
    return item


def _beginning(ask: Ask) -> Cursor:
    """A search's first page, under the bound of all of them."""
    return Cursor(ask=digest(ask), bound=int(time.time() * 1000) - BEHIND * ask.deduplicate, after=[])


def _page(ask: Ask, cursor: Cursor, answer: dict[str, Any], marker: Marker | None, notes: tuple[Note, ...]) -> Page:
    hits = answer["hits"]["hits"]
    items = fitting(_item(hit, marker) for hit in hits[: ask.limit])
    counted = ask.facets and not cursor.after
    return Page(
        items=items,
        next_cursor=encode(_next(ask, cursor, hits[: len(items)])) if len(hits) > len(items) else None,
        total=answer["hits"]["total"]["value"],
        facets=facets.shown(ask.facets, answer.get("aggregations", {}), ask.facet_size, ask.time_zone)
        if counted
        else None,
        notes=notes,
    )


def _item(hit: dict[str, Any], marker: Marker | None) -> Shown:
    item: Shown = hit["_source"]
    return {**item, "highlights": marker.shown(hit.get("highlight", {}))} if marker else item


def _source(ask: Ask) -> dict[str, list[str]]:
    hidden = {"excludes": [*HIDDEN, *ONLY_ALONE]}
    beside = ["mention"] if ask.topic else []
    return {"includes": ["id", *beside, *ask.fields], **hidden} if ask.fields else hidden


def apart(selection: Selection) -> list[dict[str, Any]]:
    """What an order needs behind the post's id: a post is as many mentions as topics match it."""
    return [{"mention.id": "asc"}] if selection.topic else []


def _matching(ask: Ask, cursor: Cursor, node: Node | None) -> dict[str, Any]:
    """The query's clause: it scores only where the order asks for scores."""
    if node is None:
        return {}
    compiled = compile_query(node)
    match ask.order:
        case "best":
            return {"must": [ranked(compiled, datetime.fromtimestamp(cursor.bound / 1000, tz=UTC))]}
        case "relevance":
            return {"must": [compiled]}
        case _:
            return {"must": [{"constant_score": {"filter": compiled}}]}


def _begin(ask: Ask, cursor: Cursor) -> dict[str, Any]:
    """Where the page begins, and which posts stand for their near-duplicates.

    The engine goes on behind a place only where nothing is left out: a place knows nothing of what was shown before it.
    So pages without duplicates are counted from the beginning, under the same bound.
    """
    if not ask.deduplicate:
        return {"search_after": cursor.after} if cursor.after else {}
    return {"collapse": {"field": "cluster_id"}, "from": _shown_before(ask, cursor)}


def _shown_before(ask: Ask, cursor: Cursor) -> int:
    match cursor.after:
        case []:
            return 0
        case [int(count)] if 0 < count < DEEPEST - ask.limit:
            return count
        case [int(count)] if count > 0:
            remedy = "narrow the query or the times, or leave deduplicate out"
            raise InvalidCursor(f"without duplicates pages end at {DEEPEST} posts", remedy=remedy)
        case _:
            raise InvalidCursor("the cursor's position is damaged")


def _next(ask: Ask, cursor: Cursor, shown: list[dict[str, Any]]) -> Cursor:
    after = [_shown_before(ask, cursor) + len(shown)] if ask.deduplicate else shown[-1]["sort"]
    return Cursor(ask=cursor.ask, bound=cursor.bound, after=after)


def _refused(cursor: Cursor, error: RequestError) -> InvalidCursor | InvalidQuery:
    """The engine's 400: our own query is well-formed, so that either the cursor's values or the query's size is it."""
    if cursor.after:
        return InvalidCursor("the cursor's position is damaged")
    return InvalidQuery(f"the engine refuses the query: {error.error}", remedy="make the query smaller")
