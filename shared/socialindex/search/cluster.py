"""The near-duplicates of a post: who printed the same, in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from socialindex.access import Scope
from socialindex.model import Struct
from socialindex.search.ask import MAX_PAGE, Ask
from socialindex.search.facets import MOST, FacetValue
from socialindex.search.fields import from_query
from socialindex.search.http import Answer
from socialindex.search.posts import Shown, read, search
from socialindex.search.routes import Doc, Route

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.search.http import HttpRequest


class AskCopies(Struct, frozen=True, kw_only=True):
    """A page of near-duplicates."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=MAX_PAGE)] = 20
    cursor: str | None = None
    """``next_cursor`` of the page before."""


class Copies(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Posts that say the same, oldest first; the post asked for is one of them."""

    cluster_id: str | None
    """Names the group; a search takes it as ``cluster``. Null for a post that was not compared with others yet."""
    items: list[Shown]
    next_cursor: str | None
    total: int
    outlets: list[FacetValue] | None
    """The hosts with the most of them, at most fifty; null on later pages."""


class ClusterPart:
    """The route of near-duplicates."""

    def __init__(self, engine: OpenSearch) -> None:
        self._engine = engine

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        doc = Doc(
            "List the near-duplicates of a post, oldest first",
            "Posts",
            query=AskCopies,
            answer=Copies,
            errors=(404,),
        )
        return {"GET /v1/posts/{id}/copies": Route(Scope.READ, self._copies, doc, weight=2, gives_posts=True)}

    def _copies(self, request: HttpRequest, caller: Caller) -> Answer:
        found = copies(self._engine, caller, request.path["id"], from_query(AskCopies, request.query))
        return Answer(200, found, posts=len(found.items))


def copies(engine: OpenSearch, caller: Caller, post: str, asked: AskCopies) -> Copies:
    """The near-duplicates of a post, as far as the caller may see them.

    Raises:
        NotFound: there is no such post, or it is not the caller's to see.
        InvalidCursor: the cursor is not one of these.
        Unavailable: the engine does not answer.
    """
    item = read(engine, caller, post)
    cluster = item.get("cluster_id")
    if cluster is None:
        return Copies(cluster_id=None, items=[item], next_cursor=None, total=1, outlets=[])
    ask = Ask(
        cluster=[cluster],
        sort="oldest",
        limit=asked.limit,
        cursor=asked.cursor,
        facets=["platform"],
        facet_size=MOST,
    )
    page = search(engine, caller, ask)
    outlets = page.facets["platform"].values if page.facets else None
    return Copies(cluster_id=cluster, items=page.items, next_cursor=page.next_cursor, total=page.total, outlets=outlets)
