"""What a topic is: a named query of one workspace, in the language of searches."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Annotated, Any, Literal

import msgspec

from socialindex.model import Struct
from socialindex.query import compile_query, parse

State = Literal["active", "paused", "suspended", "deleting"]
"""paused: by its owner. suspended: by us, since the engine cannot bear its query; ``trouble`` says why."""


class Watched(Struct, frozen=True, kw_only=True):
    """Which posts a topic is about. Within a filter values are alternatives, between filters all must hold."""

    q: str
    """A query in the query language, in its canonical spelling. Every match holds something rare
    (``query.selective``): a topic that any post may meet would cost all others their speed."""
    language: list[str] = []
    source: list[str] = []

    def compiled(self) -> dict[str, Any]:
        """What the engine stores of it, and what a search for the same asks.

        Raises:
            InvalidQuery: ``q`` cannot be read.
        """
        filters = [{"terms": {name: getattr(self, name)}} for name in ("language", "source") if getattr(self, name)]
        return {"bool": {"filter": [compile_query(parse(self.q)), *filters]}}


class Topic(Struct, frozen=True, kw_only=True):
    """A topic as it is kept. Times are in UTC."""

    id: str
    """``tp_`` and letters; says nothing of whose it is."""
    workspace: str
    organization: str
    name: str
    watched: Watched
    revision: int = 1
    """Grows with each change of ``watched``."""
    since: datetime
    """When the present revision came to be, or was resumed. A mention of a post that was first seen before is
    **backfilled**: it counts in figures, and never in alerts."""
    state: State = "active"
    trouble: str | None = None
    synced: int = 0
    """The revision that new posts are held against; 0 where none is yet."""
    backfilled_until: datetime | None = None
    """How far back posts that were there before have been looked through; ``None`` until it began."""
    backfill_done: bool = False
    answer_minutes: Annotated[int, msgspec.Meta(ge=1, le=43_200)] | None = None
    """The target: how long a mention that somebody is to answer may wait."""
    created_at: datetime
    changed_at: datetime

    @property
    def looked_since(self) -> datetime:
        """From when on posts have been looked through: of what was before, nothing is known."""
        return self.backfilled_until or self.since
