"""Which posts tell an incident best, and who carried it: posts in, the alert's parts out.

What people wrote is not in these parts: an alert keeps ids, and ``alert.shown`` reads the words from the index when
somebody looks, so that what was deleted or erased is shown no more.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Final

from socialindex.alert.alert import Evidence, Spreader
from socialindex.network.resonance import engagement_of
from socialindex.network.spread import Followers, Spread
from socialindex.query.columns import NEUTRAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from socialindex.model import Post

EVIDENCE: Final = 5
SPREADERS: Final = 5
_OF_ONE: Final = 3
FIELDS: Final = [
    *("id", "uri", "url", "source", "platform", "kind", "author", "published_at", "collected_at", "links", "repost_of"),
    *("quote_of", "cluster_id", "metrics", "sentiment", "promotional"),
]
"""Of a mention, those that tell something here."""


class Telling:
    """What posts of an incident tell."""

    def __init__(self, posts: Sequence[Post]) -> None:
        spread = Spread(posts)
        self._posts = posts
        self._followers = spread.followers(spread.forest())

    def evidence(self) -> list[Evidence]:
        """The most telling posts: negative ones, widely spread, of wide reach.

        Of near-duplicates there is one, and of one source there are no more than three where others have any.
        """
        kept: dict[str, Post] = {}
        for post in sorted(self._posts, key=lambda post: (-self._telling(post), post.id)):
            if post.promotional is not True and post.repost_of is None:
                kept.setdefault(post.cluster_id or post.id, post)
        return [self.shown(post) for post in _mixed(kept.values())[:EVIDENCE]]

    def spreaders(self) -> list[Spreader]:
        """Authors from whom most was taken up (확산자); authors without an identity are none."""
        totals: dict[str, Spreader] = {}
        for post in self._posts:
            if post.author and post.author.key:
                known = totals.get(post.author.key)
                posts, reached = (known.posts, known.spread) if known else (0, 0)
                totals[post.author.key] = Spreader(
                    author=post.author.key,
                    source=post.source,
                    posts=posts + 1,
                    spread=reached + self._spread(post),
                )
        carried = (each for each in totals.values() if each.spread)
        return sorted(carried, key=lambda each: (-each.spread, -each.posts, each.author))[:SPREADERS]

    def shown(self, post: Post) -> Evidence:
        """A post as it is kept in an alert."""
        return Evidence(
            post=post.id,
            source=post.source,
            platform=post.platform,
            published_at=post.published_at,
            sentiment=post.sentiment,
            spread=self._spread(post) or None,
        )

    def _telling(self, post: Post) -> float:
        """Negative words count as much as ten shares, a hundred likes or ten thousand followers."""
        mood = post.sentiment if post.sentiment is not None else 0.0
        followers = (post.author.followers if post.author else None) or 0
        return (
            (1.0 - mood if mood < -NEUTRAL else 0.0)
            + math.log10(1 + self._spread(post))
            + math.log10(1 + (engagement_of(post.metrics) or 0)) / 2
            + math.log10(1 + followers) / 4
        )

    def _spread(self, post: Post) -> int:
        return self._followers.get(post.id, Followers()).all


def _mixed(posts: Iterable[Post]) -> list[Post]:
    """Posts in order, but those of a source that has had its part after all others."""
    seen: Counter[str] = Counter()
    ranks = []
    for post in posts:
        ranks.append((seen[post.source] >= _OF_ONE, post))
        seen[post.source] += 1
    return [post for _, post in sorted(ranks, key=lambda rank: rank[0])]


def distinct(posts: Iterable[Post]) -> list[Post]:
    """Each post once, the earliest first."""
    found: Mapping[str, Post] = {post.id: post for post in posts}
    return sorted(found.values(), key=lambda post: (post.published_at or post.collected_at, post.id))
