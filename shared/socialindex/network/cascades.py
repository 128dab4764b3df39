"""Cascades: how large, deep and fast a post spread, hour by hour, and who started them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from statistics import median_low
from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.network.trees import structural_virality

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.network.spread import Seen, Spread
    from socialindex.network.trees import Forest

HOURS: Final = 72
"""That are shown one by one."""
_HOUR: Final = 3600


class Cascade(msgspec.Struct, frozen=True, kw_only=True):
    """A post and all that came from it."""

    post: str
    """The id of the post that it began with."""
    held: bool
    """False where that post is not among those that were looked at."""
    author: str | None = None
    source: str | None = None
    started_at: datetime | None = None
    """When that post was published; where we do not know, when the first of the others was."""
    size: int
    """Posts, with the one that it began with."""
    authors: int
    """Different authors with a key; guests are none."""
    sources: dict[str, int]
    """Posts by source."""
    ways: dict[str, int]
    """Posts that came by repost, quote, link and copy."""
    depth: int
    """Steps to the farthest."""
    breadth: int
    """The most posts that are equally far."""
    structural_virality: float
    """Mean distance of all pairs (Goel et al., 2016): at most 2 where all follow one post, more where it went on."""
    minutes_to_half: float | None = None
    """Until half of those that came after (and have a date) were there."""
    hours: list[int]
    """Posts that came in the first hour, the second and so on, up to the last with any, 72 at most."""
    later: int
    """Posts that came after these."""


class Spreader(msgspec.Struct, frozen=True, kw_only=True):
    """An author who started cascades."""

    author: str
    started: int
    """Cascades."""
    followed: int
    """Posts that came from them, together."""
    largest: int
    """Posts of the largest."""
    deepest: int
    """Steps of the deepest."""
    sources: int
    """Sources that they reached, together."""


def cascades(spread: Spread, trees: Forest) -> list[Cascade]:
    """All posts that at least one other came from, the largest first."""
    found = (_cascade(spread, trees, root, tree) for root, tree in trees.trees() if len(tree) > 1)
    return sorted(found, key=lambda cascade: (-cascade.size, cascade.post))


def spreaders(found: Iterable[Cascade]) -> list[Spreader]:
    """Who started cascades, the one whom most posts followed first. Authors whom we cannot name are none."""
    of_author: dict[str, list[Cascade]] = {}
    for cascade in found:
        if cascade.author is not None:
            of_author.setdefault(cascade.author, []).append(cascade)
    rows = (_spreader(author, started) for author, started in of_author.items())
    return sorted(rows, key=lambda row: (-row.followed, row.author))


def _cascade(spread: Spread, trees: Forest, root: int, tree: list[int]) -> Cascade:
    first, posts = spread.seen[root], [spread.seen[number] for number in tree]
    levels = Counter(trees.depth[number] for number in tree)
    start = first.at if first.at is not None else min((post.at for post in posts if post.at is not None), default=None)
    hours, later = _by_hour(delays := _delays(first, posts, start))
    return Cascade(
        post=first.id,
        held=first.held,
        author=first.author,
        source=first.source,
        started_at=None if start is None else datetime.fromtimestamp(start, tz=UTC),
        size=len(tree),
        authors=len({post.author for post in posts if post.author}),
        sources=dict(Counter(post.source for post in posts if post.source)),
        ways=dict(Counter(post.way for post in posts if post.way and post is not first)),
        depth=max(levels),
        breadth=max(levels.values()),
        structural_virality=structural_virality(tree, trees.below) or 0.0,
        minutes_to_half=median_low(delays) / 60 if delays else None,
        hours=hours,
        later=later,
    )


def _delays(first: Seen, posts: list[Seen], start: float | None) -> list[float]:
    """Seconds after the start; what claims to be earlier came at once."""
    if start is None:
        return []
    return [max(0.0, post.at - start) for post in posts if post is not first and post.at is not None]


def _by_hour(delays: list[float]) -> tuple[list[int], int]:
    counts = Counter(int(delay // _HOUR) for delay in delays)
    shown = [hour for hour in counts if hour < HOURS]
    hours = [counts[hour] for hour in range(max(shown, default=-1) + 1)]
    return hours, len(delays) - sum(hours)


def _spreader(author: str, started: list[Cascade]) -> Spreader:
    return Spreader(
        author=author,
        started=len(started),
        followed=sum(cascade.size - 1 for cascade in started),
        largest=max(cascade.size for cascade in started),
        deepest=max(cascade.depth for cascade in started),
        sources=len({source for cascade in started for source in cascade.sources}),
    )
