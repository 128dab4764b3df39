"""Groups of near-duplicates as the engine counts them: which post each began with, and how many others took it up.

A cluster has the name of the post that was seen first (``docs/clusters.md``), which need be neither the first that was
published nor one of those that are asked for. What spread is therefore counted to the first of these by its date, and
what its author published again is no spread (``Spread``). A repost that has the words, as Reddit's have the title, is
one of those that the source counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex import releases
from socialindex.model import Post
from socialindex.network.spread import Followers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Dsl = dict[str, Any]

GROUPS: Final = 50
"""The largest: on boards, which have no reposts, they are what spread looks like."""
_AUTHORS: Final = 50
"""Of a group, those with the most posts in it: who repeats himself is one of them."""


class Copied(NamedTuple):
    """The posts that groups began with, and what came from each, by their ids."""

    first: dict[str, Post]
    followers: dict[str, Followers]


def copies(fields: Sequence[str]) -> Dsl:
    """Aggregations that ``copied`` reads; ``fields`` are those of the first posts."""
    first = {"top_hits": {"size": 1, "sort": [{"published_at": "asc"}, {"id": "asc"}], "_source": list(fields)}}
    reposts = {"filter": {"exists": {"field": "repost_of"}}}
    authors = {"terms": {"field": "author.key", "size": _AUTHORS}, "aggs": {"reposts": reposts}}
    groups = {"terms": {"field": "cluster_id", "size": GROUPS, "min_doc_count": 2}}
    return {"copies": {**groups, "aggs": {"first": first, "authors": authors, "reposts": reposts}}}


def copied(answer: Mapping[str, Any]) -> Copied:
    """What the engine's answer to a search with ``copies`` tells; nothing where there is no index yet."""
    buckets: list[Dsl] = answer.get("aggregations", {}).get("copies", {}).get("buckets", [])
    began = [(_first(bucket), bucket) for bucket in buckets]
    return Copied(
        {post.id: post for post, _ in began},
        {post.id: _followers(post, bucket) for post, bucket in began},
    )


def _first(bucket: Dsl) -> Post:
    return releases.convert(bucket["first"]["hits"]["hits"][0]["_source"], Post)


_ALONE: Final[Dsl] = {"doc_count": 1, "reposts": {"doc_count": 0}}


def _followers(post: Post, bucket: Dsl) -> Followers:
    """What came from the first of a group, without its author's own posts; a guest is somebody else at each post."""
    key = post.author.key if post.author else None
    own = next((one for one in bucket["authors"]["buckets"] if one["key"] == key), _ALONE)
    reposts = bucket["reposts"]["doc_count"] - own["reposts"]["doc_count"]
    return Followers(all=bucket["doc_count"] - own["doc_count"], carried=reposts)
