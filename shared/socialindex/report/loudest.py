"""What spread of a month's mentions, and who carried it: of those that were repeated, copied and liked most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from socialindex import releases
from socialindex.alert.alert import Spreader
from socialindex.engine import MENTIONS
from socialindex.model import Post
from socialindex.network.copies import copied, copies
from socialindex.network.resonance import resonances
from socialindex.report.model import ReportPost, ReportPosts
from socialindex.search.lookup import look_up
from socialindex.search.selection import Selection, selected

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.network.resonance import Resonance
    from socialindex.report.month import Month

Dsl = dict[str, Any]

SHOWN: Final = 6
SPREADERS: Final = 6
EXCERPT: Final = 140
"""Characters of a post: a quotation."""
_CANDIDATES: Final = 200
_FIELDS: Final = [
    *("id", "uri", "url", "source", "platform", "kind", "author", "published_at", "collected_at"),
    *("title", "text", "metrics", "sentiment", "cluster_id", "repost_of"),
]


def loudest(engine: OpenSearch, caller: Caller, topic: str, month: Month) -> ReportPosts:
    """The most resonant posts of the month, and whose posts were carried on most.

    Raises:
        NotFound: the topic is not the caller's.
        Unavailable: the engine does not answer, or has not looked everywhere in time.
    """
    found = look_up(engine, _question(caller, topic, month), MENTIONS)
    groups = copied(found)
    posts = {post.id: post for post in map(_post, found["hits"]["hits"])} | groups.first
    spread = _one_of_each(resonances(posts.values(), groups.followers), posts)
    return ReportPosts(
        most=[_shown(posts[one.post], one) for one in spread[:SHOWN]],
        spreaders=_spreaders(spread, posts),
        looked_at=len(posts),
    )


def _question(caller: Caller, topic: str, month: Month) -> Dsl:
    selection = Selection(topic=[topic], since=month.since, until=month.until)
    order = [{f"metrics.{name}": {"order": "desc", "missing": "_last"}} for name in ("reposts", "likes")]
    return {
        "query": selected(caller, selection),
        "size": _CANDIDATES,
        "_source": _FIELDS,
        "sort": [*order, {"id": "asc"}],
        "track_total_hits": False,
        "aggs": copies(_FIELDS),
    }


def _post(hit: Dsl) -> Post:
    return releases.convert(hit["_source"], Post)


def _one_of_each(found: Iterable[Resonance], posts: Mapping[str, Post]) -> list[Resonance]:
    """Of near-duplicates the most resonant, of those that spread or were liked at all."""
    kept: dict[str, Resonance] = {}
    for one in found:
        if one.spread or one.engagement:
            kept.setdefault(posts[one.post].cluster_id or one.post, one)
    return list(kept.values())


def _spreaders(found: Iterable[Resonance], posts: Mapping[str, Post]) -> list[Spreader]:
    """Authors by what came from their posts; authors without an identity are none."""
    totals: dict[str, Spreader] = {}
    for one in found:
        if one.author and one.spread:
            known = totals.get(one.author)
            totals[one.author] = Spreader(
                author=one.author,
                name=_name(posts[one.post]),
                source=one.source,
                posts=(known.posts if known else 0) + 1,
                spread=(known.spread if known else 0) + one.spread,
            )
    return sorted(totals.values(), key=lambda each: (-each.spread, each.author))[:SPREADERS]


def _shown(post: Post, resonance: Resonance) -> ReportPost:
    return ReportPost(
        post=post.id,
        source=post.source,
        platform=post.platform,
        url=post.url or post.uri,
        author=_name(post),
        excerpt=_excerpt(post),
        published_at=post.published_at,
        sentiment=post.sentiment,
        spread=resonance.spread,
        engagement=resonance.engagement,
        resonance=round(resonance.resonance, 2),
    )


def _name(post: Post) -> str | None:
    return post.author.name or post.author.handle if post.author else None


def _excerpt(post: Post) -> str | None:
    words = " ".join((post.title or post.text or "").split())
    return f"{words[: EXCERPT - 1].rstrip()}…" if len(words) > EXCERPT else words or None
