"""An author in figures.

A figure that no post gives is absent, so that nobody takes unknown views for none. **Reach** is what a source lets one
know of how many people an author meets: the views of the posts counted, where the source gives them (boards give
nothing else); else the author's followers; else it is unknown. ``reach_by`` says which; the two are never added up.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, Literal

from socialindex.model import AuthorKind, Struct
from socialindex.search.posts import NEWEST

Dsl = dict[str, Any]

ENGAGEMENT: Final = ("metrics.likes", "metrics.replies", "metrics.reposts")
_ENGAGED: Final = (
    "boolean known = false; double sum = 0;"
    " for (def name : params.names) { if (doc[name].size() > 0) { known = true; sum += doc[name].value } }"
    " return known ? [sum] : []"
)
"""A post's likes, replies and reposts together; nothing for a post that gives none of them."""
FIGURES: Final[Dsl] = {
    "followers": {"max": {"field": "author.followers"}},
    "views": {"stats": {"field": "metrics.views"}},
    "engagement": {"stats": {"script": {"source": _ENGAGED, "params": {"names": ENGAGEMENT}}}},
    "first": {"min": {"field": "published_at"}},
    "last": {"max": {"field": "published_at"}},
    "latest": {"top_hits": {"size": 1, "sort": NEWEST, "_source": ["author", "source"]}},
}


class AuthorCard(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """An author with the figures of the posts counted; ``null`` is what no source tells."""

    key: str
    name: str | None
    handle: str | None
    url: str | None
    kind: AuthorKind | None
    source: str
    posts: int
    followers: int | None
    """The most that any of the posts tells."""
    views: int | None
    """Of those posts that tell their views."""
    engagement: int | None
    """Likes, replies and reposts, as far as the posts tell them."""
    reach: int | None
    """The views, where they are known; else the followers."""
    reach_by: Literal["views", "followers"] | None
    first_post: datetime | None
    last_post: datetime | None


def card_of(found: Dsl) -> AuthorCard:
    """An author from a bucket with ``FIGURES``."""
    latest: Dsl = found["latest"]["hits"]["hits"][0]["_source"]
    told: Dsl = latest["author"]
    views, followers = _sum(found["views"]), _whole(found["followers"]["value"])
    return AuthorCard(
        key=found["key"],
        name=told.get("name"),
        handle=told.get("handle"),
        url=told.get("url"),
        kind=told.get("kind"),
        source=latest["source"],
        posts=found["doc_count"],
        followers=followers,
        views=views,
        engagement=_sum(found["engagement"]),
        reach=followers if views is None else views,
        reach_by="views" if views is not None else "followers" if followers is not None else None,
        first_post=_moment(found["first"]["value"]),
        last_post=_moment(found["last"]["value"]),
    )


def _sum(stats: Dsl) -> int | None:
    return round(stats["sum"]) if stats["count"] else None


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _moment(value: float | None) -> datetime | None:
    return None if value is None else datetime.fromtimestamp(value / 1000, tz=UTC)
