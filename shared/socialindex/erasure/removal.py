"""A removal: what is to be erased for good, on whose word, and how far that is done."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Literal

from socialindex.model import Struct

Reason = Literal["subject_request", "court_order", "copyright", "operator"]
"""Why something is erased. A choice of words, so that no personal data is written into the record of its removal."""
State = Literal["running", "done"]


class Removal(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One removal with its progress. It names posts and authors by hashes only."""

    id: str
    posts: list[str] = []
    """Ids of posts."""
    authors: list[str] = []
    """Keys of authors."""
    reason: Reason
    by: str
    """The organization whose key asked for it."""
    created_at: datetime
    state: State = "running"
    documents: int = 0
    """Documents deleted so far."""
    day: str = ""
    """The archive is searched from this day on (``YYYY-MM-DD``); empty: from its beginning."""
    start: str = ""
    """The search of the archive was here when the removal joined it. It goes on to the archive's end, then from its
    beginning up to here."""
    after: str = ""
    """The search goes on behind this key; empty: the removal waits to join it."""
    wrapped: bool = False
    """Whether the search has come past the archive's end since."""
    objects: int = 0
    """Archive objects searched so far."""
    records: int = 0
    """Archived responses removed so far from these objects."""
    unreadable: int = 0
    """Archived responses that no adapter can read any more, so that nobody knows whose posts they hold."""
    finished_at: datetime | None = None
