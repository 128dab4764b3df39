"""One post's cascade as a tree: everything that came from it, wherever that is, as far as it can be followed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from socialindex.access import Scope
from socialindex.errors import NotFound
from socialindex.model import Struct
from socialindex.network.reading import IDS, WORDS, Reader
from socialindex.network.spread import Spread, Way
from socialindex.search.http import Answer
from socialindex.search.network.jobs import TAG
from socialindex.search.network.looking import PostCard, card
from socialindex.search.network.part import WEIGHT
from socialindex.search.routes import Doc, Route
from socialindex.search.selection import Selection

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.model import Post
    from socialindex.network.trees import Forest
    from socialindex.search.http import HttpRequest

MOST: Final = 2_000
"""Posts of a cascade."""
_ROUNDS: Final = 12
"""Steps that a cascade is followed."""
_PATIENCE: Final = 10.0
"""Seconds after which no further step is taken."""


class CascadeStep(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One post of a cascade."""

    post: str
    """The post's id."""
    came_from: str | None
    """The id of the post that it came from; null of the first."""
    way: Way | None
    """How: by repost, quote, link, or as a copy."""
    depth: int
    """Steps from the first."""
    minutes: float | None
    """After the first; null where one of the two has no date."""
    card: PostCard
    """What the post is."""


class CascadeTree(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A post, and all that came from it."""

    post: str
    """The id of the post asked for."""
    came_from: str | None
    """The id of a post that this one itself came from."""
    size: int
    """Posts, with the first."""
    authors: int
    """Different authors with a key."""
    depth: int
    """Steps to the farthest."""
    truncated: bool
    """There may be more than could be followed: 2,000 posts, or 12 steps."""
    steps: list[CascadeStep]
    """The first, then all others by depth and time."""


class CascadePart:
    """The route of one post's cascade."""

    def __init__(self, engine: OpenSearch) -> None:
        self._engine = engine

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        doc = Doc("Show how a post spread, step by step", TAG, answer=CascadeTree, errors=(404,))
        return {"GET /v1/posts/{id}/cascade": Route(Scope.READ, self._cascade, doc, WEIGHT, gives_posts=True)}

    def _cascade(self, request: HttpRequest, caller: Caller) -> Answer:
        found = cascade(self._engine, caller, request.path["id"])
        return Answer(200, found, posts=found.size)


def cascade(engine: OpenSearch, caller: Caller, post: str) -> CascadeTree:
    """The cascade of a post.

    Raises:
        NotFound: there is no such post, or it is not the caller's to see.
        Unavailable: the engine does not answer.
    """
    reader = Reader(engine, caller, Selection(), int(time.time() * 1000), more=WORDS)
    known, truncated = _followed(reader, post)
    spread = Spread(known.values())
    return _tree(known, spread, spread.forest(), post, truncated=truncated)


def _followed(reader: Reader, post: str) -> tuple[dict[str, Post], bool]:
    """The posts that may have come from a post, with it; and whether there may be more."""
    known = {found.id: found for found in reader.by_ids([post], 1)}
    if not known:
        raise NotFound(f"there is no post {post[:64]!r}")
    root, end = known[post], time.monotonic() + _PATIENCE
    before = list(reader.matching([_before(root)], IDS))
    known |= {found.id: found for found in before}
    met = {root.id, *(found.id for found in before if _is_earlier(found, root))}
    step = [root]
    for _ in range(_ROUNDS):
        following: list[Post] = []
        for start in range(0, len(step), IDS):
            if len(known) >= MOST or time.monotonic() > end:
                return known, True
            found = {each.id: each for each in reader.matching([_from(step[start : start + IDS])], MOST)}
            following += [each for each in found.values() if each.id not in met]
            met |= found.keys()
            known |= found
        if not following:
            return known, False
        step = following
    return known, True


def _is_earlier(post: Post, root: Post) -> bool:
    """Whether it was there before the root, so that nothing came from the root by it."""
    return bool(post.published_at and root.published_at and post.published_at < root.published_at)


def _from(posts: list[Post]) -> dict[str, Any]:
    """What came from any of these, or is a copy of one."""
    ids = [post.id for post in posts]
    links = [address for post in posts for address in (post.url, post.uri) if address]
    clusters = [post.cluster_id for post in posts if post.cluster_id]
    wanted = {"repost_of": ids, "quote_of": ids, "links": links, "cluster_id": clusters}
    return {"bool": {"should": [{"terms": {field: values}} for field, values in wanted.items() if values]}}


def _before(post: Post) -> dict[str, Any]:
    """What a post may have come from: what it repeats, quotes, links to, or is a copy of."""
    ids = [named for named in (post.repost_of, post.quote_of, post.id) if named]
    links, clusters = post.links, [post.cluster_id] if post.cluster_id else []
    wanted = {"id": ids, "url": links, "uri": links, "cluster_id": clusters}
    return {"bool": {"should": [{"terms": {field: values}} for field, values in wanted.items() if values]}}


def _tree(known: dict[str, Post], spread: Spread, trees: Forest, post: str, *, truncated: bool) -> CascadeTree:
    number = {seen.id: place for place, seen in enumerate(spread.seen)}
    root = number[post]
    below = [place for place in number.values() if spread.seen[place].held and _is_below(place, root, trees)]
    below.sort(key=lambda place: (trees.depth[place], spread.rank(place)))
    steps = [_step(known, spread, trees, place, root) for place in below]
    above = trees.above.get(root)
    return CascadeTree(
        post=post,
        came_from=None if above is None else spread.seen[above].id,
        size=len(steps),
        authors=len({step.card.author for step in steps if step.card.author}),
        depth=max(step.depth for step in steps),
        truncated=truncated,
        steps=steps,
    )


def _is_below(place: int, root: int, trees: Forest) -> bool:
    each: int | None = place
    while each is not None and each != root:
        each = trees.above.get(each)
    return each == root


def _step(known: dict[str, Post], spread: Spread, trees: Forest, place: int, root: int) -> CascadeStep:
    seen, above = spread.seen[place], None if place == root else trees.above[place]
    start = spread.seen[root].at
    return CascadeStep(
        post=seen.id,
        came_from=None if above is None else spread.seen[above].id,
        way=None if above is None else seen.way,
        depth=trees.depth[place] - trees.depth[root],
        minutes=None if seen.at is None or start is None else round((seen.at - start) / 60, 1),
        card=card(known[seen.id]),
    )
