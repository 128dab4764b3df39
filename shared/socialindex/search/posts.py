"""Searching posts, and reading one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from opensearchpy.exceptions import RequestError

from socialindex.access import Caller, visible_to
from socialindex.engine import ALIAS, answering
from socialindex.errors import InvalidCursor, InvalidQuery, NotFound, Unavailable
from socialindex.model import Struct
from socialindex.search.cursor import Cursor, decode, digest, encode
from socialindex.search.selection import filters, matching

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.search.ask import Ask, Sort

Item = dict[str, Any]
"""A post as clients see it: the model's field names, without what concerns our storage."""

_ENGINE_TIMEOUT = "10s"
_HIDDEN = ["versions", "metrics_history", "provenance.archive_*"]
_ONLY_ALONE = ["history"]
"""What is shown of a post that is asked for by itself."""
_DATE = {"missing": 0, "numeric_type": "date"}
_ORDERS: dict[Sort, list[dict[str, Any]]] = {
    "newest": [{"published_at": {"order": "desc", **_DATE}}, {"id": "asc"}],
    "oldest": [{"published_at": {"order": "asc", **_DATE}}, {"id": "asc"}],
    "relevance": [{"_score": "desc"}, {"published_at": {"order": "desc", **_DATE}}, {"id": "asc"}],
}


class Page(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One page of an answer."""

    items: list[Item]
    next_cursor: str | None
    total: int
    """How many posts match, all pages together."""


def search(engine: OpenSearch, caller: Caller, ask: Ask) -> Page:
    """Posts that match, those that the caller may see.

    Raises:
        InvalidQuery: ``q`` cannot be read, or asks too much of the engine.
        InvalidCursor: the cursor is not one of this search.
        Unavailable: the engine does not answer.
    """
    cursor = decode(ask.cursor, ask) if ask.cursor else Cursor(ask=digest(ask), bound=int(time.time() * 1000), after=[])
    body = request(caller, ask, cursor)
    try:
        with answering():
            answer = engine.search(index=ALIAS, body=body, params={"ignore_unavailable": "true"})
    except RequestError as error:
        raise _refused(cursor, error) from error
    hits = _whole(answer)["hits"]["hits"]
    following = encode(_next(cursor, hits[ask.limit - 1])) if len(hits) > ask.limit else None
    items = [hit["_source"] for hit in hits[: ask.limit]]
    return Page(items=items, next_cursor=following, total=answer["hits"]["total"]["value"])


def request(caller: Caller, ask: Ask, cursor: Cursor) -> dict[str, Any]:
    """The engine's request for one page."""
    body: dict[str, Any] = {
        "query": {"bool": {"filter": [*filters(caller, ask), _bound(cursor)], **_matching(ask)}},
        "sort": _ORDERS[ask.sort],
        "size": ask.limit + 1,  # one more tells whether another page follows
        "track_total_hits": True,
        "timeout": _ENGINE_TIMEOUT,
        "_source": {"excludes": [*_HIDDEN, *_ONLY_ALONE]},
    }
    return {**body, "search_after": cursor.after} if cursor.after else body


def read(engine: OpenSearch, caller: Caller, post: str) -> Item:
    """One post by its id.

    Raises:
        NotFound: there is none, or it is not the caller's to see.
        Unavailable: the engine does not answer.
    """
    query = {"bool": {"filter": [{"ids": {"values": [post]}}, *visible_to(caller)]}}
    body = {"query": query, "size": 1, "_source": {"excludes": _HIDDEN}}
    with answering():
        answer = engine.search(index=ALIAS, body=body, params={"ignore_unavailable": "true"})
    hits = _whole(answer)["hits"]["hits"]
    if not hits:
        raise NotFound(f"there is no post {post[:64]!r}")
    item: Item = hits[0]["_source"]
    return item


def _whole(answer: dict[str, Any]) -> dict[str, Any]:
    """The engine's answer, if it looked everywhere: a part of it reads like an answer with fewer posts."""
    if answer["timed_out"] or answer["_shards"]["failed"]:
        raise Unavailable("the engine did not look everywhere in time")
    return answer


def _matching(ask: Ask) -> dict[str, Any]:
    """The query's clause: it scores only where the order asks for scores."""
    compiled = matching(ask)
    if compiled is None:
        return {}
    return {"must": [compiled]} if ask.sort == "relevance" else {"must": [{"constant_score": {"filter": compiled}}]}


def _bound(cursor: Cursor) -> dict[str, Any]:
    return {"range": {"indexed_at": {"lte": cursor.bound, "format": "epoch_millis"}}}


def _next(cursor: Cursor, last: dict[str, Any]) -> Cursor:
    return Cursor(ask=cursor.ask, bound=cursor.bound, after=last["sort"])


def _refused(cursor: Cursor, error: RequestError) -> InvalidCursor | InvalidQuery:
    """The engine's 400: our own query is well-formed, so that either the cursor's values or the query's size is it."""
    if cursor.after:
        return InvalidCursor("the cursor's position is damaged", field="cursor", remedy="start again without a cursor")
    return InvalidQuery(f"the engine refuses the query: {error.error}", remedy="make the query smaller")
