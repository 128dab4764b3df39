"""Which posts a request is about: the same filters for searches, figures and exports, and the one way to the engine."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from socialindex.access import Caller, visible_to
from socialindex.errors import InvalidInput
from socialindex.model import Kind, Struct
from socialindex.query import compile_query, cost, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from socialindex.query import Node

Values = Annotated[list[Annotated[str, msgspec.Meta(max_length=2048)]], msgspec.Meta(max_length=500)]
Sentiment = Literal["positive", "neutral", "negative"]


class Selection(Struct, frozen=True, kw_only=True, rename={"since": "from", "until": "to"}):
    """Posts, by a query and filters. Within a filter values are alternatives, between filters all must hold."""

    q: str = ""
    """A query in the query language; empty for all posts."""
    source: Values = []
    language: Values = []
    author: Values = []
    """Handles, names or ids."""
    hashtag: Values = []
    platform: Values = []
    """Hosts that published."""
    kind: list[Kind] = []
    thread: Values = []
    """Ids of posts that conversations began with, a post's ``thread_id``."""
    cluster: Values = []
    """Groups of near-duplicates, a post's ``cluster_id``."""
    since: datetime | None = None
    """Published at this time or later (``from``)."""
    until: datetime | None = None
    """Published before this time (``to``)."""

    def check(self) -> None:
        """Pass what makes sense together.

        Raises:
            InvalidInput: ``from`` is not before ``to``.
        """
        if self.since and self.until and self.since >= self.until:
            raise InvalidInput("from is not before to", field="from", remedy="exchange the two")


def query_of(selection: Selection) -> Node | None:
    """The query; ``None`` where there is none.

    Raises:
        InvalidQuery: ``q`` cannot be read, or costs too much.
    """
    if not selection.q.strip():
        return None
    node = parse(selection.q)
    cost.check(node)
    return node


def matching(selection: Selection) -> dict[str, Any] | None:
    """The query's clause, which scores; ``None`` where there is no query.

    Raises:
        InvalidQuery: ``q`` cannot be read, or costs too much.
    """
    node = query_of(selection)
    return compile_query(node) if node else None


def filters(caller: Caller, selection: Selection) -> list[dict[str, Any]]:
    """Filter clauses for all but the query: what the caller may see, and the selection's filters."""
    hashtags = [tag.lstrip("#").casefold() for tag in selection.hashtag]
    given: Sequence[tuple[str, Sequence[str]]] = (
        ("source", selection.source),
        ("language", selection.language),
        ("hashtags", hashtags),
        ("platform", selection.platform),
        ("kind", selection.kind),
        ("thread_id", selection.thread),
        ("cluster_id", selection.cluster),
    )
    clauses = [*visible_to(caller), *({"terms": {field: list(values)}} for field, values in given if values)]
    if selection.author:
        fields = ("author.handle", "author.name", "author.id")
        clauses.append({"bool": {"should": [{"terms": {field: selection.author}} for field in fields]}})
    if selection.since or selection.until:
        bounds = {"gte": selection.since, "lt": selection.until}
        clauses.append({"range": {"published_at": {name: at.isoformat() for name, at in bounds.items() if at}}})
    return clauses


def selected(caller: Caller, selection: Selection) -> dict[str, Any]:
    """The engine's query for all posts of a selection, in filter context: for figures, which need no scores."""
    query = matching(selection)
    return {"bool": {"filter": [*filters(caller, selection), *([query] if query else [])]}}
