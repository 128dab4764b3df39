"""What a client may ask of posts, checked field by field."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from socialindex.errors import InvalidInput
from socialindex.query.guided import Guided, written
from socialindex.search import fields
from socialindex.search.facets import MOST, Facet
from socialindex.search.selection import Selection
from socialindex.zones import zone_of

Sort = Literal["best", "newest", "oldest", "relevance"]
MAX_PAGE = 100
MAX_HIGHLIGHTED = 50
"""Posts of a page with highlights: the engine takes each text apart again."""
# The model's names, without what concerns our storage (a test compares).
Shown = Literal[
    "id", "uri", "source", "platform", "kind", "url", "title", "text", "excerpt", "language", "author", "visibility",
    "published_at", "edited_at", "hearsay", "collected_at", "first_seen_at", "indexed_at", "updated_at",
    "refreshed_at", "latency_ms", "in_reply_to", "thread_id", "repost_of", "quote_of", "mentions", "hashtags", "links",
    "media", "metrics", "sensitive", "rating", "sentiment", "entities", "promotional", "cluster_id", "provenance",
]  # fmt: skip


class Ask(Selection, frozen=True, kw_only=True):
    """One search: a selection of posts, in an order, a page at a time."""

    sort: Sort | None = None
    """``best`` weighs relevance and age; the default with a query. Without one it is ``newest``."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=MAX_PAGE)] = 20
    cursor: str | None = None
    """``next_cursor`` of the page before."""
    deduplicate: bool = False
    """Show of near-duplicates only the first in this order."""
    highlight: bool = False
    """Show what matched, in fragments of title and text."""
    facets: list[Facet] = []
    """Count the posts by these, on the first page."""
    facet_size: Annotated[int, msgspec.Meta(ge=1, le=MOST)] = 10
    """How many values of each."""
    time_zone: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] = "UTC"
    """Whose days the facet ``day`` counts: an IANA name, such as ``Asia/Seoul``."""
    fields: list[Shown] = []
    """What to show of each post beside its id; everything where none is named."""

    @property
    def order(self) -> Sort:
        """The order that is meant."""
        return self.sort or ("best" if self.q.strip() else "newest")

    def check(self) -> None:
        """Pass what makes sense together.

        Raises:
            InvalidInput: names the field and the remedy.
        """
        super().check()
        if self.highlight and self.limit > MAX_HIGHLIGHTED:
            remedy = f"use at most {MAX_HIGHLIGHTED} with highlight"
            raise InvalidInput(f"highlights of {self.limit} posts", field="limit", remedy=remedy)
        zone_of(self.time_zone)


class AskBody(Ask, frozen=True, kw_only=True):
    """A search as a body: the query may also be given by its parts."""

    guided: Guided | None = None
    """A query by its parts, instead of ``q``."""

    def in_the_language(self) -> Ask:
        """The same search, its query written out.

        Raises:
            InvalidInput: the query is given twice, or its parts make none.
        """
        given = {**msgspec.structs.asdict(self), "q": asked_query(self.q, self.guided)}
        del given["guided"]
        return Ask(**given)


def from_body(body: str | None) -> Ask:
    """A search from a JSON body.

    Raises:
        InvalidInput: names the field and what it takes.
    """
    ask = fields.from_body(AskBody, body).in_the_language()
    ask.check()
    return ask


def asked_query(q: str, guided: Guided | None) -> str:
    """The query of a request that may give it by its parts.

    Raises:
        InvalidInput: it gives both, or parts that make no query.
    """
    if guided is None:
        return q
    if q.strip():
        raise InvalidInput("a query is given by q or by guided", field="guided", remedy="leave one of them out")
    return written(guided)


def from_parameters(parameters: dict[str, str]) -> Ask:
    """A search from a URL's parameters; several values of a filter are separated by commas.

    Raises:
        InvalidInput: names the field and what it takes.
    """
    ask = fields.from_query(Ask, parameters)
    ask.check()
    return ask
