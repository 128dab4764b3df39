"""The network of authors: who answers, mentions, reposts and quotes whom.

A reply names the post that it answers, and not its author. So references are kept as they come, in columns, and looked
up when all posts have been seen, in whatever order they came.
"""

from __future__ import annotations

import math
from array import array
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from socialindex.network.graph import RELATIONS, Network, NetworkLeftOut
from socialindex.network.people import People
from socialindex.network.tally import Tallies

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from socialindex.model import Post
    from socialindex.network.graph import Relation

EDGES: Final = 100_000
"""That a network has at most, unless fewer are asked for."""
REFERENCES: Final = 2_000_000
"""That are kept at most: 33 bytes each, and about 200 for each post that they name."""
_NOBODY: Final = -1
_MENTION: Final = RELATIONS.index("mentions")

_Reference = tuple[int, int, int, int, float]
"""The number of the post, of its writer, of the relation, of the post or person that it names; and the Unix time."""


class AuthorNetwork:
    """Collects posts, then gives their network.

    Args:
        most: edges at most; the heaviest stay.
        references: replies, mentions and the like that are kept at most.
    """

    def __init__(self, most: int = EDGES, references: int = REFERENCES) -> None:
        self._most = most
        self._references = references
        self._people = People()
        self._numbers: dict[str, int] = {}
        self._writers = array("q")
        self._columns: list[array[Any]] = [array(code) for code in "qqbqd"]
        self._too_many = 0

    def add(self, post: Post) -> None:
        """Take a post; one that was taken already, or that is gone, changes nothing."""
        if post.deleted_at is None and self._writers[number := self._number(post.id)] == _NOBODY:
            writer = self._writers[number] = self._people.writer(post)
            at = post.published_at.timestamp() if post.published_at else math.nan
            for relation, target in self._named(post):
                self._keep((number, writer, relation, target, at))

    def tell(self, post: Post) -> None:
        """Learn whose a post is that others refer to, without counting what it refers to itself."""
        number = self._numbers.get(post.id)
        if number is not None and self._writers[number] == _NOBODY:
            self._writers[number] = self._people.writer(post)

    def unknown(self) -> Iterator[str]:
        """Ids of posts that others refer to and whose author is not known: to be looked up, and told."""
        return (post for post, number in self._numbers.items() if self._writers[number] == _NOBODY)

    def network(self) -> Network:
        """The network of what was taken so far."""
        tallies, told = Tallies(self._most), {"to_themselves": 0, "unknown_target": 0}
        for _, references in groupby(zip(*self._columns, strict=True), key=itemgetter(0)):
            one_post = list(references)
            _, writer, _, _, at = one_post[0]
            source = self._people.number(writer)
            for target, relations in self._targets(one_post).items():
                if target in (_NOBODY, source):
                    told["unknown_target" if target == _NOBODY else "to_themselves"] += 1
                else:
                    tallies.add(source, target, relations, None if math.isnan(at) else at)
        return tallies.network("authors", self._people.nodes, NetworkLeftOut(references=self._too_many, **told))

    def _number(self, post: str) -> int:
        number = self._numbers.setdefault(post, len(self._numbers))
        if number == len(self._writers):
            self._writers.append(_NOBODY)
        return number

    def _named(self, post: Post) -> Iterator[tuple[int, int]]:
        """Whom a post refers to, each with how. What a repost says, somebody else has said."""
        posts = (post.in_reply_to, None, post.repost_of, post.quote_of)  # in the order of RELATIONS
        yield from ((relation, self._number(named)) for relation, named in enumerate(posts) if named)
        for mention in () if post.repost_of else post.mentions:
            yield _MENTION, self._people.addressed(mention, post)

    def _keep(self, reference: _Reference) -> None:
        if len(self._columns[0]) >= self._references:
            self._too_many += 1
            return
        for column, value in zip(self._columns, reference, strict=True):
            column.append(value)

    def _targets(self, references: Iterable[_Reference]) -> dict[int, list[Relation]]:
        """Whom one post refers to, each with all the ways in which it does."""
        targets: dict[int, list[Relation]] = {}
        for _, _, relation, named, _ in references:
            met = named if relation == _MENTION else self._writers[named]
            ways = targets.setdefault(self._people.number(met), [])
            if RELATIONS[relation] not in ways:
                ways.append(RELATIONS[relation])
        return targets


def author_network(posts: Iterable[Post], most: int = EDGES) -> Network:
    """The network of the authors of these posts, where nothing else is to be told."""
    building = AuthorNetwork(most)
    for post in posts:
        building.add(post)
    return building.network()
