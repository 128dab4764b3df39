"""Resonance: how much farther a post spread than its author's posts usually would.

What is expected of a post is its author's usual engagement, times the share of engagement that is spread at its
source. Usual is the median of the author's *other* posts (one that went viral does not raise its own bar), on a log
scale, drawn toward the source's median as if the author had ``PRIOR`` posts more of it: two posts say little about an
author. One is added to both sides, so that three shares where none are expected are no wonder.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from socialindex.network.spread import Followers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from socialindex.model import Metrics, Post

PRIOR: Final = 5
"""Posts that the source's median counts as."""
THEME_POSTS: Final = 3
"""From so many posts on, and two authors, a theme or a format is one."""

Format = Literal["video", "image", "audio", "file", "link", "article", "review", "comment", "text"]
_MEDIA: Final[tuple[Format, ...]] = ("video", "image", "audio", "file")


class Resonance(msgspec.Struct, frozen=True, kw_only=True):
    """One post's resonance, with the numbers that it is made of."""

    post: str
    """The post's id."""
    author: str | None = None
    source: str
    resonance: float
    """(spread + 1) / (expected + 1): 1 is as usual."""
    spread: int
    """Reposts and quotes (the source's figure of both, where it is the higher), links and copies."""
    expected: float
    """Spread that would be usual: ``usual`` by the share of engagement that is spread at this source."""
    engagement: int | None = None
    """Likes, replies and reposts as the source shows them; absent where it shows none."""
    usual: float | None = None
    """The author's usual engagement; absent where neither the author nor the source shows any."""
    basis: int
    """Other posts of the author that this rests on."""
    format: Format
    themes: list[str] = []
    """Hashtags, with ``#``, and entities."""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """What posts of one theme or format have in common."""

    name: str
    posts: int
    authors: int
    """Different authors."""
    spread: int
    """Of its posts together."""
    resonance: float
    """Geometric mean of the posts', with ``PRIOR`` more of 1: few posts say little."""
    best: str
    """The id of the most resonant post."""


def resonances(posts: Iterable[Post], followers: Mapping[str, Followers]) -> list[Resonance]:
    """The resonance of posts, the highest first; reposts are other people's posts, and have none.

    Args:
        posts: those of a topic, with as much of the same authors' other posts as there is.
        followers: how many posts came from each, as ``Spread.followers`` has it.
    """
    own = [post for post in posts if post.repost_of is None and post.deleted_at is None]
    spread = [_spread(post, followers.get(post.id, Followers())) for post in own]
    habits = _Habits(own, spread)
    found = [_resonance(post, reached, habits) for post, reached in zip(own, spread, strict=True)]
    return sorted(found, key=lambda each: (-each.resonance, -each.spread, each.post))


def themes(found: Iterable[Resonance]) -> list[Group]:
    """Themes by how their posts resonate, the most resonant first."""
    return _groups((theme, each) for each in found for theme in each.themes)


def formats(found: Iterable[Resonance]) -> list[Group]:
    """Formats by how their posts resonate, the most resonant first."""
    return _groups((each.format, each) for each in found)


class _Habits:
    """What engagement is usual, of authors and of sources."""

    def __init__(self, posts: Sequence[Post], spread: Sequence[int]) -> None:
        self._authors: defaultdict[str, list[float]] = defaultdict(list)
        self._sources: defaultdict[str, list[float]] = defaultdict(list)
        self._reached: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for post, reached in zip(posts, spread, strict=True):
            engagement = engagement_of(post.metrics)
            if engagement is not None:
                self._note(post, engagement, reached)
        for values in self._authors.values():
            values.sort()
        self._medians = {source: median(values) for source, values in self._sources.items()}
        self._shares = {source: _share(pairs) for source, pairs in self._reached.items()}

    def usual(self, post: Post) -> tuple[float | None, int]:
        """The usual engagement of a post's author, and the number of other posts that it rests on."""
        middle = self._medians.get(post.source)
        if middle is None:
            return None, 0
        own, others = self._others(post)
        return math.expm1((others * own + PRIOR * middle) / (others + PRIOR)), others

    def share(self, source: str) -> float:
        """Of a source: spread by engagement."""
        return self._shares.get(source, 0.0)

    def _note(self, post: Post, engagement: int, reached: int) -> None:
        self._sources[post.source].append(math.log1p(engagement))
        self._reached[post.source].append((reached, engagement))
        if key := _author(post):
            self._authors[key].append(math.log1p(engagement))

    def _others(self, post: Post) -> tuple[float, int]:
        """The median of the other posts of a post's author, and how many they are; 0 of none."""
        everything = self._authors.get(_author(post) or "", [])
        engagement = engagement_of(post.metrics)
        if engagement is None or not everything:
            return _middle(everything, len(everything)), len(everything)
        return _middle(everything, bisect_left(everything, math.log1p(engagement))), len(everything) - 1


def _middle(values: Sequence[float], without: int) -> float:
    """The median of sorted values but the one at a place, without copying them; 0 of none."""
    count = len(values) - (without < len(values))
    if not count:
        return 0.0
    places = ((count - 1) // 2, count // 2)
    return sum(values[place + (place >= without)] for place in places) / 2


def engagement_of(metrics: Metrics | None) -> int | None:
    """Likes, replies and reposts together, of those that are known; views are no engagement."""
    figures = (metrics.likes, metrics.replies, metrics.reposts) if metrics else ()
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None


def format_of(post: Post) -> Format:
    """What a post is made of: its strongest medium, or else what it is."""
    kinds = {medium.kind for medium in post.media}
    medium: Format | None = next((kind for kind in _MEDIA if kind in kinds), None)
    if medium:
        return medium
    if post.kind in ("article", "review", "comment"):
        return post.kind
    return "link" if post.links else "text"


def _spread(post: Post, came: Followers) -> int:
    shown = (post.metrics.reposts if post.metrics else None) or 0
    return came.all - came.carried + max(came.carried, shown)


def _share(pairs: Iterable[tuple[int, int]]) -> float:
    reached, engaged = map(sum, zip(*pairs, strict=True))
    return reached / engaged if engaged else 0.0


def _author(post: Post) -> str | None:
    return post.author.key if post.author else None


def _resonance(post: Post, spread: int, habits: _Habits) -> Resonance:
    usual, basis = habits.usual(post)
    expected = (usual or 0.0) * habits.share(post.source)
    return Resonance(
        post=post.id,
        author=_author(post),
        source=post.source,
        resonance=(spread + 1) / (expected + 1),
        spread=spread,
        expected=expected,
        engagement=engagement_of(post.metrics),
        usual=usual,
        basis=basis,
        format=format_of(post),
        themes=list(dict.fromkeys([*(f"#{tag}" for tag in post.hashtags), *post.entities])),
    )


def _groups(named: Iterable[tuple[str, Resonance]]) -> list[Group]:
    members: defaultdict[str, list[Resonance]] = defaultdict(list)
    for name, each in named:
        members[name].append(each)
    groups = [_group(name, found) for name, found in members.items() if len(found) >= THEME_POSTS]
    return sorted((group for group in groups if group.authors > 1), key=lambda group: (-group.resonance, group.name))


def _group(name: str, found: Sequence[Resonance]) -> Group:
    best = max(found, key=lambda each: (each.resonance, each.post))
    return Group(
        name=name,
        posts=len(found),
        authors=len({each.author or each.post for each in found}),
        spread=sum(each.spread for each in found),
        resonance=math.exp(sum(math.log(each.resonance) for each in found) / (len(found) + PRIOR)),
        best=best.post,
    )
