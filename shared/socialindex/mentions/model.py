"""What a mention is, as the engine keeps it: a post's fields, and beside them what makes it this topic's.

A mention's document has the fields of its post at the top, so that a query and a figure mean the same of posts and of
mentions; ``visibility`` is the topic's workspace, whatever the post's is, so that no other can read it; ``sentiment``
is the analyst's where one corrected it. What a person did with a mention is kept in a table (``aws.work``), and shown
here: the engine's documents may be lost, and are made again from posts, topics and that table.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Literal

from socialindex.model import Struct

Status = Literal["new", "assigned", "answered", "closed"]
Gone = Literal["edited", "deleted", "erased", "topic"]
"""Why a mention is none any more: its post was edited and matches no longer, was deleted, was erased or may not be
kept, or the topic was changed and does not match it any longer."""


class Mention(Struct, frozen=True, kw_only=True):
    """The object ``mention`` of a mention's document."""

    id: str
    topic: str
    """The topic's id."""
    workspace: str
    post: str
    """The post's id, which is also the document's ``id``."""
    public: bool
    """Whether its post is one that everybody may read."""
    revision: int
    """Of the topic, when it matched last."""
    matched: list[str] = []
    """What of the query was found in it, as the query has it: why it is a mention."""
    matched_at: datetime
    """When it was first held against the topic and matched."""
    changed_at: datetime
    """When anything of this document changed last, by the engine's own clock: the order of the stream."""
    backfilled: bool = False
    """Its post was first seen before the topic's present revision came to be."""
    gone: Gone | None = None
    """Set of a mention that is none any more; then the document holds ids only."""
    machine_sentiment: float | None = None
    """What enrichment said, where an analyst said otherwise."""
    # What a person did with it; absent where nobody did anything
    worked: int = 0
    """Version of what people did, as ``aws.work`` counts: an older one never follows a newer one."""
    status: Status = "new"
    """How it stands."""
    assignee: str | None = None
    """Who is to answer."""
    tags: list[str] = []
    """The workspace's own words for it."""
    noise: bool = False
    """Marked as not meant: excluded from all figures and alerts."""
    due_at: datetime | None = None
    """When it should be answered, by the topic's target."""
    answered_at: datetime | None = None
    """When it was answered."""
    closed_at: datetime | None = None


def mention_id(topic: str, post: str) -> str:
    """A mention's id, which is its document's: the same post and topic are one mention, however often they meet."""
    digest = hashlib.sha256(f"{topic} {post}".encode()).digest()[:15]
    return f"mn_{base64.b32encode(digest).decode().lower()}"
