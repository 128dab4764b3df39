"""The networks of hashtags: which stand in one post, and who uses which."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

from socialindex.network.authors import EDGES
from socialindex.network.graph import Network, NetworkLeftOut, Node
from socialindex.network.people import People
from socialindex.network.tally import Tallies

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.model import Post

TAGS: Final = 20
"""Of one post that are read: who writes more wants to be found by all, and links nothing with anything."""


def hashtag_network(posts: Iterable[Post], most: int = EDGES) -> Network:
    """Hashtags that stand in the same posts. Reposts do not count: they repeat somebody else's tags."""
    tallies, numbers, too_many = Tallies(most), dict[str, int](), 0
    for post in _original(posts):
        tags, beyond = _tags(post)
        too_many += beyond
        places = sorted(numbers.setdefault(tag, len(numbers)) for tag in tags)
        for one, other in combinations(places, 2):
            tallies.add(one, other, at=_at(post))
    return tallies.network("hashtags", [_node(tag) for tag in numbers], NetworkLeftOut(references=too_many))


def author_hashtag_network(posts: Iterable[Post], most: int = EDGES) -> Network:
    """Authors, and the hashtags that they use; each edge is between an author (first) and a hashtag."""
    tallies, people, too_many = Tallies(most), _PeopleAndTags(), 0
    for post in _original(posts):
        tags, beyond = _tags(post)
        too_many += beyond
        writer = people.writer(post) if tags else 0
        for tag in tags:
            tallies.add(writer, people.tag(tag), at=_at(post))
    return tallies.network("author-hashtags", people.nodes, NetworkLeftOut(references=too_many))


class _PeopleAndTags(People):
    """People and hashtags, numbered together."""

    def __init__(self) -> None:
        super().__init__()
        self._tags: dict[str, int] = {}

    def tag(self, tag: str) -> int:
        if tag not in self._tags:
            self._tags[tag] = self._add(_node(tag))
        return self._tags[tag]


def _original(posts: Iterable[Post]) -> Iterable[Post]:
    return (post for post in posts if post.repost_of is None and post.deleted_at is None)


def _tags(post: Post) -> tuple[list[str], int]:
    """A post's tags, each once, and how many there are beyond those that are read."""
    tags = list(dict.fromkeys(post.hashtags))
    return tags[:TAGS], max(0, len(tags) - TAGS)


def _at(post: Post) -> float | None:
    return post.published_at.timestamp() if post.published_at else None


def _node(tag: str) -> Node:
    return Node(id=f"#{tag}", kind="hashtag", label=f"#{tag}")
