"""What people did with mentions lives no longer than the document of their post, which tells whose post it was.

Without it nobody could find what is to be forgotten when its author asks for it. A tombstone of a post is such a
document; a post that was found to be deleted loses nothing by that alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from socialindex.engine import ALIAS, MENTIONS, WHOLE, answering
from socialindex.groups import groups
from socialindex.mentions.byposts import POSTS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from opensearchpy import OpenSearch

    from socialindex.mentions.forgetting import Memories


def forget_going(engine: OpenSearch, memories: Memories, indices: Sequence[str]) -> None:
    """Before indices of posts or mentions are deleted: forget what is kept of posts that are only there.

    Raises:
        Unavailable: the engine or a store does not answer; doing it again does the rest.
    """
    kept = memories.posts() if indices else set[str]()
    there = {"terms": {"_index": list(indices)}}
    elsewhere = {"bool": {"must_not": [there]}}
    for posts in groups(kept, POSTS):
        going = _found(engine, f"{ALIAS},{MENTIONS}", posts, there)
        memories.forget(going - _found(engine, ALIAS, going, elsewhere))


def forget_bare(engine: OpenSearch, memories: Memories, posts: Collection[str]) -> None:
    """Forget what is kept of those of the posts that have no document.

    Raises:
        Unavailable: the engine or a store does not answer; doing it again does the rest.
    """
    for some in groups(posts, POSTS):
        memories.forget(set(some) - _found(engine, ALIAS, some))


def forget_unmentioned(engine: OpenSearch, memories: Memories, posts: Collection[str]) -> None:
    """Before the documents of posts are deleted: forget what is kept of those without a mention.

    Where there is one, it becomes a tombstone, and what is kept goes with that (``maintain.tombstones``): until then
    the post may be read again.

    Raises:
        Unavailable: the engine or a store does not answer; doing it again does the rest.
    """
    for some in groups(posts, POSTS):
        memories.forget(set(some) - _found(engine, MENTIONS, some))


def _found(engine: OpenSearch, indices: str, posts: Collection[str], *clauses: dict[str, Any]) -> set[str]:
    """Those of the posts that have a document in these indices; a mention has its post's id, also as a tombstone."""
    if not posts:
        return set()
    query = {"bool": {"filter": [{"terms": {"id": list(posts)}}, *clauses]}}
    body = {"size": 0, "query": query, "aggs": {"found": {"terms": {"field": "id", "size": len(posts)}}}}
    with answering():
        answer = engine.search(index=indices, body=body, params=WHOLE)
    return {bucket["key"] for bucket in answer.get("aggregations", {}).get("found", {}).get("buckets", [])}
