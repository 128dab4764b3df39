"""A network: who or what is linked to whom, how often, and from when to when. Plain data, no library's own graph."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Literal

import msgspec

Relation = Literal["replies", "mentions", "reposts", "quotes"]
RELATIONS: tuple[Relation, ...] = ("replies", "mentions", "reposts", "quotes")

NetworkKind = Literal["authors", "hashtags", "author-hashtags"]
NodeKind = Literal["author", "guest", "handle", "hashtag"]


class Node(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A node.

    ``author`` is an author with a key; ``guest`` is the writer of one post, whose name identifies nobody; ``handle`` is
    somebody who is addressed, but wrote nothing that we have seen.
    """

    id: str
    """An author's key, ``guest:`` and the id of the post, ``@handle@host``, or ``#hashtag``."""
    kind: NodeKind
    label: str | None = None
    source: str | None = None
    platform: str | None = None


class Edge(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An edge between the nodes at two places of ``Network.nodes``; from ``source`` to ``target`` where directed."""

    source: int
    target: int
    weight: int
    """Posts that link the two. A reply that also mentions whom it answers is one."""
    first: datetime | None = None
    """When the first of these was published, of those that have a date."""
    last: datetime | None = None
    replies: int = 0
    mentions: int = 0
    reposts: int = 0
    quotes: int = 0


class NetworkLeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """What is not in a network, so that nobody takes it for all."""

    edges: int = 0
    """Dropped as too light. Where more were met than fit into memory, one that came again is counted again."""
    weight: int = 0
    """Of the dropped edges together."""
    undercount: int = 0
    """By so much, at most, an edge may weigh less than it should: it was dropped from memory and came again."""
    nodes: int = 0
    """That have no edge left."""
    to_themselves: int = 0
    """Posts that answer, repost or mention their own author; they make no edge."""
    unknown_target: int = 0
    """Replies, reposts and quotes of posts whose author we do not know."""
    references: int = 0
    """Replies, reposts, quotes, mentions and hashtags beyond the most that are read, of a post or of all together."""


class Network(msgspec.Struct, frozen=True, kw_only=True):
    """Nodes, each with at least one edge, and edges, the heaviest first; at most one edge from a node to another."""

    kind: NetworkKind
    directed: bool
    nodes: list[Node]
    edges: list[Edge]
    left_out: NetworkLeftOut = NetworkLeftOut()
